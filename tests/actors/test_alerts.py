"""Alerts through the whole house: raised once, cleared once, found again after a restart."""

import trio
from attrs import evolve, field, frozen
from trio.testing import MockClock

from kaisa_relay.actors.workspace.alerts import LOOK, LOOK_AT_ALL, Alerts
from kaisa_relay.domain.alerts import AlertCleared, AlertKind, AlertRaised, Troubles
from kaisa_relay.domain.channel_health import DownReported, TemplateReported, WorksReported
from kaisa_relay.domain.conversation.events import OfferSent
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.journal.memory.boards import MemoryBoards
from kaisa_relay.ports import Recorded
from tests import fakes
from tests.actors.house import House, Plan, form, open_house
from tests.actors.test_quarantine import poisoned


def told(house: House) -> list[tuple[type, AlertKind]]:
    """Return what was said, in order."""
    events = [each.event for each in house.store.events(fakes.WORKSPACE)]
    return [
        (type(each), each.kind) for each in events if isinstance(each, AlertRaised | AlertCleared)
    ]


async def open_kinds(house: House) -> list[AlertKind]:
    """Return what is open."""
    return [each.kind for each in await house.store.boards.alerts(fakes.WORKSPACE)]


async def test_a_channel_that_is_down_is_said_at_once(autojump_clock: MockClock) -> None:
    """And when it is over; a restart in between says nothing twice."""
    async with open_house() as house:
        channel = house.accounts.numbers[ChannelId(1)]
        await house.actors.health.take(channel, DownReported("account_deleted"))
        await house.quiet()
        assert await open_kinds(house) == [AlertKind.CHANNEL_DOWN]
        await house.pass_time(60)
        store = house.store.restart()
    async with open_house(Plan(store=store)) as house:
        await house.pass_time(60)
        assert told(house) == [(AlertRaised, AlertKind.CHANNEL_DOWN)]
        channel = house.accounts.numbers[ChannelId(1)]
        await house.actors.health.take(channel, WorksReported())
        await house.quiet()
        assert await open_kinds(house) == []
        assert told(house)[1:] == [(AlertCleared, AlertKind.CHANNEL_DOWN)]


async def test_a_template_that_is_paused_and_back(autojump_clock: MockClock) -> None:
    """By what Meta reports."""
    async with open_house() as house:
        channel = house.accounts.numbers[ChannelId(1)]
        for status in ("PAUSED", "PAUSED", "APPROVED"):
            report = TemplateReported("kaisa_offer", "en", status, "NONE")
            await house.actors.health.take(channel, report)
            await house.quiet()
        kind = AlertKind.TEMPLATE_STOPPED
        assert told(house) == [(AlertRaised, kind), (AlertCleared, kind)]


async def test_a_queue_that_is_too_long(autojump_clock: MockClock) -> None:
    """Longer than the workspace minds, by those who wait for an agent."""
    async with open_house() as house:
        settings = house.accounts.configured[fakes.WORKSPACE]
        house.accounts.add(evolve(settings, queue_alert=2))
        await house.talking()
        waiting = [form(110 + number) for number in range(3)]
        for who in waiting:
            reservation = await house.reserved(form(300 + int(who.phone[-2:])), visitor=who)
            await house.scan(reservation, who)
        await house.pass_time(20)
        assert await open_kinds(house) == [AlertKind.QUEUE_LONG]
        await house.pass_time(3600)
        assert told(house)[-1] == (AlertCleared, AlertKind.QUEUE_LONG)


async def test_rows_that_are_set_aside(autojump_clock: MockClock) -> None:
    """Those of a conversation in quarantine, and what belongs to no customer of ours."""
    async with open_house() as house:
        await poisoned(house)
        await house.pass_time(60)
        assert await open_kinds(house) == [AlertKind.ROWS_PARKED]


@frozen
class CountedBoards(MemoryBoards):
    """Notes whose troubles are read."""

    looks: list[WorkspaceId] = field(factory=list)

    async def troubles(self, workspace: WorkspaceId) -> Troubles:
        """Note and read."""
        self.looks.append(workspace)
        return await super().troubles(workspace)


async def test_where_nothing_happens_nothing_is_read_each_time(autojump_clock: MockClock) -> None:
    """But now and then, for what changes without an event."""
    async with open_house() as house:
        boards = CountedBoards(house.store.boards.commits)
        alerts = Alerts(evolve(house.context, boards=boards))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(alerts.run)
            await house.pass_time(1)
            begun = len(boards.looks)
            await house.pass_time(10 * LOOK_AT_ALL)
            assert len(boards.looks) - begun == 10
            sent = OfferSent(1, fakes.EPOCH)
            alerts.take([Recorded(fakes.WORKSPACE, 1, "conversation/1", 1, sent)])
            await house.pass_time(LOOK)
            assert len(boards.looks) - begun == 11
            nursery.cancel_scope.cancel()
