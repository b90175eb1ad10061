"""What the API is given. It builds none of it and owns none of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import trio
from attrs import field, frozen
from prometheus_client import CollectorRegistry

from kaisa_relay.api.feed.seats import Bounds
from kaisa_relay.api.limits import Limits
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.ports.auditing import Auditing
from kaisa_relay.ports.boards import BoardDesk, Boards
from kaisa_relay.ports.engagement import Engagement
from kaisa_relay.ports.erasing import Erasing
from kaisa_relay.ports.explore import Explore
from kaisa_relay.ports.export_jobs import ExportJobs
from kaisa_relay.ports.exports import Exports
from kaisa_relay.ports.faces import Archive, Desk
from kaisa_relay.ports.files import KeptFiles
from kaisa_relay.ports.keys import Keys
from kaisa_relay.ports.linking import LinkDesk
from kaisa_relay.ports.managing import Managing
from kaisa_relay.ports.page import PageFile
from kaisa_relay.ports.reports import Reports
from kaisa_relay.ports.saved_views import Views
from kaisa_relay.ports.supervising import SupervisingDesk
from kaisa_relay.ports.users import Users
from kaisa_relay.runtime.callback import Callback, OnAnswer
from kaisa_relay.runtime.clock import WallClock


class Channels(Protocol):
    """The channels as configured now; `ports.Accounts` is one."""

    def channel(self, workspace: WorkspaceId, channel: ChannelId) -> Channel | None:
        """Return one channel."""
        ...

    def channels(self, workspace: WorkspaceId) -> Sequence[Channel]:
        """Return the channels of a workspace, by id."""
        ...


class WebhookReceiver(Protocol):
    """The webhook lane: what Meta sends goes in whole and unread."""

    def receive_nowait(
        self, app: str, signature: str | None, body: bytes, on_answer: OnAnswer[tuple[int, bytes]]
    ) -> None:
        """Store one POST for this app; `on_answer` hears the status and body of the answer."""
        ...

    def handshake(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        """Answer Meta's verification GET."""
        ...


async def receive(
    lane: WebhookReceiver, app: str, signature: str | None, body: bytes
) -> tuple[int, bytes]:
    """Have the lane store one POST; returns the status and body of the answer."""
    answer = Callback[tuple[int, bytes]]()
    lane.receive_nowait(app, signature, body, answer)
    return await answer.wait()


class Wire(Protocol):
    """An accepted WebSocket."""

    async def send(self, text: str) -> None:
        """Send one text frame; returns when it is handed to the network."""
        ...

    async def receive(self) -> str | bytes | None:
        """Return the next frame."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """End the connection."""
        ...


class Feed(Protocol):
    """The live feed behind its door."""

    def described(self, standing: type[msgspec.Struct], version: str) -> dict[str, Any]:
        """Return the AsyncAPI document of a feed whose snapshots hold such a struct."""
        ...

    async def serve(
        self,
        wire: Wire,
        workspace: WorkspaceId,
        still_valid: Callable[[], Awaitable[bool]],
        named: bool,
    ) -> None:
        """Serve one accepted connection to its end; only if `named` it may see who people are."""
        ...


class QrMaker(Protocol):
    """Draws links; takes milliseconds of CPU, so it is called in a worker thread."""

    def qr_svg(self, url: str, size: int | None, border: int) -> bytes:
        """Return an SVG, `size` pixels wide, or without a width; `border` is in modules."""
        ...

    def qr_png(self, url: str, size: int, border: int) -> bytes:
        """Return a PNG at most `size` pixels wide; `border` is in modules."""
        ...


class Readiness(Protocol):
    """Whether this process can serve."""

    async def failing(self) -> Mapping[str, str]:
        """Return each part that fails, with a reason that holds no secret; empty when ready."""
        ...


class ApiDesk(Desk, SupervisingDesk, LinkDesk, BoardDesk, Protocol):
    """Everything that is asked of actors."""


@frozen
class Dependencies:
    """Everything that `create_api` needs; `monotonic` is in seconds and never goes back."""

    desk: ApiDesk
    archive: Archive
    keys: Keys
    channels: Channels
    webhooks: WebhookReceiver
    feed: Feed
    qr: QrMaker
    readiness: Readiness
    files: KeptFiles
    boards: Boards
    registry: CollectorRegistry
    clock: WallClock
    users: Users
    engagement: Engagement
    erasing: Erasing
    audit: Auditing
    managing: Managing
    explore: Explore
    exports: Exports
    export_jobs: ExportJobs
    views: Views
    reports: Reports
    limits: Limits = field(factory=Limits)
    watchers: Bounds = field(factory=Bounds)
    page: Mapping[str, PageFile] = field(factory=dict)
    public_url: str = ""
    monotonic: Callable[[], float] = trio.current_time
