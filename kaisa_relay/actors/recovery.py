"""How a conversation comes back into memory: its row, then the events after it."""

from functools import partial

from kaisa_relay.actors.conversation import ConversationTask, Readdress, Stale
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.slot import Slot
from kaisa_relay.actors.wording import Wording
from kaisa_relay.domain.conversation.state import State, evolve


async def run_conversation(slot: Slot, context: Context, readdress: Readdress) -> None:
    """Recover a conversation from its row and the events after it, then run it until idle."""
    journal = context.journal
    snapshot = await context.patiently(partial(journal.snapshot, slot.workspace, slot.conversation))
    if snapshot is None:
        raise Stale(slot.stream)
    state, saved = snapshot
    version = saved
    history = await context.patiently(partial(journal.read, slot.workspace, slot.stream, saved))
    for recorded in history:
        state, version = evolve(state, recorded.event), recorded.version
    wording = await _wording(context, state)
    task = ConversationTask(context, slot, readdress, state, version, wording, saved)
    await task.run()


async def _wording(context: Context, state: State) -> Wording:
    directory, workspace = context.directory, state.workspace
    contacts = [state.visitor, *(agent.contact for agent in state.agents)]
    people = await context.patiently(partial(directory.people, workspace, contacts))
    metadata = await context.patiently(partial(directory.metadata, workspace, state.id))
    return Wording(context.accounts.workspace(workspace), people, metadata)
