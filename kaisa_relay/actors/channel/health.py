"""How the channels stand with WhatsApp: reports become events, the row, and a line in the log.

Rule 1: all reports pass through here, one after the other, so each sees what the others did.
Rule 2: memory is a cache of the rows; a lost race means reading them again.
"""

from collections import Counter
from collections.abc import Mapping
from functools import partial, reduce
from typing import Final, assert_never

import structlog
import trio
from attrs import define, field

from kaisa_relay.actors.exchange import Context
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.channel_health import (
    Burden,
    ChannelDown,
    ChannelEvent,
    ChannelLimited,
    ChannelQualityChanged,
    ChannelUp,
    Health,
    Report,
    TemplateChanged,
    decide,
    evolve,
    lapsed,
)
from kaisa_relay.domain.ids import CHANNEL, ChannelId, MessageId, WorkspaceId, to_text
from kaisa_relay.ports import Append, Done
from kaisa_relay.ports.health import SaveHealth

logger = structlog.get_logger()

APPROVED: Final = "APPROVED"
NO_REASON: Final = "NONE"
"""Meta's words in `message_template_status_update`."""

WELL: Final = Health()


@define(eq=False)
class HealthDesk:
    """Keeps every channel's health."""

    context: Context
    _known: dict[WorkspaceId, dict[ChannelId, Health]] = field(factory=dict)
    _turn: trio.Lock = field(factory=trio.Lock)

    async def standing(self, workspace: WorkspaceId) -> Mapping[ChannelId, Health]:
        """Return how the channels stand of which anything was ever reported."""
        if workspace not in self._known:
            read = partial(self.context.directory.health, workspace)
            self._known[workspace] = await self.context.patiently(read)
        return self._known[workspace]

    async def take(self, channel: Channel, report: Report, item: MessageId | None = None) -> None:
        """Note a report; `item` is the inbox row that it came by, which is decided with it."""
        async with self._turn:
            for _ in range(2):
                health = await self._health(channel)
                events = decide(health, channel.id, report, self.context.wall())
                if await self._commit(channel, events, item):
                    return

    async def look(self, channel: Channel) -> None:
        """Let a limit end whose time is over."""
        async with self._turn:
            health = await self._health(channel)
            await self._commit(channel, lapsed(health, channel.id, self.context.wall()), None)

    def statistics(self) -> dict[str, int]:
        """How many channels stand how, by `Burden`; those never reported on are well."""
        accounts = self.context.accounts
        channels = [each for of in accounts.workspaces() for each in accounts.channels(of)]
        known = {id: health for of in self._known.values() for id, health in of.items()}
        counted = Counter(known.get(each.id, WELL).burden for each in channels)
        return {burden.name.lower(): counted[burden] for burden in Burden}

    async def _health(self, channel: Channel) -> Health:
        return (await self.standing(channel.workspace)).get(channel.id, WELL)

    async def _commit(
        self, channel: Channel, events: tuple[ChannelEvent, ...], item: MessageId | None
    ) -> bool:
        """Commit; False when the rows were not as they were known, and it should be tried again."""
        if not events and item is None:
            return True
        before = await self._health(channel)
        after = reduce(evolve, events, before)
        save = (SaveHealth(channel.id, after),) if events else ()
        done = (Done((item,)),) if item is not None else ()
        stream = f"channel/{channel.id}"
        append = Append(channel.workspace, stream, before.version, events, (*done, *save))
        lost = await self.context.patiently(partial(self.context.journal.append, append))
        if lost is not None:
            self._known.pop(channel.workspace, None)
            return isinstance(lost.change, Done)  # decided before: a repeat is not news
        self._known.setdefault(channel.workspace, {})[channel.id] = after
        for event in events:
            _say(event)
        return True


def _say(event: ChannelEvent) -> None:
    channel = to_text(CHANNEL, event.channel)
    match event:
        case ChannelLimited(reason=reason, code=code):
            logger.error("channel limited", channel=channel, reason=reason, code=code)
        case ChannelDown(reason=reason):
            logger.error("channel down", channel=channel, reason=reason)
        case ChannelUp(over=over):
            logger.info("channel up", channel=channel, over=over.value)
        case ChannelQualityChanged(quality=quality, tier=tier, reason=reason):
            told = {"quality": quality.value, "tier": tier, "reason": reason}
            logger.warning("channel changed", channel=channel, **told)
        case TemplateChanged():
            _say_template(channel, event)
        case _:
            assert_never(event)


def _say_template(channel: str, event: TemplateChanged) -> None:
    say = logger.info if event.status == APPROVED else logger.warning
    told = {"template": event.template, "language": event.language, "status": event.status}
    if event.reason != NO_REASON:
        told["reason"] = event.reason
    say("template changed", channel=channel, **told)
