"""What an agent has in hand: their live conversations, what these hear of them, and their names."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from attrs import field, frozen

from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.contact import Person, Side
from kaisa_relay.domain.conversation.events import AgentAvailable
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.presence import PresenceEvent
from kaisa_relay.domain.routing import Pair
from kaisa_relay.ports import PresenceTold, Tell

MOST_NAMED: Final = 5
LONGEST_NAME: Final = 40
"""Characters of a name; what they are told may have a button, and then 1,024 characters in all."""


@frozen
class Chats:
    """The conversations that an agent has accepted, by channel, and how they read them.

    `shown` is their number and the visitors' first names, empty without any; `others` are the
    channels of those that somebody else could take over.
    """

    conversations: dict[ChannelId, ConversationId] = field(factory=dict)
    shown: str = field(default="", repr=False)
    others: frozenset[ChannelId] = frozenset()

    def to_hand_over(self, channel: ChannelId) -> ConversationId | None:
        """Return the conversation that they have on this channel, if another could have it."""
        return self.conversations.get(channel) if channel in self.others else None


async def held(context: Context, workspace: WorkspaceId, contact: ContactId) -> list[Pair]:
    """Return the live conversations that they are in as an agent, or asked to be."""
    pairs = await context.patiently(partial(context.directory.pairs, workspace, [contact]))
    return [each for each in pairs if each.conversation is not None and each.role is Side.AGENT]


async def chats_of(context: Context, workspace: WorkspaceId, contact: ContactId) -> Chats:
    """Return what they have; an offer is no chat yet."""
    found: dict[ChannelId, State] = {}
    for pair in await held(context, workspace, contact):
        assert pair.conversation is not None
        read = partial(context.journal.snapshot, workspace, pair.conversation)
        snapshot = await context.patiently(read)
        if snapshot is not None and snapshot[0].agent == contact:
            found[pair.channel] = snapshot[0]
    if not found:
        return Chats()
    visitors = [state.visitor for state in found.values()]
    people = await context.patiently(partial(context.directory.people, workspace, visitors))
    return Chats(
        {channel: state.id for channel, state in found.items()},
        _shown([people[each] for each in visitors if each in people], len(visitors)),
        frozenset(channel for channel, state in found.items() if _others(state)),
    )


def _shown(people: Sequence[Person], number: int) -> str:
    names = [each.first_name[:LONGEST_NAME] for each in people if each.first_name]
    more = ["…"] if len(names) > MOST_NAMED else []
    shown = ", ".join((*names[:MOST_NAMED], *more))
    return f"{number} ({shown})" if shown else str(number)


def _others(state: State) -> bool:
    return any(each.contact not in (state.agent, state.visitor) for each in state.agents)


async def told(
    context: Context, workspace: WorkspaceId, contact: ContactId, events: Sequence[PresenceEvent]
) -> tuple[Tell, ...]:
    """Return the rows by which an agent's conversations hear whether they take offers."""
    if not events:
        return ()
    available = isinstance(events[-1], AgentAvailable)
    return tuple(
        Tell(pair.channel, PresenceTold(pair.conversation, contact, available))
        for pair in await held(context, workspace, contact)
        if pair.conversation is not None
    )
