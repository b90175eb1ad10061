"""How a conversation comes back into memory: its row, then the events after it."""

from functools import partial

from attrs import frozen

from kaisa_relay.actors.conversation.actor import ConversationTask, Readdress
from kaisa_relay.actors.conversation.committing import Commits, Stale
from kaisa_relay.actors.conversation.slot import Slot, stream_of
from kaisa_relay.actors.conversation.wording import Wording
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.conversation.evolving import evolve
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ConversationId, WorkspaceId


@frozen
class Recovered:
    """A conversation as its journal has it; `saved` is the version that its row has."""

    stream: str
    state: State
    version: int
    saved: int
    wording: Wording


async def recover(
    context: Context, workspace: WorkspaceId, conversation: ConversationId
) -> Recovered:
    """Read a conversation back. Raises `Stale` when it has no row."""
    stream = stream_of(conversation)
    stored = await context.patiently(partial(context.journal.stored, workspace, conversation))
    if stored is None:
        raise Stale(stream)
    state, version = stored.state, stored.version
    for recorded in stored.later:
        state, version = evolve(state, recorded.event), recorded.version
    return Recovered(stream, state, version, stored.version, await _wording(context, state))


async def run_conversation(slot: Slot, context: Context, readdress: Readdress) -> None:
    """Recover a conversation, then run it until idle. Raises `Unsure`."""
    found = await recover(context, slot.workspace, slot.conversation)
    commits = Commits(context.journal.append)
    task = ConversationTask(
        context, slot, readdress, found.state, found.version, found.wording, found.saved, commits
    )
    await task.run()


async def _wording(context: Context, state: State) -> Wording:
    workspace = state.workspace
    contacts = [state.visitor, *(agent.contact for agent in state.agents)]
    read = partial(context.directory.briefing, workspace, state.id, contacts)
    briefing = await context.patiently(read)
    settings = context.accounts.workspace(workspace)
    return Wording(settings, briefing.people, briefing.metadata, context.button_key)
