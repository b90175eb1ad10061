"""So many may watch at once and no more: by key, by workspace, in all."""

import httpx
import trio
from attrs import evolve

from kaisa_relay.api.feed.seats import Bounds, Seats
from kaisa_relay.cli.watching import Refused
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.domain.requester import RequesterKind
from kaisa_relay.ports.keys import ApiKey, Scope
from tests.contracts.world import World
from tests.feed.serving import KEY, serving
from tests.feed.test_door import knock
from tests.feed.test_watch import Screen, asking

ONE = ApiKey(1, WorkspaceId(1), frozenset({Scope.FEED}))
OTHER_KEY = evolve(ONE, id=2)
SAME_ID_A_USER = evolve(ONE, holder=RequesterKind.USER)
ELSEWHERE = evolve(ONE, id=3, workspace=WorkspaceId(2))


def test_each_bound_is_counted_by_itself_and_freed_at_the_end() -> None:
    seats = Seats(Bounds(of_one=1, of_workspace=2, in_all=3))
    with seats.take(ONE):
        assert seats.full(ONE) == "1 watch with this key already"
        assert seats.full(SAME_ID_A_USER) is None
        with seats.take(OTHER_KEY):
            assert seats.full(SAME_ID_A_USER) == "2 watch this workspace already"
            with seats.take(ELSEWHERE):
                far = evolve(ELSEWHERE, id=4, workspace=WorkspaceId(3))
                assert seats.full(far) == "3 watch at this server already"
                assert len(seats) == 3
        assert seats.full(OTHER_KEY) is None
    assert len(seats) == 0
    assert seats.full(ONE) is None


async def test_one_too_many_is_told_so_before_there_is_a_websocket(world: World) -> None:
    async with serving(world, watchers=Bounds(of_one=2)) as feed:
        watchers = [await feed.watch() for _ in range(2)]
        for watcher in watchers:
            await watcher.subscribe()
            await watcher.frame()
        key = {"Authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(base_url=feed.url, headers=key) as http:
            answers = [await knock(feed, **key), await http.post("/feed/tickets")]
        for answer in answers:
            problem = answer.json()
            assert (answer.status_code, problem["type"]) == (429, "/problems/too-many-watchers")
            assert problem["detail"] == "2 watch with this key already"
            assert int(answer.headers["Retry-After"]) > 0
        refused = await Screen(1).watch(asking(feed))
        assert refused == Refused(f"2 watch with this key already at {asking(feed).address}")
        await watchers[0].socket.aclose()
        while (await knock(feed, **key)).status_code == 429:
            pass  # until the server has noticed
        await (await feed.watch()).subscribe()


async def test_who_shows_wrong_keys_may_try_only_so_often(world: World) -> None:
    """The feed's door is no way to guess faster than at the API's; a valid key is let in."""
    async with serving(world) as feed:
        statuses: list[int] = []

        async def guess() -> None:
            statuses.append((await knock(feed, Authorization="Bearer kr_nobody")).status_code)

        async def guess_often() -> None:
            async with trio.open_nursery() as guessers:
                for _ in range(30):
                    guessers.start_soon(guess)

        while 429 not in statuses:  # many at once, or a slow machine never guesses too often
            await guess_often()
        assert set(statuses) == {401, 429}
        await feed.watch()
