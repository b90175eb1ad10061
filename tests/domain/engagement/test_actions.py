"""What a step does, as its author writes it."""

from typing import Any

import pytest

from kaisa_relay.domain.engagement.actions import (
    Email,
    Kind,
    Sms,
    Webhook,
    kind_of,
    read_action,
    write_action,
)
from kaisa_relay.domain.engagement.definition import BadDefinition
from kaisa_relay.domain.engagement.ids import ENDPOINT
from kaisa_relay.domain.ids import to_text

PLACE = to_text(ENDPOINT, 7)
HOOK = {"webhook": PLACE}
MAIL = {
    "email": PLACE,
    "to": "{{ metadata.email }}",
    "subject": {"en": "Hello", "sv": "Hej"},
    "text": "Hi!",
}
SMS = {"sms": PLACE, "to": "{{ visitor.phone }}", "text": {"en": "Hello", "sv": "Hej"}}


def fine(text: str) -> str | None:
    """Find a fault in curses only."""
    return "holds a curse" if "curse" in text else None


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (HOOK, Kind.WEBHOOK),
        (MAIL, Kind.EMAIL),
        ({**MAIL, "html": "<p>Hi!"}, Kind.EMAIL),
        (SMS, Kind.SMS),
    ],
)
def test_what_is_written_reads_the_same(written: dict[str, Any], kind: Kind) -> None:
    """Of every kind."""
    action = read_action(written, "actions[0]", fine)
    assert isinstance(action, {Kind.WEBHOOK: Webhook, Kind.EMAIL: Email, Kind.SMS: Sms}[kind])
    assert (write_action(action), kind_of(action), action.endpoint) == (written, kind, 7)


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("webhook", "actions[0]"),
        ({}, "actions[0]"),
        ({"fax": PLACE}, "actions[0].fax"),
        ({"webhook": "trg_1"}, "actions[0].webhook"),
        ({"webhook": 7}, "actions[0].webhook"),
        ({**HOOK, "to": "x"}, "actions[0].to"),
        ({"email": PLACE, "to": "x", "subject": "x"}, "actions[0].text"),
        ({**MAIL, "email": "end_"}, "actions[0].email"),
        ({**MAIL, "webhook": PLACE}, "actions[0].email"),
        ({**MAIL, "cc": "x"}, "actions[0].cc"),
        ({**SMS, "subject": "x"}, "actions[0].subject"),
        ({**SMS, "text": ""}, "actions[0].text"),
        ({"sms": PLACE, "text": "x"}, "actions[0].to"),
        ({**MAIL, "subject": {"sv": "curse"}}, "actions[0].subject.sv"),
    ],
)
def test_a_mistake_is_named_by_its_path(written: Any, field: str) -> None:
    """As its author wrote it."""
    with pytest.raises(BadDefinition) as refused:
        read_action(written, "actions[0]", fine)
    assert refused.value.field == field
