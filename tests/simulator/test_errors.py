"""Every error code there is: on demand, and by what causes it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kaisa_relay.simulator.errors import TABLE, GraphError
from tests.simulator.bench import PNID, VISITOR, Bench
from tests.simulator.test_sending import offer

Cause = Callable[[Bench], Awaitable[Any]]
TEXT = {"to": f"+{VISITOR}", "text": {"body": "x"}}


@pytest.mark.parametrize("code", sorted(TABLE))
async def test_every_code_can_be_asked_for(bench: Bench, code: int) -> None:
    """At once with its HTTP status, as a failed status, and for any other call."""
    once = {"times": 1, "code": code}
    await bench.person(VISITOR, "send", text="hi")
    await bench.faults(refuse_send=once)
    refused = await bench.graph(TEXT)
    assert (refused.status_code, refused.json()["error"]["code"]) == (TABLE[code][0], code)
    await bench.faults(fail_send=once)
    assert (await bench.graph(TEXT)).status_code == 200
    await bench.settle()
    (failed,) = bench.business.of("statuses")
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", code)
    await bench.faults(refuse_call=once)
    called = await bench.call("GET", PNID)
    assert called.json()["error"]["code"] == code
    assert (await bench.call("GET", PNID)).status_code == 200


def test_the_table_says_what_the_reference_says() -> None:
    """The HTTP status of the codes that are not 400."""
    others = {code: status for code, (status, _) in TABLE.items() if status != 400}
    assert others == {
        0: 401, 2: 503, 3: 500, 10: 403, 190: 401, 200: 403, 368: 403, 130497: 403, 131000: 500,
        131005: 403, 131016: 500, 131031: 403, 131045: 500, 131057: 500, 132001: 404, 133000: 500,
        133004: 503,
    }  # fmt: skip
    assert all(GraphError(code).title for code in TABLE)


async def locked(bench: Bench) -> None:
    """The account is disabled."""
    await bench.sim("accounts/waba-1", {"event": "DISABLED_UPDATE"})


async def restricted(bench: Bench) -> None:
    """The account is restricted for a day."""
    await bench.sim("accounts/waba-1", {"event": "ACCOUNT_RESTRICTION"})


async def unregistered(bench: Bench) -> None:
    """The number is off."""
    await bench.call("POST", f"{PNID}/deregister")


async def upgrading(bench: Bench) -> None:
    """For a minute."""
    await bench.sim(f"channels/{PNID}/quality", {"event": "THROUGHPUT_UPGRADE"})


async def testing(bench: Bench) -> None:
    """A test number with other recipients."""
    await bench.sim("channels", {"phone_number_id": PNID, "test_recipients": ["+4670999"]})


async def blocking(bench: Bench) -> None:
    """The business has blocked the person."""
    users = {"messaging_product": "whatsapp", "block_users": [{"user": f"+{VISITOR}"}]}
    assert (await bench.call("POST", f"{PNID}/block_users", json=users)).status_code == 200


async def closed(bench: Bench) -> None:
    """The window."""
    await bench.sim("clock", {"advance": 24 * 3600})


async def unpaid(bench: Bench) -> None:
    """Nothing free left, and no payment method."""
    await bench.sim("accounts/waba-1", {"pays": False})
    bench.simulator.world.ledger.free_used[PNID, "2026-11"] = 1000


async def crowded(bench: Bench) -> None:
    """The pair limit is used up."""
    for _ in range(45):
        await bench.graph(TEXT)


async def busy(bench: Bench) -> None:
    """One message a second, and it has come in."""
    await bench.sim("channels", {"phone_number_id": PNID, "throughput": 1})
    await bench.person(VISITOR, "send", text="hi")


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (locked, 131031),
        (restricted, 368),
        (unregistered, 133010),
        (upgrading, 131057),
        (testing, 131030),
        (blocking, 131026),
        (closed, 131047),
        (unpaid, 131042),
        (crowded, 131056),
        (busy, 130429),
    ],
)
async def test_what_keeps_a_text_from_going(bench: Bench, cause: Cause, code: int) -> None:
    """Each by what really causes it, in an open window."""
    await bench.person(VISITOR, "send", text="hi")
    assert (await bench.graph(TEXT)).status_code == 200
    await cause(bench)
    assert (await bench.graph(TEXT)).json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("paused", 132015),
        ("disabled", 132016),
        ("locked", 132016),
        ("pending", 132001),
        ("rejected", 132001),
        ("in_appeal", 132001),
        ("archived", 132001),
        ("approved", None),
        ("reinstated", None),
        ("flagged", None),
    ],
)
async def test_what_a_templates_status_does(bench: Bench, status: str, code: int | None) -> None:
    """Only some can be sent."""
    await bench.sim("templates/kaisa_offer", {"status": status})
    answer = await bench.graph(offer(VISITOR))
    assert answer.json().get("error", {}).get("code") == code


async def test_a_portfolio_reaches_only_so_many_people_unasked(bench: Bench) -> None:
    """Replies do not count, nor does writing to the same person again; a day later it is over."""
    await bench.sim(f"channels/{PNID}/quality", {"limit": "TIER_250"})
    portfolio = bench.simulator.world.portfolios["portfolio-1"]
    portfolio.reached = {str(one): 0.0 for one in range(249)}
    for _ in range(2):
        assert (await bench.graph(offer(VISITOR))).status_code == 200
    await bench.sim("people", {"number": "+46700000009"})
    other = offer("46700000009")
    assert (await bench.graph(other)).json()["error"]["code"] == 131064
    await bench.person("46700000009", "send", text="hi")
    assert (await bench.graph(other)).status_code == 200
    await bench.sim("clock", {"advance": 24 * 3600 + 1})
    assert (await bench.graph(other)).status_code == 200


async def test_categories_have_their_own_refusals(bench: Bench) -> None:
    """No authentication to a BSUID, no marketing for who has stopped it."""
    await bench.sim("people", {"number": VISITOR, "user_id": "SE.77"})
    for category in ("authentication", "marketing"):
        await bench.sim("templates", {"name": category, "languages": ["en"], "category": category})
    template = {"name": "authentication", "language": {"code": "en"}}
    code = {"recipient": "SE.77", "type": "template", "template": template}
    assert (await bench.graph(code)).json()["error"]["code"] == 131062
    sale = {"to": f"+{VISITOR}", "type": "template", "template": template | {"name": "marketing"}}
    assert (await bench.graph(sale)).status_code == 200
    await bench.person(VISITOR, "marketing", wanted=False)
    assert (await bench.graph(sale)).json()["error"]["code"] == 131050
    await bench.person(VISITOR, "marketing", wanted=True)
    assert (await bench.graph(sale)).status_code == 200
    await bench.settle()
    told = [one for one in bench.business.changes if one["field"] == "user_preferences"]
    values = [one["value"]["user_preferences"][0]["value"] for one in told]
    assert values == ["stop", "resume"]


async def test_management_calls_are_counted_by_the_hour(bench: Bench) -> None:
    """Error 80007, and the rest comes back with time."""
    await bench.faults(calls_per_hour=2)
    path = "waba-1/message_templates"
    answers = [await bench.call("GET", path) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 400]
    assert answers[-1].json()["error"]["code"] == 80007
    await bench.sim("clock", {"advance": 1800})
    assert (await bench.call("GET", path)).status_code == 200


@pytest.mark.parametrize("patch", [{"refuse_send": {"code": 7}}, {"calls_per_hour": 0}])
async def test_a_code_that_does_not_exist_is_refused(bench: Bench, patch: dict[str, Any]) -> None:
    """So that a typing error does not look like an outage."""
    assert (await bench.http.patch("/_sim/faults", json=patch)).status_code == 400
