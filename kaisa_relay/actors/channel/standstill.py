"""A number that does not answer: its sends stop, and it is asked with patience until it does.

Rule 1: a standstill is an outage of this channel, so no deadline of its conversations fires.
Rule 2: a number that WhatsApp refuses may answer a probe; only a send that gets through ends that.
"""

from collections.abc import Callable
from typing import Final

import structlog
import trio
from attrs import define, field

from kaisa_relay.actors.channel.lanes import Lanes
from kaisa_relay.actors.channel.outcome import Stop
from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.alerts import TOKEN
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.channel_health import DownReported, GotThrough, Report
from kaisa_relay.domain.ids import CHANNEL, to_text
from kaisa_relay.domain.sending import Accepted

logger = structlog.get_logger()

_REASONS: Final = {
    Stop.NO: "unanswered",
    Stop.AWAY: "unreachable",
    Stop.HALTED: "halted",
    Stop.TOKEN: TOKEN,
}
_REFUSED: Final = (Stop.HALTED, Stop.TOKEN)
"""An operator must act first."""
PROBE: Final = (1.0, 60.0)
"""Seconds between probes of a number that does not answer: the first and the longest."""


@define(eq=False)
class Standstill:
    """Stops a channel's lanes, and has them go on."""

    context: Context
    channel: Channel
    lanes: Lanes
    on_resume: Callable[[], None]
    report: Callable[[Report], None]
    _told: bool = True
    """Whether the number may count as down: a run before this one may have said so."""
    _why: Stop = Stop.NO
    _stopped: trio.Event = field(factory=trio.Event)

    def stop(self, why: Stop) -> None:
        """Send nothing more until the number answers."""
        if self.lanes.stopped:
            return
        self.lanes.stopped = True
        self._why = why
        self.context.outages.began(self.channel.id, self.context.wall())
        logger.error("channel stopped", channel=to_text(CHANNEL, self.channel.id), reason=why.value)
        self._stopped.set()
        self._told = True
        self.report(DownReported(_REASONS[why]))

    def got_through(self) -> None:
        """WhatsApp took a send, or refused that one alone: the number works."""
        self.context.outages.ended(self.channel.id)
        if self._told:
            self._told = False
            self.report(GotThrough())

    async def run(self) -> None:
        """Probe whenever it stands still, until cancelled."""
        if self.context.outages.on(self.channel.id):
            self.stop(Stop.AWAY)  # as the run before this one left it
        while True:
            await self._stopped.wait()
            self._stopped = trio.Event()
            delay, longest = PROBE
            if self._why in _REFUSED:
                delay = longest  # an operator must act first; the number itself may well answer
            await trio.sleep(delay)
            while not await self._answers():
                delay = min(longest, delay * 2)
                await trio.sleep(delay)
            self._resume()

    async def _answers(self) -> bool:
        access = self.context.accounts.access(self.channel.id)
        return isinstance(await self.context.gateway.probe(access), Accepted)

    def _resume(self) -> None:
        self.lanes.stopped = False
        if self._why not in _REFUSED or not self.lanes.waiting():
            self.got_through()
        logger.info("channel goes on", channel=to_text(CHANNEL, self.channel.id))
        self.on_resume()
