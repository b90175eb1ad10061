"""A workspace's business hours, asked of its settings."""

from datetime import datetime

from attrs import evolve

from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.conversation.messages import Receive
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.ids import WorkspaceId


def opening(context: Context, workspace: WorkspaceId) -> datetime | None:
    """Return when it opens; None while it is open."""
    hours, at = context.accounts.workspace(workspace).hours, context.wall()
    if hours is None or hours.open_at(at):
        return None
    return hours.opens_after(at)


def with_opening(context: Context, state: State, command: Receive) -> Receive:
    """Return the command with what a first message must know of the hours."""
    if state.phase in (Phase.SEEKING, Phase.ACTIVE):
        return command
    return evolve(command, opens_at=opening(context, state.workspace))
