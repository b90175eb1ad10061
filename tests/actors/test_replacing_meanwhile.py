"""Another number carries on: what had not gone out, and what was on its way in."""

from datetime import timedelta

import pytest
import trio
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.content import Media, MediaKind, Text
from kaisa_relay.domain.outgoing import File
from kaisa_relay.domain.sending import Halted
from kaisa_relay.ports import Append
from tests.actors.carrier import JPEG, FakeCarrier
from tests.actors.house import AGENT, VISITOR, open_house
from tests.actors.test_replacing import NEW, OLD, TWO, replace, tap_moved


@pytest.mark.parametrize("away", [False, True], ids=["uploaded", "still to be fetched"])
async def test_a_file_that_had_not_gone_out(autojump_clock: MockClock, away: bool) -> None:
    """What one number uploaded no other can send, and what came in to it no other can fetch."""
    carrier = FakeCarrier({"in1": JPEG}, away=away)
    async with open_house(evolve(TWO, carrier=carrier)) as house:
        await house.talking()
        old, new = (house.accounts.numbers[each].phone_number_id for each in (OLD, NEW))
        carrier.numbers["in1"] = old
        if not away:  # otherwise it waits for its file
            house.gateway.answer_next(VISITOR.phone, Halted(131031, "locked"))
        await house.write(AGENT, Media(MediaKind.IMAGE, "in1", "image/jpeg"))
        await house.write(AGENT, "the words to it")
        assert carrier.numbers.get("out-1") == (None if away else old)
        await replace(house)
        await tap_moved(house, VISITOR)
        carrier.away = False
        await house.pass_time(timedelta(minutes=3))
        file, words = house.sent(VISITOR)[-2:]
        assert isinstance(file, File)
        assert carrier.numbers[str(file.media_id)] == new
        assert words == Text("the words to it")
        house.check_finished()


async def test_a_word_on_its_way_when_it_moves(autojump_clock: MockClock) -> None:
    """It is passed on, and opens no window of the number that it was not written to."""
    async with open_house(TWO) as house:
        await house.talking()

        async def slowly(append: Append) -> None:
            if append.stream.startswith("conversation/"):
                await trio.sleep(5)

        house.traps.follow = slowly
        async with trio.open_nursery() as nursery:
            nursery.start_soon(house.write, VISITOR, "busy", int(OLD), name="busy")
            await trio.sleep(1)
            nursery.start_soon(replace, house, name="replace")
            await trio.sleep(1)
            await house.write(AGENT, "on its way", int(OLD))
        house.traps.follow = None
        await house.pass_time(30)
        await tap_moved(house, VISITOR)
        assert house.texts(VISITOR)[-1] == "on its way"
        await house.write(VISITOR, "for the agent", int(NEW))
        assert "for the agent" not in house.texts(AGENT)
        await tap_moved(house, AGENT)
        assert house.texts(AGENT)[-1] == "for the agent"
        pairs = {(each.channel, each.contact): each for each in house.store.rows.pairs.values()}
        assert len(pairs) == 4
        house.check_finished()
