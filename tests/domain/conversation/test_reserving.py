"""The reservation: which pair is taken, who turns out to be the visitor, and links nobody used."""

from itertools import permutations
from typing import Any

import pytest
from attrs import evolve as replace

from kaisa_relay.domain.channel_health import Burden
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Text, Unsupported
from kaisa_relay.domain.conversation.messages import (
    Abandon,
    AbandonReason,
    BusySide,
    Candidate,
    ConversationAbandoned,
    ConversationCreated,
    ConversationStarted,
    IdentityMismatched,
    MatchedBy,
    MessageReceived,
    NoPairFree,
    NoteAdded,
    Notified,
    Strategy,
)
from kaisa_relay.domain.conversation.reserving import ChannelFacts, Reserve, reserve
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.conversation.terms import ChannelReason
from kaisa_relay.domain.crossing import Marks
from kaisa_relay.domain.ids import ChannelId, MessageId, SendId, WorkspaceId
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    ELSEWHERE,
    EVERY_PHASE,
    HERE,
    OTHER_PHONE,
    PATIENT,
    T0,
    VISITOR,
    after,
    reservation,
    reserved,
    texts,
    yes,
)

BOTH = frozenset({ANNA, BO})
NOBODY = frozenset[Any]()


def channel(number: int, free: frozenset[Any] = BOTH, **changes: Any) -> ChannelFacts:
    """One channel with nothing to do, where the visitor is free."""
    values: dict[str, Any] = {"load": 0, "visitor_free": True} | changes
    return ChannelFacts(channel=ChannelId(number), free_agents=free, **values)


def chosen(*channels: ChannelFacts) -> int:
    """Return the channel on which the conversation is to be."""
    created = reserve(form(*channels))
    assert isinstance(created, ConversationCreated)
    return created.channel


@pytest.mark.parametrize("burden", [Burden.LIMITED, Burden.DOWN])
def test_a_limited_number_is_the_last_choice(burden: Burden) -> None:
    """Rather a busy number, or the second agent; but rather it than nobody."""
    limited = channel(1, burden=burden)
    assert chosen(limited, channel(2, load=90)) == 2
    assert chosen(limited, channel(2, frozenset({BO}))) == 2
    assert chosen(limited, channel(2, visitor_free=False)) == 1
    assert chosen(channel(1, burden=Burden.DOWN), channel(2, burden=Burden.LIMITED)) == 2


def test_poor_quality_counts_more_than_load_and_less_than_the_agent() -> None:
    """A number that Meta has begun to doubt is spared, but nobody gets a worse agent for it."""
    doubted = channel(1, burden=Burden.QUALITY)
    assert chosen(doubted, channel(2, load=90)) == 2
    assert chosen(doubted, channel(2, frozenset({BO}))) == 1


def form(*channels: ChannelFacts, **changes: Any) -> Reserve:
    """The form of `builders.reservation`, with what is known of the channels."""
    created = reservation()
    values: dict[str, Any] = {
        "workspace": WorkspaceId(3),
        "conversation": HERE,
        "visitor": VISITOR,
        "language": "en",
        "agents": created.agents,
        "strategy": Strategy.LISTED,
        "terms": PATIENT,
        "free_at": after(minutes=5),
        "at": T0,
    }
    return Reserve(channels=channels, **(values | changes))


@pytest.mark.parametrize(
    ("channels", "chosen"),
    [
        ([channel(1)], (1, ANNA, "only", 1)),
        ([channel(1, load=2), channel(2, load=1)], (2, ANNA, "load", 2)),
        ([channel(1), channel(2)], (1, ANNA, "first", 2)),
        ([channel(1, frozenset({BO})), channel(2, load=9)], (2, ANNA, "agent", 2)),
        ([channel(1, frozenset({BO})), channel(2, visitor_free=False)], (1, BO, "only", 1)),
        ([channel(1, NOBODY), channel(2, frozenset({BO}))], (2, BO, "only", 1)),
    ],
    ids=["only", "less-loaded", "older", "better-agent-first", "visitor-busy", "agents-busy"],
)
def test_the_best_agent_then_the_least_loaded_channel(
    channels: list[ChannelFacts], chosen: tuple[int, int, str, int]
) -> None:
    """Neither side of the pair is in use, whatever the order of the channels; and it says why."""
    for order in permutations(channels):
        created = reserve(form(*order))
        assert isinstance(created, ConversationCreated)
        assert (created.channel, created.chosen, created.why, created.among) == chosen


def test_a_reservation_keeps_the_form() -> None:
    """The event has everything that the conversation will live by."""
    assert reserve(form(channel(5))) == reservation(why=ChannelReason.ONLY, among=1)


def test_a_lower_priority_number_is_asked_first() -> None:
    """Priority comes before the order of the form, also across channels."""
    agents = (Candidate(ANNA, "en", 2), Candidate(BO, "sv", 1))
    created = reserve(form(channel(1, frozenset({ANNA})), channel(2, load=5), agents=agents))
    assert isinstance(created, ConversationCreated)
    assert (created.channel, created.chosen) == (2, BO)


@pytest.mark.parametrize(
    ("channels", "busy"),
    [
        ([], BusySide.VISITOR),
        ([channel(1, visitor_free=False)], BusySide.VISITOR),
        ([channel(1, NOBODY), channel(2, NOBODY)], BusySide.AGENTS),
        ([channel(1, NOBODY), channel(2, visitor_free=False)], BusySide.CHANNELS),
    ],
)
def test_no_pair_says_which_side_is_in_use(channels: list[ChannelFacts], busy: BusySide) -> None:
    """The refusal names the collision, and when the first pair may be free."""
    assert reserve(form(*channels)) == NoPairFree(busy, after(minutes=5))


def test_the_first_message_starts_the_search() -> None:
    """It is kept for the agent, and the visitor is told that we look for one."""
    talk = reserved()
    command = talk.receive(VISITOR, "hello", matched_by=MatchedBy.TOKEN, sent_at=after(-3))
    assert talk.do(command) == (
        ConversationStarted(VISITOR, MatchedBy.TOKEN, T0, after(-3)),
        MessageReceived(MessageId(100), Side.VISITOR, "text", after(-3), T0, held=True),
        Notified(MessageId(1000), SendId(1001), VISITOR, TextKey.SEEKING, T0, MessageId(100)),
    )
    assert (talk.state.phase, talk.state.waiting) == (Phase.SEEKING, (100,))


def test_an_untouched_sentence_is_not_kept() -> None:
    """Nothing but the prefilled sentence: there is nothing for the agent to read."""
    talk = reserved()
    events = talk.says(VISITOR, "Hello! I would like to chat.", untouched=True)
    assert not any(isinstance(event, MessageReceived) for event in events)
    assert texts(events) == [(VISITOR, TextKey.SEEKING)]
    assert talk.state.waiting == ()


def test_a_button_does_not_start_it() -> None:
    """Anybody can forge one: who is neither the visitor nor has the token is told, not bound."""
    talk = reserved()
    events = talk.says(OTHER_PHONE, yes())
    assert texts(events) == [(OTHER_PHONE, TextKey.OFFER_TAKEN)]
    assert (talk.state.phase, talk.state.visitor) == (Phase.RESERVED, VISITOR)


def test_a_link_that_another_has_just_used() -> None:
    """Both were read before either was bound: the second is told so."""
    talk = reserved()
    talk.says(VISITOR, "hello", matched_by=MatchedBy.TOKEN)
    events = talk.says(OTHER_PHONE, "hi", mismatched=True, matched_by=MatchedBy.TOKEN)
    assert texts(events) == [(OTHER_PHONE, TextKey.LINK_USED)]


def test_another_person_than_on_the_form_is_the_visitor() -> None:
    """The mismatch is recorded, and from here on the sender is who we talk to."""
    talk = reserved()
    events = talk.says(OTHER_PHONE, "hi", mismatched=True, matched_by=MatchedBy.TOKEN)
    assert events[0] == IdentityMismatched(VISITOR, OTHER_PHONE, T0)
    assert talk.state.visitor == OTHER_PHONE
    assert texts(events) == [(OTHER_PHONE, TextKey.SEEKING)]
    assert texts(talk.says(VISITOR, "me too")) == [(VISITOR, TextKey.OFFER_TAKEN)]


def test_what_cannot_be_passed_on_is_said_at_once() -> None:
    """The message is recorded but not kept; the sender hears of it, quoting it."""
    talk = reserved()
    events = talk.says(VISITOR, Unsupported("poll_creation", 131051))
    assert texts(events) == [
        (VISITOR, TextKey.CANNOT_RELAY_VISITOR),
        (VISITOR, TextKey.SEEKING),
    ]
    assert talk.state.waiting == ()


def test_what_goes_with_a_message_waits_with_it() -> None:
    """However much is said before somebody accepts."""
    talk = reserved()
    talk.says(VISITOR, "hi", forwarded=True)
    for _ in range(100):
        talk.says(VISITOR, "again", forwarded=True)
    assert talk.state.marks_of(MessageId(100)) == Marks(forwarded=True)


def test_messages_wait_in_order() -> None:
    """Everything until somebody accepts is kept, and nobody else is told of it."""
    talk = reserved()
    for word in ("one", "two", "three"):
        talk.says(VISITOR, word)
    assert talk.state.waiting == (100, 101, 102)


def test_nobody_came() -> None:
    """The link lapses at its own, shorter deadline and not before."""
    talk = reserved()
    assert talk.wait(minutes=29, seconds=59).tick() == ()
    events = talk.wait(1).tick()
    assert events == (ConversationAbandoned(AbandonReason.UNSCANNED, after(minutes=30)),)
    assert talk.state.phase is Phase.ABANDONED


@pytest.mark.parametrize("phase", Phase)
def test_only_a_reservation_is_abandoned_for_another_link(phase: Phase) -> None:
    """Coming by another link ends this one silently; a conversation that has begun goes on."""
    talk = EVERY_PHASE[phase]()
    before = talk.state
    events = talk.do(Abandon(ELSEWHERE, talk.at))
    if phase is Phase.RESERVED:
        assert events == (ConversationAbandoned(AbandonReason.DUPLICATE, T0),)
        assert talk.state.reason == "duplicate"
    else:
        assert (events, talk.state) == ((), before)


@pytest.mark.parametrize("phase", [Phase.RESERVED, Phase.SEEKING, Phase.ACTIVE])
def test_the_other_link_is_noted_once(phase: Phase) -> None:
    """Its metadata counts here; the same message again notes nothing."""
    talk = EVERY_PHASE[phase]()
    command = talk.receive(VISITOR, "hello", duplicate=ELSEWHERE)
    assert talk.do(command)[0] == NoteAdded(ELSEWHERE, talk.at)
    assert talk.do(replace(command, content=Text("hello"))) == ()
