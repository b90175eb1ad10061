"""The supervisors' page is served as it was built, behind a policy that lets nothing else in."""

import re

from kaisa_relay.dashboard import built_page
from kaisa_relay.ports.page import PageFile
from tests.api.bench import Bench

PAGE = {
    "/": PageFile(b"<!doctype html>", "text/html; charset=utf-8"),
    "/assets/index-1.js": PageFile(b"1", "text/javascript; charset=utf-8"),
}


async def test_the_page_and_its_files() -> None:
    bench = Bench(page=PAGE)
    start = await bench.get("/", key=None)
    assert (start.status, start.body) == (200, b"<!doctype html>")
    assert start.headers["cache-control"] == "no-store"
    script = await bench.get("/assets/index-1.js", key=None)
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in script.headers["cache-control"]


async def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    answer = await Bench(page=PAGE).get("/", key=None)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"https?:", policy)


async def test_another_file_is_not_there() -> None:
    bench = Bench(page=PAGE)
    for path in ("/assets/index-2.js", "/assets/..%2Findex.html", "/assets/"):
        assert (await bench.get(path, key=None)).problem == "not-found", path


async def test_a_page_that_was_not_built_says_so() -> None:
    assert (await Bench().get("/", key=None)).problem == "page-not-built"


def test_the_built_page_loads_only_its_own_files() -> None:
    """Where the page is built, every address in it is one that is served."""
    files = built_page()
    if files:
        html = files["/"].body.decode()
        assert set(re.findall(r'(?:src|href)="([^"]*)"', html)) <= set(files)
        assert "<style" not in html
        assert re.search(r"<script[^>]*></script>", html)
