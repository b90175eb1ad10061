"""Numbers and accounts: quality, restrictions, blocks, registration, links, callbacks, prices."""

from typing import Any

import pytest

from tests.simulator.bench import AGENT, PNID, VISITOR, Bench
from tests.simulator.test_sending import offer

DAY = 24 * 3600


def told(bench: Bench, field: str) -> list[dict[str, Any]]:
    """The account webhooks of one field."""
    return [one["value"] for one in bench.business.changes if one["field"] == field]


async def test_quality_and_limit_change_and_the_business_hears(bench: Bench) -> None:
    """Both are shown by the number afterwards."""
    for body in ({"rating": "RED"}, {"rating": "GREEN"}, {"limit": "TIER_2K"}):
        await bench.sim(f"channels/{PNID}/quality", body)
    await bench.settle()
    events = told(bench, "phone_number_quality_update")
    assert [one["event"] for one in events] == ["FLAGGED", "UNFLAGGED", "ONBOARDING"]
    assert events[-1] == {
        "display_phone_number": "46100000001",
        "event": "ONBOARDING",
        "max_daily_conversations_per_business": "TIER_2K",
    }
    fields = "quality_rating,whatsapp_business_manager_messaging_limit"
    shown = (await bench.call("GET", f"{PNID}?fields={fields}")).json()
    assert shown["quality_rating"] == "GREEN"
    assert shown["whatsapp_business_manager_messaging_limit"] == "TIER_2K"
    for wrong in ({"rating": "PINK"}, {"limit": "TIER_3"}):
        url = f"/_sim/channels/{PNID}/quality"
        assert (await bench.http.post(url, json=wrong)).status_code == 400


async def test_an_upgrade_takes_a_minute(bench: Bench) -> None:
    """Then 1,000 messages a second pass."""
    await bench.person(VISITOR, "send", text="hi")
    await bench.sim(f"channels/{PNID}/quality", {"event": "THROUGHPUT_UPGRADE"})
    assert (await bench.text(VISITOR)).json()["error"]["code"] == 131057
    await bench.sim("clock", {"advance": 61})
    assert (await bench.text(VISITOR)).status_code == 200
    shown = (await bench.call("GET", f"{PNID}?fields=throughput")).json()
    assert shown["throughput"] == {"level": "HIGH"}


async def test_an_account_falls_and_rises(bench: Bench) -> None:
    """Restricted for a time, disabled until reinstated; each is told."""
    await bench.person(VISITOR, "send", text="hi")
    codes = []
    for body, seconds in (
        ({"event": "ACCOUNT_RESTRICTION", "seconds": 60}, 0),
        ({}, 61),
        ({"event": "DISABLED_UPDATE"}, 0),
        ({"event": "ACCOUNT_REINSTATED"}, 0),
        ({"event": "ACCOUNT_DELETED"}, 0),
        ({"event": "ACCOUNT_VIOLATION", "details": {"violation_info": {"x": 1}}}, 0),
    ):
        await bench.sim("clock", {"advance": seconds})
        await bench.sim("accounts/waba-1", body)
        codes.append((await bench.text(VISITOR)).json().get("error", {}).get("code"))
    assert codes == [368, None, 131031, None, 131031, 131031]
    await bench.settle()
    updates = told(bench, "account_update")
    assert updates[0]["restriction_info"][0]["expiration"] == 1795348860
    assert updates[1]["ban_info"]["waba_ban_state"] == "DISABLE"
    assert updates[-1] == {"event": "ACCOUNT_VIOLATION", "violation_info": {"x": 1}}
    (shown,) = (await bench.sim("accounts"))["accounts"]
    assert (shown["waba"], shown["locked"], shown["channels"]) == ("waba-1", True, [PNID])
    assert (await bench.http.post("/_sim/accounts/none", json={})).status_code == 404


async def test_a_business_blocks_who_wrote_lately(bench: Bench) -> None:
    """Their messages stay away, and come again after the block; others cannot be blocked."""
    path = f"{PNID}/block_users"

    def users(*numbers: str) -> dict[str, Any]:
        named = [{"user": f"+{number}"} for number in numbers]
        return {"messaging_product": "whatsapp", "block_users": named}

    await bench.person(VISITOR, "send", text="hi")
    answer = await bench.call("POST", path, json=users(VISITOR, AGENT))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 139100)
    blocks = answer.json()["block_users"]
    assert blocks["added_users"] == [{"input": f"+{VISITOR}", "wa_id": VISITOR}]
    assert blocks["failed_users"][0]["input"] == f"+{AGENT}"
    assert [one["wa_id"] for one in (await bench.call("GET", path)).json()["data"]] == [VISITOR]
    await bench.person(VISITOR, "send", text="anybody?")
    await bench.call("DELETE", path, json=users(VISITOR))
    await bench.person(VISITOR, "send", text="again")
    await bench.settle()
    texts = [one["text"]["body"] for one in bench.business.of("messages")]
    assert texts == ["hi", "again"]
    assert len((await bench.sim(f"people/{VISITOR}/chats/{PNID}"))["bubbles"]) == 3
    assert (await bench.call("DELETE", path, json=users(VISITOR))).status_code == 400
    for wrong in ({}, {"messaging_product": "whatsapp", "block_users": [1]}):
        for method in ("POST", "DELETE"):
            refused = await bench.call(method, path, json=wrong)
            assert refused.json()["error"]["code"] == 100


async def test_a_number_is_registered_with_its_pin(bench: Bench) -> None:
    """Six digits, the same again, ten times in 72 hours."""

    async def register(pin: str) -> Any:
        body = {"messaging_product": "whatsapp", "pin": pin}
        answer = await bench.call("POST", f"{PNID}/register", json=body)
        return answer.json().get("error", {}).get("code")

    await bench.person(VISITOR, "send", text="hi")
    assert (await bench.call("POST", f"{PNID}/deregister")).status_code == 200
    assert (await bench.text(VISITOR)).json()["error"]["code"] == 133010
    assert [await register(pin) for pin in ("12345", "123456", "654321")] == [131009, None, 133005]
    assert (await bench.text(VISITOR)).status_code == 200
    codes = [await register("123456") for _ in range(8)]
    assert codes[-1] == 133016
    await bench.sim("clock", {"advance": 3 * DAY + 1})
    assert await register("123456") is None


async def test_a_number_has_a_profile_and_an_account_its_numbers(bench: Bench) -> None:
    """Written and read back."""
    path = f"{PNID}/whatsapp_business_profile"
    await bench.call("POST", path, json={"messaging_product": "whatsapp", "about": "Boats"})
    shown = (await bench.call("GET", f"{path}?fields=about,email")).json()
    assert shown == {"data": [{"about": "Boats", "messaging_product": "whatsapp"}]}
    numbers = (await bench.call("GET", "waba-1/phone_numbers")).json()["data"]
    assert [one["id"] for one in numbers] == [PNID]


async def test_message_links_and_their_codes(bench: Bench) -> None:
    """Made, changed, drawn, listed, scanned, deleted."""
    path = f"{PNID}/message_qrdls"
    body = {"prefilled_message": "Hello", "generate_qr_image": "SVG"}
    made = (await bench.call("POST", path, json=body)).json()
    assert len(made["code"]) == 14
    assert made["deep_link_url"] == f"https://wa.me/message/{made['code']}"
    image = await bench.http.get(made["qr_image_url"])
    assert image.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in image.content
    changed = await bench.call(
        "POST", path, params={"code": made["code"], "prefilled_message": "Hi"}
    )
    assert changed.json()["code"] == made["code"]
    listed = (await bench.call("GET", path)).json()["data"]
    assert [one["prefilled_message"] for one in listed] == ["Hi"]
    scanned = await bench.person(VISITOR, "scan", link=made["deep_link_url"], send=True)
    assert (scanned["draft"], scanned["channel"]) == ("Hi", PNID)
    await bench.settle()
    assert bench.business.of("messages")[0]["text"]["body"] == "Hi"
    one = f"{path}/{made['code']}"
    assert (await bench.call("GET", one)).json()["data"] == listed
    assert (await bench.call("DELETE", one)).json() == {"success": True}
    assert (await bench.call("DELETE", one)).status_code == 400
    assert (await bench.http.get(made["qr_image_url"])).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"prefilled_message": "x" * 141},
        {"prefilled_message": "x", "generate_qr_image": "GIF"},
        {"prefilled_message": "x", "code": "none"},
    ],
)
async def test_message_links_that_are_refused(bench: Bench, body: dict[str, str]) -> None:
    """Without text, too long, an image nobody draws, a code nobody has."""
    answer = await bench.call("POST", f"{PNID}/message_qrdls", json=body)
    assert answer.json()["error"]["code"] == 100


async def test_a_number_has_at_most_2000_codes(bench: Bench) -> None:
    """The next is refused."""
    codes = bench.simulator.world.qr_codes
    assert all(codes.create(PNID, "x") for _ in range(2000))
    answer = await bench.call("POST", f"{PNID}/message_qrdls", json={"prefilled_message": "x"})
    assert "2000" in answer.json()["error"]["error_data"]["details"]


async def test_scanning_a_link_with_a_text(bench: Bench) -> None:
    """The draft is shown; nobody hears of it until it is sent."""
    link = "https://wa.me/46100000001?text=Hello%20there%20AB12"
    assert await bench.person(VISITOR, "scan", link=link) == {
        "channel": PNID, "draft": "Hello there AB12",
    }  # fmt: skip
    await bench.settle()
    assert bench.business.posts == []
    for wrong, status in (("nonsense", 400), ("https://wa.me/4699999", 404)):
        url = f"/_sim/people/{VISITOR}/scan"
        assert (await bench.http.post(url, json={"link": wrong})).status_code == status


async def test_a_number_may_have_a_callback_of_its_own(bench: Bench) -> None:
    """After the handshake; before that of the account; gone when emptied."""
    own = {"override_callback_uri": "http://number.test/", "verify_token": "open sesame"}
    bad = own | {"verify_token": "x"}
    for body, status in ((bad, 400), (own, 200)):
        answer = await bench.call("POST", PNID, json={"webhook_configuration": body})
        assert answer.status_code == status
    await bench.person(VISITOR, "send", text="hi")
    shown = (await bench.call("GET", f"{PNID}?fields=webhook_configuration")).json()
    assert shown["webhook_configuration"]["phone_number"] == "http://number.test/"
    await bench.settle()
    empty = {"webhook_configuration": {"override_callback_uri": ""}}
    assert (await bench.call("POST", PNID, json=empty)).status_code == 200
    await bench.person(VISITOR, "send", text="hi")
    await bench.settle()
    assert [post.url.host for post in bench.business.posts] == ["number.test", "business.test"]
    assert (await bench.call("POST", PNID, json={})).status_code == 400
    long = {"webhook_configuration": own | {"override_callback_uri": "http://x/" + "y" * 200}}
    assert (await bench.call("POST", PNID, json=long)).status_code == 400


async def test_prices_are_counted_when_delivered(bench: Bench) -> None:
    """Free until the thousandth, billed by category, nothing for what never arrives."""
    await bench.person(VISITOR, "send", text="hi")
    bench.simulator.world.ledger.free_used[PNID, "2026-11"] = 999
    for _ in range(2):
        await bench.text(VISITOR)
    await bench.graph(offer(AGENT))
    await bench.sim("people", {"number": AGENT, "online": False})
    await bench.graph(offer(AGENT))
    await bench.settle()
    pricing = await bench.sim("pricing")
    counted = {(one["type"], one["category"]): one["messages"] for one in pricing["charges"]}
    assert counted == {
        ("free_customer_service", "service"): 1,
        ("regular", "service"): 1,
        ("regular", "utility"): 1,
    }
    assert pricing["billed"] == 2


async def test_who_comes_by_an_advertisement_is_free_for_three_days(bench: Bench) -> None:
    """As the statuses say."""
    referral = {"source_type": "ad", "source_id": "1"}
    await bench.person(VISITOR, "send", text="hi", referral=referral)
    await bench.text(VISITOR)
    await bench.sim("clock", {"advance": 3 * DAY + 1})
    await bench.graph(offer(VISITOR))
    await bench.settle()
    prices = [one["pricing"] for one in bench.business.of("statuses") if "pricing" in one]
    assert [(one["type"], one["billable"]) for one in prices] == [
        ("free_entry_point", False), ("regular", True),
    ]  # fmt: skip


async def test_unsubscribing_an_account(bench: Bench) -> None:
    """The subscription is gone."""
    for method in ("POST", "DELETE"):
        answer = await bench.call(method, "waba-1/subscribed_apps")
        assert answer.json() == {"success": True}
    assert "waba-1" not in bench.simulator.callbacks.subscribed
