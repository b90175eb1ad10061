"""Operators erase by number or by id, and are told why not."""

import pytest

from kaisa_relay.accounts.erasing import erase_visitor
from kaisa_relay.accounts.refusal import Refusal
from kaisa_relay.accounts.visitors import EraseVisitor, VisitorErased
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.ids import CONTACT, to_text
from kaisa_relay.ports import ClaimPair, KnowAgent, ReleasePair
from tests.privacy.conftest import Office
from tests.privacy.scene import NUMBER, OTTO, XENIA, talked


async def ask(at_work: Office, who: str, *, force: bool = False) -> VisitorErased:
    """Have an operator ask for it."""
    wish = EraseVisitor(f"w{at_work.world.workspace}", who, force)
    return await erase_visitor(at_work.library.store.store, at_work.eraser, wish)


async def test_by_number_and_again_by_id(at_work: Office) -> None:
    await talked(at_work, XENIA)
    receipt = await ask(at_work, NUMBER)
    assert receipt.done_at is not None
    assert await ask(at_work, receipt.contact) == receipt
    with pytest.raises(Refusal, match="no visitor has this number"):
        await ask(at_work, NUMBER)


async def test_refusals(at_work: Office) -> None:
    """Nobody, somebody in a talk, an agent."""
    world = at_work.world
    who = to_text(CONTACT, OTTO.contact)
    with pytest.raises(Refusal, match="nobody like that"):
        await ask(at_work, who)
    it = await talked(at_work, OTTO)
    await world.must(ClaimPair(world.channel.id, OTTO.contact, it.id, Side.VISITOR))
    with pytest.raises(Refusal, match="--force ends it first"):
        await ask(at_work, who)
    await world.must(ReleasePair(world.channel.id, OTTO.contact, it.id))
    await world.must(KnowAgent(OTTO.contact))
    with pytest.raises(Refusal, match="this is an agent"):
        await ask(at_work, who, force=True)
