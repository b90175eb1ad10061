"""The API's own description agrees with the API."""

import re
from typing import Any

import msgspec

from kaisa_relay.api import Limits
from kaisa_relay.api.problem_kinds import KINDS
from kaisa_relay.domain.channel import Pace
from tests.api.bench import Bench


def references(value: Any) -> set[str]:
    """Every `$ref` in a document."""
    return set(
        re.findall(r'"\$ref":"#/components/schemas/(\w+)"', msgspec.json.encode(value).decode())
    )


async def test_every_address_is_described(bench: Bench) -> None:
    described = (await bench.get("/openapi.json", None)).json
    assert described["openapi"] == "3.1.0"
    addresses = {
        (method, path) for path, methods in described["paths"].items() for method in methods
    }
    rules = {
        (method.lower(), re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in bench.app.url_map.iter_rules()
        for method in rule.methods or set()
        if method != "HEAD" and not rule.websocket
    }
    assert addresses == rules


async def test_the_description_is_whole(bench: Bench) -> None:
    described = (await bench.get("/openapi.json", None)).json
    assert references(described) <= described["components"]["schemas"].keys()
    operations = [each for path in described["paths"].values() for each in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for operation in operations)


async def test_what_is_described_as_required_is_required(bench: Bench) -> None:
    described = (await bench.get("/openapi.json", None)).json
    create = described["paths"]["/conversations/whatsapp"]["post"]
    schema = create["requestBody"]["content"]["application/json"]["schema"]
    assert schema["additionalProperties"] is False
    refused = await bench.post("/conversations/whatsapp", {"x": 1})
    assert set(refused.errors) == {"x", *schema["required"]}
    assert refused.errors["x"] == f"is unknown; known are {', '.join(schema['properties'])}"


async def test_an_answer_is_as_described(bench: Bench) -> None:
    described = (await bench.get("/openapi.json", None)).json
    create = described["paths"]["/conversations/whatsapp"]["post"]
    assert create["security"] == [{"key": ["conversations:write"]}]
    schema = create["responses"]["201"]["content"]["application/json"]["schema"]
    assert list((await bench.create()).json) == list(schema["properties"])


async def test_the_page_for_people_loads_nothing(bench: Bench) -> None:
    page = await bench.get("/docs", None)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert b"POST /conversations/whatsapp" in page.body
    assert b"1 to 50, each another person." in page.body
    for nested in (b"visitor.phone", b"agents[].priority", b"items[].channel.phone"):
        assert b"<code>" + nested + b"</code>" in page.body
    assert b"One of: listed, longest_idle, least_busy, sticky, broadcast." in page.body
    assert b"Needs the scope <code>conversations:write</code>." in page.body
    assert b"<script" not in page.body
    assert b"//" not in page.body.replace(b"<!doctype", b"")


async def test_every_problem_has_its_page() -> None:
    bench = Bench(limits=Limits(address=Pace(interval=1.0, burst=100)))
    for kind in KINDS.values():
        page = await bench.get(kind.type, None)
        assert page.status == 200
        assert kind.title in page.body.decode()
    assert (await bench.get("/problems/nonsense", None)).status == 404


def test_a_problem_has_one_status_and_title() -> None:
    kinds = {kind.slug: kind for kind in KINDS.values()}
    assert set(kinds.values()) == set(KINDS.values())
