"""Saved views on both databases."""

from attrs import evolve

from kaisa_relay.domain.explore.views import Place, View
from kaisa_relay.domain.ids import ViewId, WorkspaceId
from kaisa_relay.explore import SavedViews
from kaisa_relay.ports.saved_views import MOST_VIEWS, TooManyViews
from tests.explore.conftest import Library


async def test_views_are_a_workspaces_own(here: Library) -> None:
    """Listed by their names, replaced by another of the same name, and forgotten."""
    views, mine = SavedViews(here.store.store), here.world.workspace
    other = await here.store.add_workspace()
    sold = View(views.new_id(), "Sold", Place.LIST, (("outcome", "sold"), ("text", "blå")))
    report = View(views.new_id(), "Sold", Place.REPORTS, (("report", "times"),))
    assert await views.keep(mine, sold) == sold
    assert await views.keep(mine, report) == report
    lost = View(views.new_id(), "Lost", Place.LIST, ())
    assert await views.keep(mine, lost) == lost
    assert await views.all(mine) == [lost, sold, report]
    assert await views.all(other) == []
    again = evolve(sold, id=views.new_id(), pairs=())
    assert await views.keep(mine, again) == evolve(sold, pairs=())
    assert not await views.drop(other, sold.id)
    assert await views.drop(mine, sold.id)
    assert not await views.drop(mine, sold.id)
    assert await views.all(mine) == [lost, report]


async def test_there_is_an_end_to_them(here: Library) -> None:
    """Of another workspace there may be as many."""
    views = SavedViews(here.store.store)

    async def fill(of: WorkspaceId) -> None:
        for number in range(MOST_VIEWS):
            view = View(views.new_id(), str(number), Place.LIST, ())
            assert await views.keep(of, view) == view

    mine = here.world.workspace
    await fill(mine)
    one_more = View(ViewId(views.new_id()), "more", Place.LIST, ())
    assert await views.keep(mine, one_more) == TooManyViews(MOST_VIEWS)
    assert isinstance(await views.keep(mine, evolve(one_more, name="0")), View)
    other = await here.store.add_workspace()
    assert await views.keep(other, one_more) == one_more
