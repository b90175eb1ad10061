"""What conditions may ask of a conversation."""

from datetime import timedelta

from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.engagement.conditions import holds, read_condition
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId
from kaisa_relay.engagement.facts import shown
from kaisa_relay.ports import ConversationView, PersonView
from tests.fakes import EPOCH

VERA = PersonView(ContactId(1), "Vera", None)


def closed(note: str | None) -> ConversationView:
    """One that an agent closed as sold."""
    return ConversationView(
        id=ConversationId(1),
        phase=Phase.CLOSED,
        reason="agent",
        outcome="sold",
        note=note,
        channel=ChannelId(1),
        form=VERA,
        visitor=VERA,
        agent=None,
        metadata=b"{}",
        url=None,
        created_at=EPOCH,
        started_at=EPOCH,
        accepted_at=EPOCH,
        ended_at=EPOCH + timedelta(hours=1),
        expires_at=None,
    )


def test_the_value_of_a_deal() -> None:
    """It is a number, so that it can be compared; without one nothing is."""
    large = read_condition(
        {
            "all": [
                {"field": "conversation.value", "gte": 10_000},
                {"field": "conversation.currency", "eq": "EUR"},
            ]
        },
        "when",
    )
    for note, expected in (
        ("12.000,50 EUR", True),
        ("9 999 EUR", False),
        ("12 000 kr", False),
        ("12000", False),
        ("call again", False),
        (None, False),
    ):
        facts = {"conversation": shown(closed(note)), "event": {}, "metadata": {}}
        assert holds(large, facts) is expected, note
