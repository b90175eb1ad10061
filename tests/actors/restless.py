"""Schedules in which nobody has patience: first replies, resuming, transfers, the team, blocks.

Rule 1: a word begins with whose it is: `v` the visitor's, `a` an agent's, `t` the team's to the
visitor, `w` a whisper to the agent, `n` a note; so that it shows where it must not be.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from attrs import define, field

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.contact_events import BlockedBy
from kaisa_relay.domain.content import Choice
from kaisa_relay.domain.conversation.terms import Terms
from kaisa_relay.domain.outgoing import Buttons
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.domain.sending import Rank
from kaisa_relay.ports import Reservation
from kaisa_relay.ports.supervising import Supervision, TeamNote, TeamText, TeamTransfer
from tests import fakes
from tests.actors.house import House, is_offer
from tests.actors.schedules import Deed, Schedule, Talk, phone_of, state_of

TERMS: Final = Terms(
    expires_after=timedelta(hours=2),
    queue_time=timedelta(minutes=30),
    first_reply_time=timedelta(minutes=5),
    resume_time=timedelta(hours=1),
)
SAM: Final = Requester(RequesterKind.USER, 7)
COMMANDS: Final = (
    *("/transfer", "/transfer next", "/off", "/off", "/on", "/pause 1h"),
    *("/status", "/history", "/who", "/note {note}", "/close", "/block"),
)
UNREACHABLE, WINDOW_CLOSED, UNREADABLE = 131026, 131047, 131053
"""Meta's words (reference, section 4.12)."""


@define(eq=False)
class Restless(Schedule):
    """A schedule of people who come, go, hand over and end."""

    steps: int = 120
    began: dict[int, list[Reservation]] = field(factory=dict)
    """The conversations of each talk, the latest last."""

    def deeds(self) -> Sequence[tuple[Deed, int]]:
        """Return what can happen, and how often."""
        return (
            (self.speak, 16),
            (self.answer_open_offer, 16),
            (self.command, 9),
            (self.ask_for_the_team, 4),
            (self.wait_long, 4),
            (self.begin_again, 4),
            (self.wait, 3),
            (self.report, 3),
            (self.tap, 3),
            (self.answer_offer, 2),
            (self.give_back, 2),
            (self.repeat, 2),
            (self.react, 1),
            (self.refuse, 1),
        )

    async def answer_open_offer(self, house: House, talk: Talk) -> None:
        """Who is asked just now taps, mostly yes."""
        assert talk.reservation is not None
        offers = state_of(house, talk.reservation).open_offers
        asked = {phone_of(house, each.agent) for each in offers}
        for agent in talk.agents:
            if agent.phone in asked and house.offered(agent):
                tapped = house.button(agent, self.rng.choice(("Accept", "Accept", "Decline")))
                await self.arrive(house, talk, house.item(agent, tapped, self.channel(talk)))

    async def wait(self, house: House, talk: Talk) -> None:
        """Time passes, as in a talk."""
        await house.pass_time(self.rng.choice((1.0, 5.0, 20.0, 70.0)))

    async def command(self, house: House, talk: Talk) -> None:
        """An agent types something to us: mostly the one who has it."""
        agent = self.agent_of(house, talk)
        if agent is None or self.rng.random() < 0.2:
            agent = self.rng.choice(talk.agents)
        typed = self.rng.choice(COMMANDS)
        if typed in ("/close", "/block") and self.rng.random() < 0.6:
            return
        typed = typed.format(note=talk.word("n"))
        await self.arrive(house, talk, house.item(agent, typed, self.channel(talk)))

    async def ask_for_the_team(self, house: House, talk: Talk) -> None:
        """Sam writes, whispers, notes or hands over; refused or not."""
        assert talk.reservation is not None
        wanted = self.rng.choice(
            (
                TeamText(Side.VISITOR, talk.word("t")),
                TeamText(Side.AGENT, talk.word("w")),
                TeamNote(talk.word("n")),
                TeamTransfer(None),
            )
        )
        request = Supervision(wanted, SAM)
        await house.desk.supervise(fakes.WORKSPACE, talk.reservation.conversation, request)

    async def tap(self, house: House, talk: Talk) -> None:
        """Somebody taps any button that they ever got, but for those of offers."""
        who = self.rng.choice((talk.visitor, *talk.agents))
        shown = [each for each in house.sent(who) if isinstance(each, Buttons)]
        buttons = [each.buttons[0] for each in shown if not is_offer(each)]
        if buttons:
            button = self.rng.choice(buttons)
            tapped = Choice(button.payload, button.title)
            await self.arrive(house, talk, house.item(who, tapped, self.channel(talk)))

    async def give_back(self, house: House, talk: Talk) -> None:
        """WhatsApp finds that it cannot deliver one of the latest."""
        taken = house.gateway.accepted[-5:]
        if taken:
            index = -self.rng.randint(1, len(taken))
            code = self.rng.choice((UNREACHABLE, WINDOW_CLOSED, UNREADABLE))
            await house.arrive(house.batch(house.update(Rank.FAILED, index, code)))

    async def wait_long(self, house: House, talk: Talk) -> None:
        """Time for reminders, for who stands in, and for ends."""
        if self.agent_of(house, talk) is not None:
            await house.pass_time(self.rng.choice((*(310.0,) * 6, 700.0, 700.0, 4_000.0)))

    async def begin_again(self, house: House, talk: Talk) -> None:
        """Whoever's conversation is over fills in the form anew; a block is lifted first."""
        assert talk.reservation is not None
        if state_of(house, talk.reservation).phase.live:
            return
        await house.desk.unblock(fakes.WORKSPACE, talk.visitor.phone, BlockedBy.API)
        answer = await house.reserve(*talk.agents, visitor=talk.visitor)
        if isinstance(answer, Reservation):
            self.conversations(talk).append(answer)
            talk.reservation = answer
            await house.scan(answer, talk.visitor)

    def conversations(self, talk: Talk) -> list[Reservation]:
        """Return the conversations that this visitor has had, the latest last."""
        assert talk.reservation is not None
        return self.began.setdefault(talk.number, [talk.reservation])
