"""What every archive promises of a search: in names and in texts, in any case, nobody else's."""

import pytest
from attrs import evolve

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Content, Location, Text
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.ports import Filter, SaveContact, SaveConversation, StoreContent
from tests import fakes
from tests.contracts.world import Started, World

NAMES = ("Ana Lind", "Bo Berg", "Cy", "Di")
ANA, BO, CY, DI = (fakes.person(n, name) for n, name in enumerate(NAMES, 1))
SAID = ['It costs 100 % of "that"\nor so_much / less', "a red BICYCLE", "body"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lind", "first"),
        ("BERG", "first"),
        ("bicycle", "second"),
        ("Bicycle", "second"),
        ('of "that"', "first"),
        ('that"\nor', "first"),
        ("100 %", "first"),
        ("100 % of%so", ""),
        ("so_much", "first"),
        ("so.much", ""),
        ("/ less", "first"),
        ("body", "second"),
        ("text", ""),
        ("latitude", ""),
        ("Cy", "second"),
        ("nobody", ""),
    ],
)
async def test_conversations_are_found_by_words(world: World, text: str, found: str) -> None:
    """Of the conversation alone in which they stand; what only looks like JSON is no word."""
    first, second = await world.start(ANA, BO), await world.start(CY, ANA)
    taken = evolve(first.state, phase=Phase.ACTIVE, agent=BO.contact)
    await world.must(SaveContact(BO, fakes.PORTFOLIO), SaveConversation(taken, 2, fakes.EPOCH))
    contents: list[tuple[Started, Content]] = [
        (first, Text(SAID[0])),
        (second, Text(SAID[1])),
        (second, Text(SAID[2])),
        (first, Location(1.0, 2.0)),
    ]
    for number, (of, content) in enumerate(contents):
        await world.must(
            StoreContent(MessageId(number + 1), of.id, ANA.contact, Side.VISITOR, content)
        )
    names = {first.id: "first", second.id: "second"}
    archive = world.store.archive
    views = await archive.conversations(world.workspace, Filter(text=text), None, 9)
    assert "".join(names[view.id] for view in views) == found
    other = await world.another()
    elsewhere = await world.store.archive.conversations(other.workspace, Filter(text=text), None, 9)
    assert elsewhere == []


async def test_a_search_looks_at_the_latest_and_no_further(world: World) -> None:
    """Of conversations, of people and of texts, so many each."""
    older, newer = await world.start(ANA, BO), await world.start(CY, DI)
    for number, (of, said) in enumerate(((older, "tulips"), (newer, "roses"), (newer, "tea")), 1):
        await world.must(
            StoreContent(MessageId(number), of.id, ANA.contact, Side.VISITOR, Text(said))
        )

    async def found(text: str, searched: int) -> list[int]:
        where = Filter(text=text, searched=searched)
        views = await world.store.archive.conversations(world.workspace, where, None, 9)
        return [view.id for view in views]

    assert await found("tulips", 3) == [older.id]
    assert await found("tulips", 2) == []  # the third text from the end
    assert await found("roses", 2) == [newer.id]
    assert await found("roses", 1) == []
    assert await found("lind", 4) == [older.id]
    assert await found("lind", 3) == []  # the fourth person from the end
    assert await found("tea", 1) == [newer.id]
