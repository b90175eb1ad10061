"""Saved views as they are kept and answered; `tests/explore/test_views.py` has the table."""

from collections.abc import Sequence

from attrs import define, evolve, field

from kaisa_relay.domain.explore.views import View
from kaisa_relay.domain.ids import VIEW, ViewId, WorkspaceId, to_text
from kaisa_relay.ports.saved_views import TooManyViews
from tests.api.bench import READER, STRANGER, Bench

VIEWS = "/explore/views"
SOLD = {"name": "Sold", "place": "explore", "query": "outcome=sold&value[gte]=1000&sort=-value"}


@define
class MemoryViews:
    """Views of everybody."""

    most: int = 10
    last: int = 0
    kept: dict[tuple[WorkspaceId, ViewId], View] = field(factory=dict)

    def new_id(self) -> ViewId:
        """Return the next id."""
        self.last += 1
        return ViewId(self.last)

    async def all(self, of: WorkspaceId) -> Sequence[View]:
        """Return those of a workspace."""
        return [view for (workspace, _), view in self.kept.items() if workspace == of]

    async def keep(self, of: WorkspaceId, view: View) -> View | TooManyViews:
        """Keep one, unless there are enough."""
        for (workspace, id), each in self.kept.items():
            if (workspace, each.place, each.name) == (of, view.place, view.name):
                self.kept[of, id] = evolve(view, id=id)
                return self.kept[of, id]
        if len(self.kept) >= self.most:
            return TooManyViews(self.most)
        self.kept[of, view.id] = view
        return view

    async def drop(self, of: WorkspaceId, id: ViewId) -> bool:
        """Forget one."""
        return self.kept.pop((of, id), None) is not None


async def test_a_view_is_kept_listed_and_forgotten() -> None:
    bench = Bench(views=MemoryViews())
    made = await bench.post(VIEWS, SOLD)
    assert (made.status, made.json["id"]) == (201, to_text(VIEW, 1))
    again = await bench.post(VIEWS, SOLD)
    assert (again.status, again.json["id"]) == (200, to_text(VIEW, 1))
    listed = await bench.get(VIEWS)
    assert listed.json == {"items": [{**SOLD, "id": to_text(VIEW, 1)}]}
    assert (await bench.get(VIEWS, key=STRANGER)).json == {"items": []}
    one = f"{VIEWS}/{to_text(VIEW, 1)}"
    assert (await bench.call("DELETE", one, key=STRANGER)).status == 404
    assert (await bench.call("DELETE", one)).status == 204
    assert (await bench.call("DELETE", one)).status == 404
    assert (await bench.call("DELETE", f"{VIEWS}/nothing")).status == 404


async def test_what_is_wrong_is_said_by_field() -> None:
    bench = Bench(views=MemoryViews())
    refused = await bench.post(VIEWS, {"name": " ", "place": "x", "query": "colour=blue"})
    assert refused.status == 422
    assert [each["field"] for each in refused.json["errors"]] == ["name", "place", "query"]


async def test_there_may_be_enough_and_readers_only_look() -> None:
    bench = Bench(views=MemoryViews(most=0))
    enough = await bench.post(VIEWS, SOLD)
    assert (enough.status, enough.problem, enough.json["most"]) == (409, "too-many-views", 0)
    assert (await bench.post(VIEWS, SOLD, key=READER)).status == 403
