"""What must be known to have another number carry a conversation, read for each of them.

Rule 1: a person is in one conversation per number: where one of the two is in another on the new
one, this one stays where it is, and whoever asked is told.
Rule 2: what was begun on the old number is left to it: nobody knows whether it went out.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from attrs import field, frozen

from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import ConversationMoved, MoveChannel
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.outgoing import Template, messages_of
from kaisa_relay.domain.routing import Pair
from kaisa_relay.domain.sending import Purpose, SendState
from kaisa_relay.ports import Change, ClaimPair, DropSends, ReleasePair, Send
from kaisa_relay.ports.replacing import NotMoved

PAGE: Final = 500


@frozen
class Move:
    """A move that can be made: the command, the sends that it makes pointless, and their rows."""

    command: MoveChannel
    dropped: tuple[Send, ...] = field(repr=False)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The rows that go with it."""
        return (DropSends(tuple(each.id for each in self.dropped)),) if self.dropped else ()


async def move_of(
    context: Context, state: State, to: Channel, *, announced: bool
) -> Move | NotMoved:
    """Return how this conversation goes on over that channel, or why it does not."""
    if state.phase not in (Phase.SEEKING, Phase.ACTIVE) or state.channel == to.id:
        return NotMoved.NOT_THERE
    people = [state.visitor, *([state.agent] if state.agent is not None else [])]
    read = partial(context.directory.pairs, state.workspace, people, to.id)
    pairs = {pair.contact: pair for pair in await context.patiently(read)}
    refused = _taken(state, pairs) or await _unreachable(context, state, to, people)
    if refused is not None:
        return refused
    dropped = await _unsent(context, state)
    wrote = [pairs[who].inbound_at if who in pairs else None for who in people]
    command = MoveChannel(
        to=to.id,
        at=context.wall(),
        visitor_wrote_at=wrote[0],
        agent_wrote_at=wrote[1] if len(wrote) > 1 else None,
        unsent=tuple(dict.fromkeys(_carried(state, dropped))),
        announced=announced,
    )
    return Move(command, dropped)


def _taken(state: State, pairs: dict[ContactId, Pair]) -> NotMoved | None:
    busy = {who for who, pair in pairs.items() if pair.conversation not in (None, state.id)}
    if state.visitor in busy:
        return NotMoved.VISITOR_TAKEN
    return NotMoved.AGENT_TAKEN if busy else None


async def _unreachable(
    context: Context, state: State, to: Channel, people: Sequence[ContactId]
) -> NotMoved | None:
    """A BSUID means nothing to a number of another business portfolio."""
    before = context.accounts.channel(state.workspace, state.channel)
    if before is not None and before.portfolio == to.portfolio:
        return None
    read = partial(context.directory.people, state.workspace, people)
    known = await context.patiently(read)
    hidden = [each for each in people if each in known and known[each].phone is None]
    return NotMoved.NO_NUMBER if hidden else None


async def _unsent(context: Context, state: State) -> tuple[Send, ...]:
    """Return the conversation's sends that were not begun on the number that it leaves."""
    found: list[Send] = []
    after = SendId(0)
    while True:
        read = partial(context.sends.unfinished, state.workspace, state.channel, after, PAGE)
        page = await context.patiently(read)
        if not page:
            break
        after = page[-1].id
        found += [each for each in page if each.conversation == state.id]
    return tuple(each for each in found if each.state is SendState.READY)


def _carried(state: State, dropped: Sequence[Send]) -> list[tuple[MessageId, Side]]:
    """Return what those carry, and to whom; our own texts about the moment count no more."""
    found = []
    for each in dropped:
        side = state.side_of(each.contact)
        if each.purpose is Purpose.RELAY and side and not isinstance(each.outgoing, Template):
            messages = sorted(messages_of(each.message, each.outgoing))
            found += [(message, side) for message in messages]
    return found


def pairs_moved(before: State, event: ConversationMoved) -> list[Change]:
    """Both leave the old number and are on the new one, or nothing moves at all."""
    sides = {before.visitor: Side.VISITOR}
    if before.agent is not None:
        sides[before.agent] = Side.AGENT
    rows: list[Change] = []
    for who, role in sides.items():
        rows.append(ReleasePair(event.before, who, before.id))
        rows.append(ClaimPair(event.channel, who, before.id, role))
    return rows
