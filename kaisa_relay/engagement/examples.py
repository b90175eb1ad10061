"""What is sent to try an endpoint."""

from datetime import datetime
from typing import Final, assert_never

import msgspec

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import ENDPOINT
from kaisa_relay.domain.engagement.mail_address import read_mail_address
from kaisa_relay.domain.ids import WORKSPACE, to_text
from kaisa_relay.domain.phone import BadPhone, parse
from kaisa_relay.engagement.content import Outward, Posted, sender_of
from kaisa_relay.engagement.endpoint_rows import Target
from kaisa_relay.engagement.mailing import Mail
from kaisa_relay.engagement.texting import TextMessage
from kaisa_relay.ports.engagement import BadEndpoint

EXAMPLE: Final = "engagement.test"
"""The type of the event that is posted."""


def example(target: Target, id: str, at: datetime, to: str | None) -> Outward | BadEndpoint:
    """Return an example for an endpoint; `to` is who gets it, where the kind needs that."""
    match target.kind:
        case Kind.WEBHOOK:
            return Posted(_event(target, id, at))
        case Kind.EMAIL:
            address = read_mail_address(to or "")
            if address is None:
                return BadEndpoint("to", "must be the e-mail address that gets the example")
            text = "This is a test: mails from your triggers can be sent.\n"
            return Mail(sender_of(target), address, "A test from kaisa_relay", text)
        case Kind.SMS:
            number = parse(to or "", None)
            if isinstance(number, BadPhone):
                return BadEndpoint("to", "must be the number that gets the example, such as +46…")
            return TextMessage(number, "This is a test: your triggers can send text messages.")
        case Kind.TEMPLATE:
            return BadEndpoint("action", "is a template, which only a visitor can get")
        case _:
            assert_never(target.kind)


def _event(target: Target, id: str, at: datetime) -> bytes:
    return msgspec.json.encode(
        {
            "specversion": "1.0",
            "id": id,
            "source": f"/workspaces/{to_text(WORKSPACE, target.workspace)}",
            "type": EXAMPLE,
            "time": at,
            "datacontenttype": "application/json",
            "data": {"endpoint": to_text(ENDPOINT, target.id)},
        }
    )
