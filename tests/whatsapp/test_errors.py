"""What each answer says of a send, code by code."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.sending import Accepted, Deferred, Halted, Rejected, Uncertain
from kaisa_relay.whatsapp.errors import LONGEST_HINT, classify, unanswered
from kaisa_relay.whatsapp.transport import Broken, NotSent


def failure(code: object, details: str = "why", message: str = "(#1) what") -> bytes:
    """Return the body of a Graph error."""
    error = {"message": message, "code": code, "error_data": {"details": details}}
    return json.dumps({"error": {"type": "OAuthException", "fbtrace_id": "A", **error}}).encode()


def success(**contact: str) -> bytes:
    """Return the body of an accepted send."""
    contacts = [{"input": "+46701234567", **contact}]
    answer = {"messaging_product": "whatsapp", "contacts": contacts}
    return json.dumps({**answer, "messages": [{"id": "wamid.OUT-1"}]}).encode()


def test_accepted() -> None:
    """The wamid, and how Meta knows the recipient."""
    assert classify(200, success(wa_id="46701234567")) == Accepted("wamid.OUT-1", "46701234567")
    assert classify(200, success(user_id="SE.1")) == Accepted("wamid.OUT-1", None, "SE.1")
    assert classify(200, b'{"messages":[{"id":"w"}]}') == Accepted("w")


@pytest.mark.parametrize(
    "body",
    [
        *[b"", b"{}", b"<html>", b"\xff", b"[]"],
        *[b'{"messages":[]}', b'{"messages":[{"id":""}]}', failure(131047)],
    ],
)
def test_200_without_a_wamid_is_uncertain(body: bytes) -> None:
    """It may have been sent."""
    assert isinstance(classify(200, body), Uncertain)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *[(401, 0), (500, 3), (403, 10), (403, 200), (403, 299), (400, 33), (401, 190), (403, 368)],
        *[(403, 131005), (403, 131031), (400, 131037), (400, 131042), (500, 131045)],
        *[(500, 133000), (400, 133010), (400, 134011)],
    ],
)
def test_halted(status: int, code: int) -> None:
    """An operator must act: token, permission, account, payment, registration."""
    assert classify(status, failure(code)) == Halted(code, "why")


@pytest.mark.parametrize(
    ("status", "code", "whole_channel"),
    [
        (400, 1, False),
        (500, 1, False),
        (503, 2, False),
        (400, 4, True),
        (500, 4, True),
        (400, 17, True),
        (400, 613, True),
        (400, 80007, True),
        (400, 130429, True),
        (500, 130429, True),
        (500, 131016, False),
        (400, 131048, False),
        (400, 131056, False),
        (500, 131056, False),
        (500, 131057, True),
        (400, 131064, False),
        (503, 133004, False),
    ],
)
def test_deferred(status: int, code: int, whole_channel: bool) -> None:
    """Certainly not sent; only what concerns the number holds up other recipients."""
    answer = classify(status, failure(code))
    assert isinstance(answer, Deferred)
    assert (answer.code, answer.reason, answer.whole_channel) == (code, "why", whole_channel)


@pytest.mark.parametrize(
    "code",
    [
        *[100, 130472, 130497, 131008, 131009, 131021, 131026, 131030, 131047, 131049, 131050],
        *[131051, 131053, 131062, 132000, 132001, 132012, 132015, 132016, 135000, 137000, 999999],
    ],
)
def test_rejected(code: int) -> None:
    """This message will never go out as it is; other messages may."""
    assert classify(400, failure(code)) == Rejected(code, "why")


def test_the_old_code_of_a_closed_window() -> None:
    """470 and 131047 mean the same."""
    assert classify(400, failure(470)) == Rejected(131047, "why")


def test_a_number_that_is_gone_stops_the_channel() -> None:
    """Graph answers 100 with subcode 33 when the number in the path is unknown to the token."""
    message = "Unsupported request. Object with ID '200000000000001' does not exist"
    error = {"message": message, "code": 100, "error_subcode": 33}
    answer = classify(400, json.dumps({"error": error}).encode())
    assert answer == Halted(33, "Unsupported request. Object with ID '…' does not exist")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, failure(131000)),
        (400, failure(131000)),
        (500, failure(131026)),
        (500, failure(100)),
        (500, failure(80007)),
        (500, b""),
        (502, b"<html>Bad Gateway</html>"),
        (504, b'{"message":"Endpoint request timed out"}'),
        (429, b"slow down"),
        (404, b"not found"),
        (302, b""),
        (400, b'{"error":"invalid"}'),
        (400, b'{"error":{"message":"no code"}}'),
        (400, failure("many")),
        (400, b"\xff"),
    ],
)
def test_uncertain(status: int, body: bytes) -> None:
    """131000, a server failure without a telling code, and junk: it may have been sent."""
    assert isinstance(classify(status, body), Uncertain)


@given(st.integers(100, 599), st.binary(max_size=60))
def test_any_answer_is_classified(status: int, body: bytes) -> None:
    """Bytes that are no Graph answer say nothing about what became of the send."""
    assert isinstance(classify(status, body), Uncertain)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Recipient +46 70 123 45 67 is blocked", "Recipient … is blocked"),
        ("Recipient 46701234567 is blocked", "Recipient … is blocked"),
        ("User SE.13491208655302741918 left", "User … left"),
        ("No message wamid.HBgLNDY3MDEyMzQ1NjcVAgA= here", "No message … here"),
        ("Max length: 20", "Max length: 20"),
        ("x" * 500, "x" * 200),
    ],
)
def test_details_name_nobody(written: str, kept: str) -> None:
    """Numbers, BSUIDs and wamids are cut out of what Meta explains."""
    assert classify(400, failure(100, written)) == Rejected(100, kept)


def test_a_code_that_no_column_holds() -> None:
    """Whatever said so was not Graph as we know it: nobody knows what became of the send."""
    assert classify(400, failure(1 << 31)) == Uncertain("HTTP 400 without a Graph error")


def test_details_fall_back_on_the_message() -> None:
    """Without details Meta's message explains, less the code in front."""
    body = b'{"error":{"message":"(#100) Invalid parameter","code":100}}'
    assert classify(400, body) == Rejected(100, "Invalid parameter")


def test_no_answer() -> None:
    """Certainly not sent is tried again; anything else leaves doubt."""
    assert unanswered(NotSent("no connection")) == Deferred(
        None, "no connection", None, whole_channel=True
    )
    assert unanswered(NotSent("refused", unreachable=False)) == Deferred(None, "refused")
    assert unanswered(Broken("no answer in time")) == Uncertain("no answer in time")


@pytest.mark.parametrize(
    ("header", "after"),
    [
        *[("7", 7.0), (" 12 ", 12.0), ("99999999999999999999", LONGEST_HINT)],
        *[(None, 60.0), ("", 60.0), ("0", 60.0), ("-1", 60.0), ("\u0663", 60.0)],
        ("Wed, 21 Oct 2026 07:28:00 GMT", 60.0),
    ],
)
def test_retry_after(header: str | None, after: float) -> None:
    """Seconds are believed up to a bound; without them our own hint stands."""
    answer = classify(400, failure(131057), header)
    assert answer == Deferred(131057, "why", after, whole_channel=True)
