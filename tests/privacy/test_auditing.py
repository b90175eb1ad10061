"""The audit log on both databases."""

import pytest
from attrs import evolve

from kaisa_relay.domain.ids import CONTACT, CONVERSATION, KEY, AuditId, to_text
from kaisa_relay.journal.housekeeping import KEEP_AUDIT, Housekeeping
from kaisa_relay.ports.auditing import REPEATS_KNOWN, Action, Deed, Which
from kaisa_relay.privacy import Audit
from tests.contracts.world import World
from tests.privacy.conftest import Office
from tests.privacy.scene import BY, XENIA, talked

TALK = to_text(CONVERSATION, 7)


@pytest.fixture
def audit(at_work: Office) -> Audit:
    """A log in the office's database."""
    return Audit(at_work.library.store.store)


def looked(world: World, subject: str = TALK) -> Deed:
    return Deed(world.workspace, "key_a", Action.TRANSCRIPT_READ, subject)


async def test_a_look_is_written_once_in_ten_minutes(audit: Audit, at_work: Office) -> None:
    world = at_work.world
    for _ in range(3):
        await audit.saw(looked(world))
    assert len(await audit.entries(world.workspace, Which(), None, 10)) == 1
    await audit.saw(evolve(looked(world), by="key_b"))
    world.clock.forward(seconds=REPEATS_KNOWN)
    await audit.saw(looked(world))
    found = await audit.entries(world.workspace, Which(subject=TALK), None, 10)
    assert [each.by for each in found] == ["key_a", "key_b", "key_a"]


async def test_a_change_and_what_came_of_it(audit: Audit, at_work: Office) -> None:
    of = at_work.world.workspace
    begun = await audit.asked(Deed(of, None, Action.KEY_ADDED))
    assert await audit.entries(of, Which(), None, 10) == [begun]
    await audit.answered(begun, 201, "key_b")
    done = evolve(begun, outcome=201, subject="key_b")
    assert await audit.entries(of, Which(action=Action.KEY_ADDED), None, 10) == [done]


async def test_filters_and_pages(audit: Audit, at_work: Office) -> None:
    world = at_work.world
    of, began = world.workspace, world.clock()
    made = []
    for number in range(4):
        made.append(await audit.asked(looked(world, to_text(CONVERSATION, number))))
        world.clock.forward(seconds=60)
    newest = made[::-1]
    assert await audit.entries(of, Which(), None, 2) == newest[:2]
    assert await audit.entries(of, Which(), newest[1].id, 2) == newest[2:]
    late, early = Which(since=made[1].at), Which(before=made[1].at)
    assert await audit.entries(of, late, None, 9) == newest[:3]
    assert await audit.entries(of, early, None, 9) == newest[3:]
    assert await audit.entries(of, Which(by="key_b"), None, 9) == []
    other = await world.another()
    assert await audit.entries(other.workspace, Which(), AuditId(2**62), 9) == []
    assert began <= made[0].at


async def test_it_is_kept_for_more_than_a_year(audit: Audit, at_work: Office) -> None:
    world, store = at_work.world, at_work.library.store.store
    await audit.saw(looked(world))
    world.clock.forward(days=KEEP_AUDIT.days - 1)
    await audit.saw(looked(world))
    await Housekeeping(store).tidy()
    assert len(await audit.entries(world.workspace, Which(), None, 9)) == 2
    world.clock.forward(days=2)
    await Housekeeping(store).tidy()
    assert len(await audit.entries(world.workspace, Which(), None, 9)) == 1


async def test_an_erasure_is_in_it_and_leaves_it(audit: Audit, at_work: Office) -> None:
    of = at_work.world.workspace
    await talked(at_work, XENIA)
    about = to_text(CONTACT, XENIA.contact)
    await audit.saw(looked(at_work.world, about))
    await at_work.eraser.erase(of, XENIA.contact, BY, force=False)
    found = await audit.entries(of, Which(subject=about), None, 9)
    actions = [each.action for each in found]
    assert actions == [Action.VISITOR_ERASED, Action.TRANSCRIPT_READ]
    assert found[0].by == to_text(KEY, BY.id)
