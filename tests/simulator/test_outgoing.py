"""What Meta refuses in the body of a send, as a table; and nothing ever crashes the check."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.simulator.errors import GraphError
from kaisa_relay.simulator.sends.outgoing import Outgoing, ReadMark, parse_outgoing
from kaisa_relay.simulator.sends.showing import offered_buttons, shown_text

TO: dict[str, Any] = {"messaging_product": "whatsapp", "to": "+46700000001"}
BODY = {"text": "Which?"}


def buttons(*titles: str) -> dict[str, Any]:
    """An interactive message with these reply buttons."""
    replies = [{"type": "reply", "reply": {"id": title, "title": title}} for title in titles]
    return {"type": "button", "body": BODY, "action": {"buttons": replies}}


def rows(count: int) -> dict[str, Any]:
    """An interactive list with this many rows."""
    made = [{"id": str(at), "title": f"Row {at}"} for at in range(count)]
    return {
        "type": "list",
        "body": BODY,
        "action": {"button": "Pick", "sections": [{"rows": made}]},
    }


LINK = {"display_text": "Open", "url": "https://example.com"}
GOOD: list[tuple[str, Any]] = [
    ("text", {"body": "x" * 4096}),
    ("image", {"id": "1", "caption": "x" * 1024}),
    ("audio", {"link": "https://example.com/a.ogg", "voice": True}),
    ("document", {"id": "1", "filename": "a.pdf"}),
    ("sticker", {"id": "1"}),
    ("location", {"latitude": 59.3, "longitude": "18.1"}),
    ("contacts", [{"name": {"formatted_name": "Vera"}}]),
    ("reaction", {"message_id": "wamid.1", "emoji": ""}),
    ("interactive", buttons("Yes", "No", "x" * 20)),
    ("interactive", rows(10)),
    (
        "interactive",
        {"type": "cta_url", "body": BODY, "action": {"name": "cta_url", "parameters": LINK}},
    ),
    ("template", {"name": "a", "language": {"code": "en"}}),
]
BAD: list[tuple[str, Any, int, str]] = [
    ("text", {"body": ""}, 131009, "text.body"),
    ("text", {"body": "x" * 4097}, 131009, "4096"),
    ("text", {}, 131008, "text.body"),
    ("text", None, 131008, "text"),
    ("shout", {"body": "x"}, 100, "type"),
    ("image", {"caption": "x"}, 100, "id or link"),
    ("image", {"id": "1", "caption": "x" * 1025}, 131009, "1024"),
    ("audio", {"id": "1", "caption": "x"}, 100, "caption"),
    ("location", {"latitude": 1}, 131008, "longitude"),
    ("location", {"latitude": 91, "longitude": 1}, 131009, "latitude"),
    ("contacts", [], 131009, "1 to 5"),
    ("contacts", [{"name": {}}], 131008, "formatted_name"),
    ("reaction", {"emoji": "x"}, 131008, "message_id"),
    ("interactive", {"type": "dance", "action": {}}, 131009, "type"),
    ("interactive", {"type": "button", "body": BODY}, 131008, "action"),
    ("interactive", buttons("x" * 21), 131009, "Button title"),
    ("interactive", buttons("Yes", "Yes"), 131009, "unique"),
    ("interactive", buttons("1", "2", "3", "4"), 131009, "3"),
    ("interactive", buttons("1") | {"footer": {"text": "x" * 61}}, 131009, "60"),
    ("interactive", buttons("1") | {"body": {"text": "x" * 1025}}, 131009, "1024"),
    ("interactive", rows(11), 131009, "10"),
    ("interactive", rows(1) | {"header": {"type": "image"}}, 131009, "header"),
    ("template", {"name": "a"}, 131008, "language"),
    (
        "template",
        {"name": "a", "language": {"code": "en"}, "components": [1]},
        131009,
        "components",
    ),
]


@pytest.mark.parametrize(("kind", "body"), GOOD)
def test_well_formed_messages_are_taken(kind: str, body: Any) -> None:
    """Each type at its limits."""
    parsed = parse_outgoing(TO | {"type": kind, kind: body})
    assert isinstance(parsed, Outgoing)
    assert parsed.body == body


@pytest.mark.parametrize(("kind", "body", "code", "details"), BAD)
def test_malformed_messages_are_refused(kind: str, body: Any, code: int, details: str) -> None:
    """Each rule, with the code and a word of the details."""
    parsed = parse_outgoing(TO | {"type": kind, kind: body})
    assert isinstance(parsed, GraphError)
    assert parsed.code == code
    assert details in parsed.details


@pytest.mark.parametrize(
    "change",
    [
        {"messaging_product": "sms"},
        {"to": ""},
        {"to": 46},
        {"recipient_type": "group"},
        {"context": {"id": 1}},
        {"biz_opaque_callback_data": "x" * 513},
    ],
)
def test_a_wrong_envelope_is_refused(change: dict[str, Any]) -> None:
    """What stands around the message."""
    assert isinstance(parse_outgoing(TO | {"text": {"body": "x"}} | change), GraphError)


def test_read_marks() -> None:
    """With and without typing."""
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}
    assert parse_outgoing(mark) == ReadMark("wamid.1", typing=False)
    with_typing = mark | {"typing_indicator": {"type": "text"}}
    assert parse_outgoing(with_typing) == ReadMark("wamid.1", typing=True)
    assert isinstance(parse_outgoing(mark | {"status": "seen"}), GraphError)


def test_the_error_body_is_metas() -> None:
    """The keys of the reference's sample."""
    body = GraphError(131009, "why").body("Atrace")
    assert body == {
        "error": {
            "message": "(#131009) Parameter value is not valid",
            "type": "OAuthException",
            "code": 131009,
            "error_data": {"messaging_product": "whatsapp", "details": "why"},
            "fbtrace_id": "Atrace",
        }
    }


WORDS = (
    st.sampled_from(["type", "body", "action", "buttons", "reply", "id", "title", "sections"])
    | st.sampled_from(["rows", "text", "header", "footer", "name", "language", "code", "link"])
    | st.sampled_from(["components", "parameters", "index", "sub_type", "message_id", "emoji"])
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)


@given(kind=st.sampled_from([kind for kind, _ in GOOD]), body=JSON)
def test_any_body_is_parsed_or_refused(kind: str, body: Any) -> None:
    """Never another exception, whatever JSON comes; what is parsed can be shown."""
    parsed = parse_outgoing(TO | {"type": kind, kind: body})
    assert isinstance(parsed, Outgoing | GraphError)
    if isinstance(parsed, Outgoing) and kind != "template":
        assert isinstance(shown_text(kind, parsed.body), str)
        assert isinstance(offered_buttons(kind, parsed.body), tuple)


@given(data=JSON)
def test_any_json_is_parsed_or_refused(data: Any) -> None:
    """Never another exception at the top level either."""
    assert isinstance(parse_outgoing(data), GraphError)
