"""Links that lead back: who may come by one, what begins again, and what a link has earned."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kaisa_relay.domain.conversation import evolve
from kaisa_relay.domain.conversation.links import (
    ChannelLeft,
    GiveLink,
    LinkOrigin,
    NoWayBack,
    RecoveryStage,
)
from kaisa_relay.domain.conversation.messages import (
    Abandon,
    ConversationQueued,
    ConversationRecovered,
    ConversationResumed,
    ConversationStarted,
    Event,
    IdentityMismatched,
    LinkCreated,
    MatchedBy,
)
from kaisa_relay.domain.conversation.reopening import REMEMBERED
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import ContactId, EventSeq
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.texts import TextKey
from tests.domain.builders import (
    ANNA,
    BO,
    ELSEWHERE,
    EVERY_PHASE,
    OTHER_PHONE,
    STRANGER,
    VISITOR,
    Talk,
    abandoned,
    active,
    closed,
    failed,
    relayed,
    reserved,
    texts,
    yes,
)

WEEK = timedelta(days=7)
STEP = LinkOrigin(TriggerId(50), 2, 1, EventSeq(40))
SAM = Requester(RequesterKind.USER, 9)


def given(talk: Talk, origin: LinkOrigin | None = STEP, lasts: timedelta = WEEK) -> Any:
    """Have a link made; returns what happened, or the refusal."""
    return talk.refused(GiveLink(talk.at + lasts, talk.at, origin))


def comes(
    talk: Talk, who: ContactId = VISITOR, said: str = "hello", **changes: Any
) -> tuple[Event, ...]:
    """Somebody writes by the latest link."""
    values = {"link": talk.state.links[-1].number, "matched_by": MatchedBy.TOKEN} | changes
    return talk.says(who, said, **values)


def earned(talk: Talk) -> list[tuple[RecoveryStage, int, Any]]:
    """What the links have earned, in order."""
    return [
        (event.stage, event.link, event.step)
        for event in talk.history
        if isinstance(event, ConversationRecovered)
    ]


@pytest.mark.parametrize("phase", Phase)
def test_a_link_alone_changes_nothing(phase: Phase) -> None:
    """It is a door: whatever the conversation is, it stays so."""
    talk = EVERY_PHASE[phase]()
    before = talk.state
    [made] = given(talk)
    assert made == LinkCreated(1, talk.at + WEEK, talk.at, TriggerId(50), 2, 1, EventSeq(40))
    assert (talk.state.phase, talk.state.ended_at) == (before.phase, before.ended_at)
    assert talk.state.links[0].origin == STEP


def test_a_step_has_one_link_however_often_it_is_tried() -> None:
    """Another step, another version or another event has one of its own."""
    talk = abandoned()
    given(talk)
    assert given(talk.wait(hours=1)) == ()
    for other in (
        LinkOrigin(TriggerId(50), 2, 2, EventSeq(40)),
        LinkOrigin(TriggerId(50), 3, 1, EventSeq(40)),
        LinkOrigin(TriggerId(50), 2, 1, EventSeq(41)),
        None,
        None,
    ):
        assert len(given(talk, other)) == 1
    assert given(talk) == ()
    assert [each.number for each in talk.state.links] == [1, 2, 3, 4, 5, 6]


def test_who_asked_for_it() -> None:
    """A supervisor, or a program by its key."""
    talk = abandoned()
    [made] = talk.do(GiveLink(talk.at + WEEK, talk.at, by=SAM))
    assert isinstance(made, LinkCreated)
    assert (made.by, made.trigger) == (SAM, None)


def test_only_the_latest_links_are_remembered() -> None:
    """Their numbers go on."""
    talk = abandoned()
    for _ in range(REMEMBERED + 3):
        given(talk, None)
    assert len(talk.state.links) == REMEMBERED
    assert talk.state.links[-1].number == REMEMBERED + 3


def test_an_end_for_good_has_no_way_back() -> None:
    """Blocked, or in another conversation: also by a link that was made before."""
    duplicate = reserved()
    given(duplicate)
    duplicate.do(Abandon(ELSEWHERE, duplicate.at))
    blocked = active()
    given(blocked)
    blocked.says(ANNA, "/block")
    assert given(duplicate, None) == given(blocked, None) == NoWayBack()
    assert texts(comes(duplicate)) == [(VISITOR, TextKey.LINK_ENDED)]
    assert duplicate.state.phase is Phase.ABANDONED
    assert comes(blocked) == ()


def test_a_channel_that_takes_nothing_new() -> None:
    """It is draining, or gone: a link to it would lead nowhere in a while."""
    talk = abandoned()
    assert talk.refused(GiveLink(talk.at + WEEK, talk.at, open=False)) == ChannelLeft()


def test_somebody_who_never_scanned_begins_after_all() -> None:
    """Days later; from then on it is like any other first message."""
    talk = abandoned()
    given(talk)
    events = comes(talk.wait(days=3))
    kinds = [type(event) for event in events]
    assert kinds[:2] == [ConversationRecovered, ConversationStarted]
    assert texts(events) == [(VISITOR, TextKey.SEEKING)]
    assert (talk.state.phase, talk.state.started_at) == (Phase.SEEKING, talk.at)
    assert (talk.state.ended_at, talk.state.reason) == (None, None)
    talk.propose()
    assert relayed(talk.says(ANNA, yes()))[0][1] == ANNA
    assert earned(talk) == [(RecoveryStage.WROTE, 1, 1), (RecoveryStage.ACCEPTED, 1, 1)]


def test_they_may_have_another_phone() -> None:
    """Nobody has written before: the link binds whoever comes, as the first one does."""
    talk = abandoned()
    given(talk)
    events = comes(talk, OTHER_PHONE, mismatched=True)
    assert events[0] == IdentityMismatched(VISITOR, OTHER_PHONE, talk.at)
    assert talk.state.visitor == OTHER_PHONE
    assert talk.state.form == VISITOR


@pytest.mark.parametrize("ended", [closed, failed])
def test_somebody_who_was_there_before(ended: Callable[[], Talk]) -> None:
    """They are welcomed back, the same agent first, and what waited is there in order."""
    talk = ended()
    waited = talk.state.waiting
    given(talk)
    events = comes(talk.wait(days=2), said="are you there?")
    assert not any(isinstance(each, ConversationStarted | ConversationResumed) for each in events)
    assert texts(events) == [(VISITOR, TextKey.RESUMED)]
    assert talk.state.phase is Phase.SEEKING
    assert talk.state.waiting[:-1] == waited
    talk.says(VISITOR, "hello?")
    talk.propose()
    told = [message for message, to in relayed(talk.says(ANNA, yes(talk.state.offers)))]
    assert told == sorted(told)
    assert told[: len(waited)] == list(waited)
    assert len(told) == len(waited) + 2


def test_the_untouched_sentence_says_nothing() -> None:
    """Nothing of it is passed on, also by a link that leads back."""
    talk = closed()
    given(talk)
    events = comes(talk, untouched=True)
    assert talk.state.waiting == ()
    assert texts(events) == [(VISITOR, TextKey.RESUMED)]


def test_nobody_else_comes_back_as_somebody() -> None:
    """Where the visitor has written, the link is theirs: another hears that it is over."""
    talk = closed()
    given(talk)
    assert texts(comes(talk, STRANGER)) == [(STRANGER, TextKey.LINK_ENDED)]
    assert talk.state.phase is Phase.CLOSED


def test_a_link_is_good_until_its_time() -> None:
    """To the second."""
    talk = abandoned()
    given(talk, lasts=timedelta(hours=1))
    talk.wait(hours=1)
    assert texts(comes(talk)) == [(VISITOR, TextKey.LINK_ENDED)]
    assert talk.state.phase is Phase.ABANDONED
    earlier = abandoned()
    given(earlier, lasts=timedelta(hours=1))
    comes(earlier.wait(minutes=59, seconds=59))
    assert earlier.state.phase is Phase.SEEKING


def test_an_unused_link_beside_the_first_one() -> None:
    """While it is reserved both lead there; only the later one has earned it."""
    first, later = reserved(), reserved()
    for talk in (first, later):
        given(talk)
    first.says(VISITOR, "hello", matched_by=MatchedBy.TOKEN)
    comes(later)
    assert (earned(first), earned(later)) == ([], [(RecoveryStage.WROTE, 1, 1)])
    assert first.state.phase is later.state.phase is Phase.SEEKING


def test_a_silent_visitor_is_back() -> None:
    """It goes on where it is, with its agent: counted once, and nobody accepts anything."""
    talk = active()
    given(talk)
    for _ in range(2):
        assert relayed(comes(talk, said="sorry, I was away"))
    assert earned(talk) == [(RecoveryStage.WROTE, 1, 1)]
    assert talk.state.recovering is None


def test_it_can_be_used_again_after_another_end() -> None:
    """A customer who wants to talk is welcome; each time is said."""
    talk = closed()
    given(talk)
    comes(talk)
    talk.propose()
    talk.says(ANNA, yes(talk.state.offers))
    talk.says(ANNA, "/close")
    comes(talk)
    stages = [stage for stage, _, _ in earned(talk)]
    assert stages == [RecoveryStage.WROTE, RecoveryStage.ACCEPTED, RecoveryStage.WROTE]


def test_while_it_is_closed() -> None:
    """They hear when it opens, and queue until then."""
    opens_at = closed().at + timedelta(hours=9)
    for ended in (closed, abandoned):
        talk = ended()
        given(talk)
        events = comes(talk, opens_at=opens_at)
        assert any(isinstance(each, ConversationQueued) for each in events)
        assert texts(events) == [(VISITOR, TextKey.CLOSED_NOW)]


def test_who_had_it_comes_first() -> None:
    """And is told nothing of a history that they know; another agent is."""
    talk = closed()
    given(talk)
    comes(talk)
    assert talk.state.former == ANNA
    talk.propose(BO)
    assert (BO, TextKey.HISTORY) in texts(talk.says(BO, yes(talk.state.offers)))


def test_any_history_folds() -> None:
    """A link that is not known any more changes nothing but what it stands for."""
    talk = active()
    old = ConversationRecovered(VISITOR, 99, RecoveryStage.WROTE, talk.at)
    assert evolve(talk.state, old) == talk.state


def test_a_link_of_nobodys_step_earns_too() -> None:
    """Made by hand: who comes by it is counted without a trigger."""
    talk = failed()
    given(talk, None)
    comes(talk)
    assert earned(talk) == [(RecoveryStage.WROTE, 1, None)]
