"""Workspaces and channels as they are configured now."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, Protocol

from attrs import field, frozen

from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.conversation.messages import Terms
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.presence import MISSED_PAUSE, PAUSE_AFTER_MISSED
from kaisa_relay.domain.schedule import Schedule
from kaisa_relay.ports.gateway import ChannelAccess

BROADCAST_TO: Final = 3
QUEUE_ALERT: Final = 10
UNKNOWN_GRACE: Final = timedelta(seconds=120)
KEEP_FILES: Final = timedelta(days=30)
FOR_EVER: Final = timedelta()
RECOVERY_LINK_TIME: Final = timedelta(days=7)


@frozen
class Workspace:
    """One customer: the unit of isolation. `texts` overrides automatic texts by (key, language).

    `agent_fields` are the metadata keys that an agent sees; `offer_template` is the approved
    template that offers a conversation (body: visitor's name, note; two quick replies);
    `language` is that of people whose own is not given; `unknown_grace` is how long a send that
    got no answer blocks its recipient, waiting for a status, before it is parked; with
    `read_receipts` a writer's message is marked read once the other side has read it;
    more than `queue_alert` conversations in search of an agent (0: however many) are an alert;
    `pause_after_missed` offers missed in a row (0: however many) pause an agent for `missed_pause`;
    with `agent_opt_in` nobody is offered anything before they said yes to an invitation;
    `hours` are its business hours (None: always open);
    `broadcast_to` is how many agents a broadcast asks at once;
    files that people sent lie on disk for `keep_files`; what was said in a conversation that is
    over is kept for `keep_texts`, its metadata for `keep_metadata` (0: for ever); with
    `reuse_media` the copy that came in is sent on where WhatsApp takes it, and is not fetched; a
    link that leads back into a conversation is good for `recovery_link_time`.
    """

    id: WorkspaceId
    name: str
    terms: Terms = field(factory=Terms)
    texts: Mapping[tuple[str, str], str] = field(factory=dict)
    agent_fields: tuple[str, ...] = ()
    offer_template: str = "kaisa_offer"
    language: str = "en"
    unknown_grace: timedelta = UNKNOWN_GRACE
    read_receipts: bool = True
    broadcast_to: int = BROADCAST_TO
    hours: Schedule | None = None
    agent_opt_in: bool = False
    pause_after_missed: int = PAUSE_AFTER_MISSED
    queue_alert: int = QUEUE_ALERT
    missed_pause: timedelta = MISSED_PAUSE
    keep_files: timedelta = KEEP_FILES
    keep_texts: timedelta = FOR_EVER
    keep_metadata: timedelta = FOR_EVER
    recovery_link_time: timedelta = RECOVERY_LINK_TIME
    reuse_media: bool = False


class Accounts(Protocol):
    """Workspaces and channels as configured now; memory, refreshed when somebody changes them."""

    def workspaces(self) -> Sequence[WorkspaceId]:
        """Return the workspaces that this process owns."""
        ...

    def workspace(self, workspace: WorkspaceId) -> Workspace:
        """Return one workspace's settings."""
        ...

    def channels(self, workspace: WorkspaceId) -> Sequence[Channel]:
        """Return the channels of a workspace, by id."""
        ...

    def channel(self, workspace: WorkspaceId, channel: ChannelId) -> Channel | None:
        """Return one channel."""
        ...

    def by_phone_number_id(self, app: str, phone_number_id: str) -> Channel | None:
        """Return the channel with Meta's id, if it belongs to this app."""
        ...

    def by_phone(self, workspace: WorkspaceId, phones: Sequence[Phone]) -> Channel | None:
        """Return the channel of this workspace that has one of these numbers."""
        ...

    def access(self, channel: ChannelId) -> ChannelAccess:
        """Return the channel's Meta id and its decrypted token."""
        ...
