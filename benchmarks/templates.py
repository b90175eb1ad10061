"""What Meta would post, made from templates of bytes: a few microseconds each, HMAC included.

`bodies` makes the same for the few that need not be fast; a test compares them.
"""

import hmac
from collections.abc import Sequence
from itertools import count
from time import time
from typing import Final

from attrs import field, frozen

from benchmarks.bodies import APP_SECRET, Person

MESSAGES: Final = b"messages"
STATUSES: Final = b"statuses"
_SECRET: Final = APP_SECRET.encode()
_wamids: Final = count(1)

_HEAD: Final = (
    b"POST /webhooks/whatsapp HTTP/1.1\r\n"
    b"Host: 127.0.0.1\r\n"
    b"User-Agent: facebookexternalua\r\n"
    b"Accept: */*\r\n"
    b"Content-Type: application/json\r\n"
    b"X-Hub-Signature-256: sha256=%s\r\n"
    b"Content-Length: %d\r\n\r\n"
)
_ENVELOPE: Final = (
    b'{"object":"whatsapp_business_account","entry":[{"id":"100000000000001","changes":[{"value":{'
    b'"messaging_product":"whatsapp","metadata":{"display_phone_number":"46100000001",'
    b'"phone_number_id":"%s"},"contacts":[%s],"%s":[%s]},"field":"messages"}]}]}'
)
_CONTACT: Final = b'{"profile":{"name":"%s"},"wa_id":"%s","user_id":"SE.1349%s"}'
_TEXT: Final = (
    b'{"from":"%s","from_user_id":"SE.1349%s","id":"wamid.HBgL%sFQIAEhgUM0%012dAA==",'
    b'"timestamp":"%d","type":"text","text":{"body":"%s"}}'
)
_STATUS: Final = (
    b'{"id":"%s","status":"%s","timestamp":"%d","recipient_id":"%s",'
    b'"recipient_user_id":"SE.1349%s","biz_opaque_callback_data":"%s",'
    b'"conversation":{"id":"d9b0a1f2c3e4","origin":{"type":"service"}},'
    b'"pricing":{"billable":false,"pricing_model":"PMP","category":"service"}}'
)


@frozen(eq=False)
class Party:
    """A person as bytes: digits, their object in `contacts`, and the number they write to."""

    person: Person = field(repr=False)
    digits: bytes
    contact: bytes = field(repr=False)
    number: bytes

    @classmethod
    def of(cls, person: Person) -> "Party":
        """Return the same person as bytes."""
        digits, name = person.digits.encode(), person.name.encode()
        contact = _CONTACT % (name, digits, digits)
        return cls(person, digits, contact, person.phone_number_id.encode())


def text(sender: Party, body: bytes) -> bytes:
    """Return a text message with a wamid of its own; `body` is put into the JSON as it is."""
    digits = sender.digits
    return _TEXT % (digits, digits, digits, next(_wamids), int(time()), body)


def status(recipient: Party, name: bytes, wamid: bytes, opaque: bytes) -> bytes:
    """Return a status (`sent`, `delivered`, `read`) of something that we were sent."""
    digits = recipient.digits
    return _STATUS % (wamid, name, int(time()), digits, digits, opaque)


def posted(kind: bytes, people: Sequence[Party], items: Sequence[bytes]) -> bytes:
    """Return the whole signed request that posts these people's items, all on one number."""
    contacts = b",".join([each.contact for each in people])
    body = _ENVELOPE % (people[0].number, contacts, kind, b",".join(items))
    signature = hmac.digest(_SECRET, body, "sha256").hex().encode()
    return _HEAD % (signature, len(body)) + body
