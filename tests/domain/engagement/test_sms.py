"""Requests for text messages, as their author writes them; and what answers to them mean."""

from typing import Any

import pytest

from kaisa_relay.domain.engagement.definition import BadDefinition
from kaisa_relay.domain.engagement.masking import masked
from kaisa_relay.domain.engagement.sms import (
    DEEPEST,
    MOST_VALUES,
    Format,
    Method,
    filled,
    is_account,
    is_sender,
    is_service,
    read_sms_request,
    write_sms_request,
)

BODY = {"to": "{{ to }}", "message": "{{ text }}"}
DEEP: Any = {"a": [{"b": ["{{ to }}", 5, True, None]}], "empty": ""}
SUCCESS = {"field": "answer.messages.0.status", "in": ["0", "queued"]}


def fine(text: str) -> str | None:
    """Find a fault in curses only."""
    return "holds a curse" if "curse" in text else None


@pytest.mark.parametrize(
    "written",
    [
        {"format": "json", "method": "POST", "body": DEEP},
        {"format": "json", "method": "PUT", "body": BODY, "success": SUCCESS},
        {"format": "form", "method": "POST", "body": {**BODY, "flash": False}},
        {"format": "query", "method": "GET", "body": BODY},
    ],
)
def test_what_is_written_reads_the_same(written: dict[str, Any]) -> None:
    """In every format."""
    assert write_sms_request(read_sms_request(written, "request", fine)) == written


def test_most_of_it_can_be_left_out() -> None:
    """JSON by POST; a query by GET."""
    usual = read_sms_request({"body": BODY}, "request", fine)
    assert (usual.format, usual.method) == (Format.JSON, Method.POST)
    query = read_sms_request({"body": BODY, "format": "query"}, "request", fine)
    assert query.method is Method.GET


@pytest.mark.parametrize(
    ("written", "field"),
    [
        (None, "request"),
        ({}, "request.body"),
        ({"body": "to={{ to }}"}, "request.body"),
        ({"body": {}}, "request.body"),
        ({"body": BODY, "format": "xml"}, "request.format"),
        ({"body": BODY, "method": "DELETE"}, "request.method"),
        ({"body": BODY, "method": ["POST"]}, "request.method"),
        ({"body": BODY, "method": "GET"}, "request.method"),
        ({"body": {"to": {"number": "{{ to }}"}}, "format": "form"}, "request.body.to"),
        ({"body": {"to": ["{{ to }}"]}, "format": "query"}, "request.body.to"),
        ({"body": {"a": [{"b": "curse"}]}}, "request.body.a[0].b"),
        ({"body": {"a": "x" * 2001}}, "request.body.a"),
        ({"body": {str(each): each for each in range(MOST_VALUES + 1)}}, "request.body"),
        ({"body": BODY, "success": {"field": "event.type", "eq": "x"}}, "request.success.field"),
        ({"body": BODY, "success": {"any": [{"not": {"field": "x.y", "eq": 1}}]}},
         "request.success.any[0].not.field"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_path(written: Any, field: str) -> None:
    """As its author wrote it."""
    with pytest.raises(BadDefinition) as refused:
        read_sms_request(written, "request", fine)
    assert refused.value.field == field


def test_a_body_is_bounded_in_depth() -> None:
    """A value may be nested, within reason."""
    body: Any = "x"
    for _ in range(DEEPEST + 1):
        body = {"a": body}
    with pytest.raises(BadDefinition, match="nested more than"):
        read_sms_request({"body": body}, "request", fine)


def test_texts_are_filled_and_nothing_else() -> None:
    """Names and numbers stay; what a text holds cannot change the form."""
    assert filled(DEEP, lambda text: f'"{text}') == {
        "a": [{"b": ['"{{ to }}', 5, True, None]}],
        "empty": '"',
    }


@pytest.mark.parametrize(
    ("answer", "good"),
    [
        ({"messages": [{"status": "0"}]}, True),
        ({"messages": [{"status": "29"}]}, False),
        ({"messages": []}, False),
        ({"messages": "0"}, False),
        ([], False),
        ("OK", False),
    ],
)
def test_an_answer_means_what_its_author_said(answer: Any, good: bool) -> None:
    """Of a list's first item, for example."""
    request = read_sms_request({"body": BODY, "success": SUCCESS}, "request", fine)
    assert request.succeeded(answer) is good
    assert read_sms_request({"body": BODY}, "request", fine).succeeded(answer)


def test_who_sends() -> None:
    """Numbers, short codes, names, and Twilio's services."""
    for good in ("+46766860000", "46001", "Acme", "Acme & Co 1"):
        assert is_sender(good), good
    for bad in ("", "Acme Incorporated", "Åkes bil", "+4", "+46 70 123"):
        assert not is_sender(bad), bad
    assert is_service("MG" + "0a" * 16)
    assert not is_service("MG1")
    assert is_account("AC" + "0a" * 16)
    assert not is_account("SK" + "0a" * 16)


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("no such number: +46701740641", "no such number: +…"),
        ("46701740641, 070-174 06 41, (070) 1740641", "…, …, (…"),
        ('{"to": 46701740641, "id": 123456789012}', '{"to": …, "id": 123456789012}'),
        ('{"body": "Hi \\"Vera\\"\\nx"}', '{"body": "…"}'),
        ('Hi "Vera"\nx', "…"),
        ('{"body": "Hej \\u00e5"}', '{"body": "Hej \\u00e5"}'),
        ("status 21211", "status 21211"),
    ],
)
def test_a_number_and_a_text_are_taken_out_of_an_answer(answer: str, left: str) -> None:
    """However a provider writes them."""
    assert masked(answer, "+46701740641", 'Hi "Vera"\nx') == left


def test_letters_beyond_ascii_are_taken_out_as_well() -> None:
    """Whether a provider escapes them or not; an empty text changes nothing."""
    for answer in ('{"body": "Hej \\u00e5"}', '{"body": "Hej å"}'):
        assert masked(answer, "+46701740641", "Hej å") == '{"body": "…"}'
    assert masked("fine", "+46701740641", "") == "fine"
