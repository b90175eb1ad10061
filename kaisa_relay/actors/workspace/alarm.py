"""Wakes conversations whose deadline is near; memory holds only the next minutes.

Rule 1: a deadline lives in the conversation's row, so it survives everything the row survives.
Rule 2: waking early or twice is harmless: the conversation itself knows when it is due.
Rule 3: conversations that are awake and held, or quarantined, never fill the page for others.
"""

from datetime import timedelta
from functools import partial
from typing import Final

import trio
from attrs import define, field

from kaisa_relay.actors.conversation.slots import Slots
from kaisa_relay.actors.exchange import Context

LOOK_EVERY: Final = 10.0
AHEAD: Final = timedelta(seconds=30)
PAGE: Final = 500
GATHER: Final = 0.1
"""Seconds for which new deadlines are gathered before they are looked at."""


@define(eq=False)
class Alarm:
    """One run of the alarm."""

    context: Context
    slots: Slots
    _bell: trio.Event = field(factory=trio.Event)

    def __attrs_post_init__(self) -> None:
        self.context.exchange.deadline_in = self._hear

    async def run(self) -> None:
        """Look at the table until cancelled."""
        await self.context.exchange.drained.wait()
        while True:
            self._bell = trio.Event()
            full = await self._wake_due()
            with trio.move_on_after(1.0 if full else LOOK_EVERY):
                await self._bell.wait()
                await trio.sleep(GATHER)

    def _hear(self, time: timedelta) -> None:
        """A deadline is new that may fall before the next look."""
        if time < AHEAD:
            self._bell.set()

    async def _wake_due(self) -> bool:
        workspaces = self.context.accounts.workspaces()
        before = self.context.wall() + AHEAD
        # Deadlines that an outage holds, for hours maybe, stay the earliest in the table.
        limit = PAGE + self.slots.known
        due = await self.context.patiently(
            partial(self.context.journal.due, workspaces, before, limit)
        )
        for workspace, conversation in due:
            self.slots.open(workspace, conversation)
        return len(due) == limit
