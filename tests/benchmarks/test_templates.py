"""The load's bodies: what Meta writes, signed as Meta signs."""

import json
from typing import Any

from benchmarks import bodies
from benchmarks.bodies import APP_SECRET, Person
from benchmarks.templates import MESSAGES, STATUSES, Party, posted, status, text
from kaisa_relay.whatsapp.signature import verify

VERA = Person("Vera", "46700000001", "2001")
ANNA = Person("Anna", "46730000001", "2001")


def parts(whole: bytes) -> tuple[dict[str, str], bytes]:
    """The headers of a request in small letters, and its body."""
    head, _, body = whole.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:]
    return {name.lower(): value for name, value in (line.split(": ") for line in lines)}, body


def timeless(document: Any) -> Any:
    """The same without what differs between two: instants and wamids."""
    if isinstance(document, dict):
        differ = ("timestamp", "id") if "timestamp" in document else ()
        return {k: timeless(v) for k, v in document.items() if k not in differ}
    return [timeless(each) for each in document] if isinstance(document, list) else document


def test_messages_are_those_of_the_slow_way() -> None:
    people = [Party.of(VERA), Party.of(ANNA)]
    _, body = parts(posted(MESSAGES, people, [text(each, b"1:2:hello") for each in people]))
    slow = [bodies.text(VERA, "1:2:hello"), bodies.text(ANNA, "1:2:hello")]
    expected = json.loads(bodies.signed([VERA, ANNA], "messages", slow).body)
    assert timeless(json.loads(body)) == timeless(expected)


def test_a_status_says_of_what_and_of_whom() -> None:
    anna = Party.of(ANNA)
    _, body = parts(posted(STATUSES, [anna], [status(anna, b"read", b"wamid.out", b"1.2.3")]))
    (said,) = json.loads(body)["entry"][0]["changes"][0]["value"]["statuses"]
    assert (said["id"], said["status"]) == ("wamid.out", "read")
    assert (said["recipient_id"], said["biz_opaque_callback_data"]) == (ANNA.digits, "1.2.3")
    assert said["timestamp"].isdigit()


def test_a_request_is_whole_and_signed() -> None:
    vera = Party.of(VERA)
    headers, body = parts(posted(MESSAGES, [vera], [text(vera, b"hello")]))
    assert int(headers["content-length"]) == len(body)
    assert verify(body, headers["x-hub-signature-256"], [APP_SECRET.encode()])


def test_no_two_messages_have_one_wamid() -> None:
    vera = Party.of(VERA)
    wamids = {json.loads(text(vera, b"hello"))["id"] for _ in range(100)}
    assert len(wamids) == 100
