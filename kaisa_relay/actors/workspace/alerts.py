"""Looks how every workspace stands, and says what needs somebody, once when it begins and ends.

Rule 1: nothing is remembered here: open alerts and troubles are both read from the rows.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

import structlog
import trio
from attrs import define, field

from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.alerts import AlertCleared, AlertEvent, AlertRaised, Troubles, decide
from kaisa_relay.domain.channel_health import ChannelEvent
from kaisa_relay.domain.ids import ALERT, CHANNEL, WorkspaceId, to_text
from kaisa_relay.ports import Append, Recorded

logger = structlog.get_logger()

LOOK: Final = 15.0
"""Seconds between two looks at what has changed; what happens to a channel is looked at at once."""
LOOK_AT_ALL: Final = 45.0
"""Seconds between two looks at everything: settings and parked rows change without an event."""


@define(eq=False)
class Alerts:
    """One run, for all workspaces of this process."""

    context: Context
    _bell: trio.Event = field(factory=trio.Event)
    _changed: set[WorkspaceId] = field(factory=set)

    def take(self, recorded: Sequence[Recorded]) -> None:
        """Look where something happened, and at once where it did to a channel."""
        self._changed.update(each.workspace for each in recorded)
        if any(isinstance(each.event, ChannelEvent) for each in recorded):
            self._bell.set()

    async def run(self) -> None:
        """Look until cancelled."""
        all_at = trio.current_time()
        while True:
            changed, self._changed = self._changed, set()
            ours, now = self.context.accounts.workspaces(), trio.current_time()
            if now >= all_at:
                all_at, changed = now + LOOK_AT_ALL, set(ours)
            for workspace in ours:
                if workspace in changed:
                    await self._look(workspace)
            with trio.move_on_after(LOOK):
                await self._bell.wait()
            self._bell = trio.Event()

    async def _look(self, workspace: WorkspaceId) -> None:
        boards, patiently = self.context.boards, self.context.patiently
        troubles = await patiently(partial(boards.troubles, workspace))
        opened = await patiently(partial(boards.alerts, workspace))
        most = self.context.accounts.workspace(workspace).queue_alert
        at, new_id = self.context.wall(), self.context.new_id
        for event in decide(opened, self._ours(workspace, troubles), most, at, new_id):
            version = 0 if isinstance(event, AlertRaised) else 1
            append = Append(workspace, f"alert/{event.alert}", version, (event,), ())
            if await patiently(partial(self.context.journal.append, append)) is None:
                _say(event)

    def _ours(self, workspace: WorkspaceId, troubles: Troubles) -> Troubles:
        """Leave out removed channels, and what is nobody's where there are several customers."""
        accounts = self.context.accounts
        channels = {each.id for each in accounts.channels(workspace)}
        alone = len(accounts.workspaces()) == 1
        return Troubles(
            {id: each for id, each in troubles.health.items() if id in channels},
            {key: each for key, each in troubles.templates.items() if key[0] in channels},
            troubles.queue,
            troubles.parked,
            troubles.unrouted if alone else 0,
        )


def _say(event: AlertEvent) -> None:
    name = to_text(ALERT, event.alert)
    if isinstance(event, AlertCleared):
        logger.info("alert cleared", alert=name, kind=event.kind.value)
        return
    channel = to_text(CHANNEL, event.channel) if event.channel is not None else None
    said = {"channel": channel, "reason": event.reason, "count": event.count}
    told = {key: value for key, value in said.items() if value is not None}
    logger.warning("alert raised", alert=name, kind=event.kind.value, **told)
