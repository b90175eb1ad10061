"""What is read of several arrivals at once changes nothing about where each of them goes."""

from trio.testing import MockClock

from tests.actors.house import AGENT, VISITOR, form, open_house, unnumbered
from tests.actors.test_core_crashes import reads_pairs

STRANGER = unnumbered("Somebody", "US.stranger")
OTHER_VISITOR, OTHER_AGENT = form(160, "Olga Other"), form(161, "Axel Agent")


async def test_a_stranger_who_writes_twice_is_one_person(autojump_clock: MockClock) -> None:
    """Both messages were looked up before the first one made them known."""
    async with open_house() as house:
        await house.arrive(*[house.item(STRANGER, f"hello {n}") for n in range(3)])
        await house.pass_time(5)
        known = [key for key in house.store.rows.identities if "US.stranger" in key]
        assert len(known) == 1
        people = [each for each in house.store.rows.people.values() if each.bsuid == "US.stranger"]
        assert len(people) == 1
        house.check_finished()


async def test_one_whose_reading_crashes_spoils_no_other(autojump_clock: MockClock) -> None:
    """The reading for all crashes; each is then read alone, and only the culprit is parked."""
    async with open_house() as house:
        await house.reserved(OTHER_AGENT, visitor=OTHER_VISITOR)
        await house.talking()
        before = len(house.texts(AGENT))
        trap = house.traps.set(reads_pairs(OTHER_VISITOR, house), times=3)
        words = [house.item(VISITOR, f"word {n}") for n in range(2)]
        await house.arrive(words[0], house.item(OTHER_VISITOR, "poison"), words[1])
        await house.pass_time(60)
        assert trap.sprung == 3
        assert house.texts(AGENT)[before:] == ["word 0", "word 1"]
        assert house.actors.router.statistics()["quarantined"] == 0


async def test_what_changes_while_nobody_reads_is_not_kept(autojump_clock: MockClock) -> None:
    """A backend may ask for many conversations before anybody writes."""
    async with open_house() as house:
        for number in range(20):
            await house.reserved(form(300 + number), visitor=form(400 + number))
        assert house.actors.router.statistics()["remembered"] == 0
