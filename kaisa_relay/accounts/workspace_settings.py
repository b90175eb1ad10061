"""What is kept of a workspace beside its name."""

from datetime import timedelta
from typing import Final

from attrs import frozen

from kaisa_relay.accounts.agents import HoursText
from kaisa_relay.accounts.changes import TextOverride
from kaisa_relay.domain.conversation.messages import Terms
from kaisa_relay.domain.presence import MISSED_PAUSE, PAUSE_AFTER_MISSED
from kaisa_relay.ports.accounts import (
    BROADCAST_TO,
    FOR_EVER,
    KEEP_FILES,
    QUEUE_ALERT,
    RECOVERY_LINK_TIME,
    UNKNOWN_GRACE,
)

DEFAULT_TERMS: Final = Terms()


@frozen
class WorkspaceSettings:
    """What is kept of a workspace beside its name; the meaning is `ports.Workspace`'s."""

    language: str = "en"
    link_expires_after: timedelta = DEFAULT_TERMS.link_expires_after
    expires_after: timedelta = DEFAULT_TERMS.expires_after
    offer_time: timedelta = DEFAULT_TERMS.offer_time
    queue_time: timedelta = DEFAULT_TERMS.queue_time
    first_reply_time: timedelta = DEFAULT_TERMS.first_reply_time
    resume_time: timedelta = DEFAULT_TERMS.resume_time
    unknown_grace: timedelta = UNKNOWN_GRACE
    read_receipts: bool = True
    broadcast_to: int = BROADCAST_TO
    hours: HoursText | None = None
    agent_opt_in: bool = False
    pause_after_missed: int = PAUSE_AFTER_MISSED
    queue_alert: int = QUEUE_ALERT
    missed_pause: timedelta = MISSED_PAUSE
    keep_files: timedelta = KEEP_FILES
    keep_texts: timedelta = FOR_EVER
    keep_metadata: timedelta = FOR_EVER
    recovery_link_time: timedelta = RECOVERY_LINK_TIME
    reuse_media: bool = False
    agent_fields: tuple[str, ...] = ()
    offer_template: str = "kaisa_offer"
    texts: tuple[TextOverride, ...] = ()
