"""The simulated WhatsApp put together: its parts, and the tasks that keep it moving."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import httpx
import trio

from .agenda import Agenda
from .clock import Clock
from .config import SimulatorConfig
from .faults import Faults
from .media.attachments import Attachments
from .media.links import Links
from .people.handset import Handsets
from .record import Record
from .sends.sending import Sending
from .templates.reviews import Reviews
from .webhooks.callbacks import Callback, Callbacks, Handshake, shake_hands
from .webhooks.courier import Courier
from .webhooks.notices import Notices
from .webhooks.statuses import Statuses
from .world import World


def _wall_clock() -> datetime:
    return datetime.now(UTC)


class Simulator:
    """All state and behaviour, without any socket of its own. `client` carries the webhooks."""

    def __init__(
        self,
        config: SimulatorConfig,
        client: httpx.AsyncClient,
        now: Callable[[], datetime] = _wall_clock,
        rng: Random | None = None,
    ) -> None:
        rng = rng if rng is not None else Random(config.seed)
        self.config = config
        self.client = client
        clock = Clock(now)
        self.world = World(config, clock, rng)
        # A die of its own: to seed it again must repeat the faults and nothing else.
        die = Random(rng.getrandbits(64))
        self.faults = Faults(die)
        self.record = Record()
        self.agenda = Agenda(clock)
        self.callbacks = Callbacks(_configured_callback(config), config.require_subscription)
        self.courier = Courier(
            client,
            self.callbacks,
            self.agenda,
            clock,
            self.faults,
            self.record,
            timing=config.timing,
            rng=die,
        )
        self.statuses = Statuses(self.world, self.agenda, self.courier, self.faults, config.timing)
        self.sending = Sending(self.world, self.statuses, self.faults)
        self.handsets = Handsets(self.world, self.statuses, self.sending, self.courier, self.faults)
        self.links = Links(client, self.world.media, clock)
        self.attachments = Attachments(self.world.media, self.links, self.faults)
        self.notices = Notices(self.world, self.courier)
        self.reviews = Reviews(self.world, self.agenda, self.faults, self.notices, config.timing)

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Do what is planned and post webhooks, until cancelled; the media go with it."""
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.agenda.run, name="simulator agenda")
                for number in range(self.config.webhook_parallel):
                    nursery.start_soon(self.courier.run, name=f"simulator courier {number}")
                task_status.started()
        finally:
            self.world.media.blobs.close()

    def own_callback(self, url: str, verify_token: str) -> Callback:
        """A callback of an account's or a number's own; the app's secret signs it."""
        default = self.callbacks.default
        secret = default.app_secret if default is not None else self.config.app_secret
        return Callback(url, verify_token, secret)

    async def verify(self, callback: Callback) -> Handshake:
        """Do the handshake with a callback; what it means is the caller's business."""
        challenge = self.world.new_challenge()
        return await shake_hands(
            self.client, callback, challenge, self.config.timing.webhook_timeout
        )

    def reset(self) -> None:
        """Back to the configured channels, people and templates, and to the real time; the
        callback stays registered.
        """
        self.agenda.clear()
        self.courier.forget()
        self.faults.clear()
        self.record.clear()
        self.links.clear()
        self.world.restore()
        self.agenda.rewind()
        self.world.feed.tell("reset")


def _configured_callback(config: SimulatorConfig) -> Callback | None:
    if config.webhook_url is None:
        return None
    return Callback(config.webhook_url, config.verify_token, config.app_secret)
