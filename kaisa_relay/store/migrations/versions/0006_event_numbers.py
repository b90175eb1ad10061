"""Events name their kind and stream by number, and only what needs it is indexed.

Rule 1: a revision that has been released is never changed.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kaisa_relay.store.migrations.columns import KEY_ORDER, number, small, text, where

revision: Final = "0006"
down_revision: Final = "0005"

KINDS: Final = (
    "conversation.created",
    "conversation.started",
    "conversation.identity_mismatched",
    "conversation.message_received",
    "conversation.message_relayed",
    "conversation.notified",
    "conversation.agent_offered",
    "conversation.offer_sent",
    "conversation.offer_declined",
    "conversation.offer_expired",
    "conversation.offer_failed",
    "conversation.offer_rescinded",
    "conversation.agent_accepted",
    "conversation.queued",
    "conversation.message_failed",
    "conversation.message_unconfirmed",
    "conversation.message_settled",
    "conversation.nudged",
    "conversation.note_added",
    "conversation.deadline_moved",
    "conversation.closed",
    "conversation.failed",
    "conversation.abandoned",
    "message.unmatched",
    "message.status",
    "conversation.message_held",
    "conversation.messages_flushed",
    "conversation.window_closing",
    "conversation.window_closed",
    "conversation.reopen_asked",
    "conversation.reopen_failed",
    "agent.available",
    "agent.away",
    "agent.paused",
    "conversation.note_kept",
    "conversation.transferred",
    "channel.down",
    "channel.limited",
    "channel.quality_changed",
    "channel.template_changed",
    "channel.up",
)
"""By number, from 1 on."""
_KIND: Final = " ".join(f"when '{kind}' then {at}" for at, kind in enumerate(KINDS, 1))
_MOVE: Final = f"""
insert into event (workspace, seq, epoch, topic, stream, send, version, kind, format, at, data)
select workspace, seq, epoch,
    case when stream like 'message/%' then 1 when stream like 'agent/%' then 2
        when stream like 'channel/%' then 3 else 0 end,
    case when stream like 'conversation/%' then cast(substr(stream, 14) as bigint)
        when stream like 'message/%' then cast(substr(stream, 9) as bigint)
        when stream like 'agent/%' then cast(substr(stream, 7) as bigint)
        when stream like 'channel/%' then cast(substr(stream, 9) as bigint) end,
    case when stream like 'send/%' then cast(substr(stream, 6) as bigint) end,
    version, case kind {_KIND} end, format, at, data
from event_by_name order by workspace, seq
"""


def upgrade() -> None:
    op.rename_table("event", "event_by_name")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_event", "event_by_name")
        op.drop_constraint("uq_event_stream_version", "event_by_name")
    op.create_table(
        "event",
        number("workspace"),
        number("seq"),
        number("epoch"),
        small("topic"),
        number("stream", nullable=True),
        number("send", nullable=True),
        number("version"),
        small("kind"),
        small("format"),
        number("at"),
        text("data"),
        sa.PrimaryKeyConstraint("workspace", "seq", name="pk_event"),
        **KEY_ORDER,
    )
    op.execute(sa.text(_MOVE))
    op.drop_table("event_by_name")
    op.create_index(
        "uq_event_stream_version",
        "event",
        ["workspace", "topic", "stream", "version"],
        unique=True,
        **where("send is null"),
    )
