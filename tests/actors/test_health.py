"""How the channels stand: told by Meta and by sending, kept over a restart, heeded by choices."""

from datetime import timedelta

from structlog.testing import capture_logs
from trio.testing import MockClock

from kaisa_relay.domain.channel_health import (
    ChannelDown,
    ChannelEvent,
    ChannelLimited,
    ChannelQualityChanged,
    ChannelUp,
    DownReported,
    LimitReported,
    Quality,
    QualityReported,
    Report,
    TemplateReported,
)
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.inbound import AccountReport, ChannelNotice
from kaisa_relay.domain.sending import Deferred, Halted, Rank
from kaisa_relay.ports import ItemKind, NewItem
from tests import fakes
from tests.actors.house import AGENT, VISITOR, House, Plan, form, open_house


def told(report: Report, channel: int = 1) -> NewItem:
    """Return the row of an account webhook."""
    item = AccountReport(report)
    return NewItem(fakes.WORKSPACE, ChannelId(channel), ItemKind.ACCOUNT, None, b"{}", item)


def events(house: House, channel: int = 1) -> list[ChannelEvent]:
    """Return what happened to a channel."""
    recorded = house.store.rows.streams.get((fakes.WORKSPACE, f"channel/{channel}"), ())
    return [each.event for each in recorded if isinstance(each.event, ChannelEvent)]


async def test_the_log_names_the_template_that_changed(autojump_clock: MockClock) -> None:
    """One that was approved is good news, and no warning."""
    async with open_house() as house:
        with capture_logs() as logged:
            for status, reason in (("APPROVED", "NONE"), ("REJECTED", "ABUSIVE_CONTENT")):
                await house.arrive(told(TemplateReported("kaisa_offer", "sv", status, reason)))
                await house.quiet()
        approved, rejected = (each for each in logged if each["event"] == "template changed")
    assert (approved["log_level"], "reason" in approved) == ("info", False)
    assert (approved["template"], approved["language"]) == ("kaisa_offer", "sv")
    assert (rejected["log_level"], rejected["reason"]) == ("warning", "ABUSIVE_CONTENT")


async def test_told_by_meta(autojump_clock: MockClock) -> None:
    """One event for each change; a repeat is decided and no news."""
    async with open_house() as house:
        red = QualityReported("FLAGGED", Quality.RED)
        for report in (red, red, DownReported("account_deleted")):
            await house.arrive(told(report))
            await house.quiet()
        assert [type(each) for each in events(house)] == [ChannelQualityChanged, ChannelDown]
        assert house.actors.health.statistics()["down"] == 1
        house.check_finished()


async def test_new_conversations_avoid_it(autojump_clock: MockClock) -> None:
    """While another number is free; also after a restart."""
    async with open_house(Plan(channels=2)) as house:
        await house.arrive(told(LimitReported("spam", None), 1))
        await house.quiet()
        reservations = [await house.reserved(visitor=form(100 + n)) for n in range(3)]
        assert [int(each.channel) for each in reservations] == [2, 2, 2]
    async with open_house(Plan(channels=2, store=house.store)) as again:
        assert int((await again.reserved(visitor=form(110))).channel) == 2
        await again.arrive(told(LimitReported("longer", None), 1))
        await again.quiet()
        assert len(events(again)) == 1


async def test_the_spam_limit(autojump_clock: MockClock) -> None:
    """131048 limits the number for an hour from its last time; the send waits, nothing is lost."""
    async with open_house() as house:
        await house.talking()
        house.gateway.answer_next(AGENT.phone, Deferred(131048, "spam", after=900.0))
        await house.write(VISITOR, "hello")
        (limited,) = [each for each in events(house) if isinstance(each, ChannelLimited)]
        assert (limited.reason, limited.code) == ("spam", 131048)
        await house.pass_time(1000)
        assert house.texts(AGENT)[-1] == "hello"
        await house.pass_time(timedelta(hours=1))
        assert isinstance(events(house)[-1], ChannelUp)
        house.check_finished()


async def test_the_spam_limit_comes_late(autojump_clock: MockClock) -> None:
    """As a status of what WhatsApp had taken, or as an error of the number."""
    async with open_house(Plan(channels=2)) as house:
        await house.talking()
        await house.write(VISITOR, "hello")
        await house.status(Rank.FAILED, code=131048)
        assert [type(each) for each in events(house)] == [ChannelLimited]
        notice = ChannelNotice(131048, "spam")
        row = NewItem(fakes.WORKSPACE, ChannelId(2), ItemKind.NOTICE, None, b"{}", notice)
        await house.arrive(row)
        await house.quiet()
        assert [type(each) for each in events(house, 2)] == [ChannelLimited]
        house.check_finished()


async def test_a_number_that_whatsapp_refuses(autojump_clock: MockClock) -> None:
    """Down at the refusal, up when a send gets through; a run in between says neither twice."""
    async with open_house() as house:
        await house.talking()
        house.gateway.answer_next(AGENT.phone, Halted(190, "token expired"))
        await house.write(VISITOR, "hello")
        assert [type(each) for each in events(house)] == [ChannelDown]
    gateway = fakes.FakeGateway()
    gateway.answer_next(AGENT.phone, Halted(190, "token expired"))
    async with open_house(Plan(store=house.store, gateway=gateway)) as again:
        await again.pass_time(30)
        assert [type(each) for each in events(again)] == [ChannelDown]
        await again.pass_time(120)
        assert again.texts(AGENT)[-1] == "hello"
        assert [type(each) for each in events(again)] == [ChannelDown, ChannelUp]
        again.check_finished()


async def test_two_who_write_one_stream(autojump_clock: MockClock) -> None:
    """Another process noted something since: it is read again, and nothing is lost."""
    async with open_house() as house:
        await house.arrive(told(QualityReported("FLAGGED", Quality.RED)))
        await house.quiet()
        async with open_house(Plan(store=house.store)) as other:
            await other.actors.health.take(
                other.accounts.numbers[ChannelId(1)], DownReported("account_deleted")
            )
            await house.actors.health.take(
                house.accounts.numbers[ChannelId(1)], LimitReported("spam", None)
            )
        kinds = [ChannelQualityChanged, ChannelDown, ChannelLimited]
        assert [type(each) for each in events(house)] == kinds
