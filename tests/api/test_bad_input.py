"""Whatever can be wrong with a creation, and the words in which its author hears it."""

import json

import pytest

from tests.api.bench import AGENT, VISITOR, Bench

PATH = "/conversations/whatsapp"
BRAZILIAN, SAME_BRAZILIAN = "+5511987654321", "+551187654321"


def without(person: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in person.items() if key != name}


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"visitor": None}, "visitor", "is required"),
        ({"visitor": "Vera"}, "visitor", "must be an object, not a string"),
        ({"visitor": without(VISITOR, "name")}, "visitor.name", "is required"),
        ({"visitor": without(VISITOR, "phone")}, "visitor.phone", "is required"),
        ({"visitor": {**VISITOR, "name": 5}}, "visitor.name", "must be a string, not a number"),
        (
            {"visitor": {**VISITOR, "name": " \t "}},
            "visitor.name",
            "must have 1 to 200 characters",
        ),
        (
            {"visitor": {**VISITOR, "name": "n" * 201}},
            "visitor.name",
            "must have 1 to 200 characters",
        ),
        (
            {"visitor": {**VISITOR, "name": "Ve\nra"}},
            "visitor.name",
            "must not hold control characters or line breaks",
        ),
        (
            {"visitor": {**VISITOR, "name": "Ve\u2028ra"}},
            "visitor.name",
            "must not hold control characters or line breaks",
        ),
        (
            {"visitor": {**VISITOR, "phone": 46701234567}},
            "visitor.phone",
            "must be a string, not a number",
        ),
        (
            {"visitor": {**VISITOR, "phone": "+999123456789"}},
            "visitor.phone",
            "the country code does not exist",
        ),
        (
            {"visitor": {**VISITOR, "phone": "070-1234567"}},
            "visitor.phone",
            "the number needs an international prefix such as +46, or a region",
        ),
        ({"visitor": {**VISITOR, "phone": ""}}, "visitor.phone", "the number is empty"),
        (
            {"visitor": {**VISITOR, "phone": "hello"}},
            "visitor.phone",
            "this is not a phone number",
        ),
        (
            {"visitor": {**VISITOR, "language": "svenska!"}},
            "visitor.language",
            "must be a language tag such as en, sv or es-MX",
        ),
        (
            {"visitor": {**VISITOR, "priority": 1}},
            "visitor.priority",
            "is unknown; known are name, phone, language",
        ),
        ({"agents": None}, "agents", "is required"),
        ({"agents": AGENT}, "agents", "must be a list, not an object"),
        ({"agents": []}, "agents", "must hold 1 to 50 people"),
        (
            {"agents": [{"name": "A", "phone": f"+467000000{n:02}"} for n in range(51)]},
            "agents",
            "must hold 1 to 50 people",
        ),
        ({"agents": [AGENT, None]}, "agents[1]", "must be an object, not null"),
        (
            {"agents": [AGENT, {**AGENT, "phone": True}]},
            "agents[1].phone",
            "must be a string, not a boolean",
        ),
        (
            {"agents": [{**AGENT, "priority": True}]},
            "agents[0].priority",
            "must be a whole number, not a boolean",
        ),
        (
            {"agents": [{**AGENT, "priority": 1.5}]},
            "agents[0].priority",
            "must be a whole number, not a decimal number",
        ),
        (
            {"agents": [{**AGENT, "priority": 1001}]},
            "agents[0].priority",
            "must be within -1000 to 1000",
        ),
        (
            {"agents": [AGENT, {**AGENT, "name": "B"}]},
            "agents[1].phone",
            "is the same number as agents[0].phone",
        ),
        (
            {"agents": [{**AGENT, "phone": "+46 70 123 45 67"}]},
            "agents[0].phone",
            "is the same number as visitor.phone",
        ),
        (
            {"agents": [{**AGENT, "phone": BRAZILIAN}, {**AGENT, "phone": SAME_BRAZILIAN}]},
            "agents[1].phone",
            "is the same number as agents[0].phone",
        ),
        ({"metadata": []}, "metadata", "must be an object, not a list"),
        (
            {"metadata": {"a": "x" * 16_377}},
            "metadata",
            "must be at most 16384 bytes of JSON",
        ),
        ({"region": "XX"}, "region", "'XX' is not a region; use two letters such as SE"),
        ({"region": 46}, "region", "must be a string, not a number"),
        ({"language": ""}, "language", "must be a language tag such as en, sv or es-MX"),
        (
            {"strategy": "lucky"},
            "strategy",
            "is unknown; known are listed, longest_idle, least_busy, sticky, broadcast",
        ),
        ({"expires_after": 24}, "expires_after", "must be a string, not a number"),
        (
            {"expires_after": "a day"},
            "expires_after",
            "must be a whole number with s, m, h or d, such as 24h",
        ),
        ({"expires_after": "59s"}, "expires_after", "must be between 1m and 30d"),
        ({"expires_after": "31d"}, "expires_after", "must be between 1m and 30d"),
        ({"link_expires_after": "8d"}, "link_expires_after", "must be between 1m and 7d"),
        (
            {"visitors": []},
            "visitors",
            "is unknown; known are visitor, agents, metadata, region, language, strategy, "
            "expires_after, link_expires_after",
        ),
    ],
)
async def test_a_wrong_field_is_named(
    bench: Bench, changes: dict[str, object], field: str, message: str
) -> None:
    answer = await bench.create(**changes)
    assert answer.errors == {field: message}
    assert bench.desk.asked == []


async def test_all_wrong_fields_are_named_at_once(bench: Bench) -> None:
    answer = await bench.create(visitor={"nam": "V", "phone": 1}, agents=[{}, 7], color="red")
    assert list(answer.errors) == [
        "color", "visitor.nam", "visitor.name", "visitor.phone", "agents[0].name",
        "agents[0].phone", "agents[1]",
    ]  # fmt: skip
    people = {"visitor": {"name": "", "phone": "1"}, "agents": [{"name": "A", "phone": "+46"}]}
    later = await bench.create(**people, expires_after="1")
    assert list(later.errors) == [
        "visitor.phone", "visitor.name", "agents[0].phone", "expires_after",
    ]  # fmt: skip


async def test_nobody_reads_ten_thousand_errors(bench: Bench) -> None:
    answer = await bench.create(agents=[None] * 10_000)
    assert len(answer.json["errors"]) == 100


async def test_a_value_is_not_repeated(bench: Bench) -> None:
    answer = await bench.create(visitor={"name": "Secret\x07", "phone": "secret", "language": "?"})
    assert b"ecret" not in answer.body


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b'{"visitor": }', b"nul", b"\xff\xfe", b'{"a": "\xff"}', b'{"a": "\\ud800"}',
        b"[" * 200_000, b'{"a":' * 40_000, b'{"a": NaN}', b'{"visitor":{}} trailing',
    ],
)  # fmt: skip
async def test_what_is_no_json_is_refused(bench: Bench, body: bytes) -> None:
    answer = await bench.call("POST", PATH, body, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.problem) == (400, "bad-json")
    assert answer.json["detail"]


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"5"])
async def test_json_that_is_no_object_is_refused(bench: Bench, body: bytes) -> None:
    answer = await bench.call("POST", PATH, body, headers={"Content-Type": "application/json"})
    assert list(answer.errors) == ["body"]


@pytest.mark.parametrize("called", [None, "text/plain", "application/x-www-form-urlencoded"])
async def test_what_is_not_called_json_is_refused(bench: Bench, called: str | None) -> None:
    headers = {"Content-Type": called} if called else {}
    answer = await bench.call("POST", PATH, b"{}", headers=headers)
    assert (answer.status, answer.problem) == (415, "wrong-media-type")


async def test_a_charset_does_not_hurt(bench: Bench) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    body = json.dumps({"visitor": VISITOR, "agents": [AGENT]}).encode()
    assert (await bench.call("POST", PATH, body, headers=headers)).status == 201


@pytest.mark.parametrize(("depth", "status"), [(31, 201), (32, 422), (500, 422), (100_000, 400)])
async def test_metadata_is_nested_at_most_so_deep(bench: Bench, depth: int, status: int) -> None:
    body = json.dumps({"visitor": VISITOR, "agents": [AGENT]})[:-1]
    body += f', "metadata": {{"a": {"[" * depth}{"]" * depth}}}}}'
    headers = {"Content-Type": "application/json"}
    answer = await bench.call("POST", PATH, body.encode(), headers=headers)
    assert answer.status == status
    if status == 422:
        assert answer.errors == {"metadata": "must be nested at most 32 deep"}
