"""Files and their processes: crashes and restarts at any step, and the end of their time."""

from datetime import timedelta

import pytest
import trio
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.domain.content import Media, MediaKind
from kaisa_relay.domain.outgoing import File, Outgoing, Quoting
from kaisa_relay.ports import FileRow, FileState, FormPerson
from tests import fakes
from tests.actors.carrier import JPEG, OPUS, PDF, PNG, FakeCarrier
from tests.actors.house import AGENT, VISITOR, House, Plan, open_house

PICTURE = Media(MediaKind.IMAGE, "in1", "image/jpeg", caption="look")


def files(house: House, who: FormPerson) -> list[File]:
    """Return the files that somebody's phone got."""
    return [each for each in map(unquoted, house.sent(who)) if isinstance(each, File)]


def unquoted(outgoing: Outgoing) -> Outgoing:
    return outgoing.outgoing if isinstance(outgoing, Quoting) else outgoing


def row(house: House) -> FileRow:
    """Return the only file there is."""
    (found,) = house.store.rows.files.values()
    return found


@pytest.fixture
def carrier() -> FakeCarrier:
    return FakeCarrier({"in1": JPEG, "in2": PNG, "voice": OPUS, "pdf": PDF})


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("steps", range(3))
async def test_a_crash_between_any_two_steps_changes_nothing(
    autojump_clock: MockClock, carrier: FakeCarrier, steps: int, after: bool
) -> None:
    """Before and after each commit of a file: it crosses once."""
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        trap = house.traps.set(
            lambda call: getattr(call, "stream", "").startswith("file/"), after=after, skip=steps
        )
        await house.write(VISITOR, PICTURE)
        await house.pass_time(60)
        assert trap.sprung == (steps < 2)
        assert len(files(house, AGENT)) == 1
        house.check_finished()


@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.5])
async def test_a_restart_at_any_step_goes_on_from_there(
    autojump_clock: MockClock, carrier: FakeCarrier, seconds: float
) -> None:
    """Killed while it is fetched, while it is uploaded, and just after."""
    carrier.latency = 1.0
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        await house.write(VISITOR, PICTURE)
        await trio.sleep(seconds)
        store, before = house.store, len(files(house, AGENT))
    async with open_house(Plan(carrier=carrier, store=store.restart())) as house:
        await house.pass_time(130)
        assert before + len(files(house, AGENT)) == 1
        assert row(house).state is FileState.UPLOADED
        house.check_finished()


async def test_files_are_removed_when_their_time_is_over(
    autojump_clock: MockClock, carrier: FakeCarrier
) -> None:
    async with open_house(Plan(carrier=carrier)) as house:
        house.accounts.add(evolve(fakes.workspace(), keep_files=timedelta(days=2)))
        await house.talking(expires_after=timedelta(days=9))
        await house.write(VISITOR, PICTURE)
        await house.pass_time(timedelta(days=1))
        assert (row(house).state, len(carrier.disk)) == (FileState.UPLOADED, 1)
        await house.pass_time(timedelta(days=1, hours=1))
        assert (row(house).state, row(house).media_id) == (FileState.DELETED, "out-1")
        assert carrier.disk == {}
        assert carrier.removed == [row(house).message]


async def test_files_that_crash_leave_texts_alone(
    autojump_clock: MockClock, carrier: FakeCarrier
) -> None:
    """The files of a channel are down for a while; the chat that has none goes on."""
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        house.traps.set(lambda call: getattr(call, "stream", "").startswith("file/"), times=7)
        await house.write(VISITOR, PICTURE)
        await house.write(AGENT, "meanwhile")
        assert "meanwhile" in house.texts(VISITOR)
        await house.pass_time(300)
        assert len(files(house, AGENT)) == 1
        house.check_finished()
