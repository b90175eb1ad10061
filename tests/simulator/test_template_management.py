"""Templates as a business manages them and as Meta decides about them."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.simulator.errors import GraphError
from kaisa_relay.simulator.templates.creating import parse_template
from kaisa_relay.simulator.templates.registry import Registry, Template
from kaisa_relay.simulator.templates.rendering import Rendered, render
from tests.simulator.bench import VISITOR, Bench

PATH = "waba-1/message_templates"
BODY = {"type": "BODY", "text": "Hello {{1}}, {{2}} waits."}
DAY = 24 * 3600


def wanted(**change: Any) -> dict[str, Any]:
    """A template that passes, with something else about it."""
    return {
        "name": "waiting",
        "language": "en_US",
        "category": "UTILITY",
        "components": [BODY],
    } | change


async def create(bench: Bench, **change: Any) -> httpx.Response:
    """Ask for a template."""
    return await bench.call("POST", PATH, json=wanted(**change))


async def listed(bench: Bench, query: str = "name=waiting") -> list[dict[str, Any]]:
    """The templates of the account."""
    data: list[dict[str, Any]] = (await bench.call("GET", f"{PATH}?{query}")).json()["data"]
    return data


def notices(bench: Bench) -> list[dict[str, Any]]:
    """What the business was told about templates."""
    field = "message_template_status_update"
    return [one["value"] for one in bench.business.changes if one["field"] == field]


async def test_a_template_is_pending_until_it_is_approved(bench: Bench) -> None:
    """Then the business is told, and it can be sent."""
    answer = await create(bench)
    made = answer.json()
    assert made == {"id": made["id"], "status": "PENDING", "category": "UTILITY"}
    values = [{"type": "text", "text": text} for text in ("Vera", "a boat")]
    template = {
        "name": "waiting",
        "language": {"code": "en_US"},
        "components": [{"type": "body", "parameters": values}],
    }
    message = {"to": f"+{VISITOR}", "type": "template", "template": template}
    assert (await bench.graph(message)).json()["error"]["code"] == 132001
    await bench.settle(5)
    assert (await bench.graph(message)).status_code == 200
    (shown,) = await listed(bench)
    assert (shown["status"], shown["components"], shown["id"]) == ("APPROVED", [BODY], made["id"])
    (told,) = notices(bench)
    assert told == {
        "event": "APPROVED",
        "message_template_id": int(made["id"]),
        "message_template_name": "waiting",
        "message_template_language": "en-US",
        "reason": "NONE",
        "message_template_category": "UTILITY",
    }
    inbox = await bench.sim(f"people/{VISITOR}/inbox")
    assert inbox["messages"][0]["text"] == "Hello Vera, a boat waits."


async def test_an_account_webhook_has_its_time_and_no_number(bench: Bench) -> None:
    """An entry of its own."""
    await create(bench)
    await bench.settle(5)
    (post,) = bench.business.posts
    (entry,) = httpx.Response(200, content=post.content).json()["entry"]
    assert entry["id"] == "waba-1"
    assert entry["time"] == 1795348801
    assert "metadata" not in entry["changes"][0]["value"]


async def test_reviews_can_reject_or_wait_for_a_hand(bench: Bench) -> None:
    """As the switch says; a hand decides about every language, or one."""
    await bench.faults(review="reject")
    await create(bench)
    await bench.settle(5)
    assert notices(bench)[0]["reason"] == "INVALID_FORMAT"
    assert "rejection_info" in notices(bench)[0]
    await bench.faults(review="manual")
    await create(bench, language="sv")
    await bench.settle(100)
    assert (await listed(bench, "name=waiting&language=sv"))[0]["status"] == "PENDING"
    bench.business.posts.clear()
    for status, language in (("APPROVED", "sv"), ("PAUSED", None), ("DISABLED", None)):
        await bench.sim("templates/waiting", {"status": status, "language": language})
        await bench.settle()
    told = [(one["event"], one["message_template_language"]) for one in notices(bench)]
    # Those of one decision travel side by side.
    assert told[0] == ("APPROVED", "sv")
    assert sorted(told[1:3]) == [("PAUSED", "en-US"), ("PAUSED", "sv")]
    assert sorted(told[3:]) == [("DISABLED", "en-US"), ("DISABLED", "sv")]
    assert "other_info" in notices(bench)[1]
    assert "disable_info" in notices(bench)[3]


async def test_meta_may_change_a_category(bench: Bench) -> None:
    """And says so, because the price changes."""
    await bench.sim("templates/kaisa_offer", {"category": "marketing", "language": "sv"})
    await bench.settle()
    (change,) = bench.business.changes
    assert change["field"] == "template_category_update"
    assert change["value"]["new_category"] == "MARKETING"
    assert change["value"]["previous_category"] == "UTILITY"


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"name": "Waiting"}, 100, "name"),
        ({"name": None}, 100, "name"),
        ({"category": "FUN"}, 100, "category"),
        ({"parameter_format": "x"}, 100, "parameter_format"),
        ({"components": []}, 100, "BODY"),
        ({"components": [BODY, BODY]}, 100, "twice"),
        ({"components": [1]}, 100, "objects"),
        ({"components": [{"type": "SONG"}, BODY]}, 100, "SONG"),
        ({"components": [{"type": "BODY", "text": "{{1}} waits"}]}, 2388299, "start"),
        ({"components": [{"type": "BODY", "text": "waits {{1}}"}]}, 2388299, "end"),
        ({"components": [{"type": "BODY", "text": "x" * 1025}]}, 100, "1024"),
        ({"components": [BODY, {"type": "FOOTER", "text": "x" * 61}]}, 100, "60"),
        ({"components": [BODY, {"type": "HEADER", "format": "SMELL"}]}, 100, "format"),
        ({"components": [BODY, {"type": "BUTTONS", "buttons": []}]}, 100, "1 to 10"),
        ({"components": [BODY, {"type": "BUTTONS", "buttons": [{"type": "X"}]}]}, 100, "type"),
        (
            {"components": [BODY, {"type": "BUTTONS",
                                   "buttons": [{"type": "QUICK_REPLY", "text": "x" * 26}]}]},
            100,
            "25",
        ),
    ],
)  # fmt: skip
async def test_templates_that_are_refused(
    bench: Bench, change: dict[str, Any], code: int, says: str
) -> None:
    """Each rule with its code and a word of the details."""
    error = (await create(bench, **change)).json()["error"]
    assert error["code"] == code
    assert says in error["error_data"]["details"]


async def test_there_is_an_end_to_templates(bench: Bench) -> None:
    """No language twice, 100 an hour, 250 in all."""
    await create(bench)
    assert (await create(bench)).json()["error"]["code"] == 100
    codes = []
    for at in range(260):
        answer = await create(bench, name=f"t_{at}")
        codes.append(answer.json().get("error", {}).get("code"))
        if codes[-1] == 80007:
            await bench.sim("clock", {"advance": 3600})
    assert codes.count(80007) == 2
    assert codes[-1] == 2388019


async def test_templates_are_listed_by_the_page_and_deleted(bench: Bench) -> None:
    """With filters and fields; a deleted one cannot be sent."""
    for at in range(3):
        await create(bench, name=f"t_{at}")
    await create(bench, name="t_0", language="sv")
    first = (await bench.call("GET", f"{PATH}?limit=2&status=PENDING")).json()
    assert len(first["data"]) == 2
    after = first["paging"]["cursors"]["after"]
    rest = (await bench.call("GET", f"{PATH}?limit=2&status=PENDING&after={after}")).json()
    assert len(rest["data"]) == 2
    assert "next" not in rest["paging"]
    (named,) = await listed(bench, "name=t_1&fields=name,status")
    assert named == {"id": named["id"], "name": "t_1", "status": "PENDING"}
    one = (await listed(bench, "name=t_0"))[0]["id"]
    await bench.call("DELETE", f"{PATH}?name=t_0&hsm_id={one}")
    assert [shown["language"] for shown in await listed(bench, "name=t_0")] == ["sv"]
    assert (await bench.call("DELETE", f"{PATH}?name=t_0")).json() == {"success": True}
    assert (await bench.call("DELETE", f"{PATH}?name=t_0")).status_code == 400
    assert (await bench.call("DELETE", PATH)).status_code == 400
    assert (await bench.call("GET", "waba-2/message_templates")).status_code == 400


async def test_headers_and_buttons_are_filled_in(bench: Bench) -> None:
    """A picture above, a footer below, a quick reply, a link with its end, contact information."""
    buttons = [
        {"type": "QUICK_REPLY", "text": "Yes"},
        {"type": "URL", "text": "Open", "url": "https://example.com/{{1}}"},
        {"type": "REQUEST_CONTACT_INFO"},
    ]
    parts = [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "Hello {{who}}!"},
        {"type": "FOOTER", "text": "Bye"},
        {"type": "BUTTONS", "buttons": buttons},
    ]
    await create(bench, components=parts, parameter_format="NAMED")
    await bench.settle(5)
    bench.business.files["/a.jpg"] = ("image/jpeg", b"\xff\xd8\xff")
    link = {"type": "text", "text": "boat"}
    name = {"type": "text", "parameter_name": "who", "text": "Vera"}
    picture = {"type": "image", "image": {"link": "http://business.test/a.jpg"}}
    good: list[dict[str, Any]] = [
        {"type": "header", "parameters": [picture]},
        {"type": "body", "parameters": [name]},
        {"type": "button", "sub_type": "url", "index": 1, "parameters": [link]},
    ]
    codes = []
    for components in (good, good[1:], [good[0]], [*good[:2], good[2] | {"index": 0}],
                       [{"type": "header", "parameters": [link]}, good[1]]):  # fmt: skip
        template = {
            "name": "waiting", "language": {"code": "en_US"}, "components": components,
        }  # fmt: skip
        message = {"to": f"+{VISITOR}", "type": "template", "template": template}
        codes.append((await bench.graph(message)).json().get("error", {}).get("code"))
    assert codes == [None, 132012, 132000, 132018, 132012]
    (arrival,) = (await bench.sim(f"people/{VISITOR}/inbox"))["messages"]
    assert arrival["text"] == "Hello Vera!\nBye"
    assert arrival["media"]
    assert [one["payload"] for one in arrival["buttons"]] == [
        "Yes", "https://example.com/boat", "",
    ]  # fmt: skip
    assert (await bench.person(VISITOR, "tap", label="Open"))["wamid"] is None
    await bench.person(VISITOR, "tap", label="Share contact info")
    await bench.settle()
    card = bench.business.of("messages")[-1]["contacts"][0]
    assert card["origin"] == "contact_request"
    assert card["phones"][0]["wa_id"] == VISITOR


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("none", {"status": "paused"}, 404),
        ("kaisa_offer", {"status": "happy"}, 400),
        ("kaisa_offer", {"category": "happy"}, 400),
    ],
)
async def test_a_wrong_decision_is_refused(
    bench: Bench, name: str, body: dict[str, Any], status: int
) -> None:
    """No such template, no such status, no such category."""
    answer = await bench.http.post(f"/_sim/templates/{name}", json=body)
    assert answer.status_code == status
    shown = (await bench.sim("templates"))["templates"]
    assert {one["status"] for one in shown} == {"APPROVED"}


WORDS = st.sampled_from(
    ["type", "text", "format", "BODY", "HEADER", "FOOTER", "BUTTONS", "buttons", "IMAGE", "TEXT"]
) | st.sampled_from(["QUICK_REPLY", "URL", "url", "Hello {{1}}.", "{{a}} b {{c}} d", "parameters"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=15,
)
PARTS = st.fixed_dictionaries(
    {"type": WORDS}, optional={"text": WORDS | JSON, "format": WORDS, "buttons": st.lists(JSON)}
)


@given(data=JSON, parts=st.lists(PARTS, max_size=4) | JSON, form=WORDS | st.just("named"))
def test_any_template_is_taken_or_refused(data: Any, parts: Any, form: str) -> None:
    """Never another exception; what is taken can be listed and sent."""
    assert isinstance(parse_template(data, "waba-1", Registry()), GraphError)
    change = {"components": parts, "parameter_format": form}
    parsed = parse_template(wanted(**change), "waba-1", Registry())
    if isinstance(parsed, Template):
        assert parsed.shown()["components"]
        body = {"name": "waiting", "language": {"code": "en_US"}, "components": []}
        assert isinstance(render(parsed, body), Rendered | GraphError)
