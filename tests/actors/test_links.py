"""Links that lead back, through the whole house: who is where afterwards, and what is counted."""

from datetime import timedelta

from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.conversation.events import ConversationRecovered, LinkCreated
from kaisa_relay.domain.conversation.links import (
    ChannelLeft,
    LinkOrigin,
    NoWayBack,
    RecoveryStage,
)
from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import ChannelId, ConversationId, EventSeq
from kaisa_relay.ports import KeyReused, NotFound, Repeatable, Reservation
from kaisa_relay.ports.linking import LinkMade, NewLink
from tests import fakes
from tests.actors.house import (
    AGENT,
    BRUNO,
    VISITOR,
    House,
    Plan,
    appends,
    form,
    open_house,
    unnumbered,
)

OTHER = form(150, "Otto Other")
STEP = LinkOrigin(TriggerId(50), 1, 0, EventSeq(3))
UNSCANNED = timedelta(minutes=31)


async def asked(house: House, of: ConversationId, request: NewLink | None = None) -> object:
    """Ask for a link; returns the answer."""
    return await house.desk.link(fakes.WORKSPACE, of, request or NewLink(origin=STEP))


async def linked(house: House, of: Reservation, request: NewLink | None = None) -> LinkMade:
    """Ask for a link and get one."""
    made = await asked(house, of.conversation, request)
    assert isinstance(made, LinkMade)
    return made


async def abandoned(house: House) -> Reservation:
    """Nobody ever scanned."""
    reservation = await house.reserved(AGENT, BRUNO)
    await house.pass_time(UNSCANNED)
    assert await house.phase(reservation.conversation) == "abandoned"
    return reservation


def earned(house: House, of: Reservation) -> list[tuple[int, RecoveryStage]]:
    """What the links to a conversation have earned."""
    events = house.events(of.conversation)
    return [(e.link, e.stage) for e in events if isinstance(e, ConversationRecovered)]


async def test_somebody_who_never_scanned(autojump_clock: MockClock) -> None:
    """Their link leads to the very conversation, whose agent gets all that they write."""
    async with open_house() as house:
        reservation = await abandoned(house)
        made = await linked(house, reservation)
        assert made.expires_at == house.wall() + timedelta(days=7)
        assert await house.phase(reservation.conversation) == "abandoned"
        await house.pass_time(timedelta(days=2))
        said = [made.url, "is it still there?", "the red one"]
        await house.arrive(*[house.item(VISITOR, text) for text in said])
        await house.pass_time(5)
        await house.tap(AGENT, "Accept")
        assert house.texts(AGENT)[-2:] == ["is it still there?", "the red one"]
        await house.write(AGENT, "it is")
        assert house.texts(VISITOR)[-1] == "it is"
        assert earned(house, reservation) == [
            (1, RecoveryStage.WROTE),
            (1, RecoveryStage.ACCEPTED),
        ]
        house.check_finished()


async def test_a_retried_step_gets_the_same_link(autojump_clock: MockClock) -> None:
    """Also after a restart; a request is known by its key."""
    async with open_house() as house:
        reservation = await abandoned(house)
        made = await linked(house, reservation)
        store = house.store
    async with open_house(Plan(store=store, seed=2)) as house:
        assert await linked(house, reservation) == made
        by_key = NewLink(repeatable=Repeatable("key", b"hash"))
        second = await linked(house, reservation, by_key)
        assert second.link == 2
        assert await linked(house, reservation, by_key) == second
        another = NewLink(repeatable=Repeatable("key", b"another"))
        assert await asked(house, reservation.conversation, another) == KeyReused()
        created = [
            each for each in house.events(reservation.conversation) if isinstance(each, LinkCreated)
        ]
        assert [each.link for each in created] == [1, 2]


async def test_a_restart_before_it_is_used(autojump_clock: MockClock) -> None:
    """The link, and what it will have earned, are in the store."""
    async with open_house() as house:
        reservation = await abandoned(house)
        made = await linked(house, reservation)
        store = house.store
    async with open_house(Plan(store=store, gateway=house.gateway)) as house:
        await house.write(VISITOR, made.url)
        store, gateway = house.store, house.gateway
    async with open_house(Plan(store=store, gateway=gateway)) as house:
        await house.pass_time(1)
        await house.tap(AGENT, "Accept")
        assert [stage for _, stage in earned(house, reservation)] == list(RecoveryStage)
        row = next(row for row in house.store.rows.tokens.values() if row.saved.link == 1)
        assert row.saved.origin == STEP
        assert None not in (row.wrote_at, row.accepted_at)


async def test_a_crash_between_two_messages(autojump_clock: MockClock) -> None:
    """The commit that brings it back crashes: it is tried again, and all of it is there."""
    async with open_house() as house:
        reservation = await abandoned(house)
        made = await linked(house, reservation)
        trap = house.traps.set(appends(reservation.conversation))
        await house.arrive(house.item(VISITOR, made.url), house.item(VISITOR, "hello?"))
        await house.pass_time(30)
        assert trap.sprung == 1
        await house.tap(AGENT, "Accept")
        assert house.texts(AGENT)[-1] == "hello?"
        assert earned(house, reservation)[0] == (1, RecoveryStage.WROTE)
        house.check_finished()


async def test_the_same_agent_first(autojump_clock: MockClock) -> None:
    """As when it resumes, long after the time for that is over; the history is theirs."""
    async with open_house() as house:
        reservation = await house.reserved(BRUNO, AGENT)
        await house.scan(reservation)
        await house.tap(BRUNO, "Decline")
        await house.tap(AGENT, "Accept")
        await house.write(VISITOR, "the red one?")
        await house.write(AGENT, "/close")
        await house.pass_time(timedelta(days=3))
        made = await linked(house, reservation)
        await house.write(VISITOR, made.url)
        await house.pass_time(1)
        assert house.offered(BRUNO) == 1
        await house.tap(AGENT, "Accept")
        assert await house.phase(reservation.conversation) == "active"
        house.check_finished()


async def test_a_stranger_with_somebodys_link(autojump_clock: MockClock) -> None:
    """Where the visitor has written it is theirs alone; nothing of it is relayed."""
    async with open_house() as house:
        reservation = await house.talking()
        await house.write(AGENT, "/close")
        made = await linked(house, reservation)
        before = len(house.sent(AGENT))
        await house.write(OTHER, made.url)
        assert "already been used" in house.texts(OTHER)[-1]
        assert await house.phase(reservation.conversation) == "closed"
        await house.write(VISITOR, made.url)
        assert await house.phase(reservation.conversation) == "seeking"
        await house.write(OTHER, "let me in")
        assert len(house.sent(AGENT)) == before + 1  # the offer
        house.check_finished()


async def test_somebody_without_a_number(autojump_clock: MockClock) -> None:
    """They are bound by the link, and known by it the next time."""
    hidden = unnumbered("Vera", "US.vera")
    async with open_house() as house:
        reservation = await abandoned(house)
        first = await linked(house, reservation)
        await house.write(hidden, first.url)
        await house.tap(AGENT, "Accept")
        await house.write(AGENT, "/close")
        await house.pass_time(timedelta(days=1))
        second = await linked(house, reservation, NewLink())
        await house.write(hidden, second.url)
        assert await house.phase(reservation.conversation) == "seeking"
        assert "Welcome back" in house.texts("US.vera")[-1]
        house.check_finished()


async def test_the_newest_wins(autojump_clock: MockClock) -> None:
    """A stranger with an older one is shown the newest; its own visitor need not care."""
    async with open_house() as house:
        reservation = await abandoned(house)
        first = await linked(house, reservation)
        second = await linked(house, reservation, NewLink())
        await house.write(OTHER, first.url)
        assert second.url in house.texts(OTHER)[-1]
        assert await house.phase(reservation.conversation) == "abandoned"
        await house.write(VISITOR, first.url)
        assert await house.phase(reservation.conversation) == "seeking"
        assert earned(house, reservation) == [(1, RecoveryStage.WROTE)]


async def test_a_link_has_its_time(autojump_clock: MockClock) -> None:
    """Then it is said that it is over."""
    async with open_house() as house:
        reservation = await abandoned(house)
        made = await linked(house, reservation, NewLink(timedelta(hours=1)))
        await house.pass_time(timedelta(hours=1))
        await house.write(VISITOR, made.url)
        assert "no longer valid" in house.texts(VISITOR)[-1]
        assert await house.phase(reservation.conversation) == "abandoned"
        house.check_finished()


async def test_a_newer_reservation_is_not_overruled(autojump_clock: MockClock) -> None:
    """The form was filled in again: that is where they are, by whichever link they come."""
    async with open_house() as house:
        old = await abandoned(house)
        made = await linked(house, old)
        new = await house.reserved(BRUNO)
        await house.write(VISITOR, made.url)
        assert await house.phase(old.conversation) == "abandoned"
        assert await house.phase(new.conversation) == "seeking"
        await house.tap(BRUNO, "Accept")
        await house.write(VISITOR, "the blue one")
        assert house.texts(BRUNO)[-1] == "the blue one"
        assert made.token not in "".join(house.texts(BRUNO))
        await house.write(BRUNO, "/close")
        await house.write(VISITOR, made.url)
        assert await house.phase(old.conversation) == "seeking"
        house.check_finished()


async def test_a_pair_that_is_taken_in_the_same_moment(autojump_clock: MockClock) -> None:
    """A reservation is committed while the link is used: one of the two has the visitor."""
    async with open_house() as house:
        old = await abandoned(house)
        made = await linked(house, old)
        house.store.latency = 0.01
        await house.arrive(house.item(VISITOR, made.url))
        answer = await house.reserve(BRUNO)
        await house.pass_time(60)
        live = [pair for pair in house.store.rows.pairs.values() if pair.conversation is not None]
        theirs = [pair.conversation for pair in live if pair.role and pair.role.value == "visitor"]
        assert len(theirs) == 1
        phases = [await house.phase(old.conversation)]
        if isinstance(answer, Reservation):
            phases.append(await house.phase(answer.conversation))
        assert phases.count("seeking") == 1
        house.check_finished()


async def test_who_gets_none(autojump_clock: MockClock) -> None:
    """A conversation that there is not, one that is over for good, one on a lost channel."""
    async with open_house() as house:
        assert await asked(house, ConversationId(404)) == NotFound()
        reservation = await house.talking()
        await house.write(AGENT, "/block")
        assert await asked(house, reservation.conversation) == NoWayBack()
        other = await house.reserved(BRUNO, visitor=OTHER)
        number = house.accounts.numbers[ChannelId(1)]
        house.accounts.add(fakes.workspace(), evolve(number, draining=True))
        assert await asked(house, other.conversation) == ChannelLeft()
