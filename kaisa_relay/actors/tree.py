"""The supervision tree of the actors, top to bottom.

    actors
    ├── router                 supervised; gives up → the process ends
    │   └── conversation/…     supervised one by one; gives up → quarantined
    ├── alarm                  supervised; gives up → the process ends
    ├── receipts               supervised; gives up → none for a minute
    ├── retention of files     supervised; gives up → tried again every minute
    ├── alerts                 supervised; gives up → tried again every minute
    └── workspace …            one of each per workspace, found while running
        ├── reservations       supervised; gives up → the process ends
        ├── pool               supervised; gives up → the process ends
        ├── channel …          supervised; gives up → down, tried again every minute
        └── files of channel … supervised; gives up → tried again every minute

Rule 1: every task here has a name, an owner and a policy.
Rule 2: a mailbox is made with its slot and outlives every run of its actor.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final

import structlog
import trio
from attrs import define, field

from kaisa_relay.actors.agents.agent_pool import AgentPool
from kaisa_relay.actors.channel.actor import ChannelTask
from kaisa_relay.actors.channel.health import HealthDesk
from kaisa_relay.actors.channel.media import MediaTask
from kaisa_relay.actors.channel.receipts import Receipts
from kaisa_relay.actors.channel.traffic import Traffic
from kaisa_relay.actors.exchange import ChannelPost, Context
from kaisa_relay.actors.messages import SendsSettled, ToChannel
from kaisa_relay.actors.routing.router import Router
from kaisa_relay.actors.workspace.actor import WorkspaceTask
from kaisa_relay.actors.workspace.alarm import Alarm
from kaisa_relay.actors.workspace.alerts import Alerts
from kaisa_relay.actors.workspace.media_retention import MediaRetention
from kaisa_relay.domain.channel import Channel, throughput
from kaisa_relay.domain.ids import CHANNEL, WORKSPACE, WorkspaceId, to_text
from kaisa_relay.ports import Fenced, Send
from kaisa_relay.runtime.mailbox import Mailbox, MailboxStatistics
from kaisa_relay.runtime.supervise import GaveUp, RestartPolicy, supervise

logger = structlog.get_logger()

CORE: Final = RestartPolicy(
    intensity=5, period=60.0, first_delay=0.1, max_delay=5.0, fatal=(Fenced,)
)
DOWN: Final = 60.0
"""Seconds until a channel that gave up, or the receipts, are tried again."""
LOOK_EVERY: Final = 0.5
"""Seconds between two looks for workspaces and channels that were added."""


@define(eq=False)
class Actors:
    """Starts every actor, and those of workspaces and channels as they come."""

    context: Context
    health: HealthDesk = field(init=False)
    router: Router = field(init=False)
    receipts: Receipts = field(init=False)
    _alerts: Alerts = field(init=False)
    _nursery: trio.Nursery = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.health = HealthDesk(self.context)
        self.router = Router(self.context, self.health)
        self.receipts = Receipts(self.context)
        self._alerts = Alerts(self.context)
        self.context.sends.subscribe(self._settled)
        self.context.journal.subscribe(self.receipts.take)
        self.context.journal.subscribe(self._alerts.take)

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run until cancelled. Raises `GaveUp` when a core actor does."""
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            self.start_added()
            self._keep("router", self.router.run)
            self._keep("alarm", Alarm(self.context, self.router.slots).run)
            nursery.start_soon(self._keep_receipts, name="receipts")
            nursery.start_soon(self._keep_retention, name="retention of files")
            nursery.start_soon(self._keep_alerts, name="alerts")
            task_status.started()
            while True:
                await trio.sleep(LOOK_EVERY)
                self.start_added()

    def mailboxes(self) -> dict[str, list[MailboxStatistics]]:
        """Return the statistics of the mailboxes by kind of actor."""
        exchange = self.context.exchange
        return {
            "channel": [post.mailbox.statistics() for post in exchange.channels.values()],
            "pool": [mailbox.statistics() for mailbox in exchange.pools.values()],
            "workspace": [mailbox.statistics() for mailbox in exchange.workspaces.values()],
        }

    async def drain(self) -> None:
        """Begin no more calls, and return once what was begun has its outcome in the journal."""
        self.context.exchange.stopping = True
        while self._begun():  # noqa: ASYNC110 - a few polls
            await trio.sleep(0.05)

    def _begun(self) -> bool:
        """Say whether anything is begun that ends soon; a late status may wait for minutes."""
        exchange = self.context.exchange
        late = sum(len(post.late) for post in exchange.channels.values())
        return exchange.calls > 0 or self.router.statistics()["in_flight"] > late

    def start_added(self) -> None:
        """Start the actors of workspaces and channels that have none yet; needs a running `run`."""
        exchange = self.context.exchange
        for workspace in self.context.accounts.workspaces():
            if workspace not in exchange.workspaces:
                self._start_workspace(workspace)
            for channel in self.context.accounts.channels(workspace):
                if channel.id not in exchange.channels:
                    post = exchange.channels[channel.id] = self._post(channel)
                    name = f"channel {to_text(CHANNEL, channel.id)}"
                    self._nursery.start_soon(self._keep_channel, name, channel, post, name=name)
                    files = f"files of {name}"
                    self._nursery.start_soon(self._keep_files, files, channel, post, name=files)

    def _settled(self, sends: Sequence[Send]) -> None:
        """Tell the channels which of their sends statuses have ended."""
        for send in sends:
            post = self.context.exchange.channels.get(send.channel)
            if post is not None:
                post.tell(SendsSettled((send.id,)))

    def _post(self, channel: Channel) -> ChannelPost:
        mailbox = Mailbox[ToChannel](self.context.bounds.mailbox)
        return ChannelPost(mailbox, Traffic(throughput(channel.throughput)))

    def _start_workspace(self, workspace: WorkspaceId) -> None:
        exchange, name = self.context.exchange, to_text(WORKSPACE, workspace)
        capacity = self.context.bounds.mailbox
        pool = exchange.pools[workspace] = Mailbox(capacity)
        desk = exchange.workspaces[workspace] = Mailbox(capacity)
        self._keep(f"pool {name}", lambda: AgentPool(self.context, workspace, pool).run())
        reservations = partial(WorkspaceTask, self.context, workspace, desk, self.health)
        self._keep(f"workspace {name}", lambda: reservations().run(), desk.break_asks)

    def _keep(
        self,
        name: str,
        run: Callable[[], Awaitable[None]],
        on_crash: Callable[[], None] = lambda: None,
    ) -> None:
        crashed = partial(self._crashed, name.partition(" ")[0], on_crash)
        self._nursery.start_soon(supervise, name, run, CORE, self.context.rng, crashed, name=name)

    def _crashed(self, kind: str, on_crash: Callable[[], None]) -> None:
        self.context.meter.crashed(kind)
        on_crash()

    async def _keep_channel(self, name: str, channel: Channel, post: ChannelPost) -> None:
        """A channel that gives up is down: its outbox waits, and it is tried again slowly."""

        def give_back() -> None:
            post.give_back()
            self.router.look_again()

        crashed = partial(self._crashed, "channel", give_back)
        await self._keep_trying(
            name, lambda: ChannelTask(self.context, channel, post, self.health).run(), crashed
        )

    async def _keep_files(self, name: str, channel: Channel, post: ChannelPost) -> None:
        """While the files of a channel are down, what needs none goes on."""
        crashed = partial(self._crashed, "files", lambda: None)
        run = MediaTask(self.context, channel, post.files).run
        await self._keep_trying(name, run, crashed)

    async def _keep_retention(self) -> None:
        crashed = partial(self._crashed, "files", lambda: None)
        await self._keep_trying("retention of files", MediaRetention(self.context).run, crashed)

    async def _keep_alerts(self) -> None:
        crashed = partial(self._crashed, "alerts", lambda: None)
        await self._keep_trying("alerts", self._alerts.run, crashed)

    async def _keep_receipts(self) -> None:
        crashed = partial(self._crashed, "receipts", lambda: None)
        await self._keep_trying("receipts", self.receipts.run, crashed)

    async def _keep_trying(
        self, name: str, run: Callable[[], Awaitable[None]], crashed: Callable[[], None]
    ) -> None:
        while True:
            try:
                await supervise(name, run, CORE, self.context.rng, crashed)
            except GaveUp:
                logger.error("actor down", actor=name)
                await trio.sleep(DOWN)
