"""What is kept for a time is gone after it, to the last byte; what lives stays."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from attrs import define, evolve
from sqlalchemy import Connection, update

from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.explore import Forgetting
from kaisa_relay.explore.model import forgetting
from kaisa_relay.ports.accounts import FOR_EVER, Workspace
from kaisa_relay.privacy import Keeping, places
from kaisa_relay.privacy import keeping as privacy_keeping
from kaisa_relay.store.tables import conversation
from tests import fakes
from tests.contracts.world import Started
from tests.privacy.bytes_kept import kept
from tests.privacy.conftest import Office
from tests.privacy.scene import OTTO, XENIA, talked

YLVA = Person(ContactId(73), "Ylva", "sv", Phone("+46701112244"))
SAID, GIVEN = b"zeppelin", b"xenia@quillfeather.example"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else is there to come first."""
    for each in (privacy_keeping, forgetting):
        monkeypatch.setattr(each, "PAUSE", 0.0)


@pytest.fixture
async def here(at_work: Office) -> Office:
    """An office without what tests before left in the schema of PostgreSQL's read model."""
    await at_work.library.forget()
    return at_work


def keeping(
    office: Office, keep_texts: timedelta = FOR_EVER, keep_metadata: timedelta = FOR_EVER
) -> Keeping:
    store, shelf = office.library.store, office.library.shelf
    of = office.world.workspace
    it = evolve(fakes.workspace(), id=of, keep_texts=keep_texts, keep_metadata=keep_metadata)
    read_model = Forgetting(shelf, store.store)

    def workspace(asked: WorkspaceId) -> Workspace:
        assert asked == of
        return it

    return Keeping(store.store, store.journal, read_model, lambda: [of], workspace)


async def over(office: Office, it: Started) -> None:
    """Let nothing be waited for in a conversation."""

    def end(connection: Connection) -> None:
        mine = (conversation.c.workspace == office.world.workspace, conversation.c.id == it.id)
        connection.execute(update(conversation).where(*mine).values(due_at=None, phase="closed"))

    await office.library.store.store.write(end)


def left(office: Office, *needles: bytes) -> Iterator[bytes]:
    """Yield what is still somewhere in a database."""
    found = [body for place, body in kept(office.library.url)]
    yield from (needle for needle in needles if any(needle in body for body in found))


async def test_texts_go_after_their_time(here: Office) -> None:
    """From the relay's rows, the search and every page of the files; the rest stays."""
    clock = here.world.clock
    await over(here, await talked(here, XENIA))
    await here.library.catch_up()
    job = keeping(here, keep_texts=timedelta(days=30))
    clock.forward(days=29)
    await job.tidy()
    assert list(left(here, SAID, GIVEN)) == [SAID, GIVEN]
    clock.forward(days=2)
    counted = await here.library.rows("conversation")
    await job.tidy()
    assert list(left(here, SAID, GIVEN)) == [GIVEN]
    assert await here.library.rows("conversation") == counted
    assert await here.library.rows("said") == []


async def test_metadata_have_a_time_of_their_own(here: Office) -> None:
    await over(here, await talked(here, XENIA))
    await here.library.catch_up()
    here.world.clock.forward(days=31)
    await keeping(here, keep_metadata=timedelta(days=30)).tidy()
    assert list(left(here, SAID, GIVEN)) == [SAID]
    assert await here.library.rows("label") == []


async def test_what_lives_is_left_alone(here: Office) -> None:
    """However old: it waits for something still."""
    await talked(here, XENIA)
    await here.library.catch_up()
    here.world.clock.forward(days=4000)
    times = {"keep_texts": timedelta(days=1), "keep_metadata": timedelta(days=1)}
    await keeping(here, **times).tidy()
    assert list(left(here, SAID, GIVEN)) == [SAID, GIVEN]


async def test_what_may_be_gone_on_with_is_left_alone(here: Office) -> None:
    """A link leads back for seven days, though words are kept for one."""
    await over(here, await talked(here, XENIA))
    job = keeping(here, keep_texts=timedelta(days=1))
    here.world.clock.forward(days=6)
    await job.tidy()
    assert list(left(here, SAID)) == [SAID]
    here.world.clock.forward(days=2)
    await job.tidy()
    assert list(left(here, SAID)) == []


async def test_everything_is_kept_at_first(here: Office) -> None:
    await over(here, await talked(here, XENIA))
    await here.library.catch_up()
    here.world.clock.forward(days=4000)
    await keeping(here).tidy()
    assert list(left(here, SAID, GIVEN)) == [SAID, GIVEN]


async def test_a_read_model_made_anew_has_nothing_of_it(here: Office) -> None:
    await over(here, await talked(here, XENIA))
    await over(here, await talked(here, OTTO))
    await here.library.catch_up()
    here.world.clock.forward(days=31)
    both = {"keep_texts": timedelta(days=30), "keep_metadata": timedelta(days=30)}
    await keeping(here, **both).tidy()
    await here.library.forget()
    await here.library.catch_up()
    assert await here.library.rows("said") == []
    assert await here.library.rows("label") == []
    assert len(await here.library.rows("conversation")) == 2


@define
class Cut:
    """A read model that is not reached the first time."""

    whole: Forgetting
    cut: bool = True

    async def forget_texts(self, of: WorkspaceId, below: int) -> int:
        """Fail once."""
        if self.cut:
            self.cut = False
            raise RuntimeError("killed")
        return await self.whole.forget_texts(of, below)

    async def forget_metadata(self, of: WorkspaceId, below: int) -> int:
        """Do it."""
        return await self.whole.forget_metadata(of, below)


async def test_killed_in_the_middle_it_goes_on(here: Office) -> None:
    """Between the relay's rows and the read model's: the next round finds what is left."""
    await over(here, await talked(here, XENIA))
    await here.library.catch_up()
    here.world.clock.forward(days=31)
    job = keeping(here, keep_texts=timedelta(days=30))
    whole = job.read_model
    assert isinstance(whole, Forgetting)
    job = evolve(job, read_model=Cut(whole))
    with pytest.raises(RuntimeError, match="killed"):
        await job.tidy()
    assert list(left(here, SAID)) == [SAID]
    await job.tidy()
    assert list(left(here, SAID)) == []


async def test_many_rows_go_in_units(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """One conversation in the middle lives."""
    monkeypatch.setattr(places, "UNIT", 1)
    talks = [await talked(here, who) for who in (XENIA, OTTO, YLVA)]
    await over(here, talks[0])
    await over(here, talks[2])
    await here.library.catch_up()
    here.world.clock.forward(days=31)
    await keeping(here, keep_texts=timedelta(days=30)).tidy()
    said = await here.library.rows("said")
    assert {row["conversation"] for row in said} == {talks[1].id}
