"""After an erasure nothing of the person is left in any byte; what others need stays."""

from pathlib import Path

import trio
from attrs import evolve

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.engagement.suppression import Address, Source, Way
from kaisa_relay.domain.ids import ContactId, ErasureId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.ports import (
    ClaimPair,
    KnowAgent,
    NewSend,
    NotFound,
    ReleasePair,
)
from kaisa_relay.ports.erasing import AgentToo, Erasure, StillTalking
from kaisa_relay.privacy.ledger import Line
from tests.explore.conftest import Library, library
from tests.privacy.bytes_kept import in_folder, kept
from tests.privacy.conftest import Office, office
from tests.privacy.scene import BY, NEEDLES, NUMBER, OTTO, XENIA, suppressed, talked
from tests.store.databases import FRESH


async def test_no_byte_is_left(at_work: Office, tmp_path: Path) -> None:
    """Of somebody else everything is there still, and so is what was counted."""
    it = await talked(at_work, XENIA)
    await talked(at_work, OTTO)
    await suppressed(at_work.world)
    await at_work.library.catch_up()
    url = at_work.library.url
    before = _left(NEEDLES, url, tmp_path)
    assert set(NEEDLES) <= {needle for _, needle in before}
    done = await at_work.eraser.erase(at_work.world.workspace, XENIA.contact, BY, force=False)
    assert isinstance(done, Erasure)
    assert done.done_at is not None
    await at_work.library.catch_up()
    assert _left(NEEDLES, url, tmp_path) == []
    others = _left((b"Otto Staysbert", b"701112233"), url, tmp_path)
    assert {needle for _, needle in others} == {b"Otto Staysbert", b"701112233"}
    rows = await at_work.library.rows("conversation")
    assert {row["id"]: row["from_visitor"] for row in rows}[it.id] == 1
    assert done.removed == {
        "contacts": 1,
        "delivery_answers": 1,
        "files": 1,
        "identities": 3,
        "kept_answers": 1,
        "messages": 2,
        "metadata": 1,
        "opt_outs_concealed": 3,
        "set_aside": 1,
        "whatsapp_ids": 1,
    }
    assert at_work.partings.forgotten == ["leave", "left"]


async def test_an_opt_out_is_obeyed_still(at_work: Office) -> None:
    world = at_work.world
    await talked(at_work, XENIA)
    await suppressed(world)
    done = await at_work.eraser.erase(world.workspace, XENIA.contact, BY, force=False)
    assert isinstance(done, Erasure)
    asked = [Address(Way.SMS, NUMBER), Address(Way.WHATSAPP, "+46701112233")]
    found = await world.store.directory.suppressed(world.workspace, asked)
    assert [(each.way, source) for each, source in found.items()] == [(Way.SMS, Source.CHAT)]


async def test_a_repeat_has_the_same_receipt(at_work: Office) -> None:
    of, eraser = at_work.world.workspace, at_work.eraser
    await talked(at_work, XENIA)
    first = await eraser.erase(of, XENIA.contact, BY, force=False)
    assert isinstance(first, Erasure)
    assert await eraser.erase(of, XENIA.contact, None, force=True) == first
    assert await eraser.receipt(of, first.id) == first
    assert await eraser.receipt(of, ErasureId(first.id + 1)) is None
    assert first.asked_by is not None
    assert await eraser.visitors(of, NUMBER) == []


async def test_who_is_found_by_a_number(at_work: Office) -> None:
    world = at_work.world
    await talked(at_work, XENIA)
    found = await at_work.eraser.visitors(world.workspace, NUMBER)
    assert [(each.contact, each.name) for each in found] == [(XENIA.contact, XENIA.name)]
    await world.must(KnowAgent(XENIA.contact))
    assert await at_work.eraser.visitors(world.workspace, NUMBER) == []


async def test_refusals(at_work: Office) -> None:
    """Nobody of that id, somebody in a talk, an agent; another workspace's is nobody here."""
    world, eraser = at_work.world, at_work.eraser
    of = world.workspace
    assert await eraser.erase(of, ContactId(1), BY, force=True) == NotFound()
    it = await talked(at_work, XENIA)
    other = await world.another()
    assert await eraser.erase(other.workspace, XENIA.contact, BY, force=True) == NotFound()
    claimed = ClaimPair(world.channel.id, XENIA.contact, it.id, Side.VISITOR)
    await world.must(claimed)
    assert await eraser.erase(of, XENIA.contact, BY, force=False) == StillTalking(it.id)
    await world.must(ReleasePair(world.channel.id, XENIA.contact, it.id), KnowAgent(XENIA.contact))
    assert await eraser.erase(of, XENIA.contact, BY, force=True) == AgentToo()
    assert at_work.ledger.lines() == []


async def test_what_is_under_way_goes_out_first(at_work: Office) -> None:
    """For a minute; then it is given up, and the rest is done without being asked again."""
    world, of = at_work.world, at_work.world.workspace
    it = await talked(at_work, XENIA)
    send = evolve(
        world.outgoing(),
        conversation=it.id,
        contact=XENIA.contact,
        recipient=Recipient(NUMBER, None),
    )
    await world.must(NewSend(send))
    asked: list[object] = []

    async def ask() -> None:
        asked.append(await at_work.eraser.erase(of, XENIA.contact, BY, force=False))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        while not at_work.ledger.lines():  # noqa: ASYNC110 - a file; nothing could ring for it
            await trio.sleep(0.01)
        world.clock.forward(seconds=61)
    (first,) = asked
    assert isinstance(first, Erasure)
    await _done(at_work, first.id)
    assert _left(NEEDLES[:1], at_work.library.url, at_work.disk.directory) == []


async def _done(at_work: Office, id: ErasureId) -> None:
    """Return once a receipt says so."""
    with trio.fail_after(60):
        while True:
            receipt = await at_work.eraser.receipt(at_work.world.workspace, id)
            if receipt is not None and receipt.done_at is not None:
                return
            await trio.sleep(0.01)


async def test_a_crash_is_gone_on_after(at_work: Office) -> None:
    """The relay hears nothing of it, and no byte is left all the same."""
    world = at_work.world
    await talked(at_work, XENIA)
    at_work.partings.crashes = 2
    asked = await at_work.eraser.erase(world.workspace, XENIA.contact, BY, force=False)
    assert isinstance(asked, Erasure)
    await _done(at_work, asked.id)
    await at_work.library.catch_up()
    assert _left(NEEDLES, at_work.library.url, at_work.disk.directory) == []
    receipt = await at_work.eraser.receipt(world.workspace, asked.id)
    assert receipt is not None
    assert (receipt.removed["contacts"], receipt.removed["messages"]) == (1, 2)


async def test_a_restored_database_is_erased_again(tmp_path: Path) -> None:
    """What the backup still has goes at the next start, by the list beside the database."""
    for name in sorted(FRESH):
        with FRESH[name]() as url:
            async with library(url) as opened:
                await _restored(opened, tmp_path / name)


async def _restored(opened: Library, folder: Path) -> None:
    made = office(opened, folder)
    await talked(made, XENIA)
    id, at = ErasureId(4711), opened.world.clock()
    made.ledger.add(Line(id, opened.world.workspace, XENIA.contact, at))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(made.eraser.run)
        await _done(made, id)
        nursery.cancel_scope.cancel()
    await opened.catch_up()
    assert _left(NEEDLES, opened.url, folder) == []


def _left(needles: tuple[bytes, ...], url: str, folder: Path) -> list[tuple[str, bytes]]:
    places = [*kept(url), *in_folder(folder)]
    return [(place, needle) for place, held in places for needle in needles if needle in held]
