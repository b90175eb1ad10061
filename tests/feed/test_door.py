"""The feed's door: who may watch, from where, and how many at once."""

from datetime import timedelta

import httpx

from kaisa_relay.ports import SaveMetadata
from kaisa_relay.ports.keys import ApiKey, Scope
from kaisa_relay.ports.users import Role, Session
from tests.contracts.world import World
from tests.fakes import EPOCH
from tests.feed.serving import KEY, Serving, serving
from tests.feed.test_feed import UPGRADE, happen, shown


async def knock(feed: Serving, query: str = "", **headers: str) -> httpx.Response:
    """Return the answer with which the door stays shut; Hypercorn may not keep the connection."""
    lines = dict(line.split(": ") for line in UPGRADE)
    async with httpx.AsyncClient(base_url=feed.url) as http:
        return await http.get(f"/feed{query}", headers=lines | headers)


async def refused(feed: Serving, query: str = "", **headers: str) -> int:
    """Return the status with which the door stays shut."""
    return (await knock(feed, query, **headers)).status_code


async def test_who_has_no_right_to_watch_is_not_let_in(world: World) -> None:
    async with serving(world) as feed:
        feed.keys["kr_reader"] = ApiKey(2, world.workspace, frozenset({Scope.READ}))
        assert await refused(feed, Authorization="Bearer kr_nobody") == 401
        assert await refused(feed, Origin=feed.url) == 401
        assert await refused(feed, Authorization="Bearer kr_reader") == 403
        elsewhere = {"Authorization": f"Bearer {KEY}", "Origin": "https://evil.example"}
        assert await refused(feed, **elsewhere) == 403
        assert await refused(feed, "?ticket=kt_none", Origin=feed.url) == 401


async def test_who_signs_out_watches_no_longer(world: World) -> None:
    async with serving(world, look_at_key=0.05) as feed:
        token, until = "token", EPOCH + timedelta(hours=1)
        session = Session(7, world.workspace, "Sam", Role.VIEWER, until)
        feed.users.sessions[token] = session
        async with httpx.AsyncClient(base_url=feed.url) as http:
            sent = {"Cookie": f"kaisa-session={token}", "Kaisa-Page": "1", "Origin": feed.url}
            answer = await http.post("/feed/tickets", headers=sent)
        watcher = await feed.watch(f"?ticket={answer.json()['ticket']}", Origin=feed.url)
        await watcher.subscribe()
        assert (await watcher.frame())["type"] == "snapshot"
        await feed.users.sign_out(token)
        assert await watcher.closed() == ("key_ended", 4401)


async def test_who_may_not_read_conversations_sees_no_names_or_words(world: World) -> None:
    """As after erasure: ids, codes and times stay."""
    [begun] = await happen(world)
    await world.must(SaveMetadata(begun.id, begun.state.visitor, b'{"plan":"gold"}'))
    async with serving(world) as feed:
        feed.keys["kr_screen"] = ApiKey(2, world.workspace, frozenset({Scope.FEED}))
        for key, name, metadata in ((KEY, "Vera", {"plan": "gold"}), ("kr_screen", None, None)):
            watcher = await feed.watch(Authorization=f"Bearer {key}")
            await watcher.subscribe()
            [seen] = (await watcher.frame())["conversations"]
            assert (seen["id"], seen["status"]) == (shown(begun.id), "reserved")
            assert (seen["visitor"]["name"], seen["metadata"]) == (name, metadata)
            assert (seen["visitor"]["phone"] is None, seen["url"] is None) == (name is None,) * 2


async def test_a_ticket_opens_the_door_once(world: World) -> None:
    async with serving(world) as feed, httpx.AsyncClient(base_url=feed.url) as http:
        answer = await http.post("/feed/tickets", headers={"Authorization": f"Bearer {KEY}"})
        assert answer.status_code == 201
        query = f"?ticket={answer.json()['ticket']}"
        watcher = await feed.watch(query, Origin=feed.url)
        await watcher.subscribe()
        assert (await watcher.frame())["type"] == "snapshot"
        assert await refused(feed, query, Origin=feed.url) == 401
