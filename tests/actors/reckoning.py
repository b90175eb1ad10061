"""The reckoning after a schedule: journal, rows and phones must tell the same story.

Rule 1: what the journal took in arrives once, at one who had the conversation, in order; what does
not has a reason that the journal names.
"""

from collections.abc import Iterable

from attrs import define

from kaisa_relay.domain.conversation.deadlines import next_deadline
from kaisa_relay.domain.conversation.events import (
    AgentAccepted,
    ConversationTransferred,
    Event,
    MessageFailed,
    MessageHeld,
    MessageReceived,
    MessageRelayed,
    MessageUnconfirmed,
    TeamWrote,
)
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.outgoing import Labelled, Outgoing
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.tracking import MessageStatus
from tests import fakes
from tests.actors.house import House
from tests.actors.restless import Restless
from tests.actors.schedules import Talk, phone_of, state_of, words, words_of

ALSO = "Your team has written to the visitor:"


@define
class Account:
    """What one visitor's conversations took in, and what became of it by the journal."""

    house: House
    events: list[Event]
    states: list[State]

    def taken_in(self, kind: str) -> list[str]:
        """Return the words of one kind that were taken in, in order."""
        taken = MessageReceived | TeamWrote
        ids = (event.message for event in self.events if isinstance(event, taken))
        return [word for each in ids for word in words_of(self.house, each) if word[0] == kind]

    def given_back(self) -> set[str]:
        """Return the words that WhatsApp gave back at some time, whose place is lost."""
        back = MessageFailed | MessageHeld
        return self._words(e.message for e in self.events if isinstance(e, back))

    def excused(self) -> set[str]:
        """Return the words that need not have arrived: in doubt, waiting, or failed for good."""
        ids: set[MessageId] = set()
        failed: dict[MessageId, bool] = {}
        for event in self.events:
            if isinstance(event, MessageFailed | MessageRelayed):
                failed[event.message] = isinstance(event, MessageFailed)
        ids |= {message for message, is_so in failed.items() if is_so}
        for state in self.states:
            ids |= {*state.waiting, *(each for each, _ in state.held)}
        return self._words(ids) | self.in_doubt()

    def in_doubt(self) -> set[str]:
        """Return the words that may have gone out before a crash.

        Of those for an agent who has it no more nobody is told: the next one reads what was said.
        """
        ids = {e.message for e in self.events if isinstance(e, MessageUnconfirmed)}
        legs = (leg for row in self.house.store.rows.legs.values() for leg in row)
        mine = {e.message for e in self.events if isinstance(e, MessageRelayed)}
        ids |= {leg.message for leg in legs if leg.rank is Rank.PARKED} & mine
        return self._words(ids)

    def takers(self) -> set[str | None]:
        """Return the numbers of everybody who had it."""
        taken = AgentAccepted | ConversationTransferred
        return {phone_of(self.house, e.agent) for e in self.events if isinstance(e, taken)}

    def _words(self, messages: Iterable[MessageId]) -> set[str]:
        return {word for each in messages for word in words_of(self.house, each)}


def account(house: House, schedule: Restless, talk: Talk) -> Account:
    """Read the journal of all conversations that a visitor has had."""
    events: list[Event] = []
    states = []
    for reservation in schedule.conversations(talk):
        events += house.events(reservation.conversation)
        states.append(state_of(house, reservation))
    return Account(house, events, states)


def passed_on(outgoing: Outgoing) -> list[str]:
    """Return the words that went across in this, and not what is only shown again."""
    if isinstance(outgoing, Labelled) and outgoing.body.startswith(ALSO):
        return []
    return words(outgoing)


def read_by(house: House, phone: str | None) -> list[str]:
    """Return the words that reached a phone and were not given back, in order."""
    told = (each.event for each in house.store.events(fakes.WORKSPACE))
    statuses = (each for each in told if isinstance(each, MessageStatus))
    unsent = {each.send for each in statuses if each.rank is Rank.FAILED}
    return [
        word
        for sent in house.gateway.accepted
        if sent.recipient.phone == phone and send_of(sent.opaque) not in unsent
        for word in passed_on(sent.outgoing)
    ]


def send_of(opaque: str) -> int:
    """Return the send that a callback datum names."""
    return int(opaque.split(".")[2])


def check(house: House, schedule: Restless, talk: Talk) -> None:
    """Everything taken in arrived, where it should and nowhere else."""
    told = account(house, schedule, talk)
    for_visitor = read_by(house, talk.visitor.phone)
    by_agent = {each.phone: read_by(house, each.phone) for each in talk.agents}
    assert {word[0] for word in for_visitor} <= {"a", "t"}, "what is not the visitor's to see"
    _arrived(told, "a", [for_visitor])
    _arrived(told, "t", [for_visitor])
    for phone, got in by_agent.items():
        assert {word[0] for word in got} <= {"v", "w"}
        assert not got or phone in told.takers(), "an agent who never had it"
    _arrived(told, "v", list(by_agent.values()))
    _arrived(told, "w", list(by_agent.values()))


def _arrived(told: Account, kind: str, readers: list[list[str]]) -> None:
    sure = told.taken_in(kind)
    found = [[word for word in got if word[0] == kind] for got in readers]
    got = [word for each in found for word in each]
    assert set(got) <= set(sure), "a word that was never taken in"
    certain = [word for word in got if word not in told.in_doubt()]
    assert len(certain) == len(set(certain)), "a word came twice"
    assert set(sure) - set(got) <= told.excused(), "a word is gone"
    late = told.given_back() | told.in_doubt()
    for each in found:
        in_place = [word for word in each if word not in late]
        assert in_place == [word for word in sure if word in in_place], "out of order"


def check_rows(house: House, schedule: Restless, talk: Talk) -> None:
    """What lives has a deadline, and pairs are held by who is in it, on its number."""
    for reservation in schedule.conversations(talk):
        _check_pairs(house, state_of(house, reservation))


def _check_pairs(house: House, state: State) -> None:
    assert (next_deadline(state) is not None) == state.phase.live
    inside = {state.visitor, state.agent, *(offer.agent for offer in state.open_offers)} - {None}
    pairs = house.store.rows.pairs.items()
    held = {contact for (_, _, contact), pair in pairs if pair.conversation == state.id}
    assert held == (inside if state.phase.live else set())
    on = {channel for (_, channel, _), pair in pairs if pair.conversation == state.id}
    assert on <= {state.channel}
