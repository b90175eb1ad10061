"""What the read model makes of the journal, on both databases."""

from collections.abc import Sequence
from functools import partial

import pytest
from sqlalchemy import Connection, delete, update

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Choice
from kaisa_relay.domain.conversation.events import OutcomeNamed, OutreachSent
from kaisa_relay.domain.engagement.ids import TriggerId
from kaisa_relay.domain.ids import MessageId, SendId, WorkspaceId
from kaisa_relay.domain.outcomes import Outcome
from kaisa_relay.domain.payloads import NameOutcome, encode
from kaisa_relay.explore import open_shelf
from kaisa_relay.journal.following import SqlFollowing
from kaisa_relay.ports import Recorded, StoreContent
from kaisa_relay.store.instants import to_micros
from kaisa_relay.store.tables import event, workspace
from tests.explore.conftest import Library, projector
from tests.explore.script import ANNA, BO, VERA, sold

TABLES = ("conversation", "message", "offer", "recovery", "label", "said")
SECOND = 1_000_000


async def test_a_conversation_is_one_row_of_all_that_became_of_it(here: Library) -> None:
    """Every instant, every count, and the outcome with its price."""
    at = here.world.clock()
    it = await sold(here.world)
    await here.catch_up()
    (row,) = await here.rows("conversation")
    begin = to_micros(at)
    assert (row["id"], row["status"], row["reason"]) == (it.id, "closed", "agent")
    assert (row["outcome"], row["value"], row["currency"]) == ("sold", 12000, "SEK")
    assert (row["visitor"], row["agent"]) == (VERA.contact, ANNA.contact)
    instants = ("created", "started", "offered", "queued", "accepted", "replied", "ended")
    after = [(row[f"{name}_at"] - begin) / SECOND for name in instants]
    assert after == [0, 10, 30, 50, 80, 100, 140]
    counts = ("offers", "declined", "from_visitor", "from_agent", "undelivered", "missed")
    assert [row[name] for name in counts] == [2, 1, 1, 2, 1, 0]


async def test_an_outcome_that_was_tapped_later_counts(here: Library) -> None:
    """It is read from the tap, and takes the place of what was typed."""
    it, said = await sold(here.world), MessageId(here.world.new_id())
    await here.catch_up()
    tap = Choice(encode(NameOutcome(it.id, Outcome.LOST)), "label")
    await here.world.must(StoreContent(said, it.id, ANNA.contact, Side.AGENT, tap))
    named = OutcomeNamed(said, here.world.clock())
    assert await here.world.append(it.stream, 15, (named,)) is None
    await here.catch_up()
    (row,) = await here.rows("conversation")
    assert (row["status"], row["outcome"], row["value"]) == ("closed", "lost", None)


async def test_offers_and_messages_are_rows_of_their_own(here: Library) -> None:
    """An offer says how it ended, a message who wrote it and what came of it."""
    await sold(here.world)
    await here.catch_up()
    offers = await here.rows("offer")
    assert [(each["agent"], each["end"]) for each in offers] == [
        (BO.contact, "declined"),
        (ANNA.contact, "accepted"),
    ]
    messages = await here.rows("message")
    assert [(each["writer"], each["kind"], each["template"]) for each in messages] == [
        ("visitor", "text", 0),
        ("agent", "text", 0),
        ("agent", "text", 0),
        ("relay", "offer", 1),
        ("relay", "offer", 0),
    ]
    assert [each["code"] for each in messages] == [None, 131026, None, None, None]


async def test_words_and_metadata_are_there_to_be_found(here: Library) -> None:
    """What people wrote; members of the metadata by their path, numbers as numbers."""
    await sold(here.world, "Är den röda kvar?")
    await here.catch_up()
    assert {each["body"] for each in await here.rows("said")} >= {"Är den röda kvar?", "It is."}
    found = [(each["key"], each["value"], each["number"]) for each in await here.rows("label")]
    assert sorted(found, key=str) == [
        ("car.model", "Volvo", None),
        ("car.year", "2024", 2024.0),
        ("tags", "new", None),
        ("tags", "red", None),
        ("trade_in", "true", None),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_batches_of_any_size_make_the_same_rows(
    here: Library, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Taken in piece by piece as it happens, or all at once on an empty shelf."""
    monkeypatch.setattr("kaisa_relay.explore.projecting.projector.BATCH", size)
    for _ in range(3):
        await sold(here.world)
        await here.catch_up()
    stepwise = [await here.rows(table) for table in TABLES]
    assert all(stepwise[:3])
    await here.forget()
    monkeypatch.undo()
    await here.catch_up()
    assert [await here.rows(table) for table in TABLES] == stepwise


@pytest.mark.parametrize("most", [0, 5_000])
async def test_two_that_take_turns_make_the_same_rows(
    here: Library, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Rows that one holds in memory are old as soon as the other has moved the cursor."""
    monkeypatch.setattr("kaisa_relay.explore.projecting.stepping.MOST_ROWS", most)
    for _ in range(2):
        await sold(here.world)
    both = [projector(here.shelf, here.store, here.world) for _ in range(2)]
    for turn in range(30):
        both[turn % 2].following = OneMore(here.store.store)
        both[turn % 2].look()
        await both[turn % 2].catch_up()
    assert [each.taken for each in both] == [15, 15]
    by_turns = [await here.rows(table) for table in TABLES]
    await here.forget()
    await here.catch_up()
    assert [await here.rows(table) for table in TABLES] == by_turns


class OneMore(SqlFollowing):
    """Gives a single event of a batch, and then no more."""

    given = False

    async def events(self, workspace: WorkspaceId, after: int, limit: int) -> Sequence[Recorded]:
        """Return the next one; whoever asks for one alone gets it always."""
        if self.given:
            return ()
        self.given = limit > 1
        return await super().events(workspace, after, 1)


async def test_what_was_heard_twice_counts_once(here: Library) -> None:
    """Another process, or this one before it died, may have taken the same events in."""
    twin = projector(here.shelf, here.store, here.world)
    here.store.journal.subscribe(twin.take)
    here.store.journal.subscribe(here.projector.take)
    await sold(here.world)
    await here.projector.catch_up()
    before = [await here.rows(table) for table in TABLES]
    await twin.catch_up()
    assert [await here.rows(table) for table in TABLES] == before
    assert (here.projector.taken, twin.taken) == (15, 0)


async def test_it_goes_on_where_it_was_when_it_is_opened_again(here: Library) -> None:
    """Also where something happened meanwhile."""
    await sold(here.world)
    await here.catch_up()
    await sold(here.world)
    async with open_shelf(here.url) as shelf:
        again = projector(shelf, here.store, here.world)
        again.look()
        await again.catch_up()
        assert again.taken == 15
    assert len(await here.rows("conversation")) == 2


async def test_a_restored_journal_is_taken_in_anew(here: Library) -> None:
    """A backup is older; what happens then has numbers that were given before."""
    await sold(here.world)
    await here.catch_up()
    of = here.world.workspace
    await here.store.store.write(partial(_restore, of=of))
    here.world.clock.forward(hours=1)
    again = projector(here.shelf, here.store, here.world)
    again.look()
    await again.catch_up()
    (row,) = await here.rows("conversation")
    assert (row["status"], row["from_visitor"]) == ("seeking", 0)
    assert len(await here.rows("offer")) == 0
    assert again.taken == 2


def _restore(connection: Connection, of: WorkspaceId) -> None:
    """Have the journal end where it was after two events."""
    connection.execute(delete(event).where(event.c.workspace == of, event.c.seq > 2))
    connection.execute(update(workspace).where(workspace.c.id == of).values(head=2))


async def test_another_workspace_has_rows_of_its_own(here: Library) -> None:
    """Whose events have the same numbers."""
    other = await here.world.another()
    await sold(here.world)
    await sold(other)
    await here.catch_up()
    assert len(await here.rows("conversation")) == 1
    here.projector.workspaces = lambda: [other.workspace, here.world.workspace]
    await here.catch_up()
    assert here.projector.taken == 30
    assert len(await here.rows("conversation")) == 1


async def test_a_triggers_template_is_a_message_of_the_relays(here: Library) -> None:
    """It is billed like any other that goes out as a template."""
    it = await sold(here.world)
    message, send, at = (
        MessageId(here.world.new_id()),
        SendId(here.world.new_id()),
        here.world.clock(),
    )
    sent = OutreachSent(message, send, VERA.contact, "come_back", "en", TriggerId(1), 1, 0, at)
    assert await here.world.append(it.stream, 15, (sent,)) is None
    await here.catch_up()
    row = (await here.rows("message"))[-1]
    assert (row["id"], row["writer"], row["kind"]) == (message, "relay", "outreach")
    assert (row["contact"], row["template"]) == (VERA.contact, 1)


async def test_what_was_heard_of_is_not_read_again(here: Library) -> None:
    """The tables are asked at the first look only: reading costs three times what hearing does."""
    await here.catch_up()
    reads: list[int] = []

    class Counted(SqlFollowing):
        async def events(
            self, workspace: WorkspaceId, after: int, limit: int
        ) -> Sequence[Recorded]:
            reads.append(after)
            return await super().events(workspace, after, limit)

    here.projector.following = Counted(here.store.store)
    here.store.journal.subscribe(here.projector.take)
    await sold(here.world)
    await here.projector.catch_up()
    assert (here.projector.taken, reads) == (15, [])
