"""What others ask of a conversation: the team, a trigger, and whoever learns who somebody is."""

import pytest

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation.events import IdentityChanged, OutreachSent
from kaisa_relay.domain.conversation.links import LinkOrigin
from kaisa_relay.domain.conversation.messages import AlreadyEnded, NoteIdentity, NoteKept
from kaisa_relay.domain.conversation.orders import KeepNote, NoAgent, NotStarted, WriteTo
from kaisa_relay.domain.conversation.outreach import ReachOut
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.identity import IdentityShift
from kaisa_relay.domain.ids import ContactId, EventSeq, MessageId, SendId
from kaisa_relay.domain.requester import Requester, RequesterKind
from tests.domain.builders import (
    ANNA,
    EVERY_PHASE,
    STRANGER,
    VISITOR,
    Talk,
    active,
    closed,
    offered,
    reserved,
    seeking,
)

SAM = Requester(RequesterKind.USER, 9)
STEP = LinkOrigin(TriggerId(50), 2, 1, EventSeq(40))


@pytest.mark.parametrize(
    ("talk", "to", "refusal"),
    [
        (reserved(), Side.VISITOR, NotStarted),
        (seeking(), Side.AGENT, NoAgent),
        (closed(), Side.VISITOR, AlreadyEnded),
    ],
)
def test_the_team_cannot_write_to_who_is_not_there(
    talk: Talk, to: Side, refusal: type[object]
) -> None:
    """It is told which of the two it is."""
    order = WriteTo(MessageId(900), to, Text("hello"), SAM, talk.at)
    assert isinstance(talk.refused(order), refusal)


@pytest.mark.parametrize("phase", EVERY_PHASE)
def test_a_note_can_always_be_kept(phase: Phase) -> None:
    """Also before the first word, and after the end."""
    talk = EVERY_PHASE[phase]()
    (event,) = talk.do(KeepNote(MessageId(900), Text("has a dog"), SAM, talk.at))
    assert isinstance(event, NoteKept)


@pytest.mark.parametrize(
    ("talk", "who", "side"),
    [
        (active(), VISITOR, Side.VISITOR),
        (active(), ANNA, Side.AGENT),
        (offered(), ANNA, Side.AGENT),
        (active(), STRANGER, None),
        (closed(), VISITOR, None),
    ],
)
def test_who_is_reached_in_another_way_is_noted(
    talk: Talk, who: ContactId, side: Side | None
) -> None:
    """Where they are in a living conversation, or asked to be."""
    events = talk.do(NoteIdentity(who, IdentityShift.NUMBER_LEARNT, talk.at))
    assert [event.side for event in events if isinstance(event, IdentityChanged)] == (
        [] if side is None else [side]
    )


@pytest.mark.parametrize("phase", EVERY_PHASE)
def test_outreach_is_noted_once(phase: Phase) -> None:
    """Whatever phase it is in, and nothing else changes."""
    talk = EVERY_PHASE[phase]()
    before = talk.state.phase
    sent = ReachOut(SendId(70), "come_back", "en", STEP, talk.at)
    (event,) = talk.do(sent)
    assert isinstance(event, OutreachSent)
    assert (event.contact, event.step) == (talk.state.visitor, 1)
    assert talk.do(sent) == ()
    assert talk.state.phase is before
