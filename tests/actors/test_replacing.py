"""Another number carries what the old one did: everybody goes on, nothing is lost or doubled."""

from datetime import timedelta

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.actors import desk
from kaisa_relay.domain.content import ButtonTap
from kaisa_relay.domain.conversation.events import ConversationMoved
from kaisa_relay.domain.ids import ChannelId, ConversationId
from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.routing import Pair
from kaisa_relay.domain.sending import Halted
from kaisa_relay.ports import ClaimPair, FormPerson
from kaisa_relay.ports.replacing import Moved, NotMoved
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
from tests.fakes import Lost

OLD, NEW = ChannelId(1), ChannelId(2)
TWO = Plan(channels=2)


async def replace(house: House) -> Moved:
    """An operator has the second number carry what the first one does."""
    moved = await house.desk.move(fakes.WORKSPACE, (OLD, NEW), None)
    await house.quiet()
    return moved


def keep_to_old(house: House) -> None:
    """New conversations begin on the first number."""
    house.accounts.numbers[NEW] = evolve(house.accounts.numbers[NEW], draining=True)


def carriers(house: House, who: FormPerson) -> list[str]:
    """Return by which numbers somebody was written to, in order."""
    return [
        each.phone_number_id for each in house.gateway.accepted if each.recipient.phone == who.phone
    ]


def is_moved(outgoing: object) -> bool:
    return isinstance(outgoing, Template) and outgoing.name == "kaisa_moved"


async def tap_moved(house: House, who: FormPerson) -> None:
    """Somebody taps the button of the template."""
    template = next(each for each in reversed(house.sent(who)) if is_moved(each))
    assert isinstance(template, Template)
    await house.write(who, ButtonTap(template.payloads[0], "Continue"), int(NEW))


async def test_a_talk_goes_on_over_the_new_number(autojump_clock: MockClock) -> None:
    """Both get the link from the old number and the template from the new one, tap, and talk."""
    async with open_house(TWO) as house:
        talk = (await house.talking()).conversation
        assert await replace(house) == Moved(1, (), None)
        for who in (VISITOR, AGENT):
            assert [is_moved(each) for each in house.sent(who)].count(True) == 1
        assert "changing our number" in house.texts(VISITOR)[-1]
        assert "being replaced" in house.texts(AGENT)[-1]
        await tap_moved(house, AGENT)
        await house.write(AGENT, "are you there?", int(NEW))
        assert "are you there?" not in house.texts(VISITOR)
        await tap_moved(house, VISITOR)
        assert house.texts(VISITOR)[-1] == "are you there?"
        await house.write(VISITOR, "I am", int(NEW))
        assert house.texts(AGENT)[-1] == "I am"
        new = house.accounts.numbers[NEW].phone_number_id
        assert carriers(house, VISITOR)[-1] == new
        [moved] = [each for each in house.events(talk) if isinstance(each, ConversationMoved)]
        assert (moved.before, moved.channel) == (OLD, NEW)
        assert await replace(house) == Moved(0, (), None)
        house.check_finished()


async def test_a_banned_number_says_nothing_more(autojump_clock: MockClock) -> None:
    """What was stuck there goes out on the new one, once and in order."""
    async with open_house(TWO) as house:
        await house.talking()
        house.gateway.answer_next(VISITOR.phone, Halted(131031, "locked"))
        for text in ("one", "two", "three"):
            await house.write(AGENT, text)
        seen = len(house.sent(VISITOR))
        assert await replace(house) == Moved(1, (), None)
        assert [is_moved(each) for each in house.sent(VISITOR)[seen:]] == [True]
        assert "being replaced" not in house.texts(AGENT)[-1]
        await tap_moved(house, VISITOR)
        assert house.texts(VISITOR)[-3:] == ["one", "two", "three"]
        await house.pass_time(timedelta(minutes=10))
        assert [house.texts(VISITOR).count(each) for each in ("one", "two", "three")] == [1, 1, 1]
        house.check_finished()


async def test_what_was_begun_there_is_left_to_it(autojump_clock: MockClock) -> None:
    """Nobody knows whether it went out: the agent is asked, and sends it again on the new one."""
    async with open_house(TWO) as house:
        await house.talking()
        house.gateway.answer_next(VISITOR.phone, Lost())
        await house.write(AGENT, "perhaps")
        await replace(house)
        await tap_moved(house, AGENT)
        await tap_moved(house, VISITOR)
        assert house.texts(VISITOR).count("perhaps") == 1  # it had arrived, which we do not know
        await house.pass_time(timedelta(minutes=3))
        await house.tap(AGENT, "Send again", int(NEW))
        assert house.texts(VISITOR).count("perhaps") == 2
        house_numbers = carriers(house, VISITOR)
        assert house_numbers[-1] == house.accounts.numbers[NEW].phone_number_id


async def test_whoever_writes_to_the_old_number(autojump_clock: MockClock) -> None:
    """They get the link to the new one; so does who scans the old link again."""
    async with open_house(TWO) as house:
        reservation = await house.talking()
        await replace(house)
        new = house.accounts.numbers[NEW]
        for who in (VISITOR, AGENT):
            await house.write(who, "hello?", int(OLD))
            assert "use this link" in house.texts(who)[-1]
        await house.scan(reservation, VISITOR, int(OLD))
        assert "use this link" in house.texts(VISITOR)[-1]
        assert new.id == NEW
        assert "hello?" not in house.texts(AGENT)


async def test_a_search_goes_on(autojump_clock: MockClock) -> None:
    """The open offer is taken back, and the agent is asked on the new number."""
    async with open_house(TWO) as house:
        reservation = await house.reserved(AGENT)
        await house.scan(reservation)
        await house.write(VISITOR, "my question")
        assert house.offered(AGENT) == 1
        await replace(house)
        assert house.offered(AGENT) == 2
        assert carriers(house, AGENT)[-1] == house.accounts.numbers[NEW].phone_number_id
        await house.tap(AGENT, "Accept", int(NEW))
        assert await house.phase(reservation.conversation) == "active"
        assert "my question" in house.texts(AGENT)
        house.check_finished()


async def test_a_queue_goes_on(autojump_clock: MockClock) -> None:
    """Nobody was free on the old number; the pool looks on the new one from now on."""
    async with open_house(TWO) as house:
        busy = await house.talking()
        waiting = await house.reserved(AGENT, visitor=form(101))
        assert waiting.channel != busy.channel
        await house.scan(waiting, form(101))
        await house.tap(AGENT, "Decline", int(waiting.channel))
        channels = (waiting.channel, busy.channel)
        await house.write(AGENT, "/close", int(busy.channel))
        moved = await house.desk.move(fakes.WORKSPACE, channels, None)
        assert moved == Moved(1, (), None)


async def test_taken_on_the_new_number(autojump_clock: MockClock) -> None:
    """A person is in one conversation per number: it stays, with the reason, and moves later."""
    async with open_house(TWO) as house:
        one = await house.talking()
        two = await house.talking(BRUNO)
        assert (one.channel, two.channel) == (OLD, NEW)
        assert await replace(house) == Moved(0, ((one.conversation, NotMoved.VISITOR_TAKEN),), None)
        await house.write(AGENT, "still the old one")
        assert house.texts(VISITOR)[-1] == "still the old one"
        await house.write(BRUNO, "/close", int(NEW))
        assert await replace(house) == Moved(1, (), None)


async def test_an_agent_taken_on_the_new_number(autojump_clock: MockClock) -> None:
    async with open_house(TWO) as house:
        one = await house.talking()
        await house.talking(visitor=form(101))
        assert (await replace(house)).stayed == ((one.conversation, NotMoved.AGENT_TAKEN),)


async def test_a_race_for_the_new_pair(autojump_clock: MockClock) -> None:
    """Somebody claims it between the look and the commit: nothing moves, and it is said."""
    async with open_house(TWO) as house:
        talk = (await house.talking()).conversation
        rows = house.store.rows.pairs

        def taken(call: object) -> bool:
            for change in getattr(call, "changes", ()):
                if isinstance(change, ClaimPair) and change.channel == NEW:
                    key = (fakes.WORKSPACE, NEW, change.contact)
                    rows[key] = Pair(NEW, change.contact, ConversationId(99), change.role)
            return False

        house.traps.set(taken)
        assert (await replace(house)).stayed == ((talk, NotMoved.VISITOR_TAKEN),)
        await house.write(AGENT, "still here")
        assert house.texts(VISITOR)[-1] == "still here"


async def test_a_crash_in_the_middle(autojump_clock: MockClock) -> None:
    """Each conversation is moved or not; another call moves the others, and none twice."""
    async with open_house(TWO) as house:
        keep_to_old(house)
        first = (await house.talking()).conversation
        second = (await house.talking(BRUNO, form(101))).conversation
        house.traps.set(appends(first), after=True)
        moved = await replace(house)
        assert moved.stayed == ((first, NotMoved.BUSY),)
        await house.pass_time(5)
        assert await replace(house) == Moved(0, (), None)
        for talk in (first, second):
            moves = [each for each in house.events(talk) if isinstance(each, ConversationMoved)]
            assert len(moves) == 1
        assert sum(is_moved(each) for each in house.sent(VISITOR)) == 1


async def test_open_windows_need_no_template(autojump_clock: MockClock) -> None:
    """Who wrote to the new number of late is told there in plain words, and can be written to."""
    async with open_house(TWO) as house:
        await house.talking()
        for who in (VISITOR, AGENT):
            await house.write(who, "what is this number?", int(NEW))
        await replace(house)
        assert any("on our new number" in each for each in house.texts(VISITOR))
        assert any("on the new number" in each for each in house.texts(AGENT))
        assert not any(map(is_moved, (*house.sent(VISITOR), *house.sent(AGENT))))
        await house.write(AGENT, "good day", int(NEW))
        assert house.texts(VISITOR)[-1] == "good day"


async def test_somebody_without_a_number_and_another_portfolio(autojump_clock: MockClock) -> None:
    """A BSUID means nothing there: it stays, and a link stays where it points."""
    async with open_house(TWO) as house:
        keep_to_old(house)
        house.accounts.numbers[NEW] = evolve(house.accounts.numbers[NEW], portfolio="another")
        reservation = await house.reserved(AGENT)
        await house.scan(reservation, unnumbered("Vera", "US.vera"))
        unused = await house.reserved(BRUNO, visitor=form(101))
        hidden = (reservation.conversation, NotMoved.NO_NUMBER)
        assert await replace(house) == Moved(0, (hidden,), None)
        assert await house.phase(unused.conversation) == "reserved"


async def test_pages(autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOVED_AT_ONCE", 1)
    async with open_house(TWO) as house:
        keep_to_old(house)
        await house.talking()
        await house.talking(BRUNO, form(101))
        first = await replace(house)
        assert first.last is not None
        assert first.moved == 1
        second = await house.desk.move(fakes.WORKSPACE, (OLD, NEW), first.last)
        assert second.moved == 1
        rest = await house.desk.move(fakes.WORKSPACE, (OLD, NEW), second.last)
        assert rest == Moved(0, (), None)
