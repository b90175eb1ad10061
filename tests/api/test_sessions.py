"""Signing in: what a role may do, and what another site, or a guesser, may not."""

import json
from collections.abc import Mapping
from http.cookies import SimpleCookie

import pytest

from kaisa_relay.api.auth import POWERS
from kaisa_relay.api.cookie import SeenCookies
from kaisa_relay.api.limits import Limits
from kaisa_relay.domain.channel import Pace
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.users import Role
from tests.api.bench import Answer, Bench
from tests.api.users import PASSWORD

OURS = {"Kaisa-Page": "1"}
JSON = {"Content-Type": "application/json"}
NOTE = json.dumps({"text": "seen"}).encode()


async def sign_in(
    bench: Bench, name: str = "supervisor", password: str = PASSWORD, **more: str
) -> Answer:
    body = json.dumps({"name": name, "password": password}).encode()
    headers = {**JSON, **OURS, **{key.replace("_", "-"): text for key, text in more.items()}}
    return await bench.call("POST", "/session", body, key=None, headers=headers)


def cookie(answer: Answer) -> str:
    """The cookie as a browser sends it back."""
    read = SimpleCookie(answer.headers["set-cookie"])
    return "; ".join(f"{name}={morsel.value}" for name, morsel in read.items())


async def as_user(
    bench: Bench, method: str, path: str, role: str, headers: Mapping[str, str] = OURS
) -> Answer:
    held = cookie(await sign_in(bench, role))
    sent = {**JSON, **headers, "Cookie": held}
    return await bench.call(method, path, NOTE, key=None, headers=sent)


async def test_signing_in_and_out() -> None:
    bench = Bench()
    answer = await sign_in(bench)
    assert (answer.status, answer.json["role"]) == (201, "supervisor")
    held = {"Cookie": cookie(answer)}
    shown = await bench.call("GET", "/session", key=None, headers=held)
    assert (shown.status, shown.json) == (200, answer.json)
    out = await bench.call("DELETE", "/session", key=None, headers={**held, **OURS})
    assert out.status == 200
    assert "1970" in out.headers["set-cookie"]
    again = await bench.call("GET", "/session", key=None, headers=held)
    assert again.problem == "unauthorized"


async def test_the_cookie_is_for_nobody_else() -> None:
    """No script and no other site gets it; over HTTPS no other host either."""
    plain = (await sign_in(Bench())).headers["set-cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=Strict" in plain
    assert "Domain" not in plain
    secure = (await sign_in(Bench(public_url="https://relay.example"))).headers["set-cookie"]
    assert secure.startswith("__Host-kaisa-session=")
    assert "Secure" in secure


async def test_a_session_that_was_planted_is_not_taken_over() -> None:
    """Fixation: a sign-in makes a new token and ends the one that came with it."""
    bench = Bench()
    planted = cookie(await sign_in(bench, "viewer"))
    mine = await sign_in(bench, "admin", Cookie=planted)
    assert cookie(mine) != planted
    seen = await bench.call("GET", "/session", key=None, headers={"Cookie": planted})
    assert seen.problem == "unauthorized"


async def test_a_token_of_ones_own_choice_opens_nothing() -> None:
    bench = Bench()
    headers = {"Cookie": "kaisa-session=chosen"}
    assert (await bench.call("GET", "/agents", key=None, headers=headers)).problem == "unauthorized"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Kaisa-Page": "0"},
        {"Kaisa-Page": "1", "Origin": "https://evil.example"},
        {"Kaisa-Page": "1", "Origin": "null"},
        {"Kaisa-Page": "1", "Origin": "https://["},
        {"Origin": "http://localhost"},
    ],
)
async def test_another_site_changes_nothing(headers: dict[str, str]) -> None:
    """CSRF: the cookie alone is not enough, nor is the header with another origin."""
    bench = Bench()
    made = await bench.create()
    path = f"/conversations/{made.json['id']}/notes"
    assert (await as_user(bench, "POST", path, "supervisor", headers)).problem == "cross-site"
    assert bench.desk.supervised == []
    out = await as_user(bench, "DELETE", "/session", "supervisor", headers)
    assert out.problem == "cross-site"
    body = json.dumps({"name": "viewer", "password": PASSWORD}).encode()
    into = await bench.call("POST", "/session", body, key=None, headers={**JSON, **headers})
    assert into.problem == "cross-site"


@pytest.mark.parametrize("origin", ["http://localhost", "https://relay.example"])
async def test_our_own_page_does(origin: str) -> None:
    """Also behind a proxy that names itself to us; the event says which account it was."""
    bench = Bench(public_url="http://relay.example")
    made = await bench.create()
    path = f"/conversations/{made.json['id']}/notes"
    done = await as_user(bench, "POST", path, "supervisor", {**OURS, "Origin": origin})
    assert done.status == 201
    assert [each.by for each in bench.desk.supervised] == [Requester(RequesterKind.USER, 7)]


async def test_a_role_is_not_enough_for_more() -> None:
    bench = Bench()
    made = await bench.create()
    path = f"/conversations/{made.json['id']}/notes"
    refused = await as_user(bench, "POST", path, "viewer")
    assert (refused.problem, refused.json["scope"]) == ("forbidden", "conversations:write")
    assert (await as_user(bench, "GET", "/agents", "viewer", {})).status == 200


def test_the_roles_grow() -> None:
    assert POWERS[Role.VIEWER] < POWERS[Role.SUPERVISOR] <= POWERS[Role.ADMIN] == set(Scope)


async def test_a_guesser_hears_the_same_of_everybody() -> None:
    """Enumeration: no account, and a wrong password, give the same bytes."""
    bench = Bench()
    nobody, wrong = await sign_in(bench, "nobody"), await sign_in(bench, "viewer", "guess")
    assert nobody.problem == "wrong-sign-in"
    assert (nobody.status, nobody.body) == (wrong.status, wrong.body)
    assert "set-cookie" not in wrong.headers


async def test_who_is_locked_out_hears_for_how_long() -> None:
    bench = Bench()
    bench.users.locked = 29.5
    answer = await sign_in(bench)
    assert (answer.problem, answer.headers["retry-after"]) == ("locked-out", "30")


async def test_a_browser_shows_that_its_owner_signed_in_there() -> None:
    """Also when it has no session any more; guesses made elsewhere do not lock it out."""
    bench = Bench(public_url="https://localhost")
    browser = bench.app.test_client()
    login = {"name": "viewer", "password": PASSWORD}

    async def sign_in_there() -> list[str]:
        answer = await browser.post("/session", json=login, headers=OURS, scheme="https")
        return [*answer.headers.getlist("set-cookie"), str(answer.status_code)]

    device, _, status = await sign_in_there()
    assert status == "201"
    assert device.startswith("__Host-kaisa-device=device-1;")
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Expires="):
        assert part in device
    await browser.delete("/session", headers=OURS, scheme="https")
    bench.users.locked = 30
    assert (await sign_in(bench, "viewer")).problem == "locked-out"
    assert (await sign_in_there())[-1] == "201"


async def test_a_key_goes_before_a_cookie() -> None:
    """A program that has both is the program; a wrong key is not mended by a cookie."""
    bench = Bench()
    held = {"Cookie": cookie(await sign_in(bench)), "Authorization": "Bearer kr_wrong"}
    assert (await bench.call("GET", "/agents", key=None, headers=held)).problem == "unauthorized"


async def test_made_up_cookies_soon_cost_no_look_up() -> None:
    """Whoever was signed in before, at the same address, goes on; after a while all may again."""
    bench = Bench(limits=Limits(address=Pace(interval=5.0, burst=2)))
    held = {"Cookie": cookie(await sign_in(bench))}

    async def listed(**headers: str) -> int:
        return (await bench.call("GET", "/conversations", key=None, headers=headers)).status

    bench.seconds += 10
    assert await listed(**held) == 200
    before = bench.users.looked_up
    for number in range(10):
        assert await listed(Cookie=f"kaisa-session=made-up-{number}") in (401, 429)
    assert bench.users.looked_up - before == 2
    assert await listed(**held) == 200
    bench.seconds += 10
    assert await listed(Cookie="kaisa-session=made-up") == 401
    assert bench.users.looked_up - before == 4


def test_the_oldest_of_too_many_cookies_are_forgotten() -> None:
    seen = SeenCookies(most=2)
    for token in ("a", "b", "b", "c"):
        seen.add(token)
    assert [token in seen for token in "abc"] == [False, True, True]


async def test_who_came_in_and_who_tried_is_written_down() -> None:
    bench = Bench()
    await sign_in(bench)
    await sign_in(bench, password="wrong")
    bench.users.locked = 30.0
    await sign_in(bench)
    entries = list(bench.audit.kept.values())
    assert [each.action.value for each in entries] == [
        "session.begun",
        "session.refused",
        "session.locked-out",
    ]
    assert [each.by is None for each in entries] == [False, True, True]
    assert entries[0].subject == entries[0].by
    bench.audit.away, bench.users.locked = True, 0.0
    assert (await sign_in(bench)).status == 503
