"""What a step does, as its author writes it."""

from typing import Any

import pytest

from kaisa_relay.domain.engagement.actions import (
    Email,
    Kind,
    Sms,
    Webhook,
    WhatsAppTemplate,
    kind_of,
    read_action,
    wordings,
    write_action,
)
from kaisa_relay.domain.engagement.definition import BadDefinition
from kaisa_relay.domain.engagement.ids import CHANNEL_LANE, ENDPOINT
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

TEMPLATE = {
    "template": "still_there",
    "language": {"en": "en_US", "sv": "sv"},
    "parameters": ["{{ visitor.name }}", {"en": "x", "sv": "y"}],
}


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
    ("written", "count"),
    [(MAIL, 3), ({**MAIL, "html": "<p>"}, 4), (SMS, 2), (TEMPLATE, 3)],
)
def test_every_text_of_an_action_is_known(written: dict[str, Any], count: int) -> None:
    """So that it can be asked what they ask for."""
    action = read_action(written, "actions[0]", fine)
    assert not isinstance(action, Webhook)
    assert len(wordings(action)) == count


@pytest.mark.parametrize(
    "written", [TEMPLATE, {"template": "hello_2", "language": "{{ visitor.language }}"}]
)
def test_a_template_reads_the_same(written: dict[str, Any]) -> None:
    """It has no endpoint: the conversation's channel stands in its place."""
    action = read_action(written, "actions[0]", fine)
    assert isinstance(action, WhatsAppTemplate)
    assert (write_action(action), kind_of(action)) == (written, Kind.TEMPLATE)
    assert action.endpoint == CHANNEL_LANE


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
        ({"template": "hello"}, "actions[0].language"),
        ({**TEMPLATE, "template": "Still there"}, "actions[0].template"),
        ({**TEMPLATE, "template": ""}, "actions[0].template"),
        ({**TEMPLATE, "language": "curse"}, "actions[0].language"),
        ({**TEMPLATE, "parameters": []}, "actions[0].parameters"),
        ({**TEMPLATE, "parameters": ["x"] * 21}, "actions[0].parameters"),
        ({**TEMPLATE, "parameters": ["x", "curse"]}, "actions[0].parameters[1]"),
        ({**TEMPLATE, "to": "x"}, "actions[0].to"),
        ({**MAIL, "subject": {"sv": "curse"}}, "actions[0].subject.sv"),
    ],
)
def test_a_mistake_is_named_by_its_path(written: Any, field: str) -> None:
    """As its author wrote it."""
    with pytest.raises(BadDefinition) as refused:
        read_action(written, "actions[0]", fine)
    assert refused.value.field == field
