"""Files over the Graph API's calls, answered in memory: what is checked, and where a token goes."""

import base64
import hashlib
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio
from attrs import evolve

from kaisa_relay.domain.files import LARGEST, FileProblem
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.ports.files import Broken, Fetched, Uploaded
from kaisa_relay.whatsapp.media import open_media
from kaisa_relay.whatsapp.media_address import origin, origins
from kaisa_relay.whatsapp.media_disk import MediaDisk
from tests.whatsapp.meta import (
    ACCESS,
    DATA,
    FILE,
    FILES,
    HASH,
    Meta,
    fetched,
    media,
    on_disk,
)


async def test_a_file_comes_to_disk(tmp_path: Path) -> None:
    """Whole, for us alone, under a name that nobody else chose; the token goes to Meta."""
    meta = Meta()
    assert await fetched(meta, tmp_path) == Fetched(len(DATA), HASH, DATA[:4096])
    (path,) = on_disk(tmp_path)
    assert path.read_bytes() == DATA
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert meta.asked == [
        ("graph.facebook.com/v26.0/777", "Bearer secret-token"),
        ("lookaside.fbsbx.com/whatsapp/", "Bearer secret-token"),
    ]
    async with media(meta, tmp_path) as opened:
        await opened.remove(FILE.workspace, FILE.message)
        await opened.remove(FILE.workspace, FILE.message)
        assert await opened.inspect(FILE) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/x",
        "http://lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com:8443/x",
        "https://lookaside.fbsbx.com.evil.example/x",
        "https://lookaside.fbsbx.com@evil.example/x",
        "https://evil@lookaside.fbsbx.com/x",
        "https://[::1]/x",
        "https://[/x",
        "file:///etc/passwd",
        "",
    ],
)
@pytest.mark.parametrize("redirected", [False, True])
async def test_the_token_goes_to_meta_alone(tmp_path: Path, url: str, redirected: bool) -> None:
    """Whatever an answer names, and wherever a redirect leads."""
    meta = Meta(FILES if redirected else url)
    meta.files = lambda request: httpx.Response(302, headers={"location": url})
    assert isinstance(await fetched(meta, tmp_path), Broken)
    assert {host.partition("/")[0] for host, _ in meta.asked} <= {
        "graph.facebook.com",
        "lookaside.fbsbx.com",
    }
    assert len(meta.asked) <= 4


async def test_redirects_end(tmp_path: Path) -> None:
    meta = Meta()
    meta.files = lambda request: httpx.Response(302, headers={"location": FILES})
    assert isinstance(await fetched(meta, tmp_path), Broken)
    assert len(meta.asked) == 4


def test_only_meta_goes_with_meta() -> None:
    """A simulator's Graph API is trusted alone."""
    assert len(origins("https://graph.facebook.com")) == 2
    assert origins("http://127.0.0.1:9000") == {("http", "127.0.0.1", 9000)}
    assert origin("HTTPS://Example.com:443/a") == ("https", "example.com", 443)


OTHER = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("found", "hash"),
    [
        ({"file_size": len(DATA) + 1}, HASH),
        ({"file_size": "3"}, HASH),
        ({"sha256": "x"}, OTHER),
        ({"sha256": "0" * 64}, None),
    ],
)
async def test_bytes_that_are_not_those_announced(
    tmp_path: Path, found: dict[str, Any], hash: str | None
) -> None:
    """By size, or by every hash that was given."""
    meta = Meta()
    meta.found |= found
    answer = await fetched(meta, tmp_path, evolve(FILE, sha256=hash))
    assert isinstance(answer, Broken)
    assert answer.problem is FileProblem.DAMAGED


@pytest.mark.parametrize("given", [hashlib.sha256(DATA).hexdigest(), HASH.rstrip("="), None])
async def test_a_hash_in_either_form_counts(tmp_path: Path, given: str | None) -> None:
    answer = await fetched(Meta(sha256=given), tmp_path, evolve(FILE, sha256=None))
    assert isinstance(answer, Fetched)


@pytest.mark.parametrize("announced", [True, False])
async def test_more_than_we_take_is_not_read_to_its_end(tmp_path: Path, announced: bool) -> None:
    """Announced or not: the rest of it is never asked for."""
    sent = 0

    async def flood() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < LARGEST * 2:
            await trio.lowlevel.checkpoint()
            sent += len(DATA)
            yield DATA

    meta = Meta(file_size=None)
    headers = {"content-length": str(LARGEST + 1)} if announced else {}
    meta.files = lambda request: httpx.Response(200, content=flood(), headers=headers)
    answer = await fetched(meta, tmp_path)
    assert isinstance(answer, Broken)
    assert answer.problem is FileProblem.TOO_LARGE
    assert sent <= (0 if announced else LARGEST + 4 * len(DATA))


async def test_a_last_part_that_is_too_much_is_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a length nothing else tells that the file is longer than we take."""
    monkeypatch.setattr("kaisa_relay.whatsapp.media.LARGEST", len(DATA) - 1)

    async def unannounced() -> AsyncIterator[bytes]:
        yield DATA

    meta = Meta(file_size=None, sha256=None)
    meta.files = lambda request: httpx.Response(200, content=unannounced())
    answer = await fetched(meta, tmp_path, evolve(FILE, sha256=None))
    assert isinstance(answer, Broken)
    assert answer.problem is FileProblem.TOO_LARGE


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(404), Broken("HTTP 404 without a Graph error", FileProblem.EXPIRED)),
        (
            httpx.Response(400, json={"error": {"code": 100, "message": "gone"}}),
            Broken("gone", FileProblem.EXPIRED),
        ),
        (httpx.Response(503), Broken("HTTP 503 without a Graph error")),
        (
            httpx.Response(401, json={"error": {"code": 190, "message": "expired"}}),
            Broken("expired", code=190, unreachable=True),
        ),
        (httpx.Response(200, content=b"no json"), Broken("no address in the answer")),
    ],
)
async def test_a_look_up_that_fails(
    tmp_path: Path, answer: httpx.Response, expected: Broken
) -> None:
    meta = Meta()
    meta.look_up = lambda request: answer
    assert await fetched(meta, tmp_path) == expected


async def test_an_address_that_has_expired_is_asked_for_again(tmp_path: Path) -> None:
    """By the next attempt, which begins at the id."""
    meta = Meta()
    meta.files = lambda request: httpx.Response(404)
    assert await fetched(meta, tmp_path) == Broken("HTTP 404")


async def test_what_breaks_on_the_way_is_told_without_its_address(tmp_path: Path) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout(f"no answer from {request.url}")

    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"no way to {request.url}")

    meta = Meta()
    meta.files = breaks
    assert await fetched(meta, tmp_path) == Broken("ReadTimeout")
    meta.look_up = nobody
    assert await fetched(meta, tmp_path) == Broken("ConnectError", unreachable=True)


@pytest.mark.parametrize("inbound", ["../2000", "7/7", "7?x", ""])
async def test_an_id_is_no_path(tmp_path: Path, inbound: str) -> None:
    meta = Meta()
    assert isinstance(await fetched(meta, tmp_path, evolve(FILE, inbound_id=inbound)), Broken)
    assert meta.asked == []


async def test_a_file_goes_up_as_its_type(tmp_path: Path) -> None:
    """With the length of the whole, in the form that Meta documents."""
    bodies: list[tuple[httpx.Headers, bytes]] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        bodies.append((request.headers, await request.aread()))
        return httpx.Response(200, json={"id": "out-1"})

    await fetched(Meta(), tmp_path)
    transport, disk = httpx.MockTransport(answer), MediaDisk(tmp_path / "files")
    async with open_media(disk, "https://graph.test", "v26.0", transport=transport) as opened:
        voice = evolve(FILE, mime_type="audio/ogg; codecs=opus")
        assert await opened.upload(ACCESS, voice) == Uploaded("out-1")
        assert isinstance(await opened.upload(ACCESS, evolve(FILE, message=MessageId(9))), Broken)
    ((headers, body),) = bodies
    assert int(headers["content-length"]) == len(body)
    assert "transfer-encoding" not in headers
    assert DATA in body
    assert b'name="messaging_product"\r\n\r\nwhatsapp\r\n' in body
    assert b'filename="file.ogg"\r\nContent-Type: audio/ogg; codecs=opus\r\n\r\n' in body


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            httpx.Response(400, json={"error": {"code": 131053, "message": "no"}}),
            Broken("no", code=131053),
        ),
        (httpx.Response(500), Broken("HTTP 500 without a Graph error")),
        (httpx.Response(200, json={}), Broken("no id in the answer")),
    ],
)
async def test_an_upload_that_fails(
    tmp_path: Path, answer: httpx.Response, expected: Broken
) -> None:
    await fetched(Meta(), tmp_path)
    async with media(lambda request: answer, tmp_path) as opened:
        assert await opened.upload(ACCESS, FILE) == expected
