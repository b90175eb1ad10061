"""What is said for a conversation that gave up, by its supervisor in its place.

Rule 1: it writes to the conversation's stream, which it may only once the actor has ended.
Rule 2: the agent hears it, since they would talk to nobody; the visitor's words are kept.
"""

from functools import partial

from kaisa_relay.actors.conversation.changes import collect
from kaisa_relay.actors.conversation.recovery import recover
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ConversationId, WorkspaceId
from kaisa_relay.domain.texts import TextKey
from kaisa_relay.ports import Append


async def tell_agent_stuck(
    context: Context, workspace: WorkspaceId, conversation: ConversationId
) -> None:
    """Tell the agent of a quarantined conversation, if it has one whose window is open."""
    found = await recover(context, workspace, conversation)
    decision = Decision(found.state, context.wall(), context.new_id)
    if found.state.phase is Phase.ACTIVE:
        decision.tell(Side.AGENT, TextKey.STUCK_AGENT)
    if not decision.outcome:
        return
    commit = collect(found.state, decision, found.wording, {})
    stream, rows = found.stream, tuple(commit.changes)
    append = Append(workspace, stream, found.version, decision.outcome, rows)
    if await context.patiently(partial(context.journal.append, append)) is None:
        context.exchange.ring(tuple(commit.sends))
