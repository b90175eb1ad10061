"""Triggers, endpoints and deliveries over HTTP."""

import json
from typing import Any

from kaisa_relay.domain.engagement.ids import DELIVERY, ENDPOINT, TRIGGER
from kaisa_relay.domain.ids import to_text
from kaisa_relay.ports.engagement import DeliveryState
from tests.api.bench import READER, Answer, Bench
from tests.engagement.stage import Stage, until

ABANDONED = "conversation.abandoned"
NOWHERE = "end_0000000000000"
PLACE = "steps[0].actions[0].webhook"


class Client:
    """A customer's backend; the stage's workspace is the key's."""

    def __init__(self, stage: Stage) -> None:
        self.bench = Bench(engagement=stage.engine.builder, workspace=stage.world.workspace)

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """Ask as a key of the stage's workspace."""
        if body is None:
            return await self.bench.call(method, path, **more)
        sent, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        return await self.bench.call(method, path, sent, headers=headers, **more)


async def test_an_endpoint_is_added_tried_and_removed(stage: Stage) -> None:
    """Its secret is shown once, and signs what arrives."""
    client = Client(stage)
    made = await client.call("POST", "/endpoints", {"url": stage.receiver.url})
    assert made.status == 201
    assert made.json["secret"].startswith("whsec_")
    id = made.json["id"]
    tried = await client.call("POST", f"/endpoints/{id}/test")
    assert (tried.status, tried.json["status"], tried.json["answer"]) == (200, 200, "thanks")
    (call,) = stage.receiver.calls
    assert call.verified(made.json["secret"])["type"] == "engagement.test"
    listed = await client.call("GET", "/endpoints")
    assert [each["id"] for each in listed.json["items"]] == [id]
    assert "secret" not in listed.json["items"][0]
    rotated = await client.call("POST", f"/endpoints/{id}/secret")
    assert rotated.json["secret"] != made.json["secret"]
    off = await client.call("PATCH", f"/endpoints/{id}", {"enabled": False})
    assert off.json["disabled_by"] == "you"
    assert (await client.call("DELETE", f"/endpoints/{id}")).status == 204
    assert (await client.call("DELETE", f"/endpoints/{id}")).problem == "not-found"


async def test_urls_that_no_endpoint_may_have(stage: Stage) -> None:
    """Named by their field."""
    client = Client(stage)
    for url in ("ftp://a.example", "https://", "https://me:pw@a.example/", "https://a b/", "x" * 9):
        refused = await client.call("POST", "/endpoints", {"url": url})
        assert set(refused.errors) == {"url"}, url


async def test_a_trigger_is_added_changed_and_removed(stage: Stage) -> None:
    """What was answered can be sent back; another definition is another version."""
    client = Client(stage)
    endpoint = (await client.call("POST", "/endpoints", {"url": stage.receiver.url})).json["id"]
    steps = [{"after": "30m", "actions": [{"webhook": endpoint}]}]
    asked = {"name": "Not scanned", "on": [ABANDONED], "unless": ["conversation.*"], "steps": steps}
    made = await client.call("POST", "/triggers", asked)
    assert made.status == 201
    shown = made.json
    assert shown == {**asked, "id": shown["id"], "enabled": True, "version": 1} | {
        "changed_at": shown["changed_at"]
    }
    path = f"/triggers/{shown['id']}"
    same = await client.call("PUT", path, shown)
    assert same.json["version"] == 1
    later = [{"after": "1h", "actions": [{"webhook": endpoint}]}]
    other = await client.call("PUT", path, {**shown, "steps": later, "enabled": False})
    assert (other.json["version"], other.json["enabled"]) == (2, False)
    assert (await client.call("GET", path)).json == other.json
    assert (await client.call("GET", "/triggers")).json["items"] == [other.json]
    used = await client.call("DELETE", f"/endpoints/{endpoint}")
    assert (used.problem, used.json["trigger"]) == ("endpoint-in-use", shown["id"])
    assert (await client.call("DELETE", path)).status == 204
    assert (await client.call("GET", path)).problem == "not-found"
    assert (await client.call("DELETE", f"/endpoints/{endpoint}")).status == 204


async def test_what_is_wrong_with_a_trigger_is_named(stage: Stage) -> None:
    """By the path of the field, all over the definition."""
    client = Client(stage)
    steps = [{"actions": [{"webhook": NOWHERE}]}]
    asked = {"name": "n", "on": [ABANDONED], "steps": steps}
    for wrong, field in (
        ({"name": " "}, "name"),
        ({"enabled": "yes"}, "enabled"),
        ({"on": ["sold"]}, "on[0]"),
        ({"when": {"field": "event.type", "eq": None}}, "when.eq"),
        ({"steps": [{"actions": []}]}, "steps[0].actions"),
        ({}, "steps[0].actions[0].webhook"),
    ):
        refused = await client.call("POST", "/triggers", {**asked, **wrong})
        assert set(refused.errors) == {field}, wrong
    assert (await client.call("POST", "/triggers", [])).errors == {"body": "must be an object"}
    assert (await client.call("PUT", "/triggers/trg_x", asked)).problem == "not-found"


async def test_deliveries_are_listed_and_tried_again(stage: Stage) -> None:
    """In pages, by what became of them."""
    client = Client(stage)
    await stage.trigger(await stage.endpoint())
    stage.receiver.status = 500
    for _ in range(3):
        await stage.abandoned()

    async def tried() -> bool:
        return all(each.attempts for each in await stage.deliveries())

    await stage.states(3, DeliveryState.WAITING)
    page = await client.call("GET", "/deliveries?limit=2&state=waiting")
    assert len(page.json["items"]) == 2
    rest = await client.call("GET", f"/deliveries?cursor={page.json['next']}")
    assert len(rest.json["items"]) == 1
    assert rest.json["next"] is None
    id = rest.json["items"][0]["id"]
    await until(tried)
    shown = await client.call("GET", f"/deliveries/{id}")
    assert shown.json["delivery"]["event"].startswith("evt_")
    assert [each["status"] for each in shown.json["tries"]] == [500]
    assert (await client.call("POST", "/deliveries/replay", {})).json == {"count": 0}
    wrong = await client.call("GET", "/deliveries?state=lost&trigger=x")
    assert set(wrong.errors) == {"state", "trigger"}
    assert (await client.call("POST", "/deliveries/dlv_x/replay")).problem == "not-found"


async def test_only_who_may_manage_it_sees_any_of_it(stage: Stage) -> None:
    """A key without the scope is told which one it lacks."""
    client = Client(stage)
    for path in ("/triggers", "/endpoints", "/deliveries"):
        refused = await client.call("GET", path, key=READER)
        assert (refused.status, refused.json["scope"]) == (403, "engagement:manage")


async def test_all_that_is_wrong_is_named_at_once(stage: Stage) -> None:
    """Of a trigger that is added, changed or tried out."""
    client, hook = Client(stage), {"webhook": NOWHERE}
    asked: dict[str, Any] = {
        "name": "", "enabled": 1, "on": ["sold", ABANDONED, "bought"], "unles": [],
        "hours": {"zone": "Mars", "quiet": "late"}, "limit": {"times": 0, "per": "1y", "of": 1},
        "when": {"all": [{"field": "x"}, {"field": "event.type", "eq": [], "in": []}]},
        "steps": [
            {"after": "1y", "actions": [hook, {"sms": "x", "to": "{{", "texts": "Hi"}]},
            {"actions": [{"template": "No", "language": {"xxxx": "", "sv": ""}}]},
        ],
    }  # fmt: skip
    definition = {
        "on[0]", "on[2]", "unles", "hours.zone", "hours.quiet", "limit.times", "limit.per",
        "limit.of", "when.all[0]", "when.all[0].field", "when.all[1]", "when.all[1].eq",
        "when.all[1].in", "steps[0].after", "steps[0].actions[1].sms", "steps[0].actions[1].to",
        "steps[0].actions[1].text", "steps[0].actions[1].texts", "steps[1].actions[0].template",
        "steps[1].actions[0].language.xxxx", "steps[1].actions[0].language.sv",
    }  # fmt: skip
    refused = await client.call("POST", "/triggers", asked)
    assert set(refused.errors) == {"name", "enabled", *definition}
    changed = await client.call("PUT", "/triggers/trg_0000000000000", asked)
    assert set(changed.errors) == {"name", "enabled", *definition}
    tried = await client.call("POST", "/triggers/preview", asked)
    assert set(tried.errors) == definition
    steps = [{"actions": [hook, {"webhook": NOWHERE}]}, {"actions": [hook]}]
    nowhere = await client.call(
        "POST", "/triggers", {"name": "n", "on": [ABANDONED], "steps": steps}
    )
    assert set(nowhere.errors) == {
        f"steps[{step}].actions[{action}].webhook" for step, action in ((0, 0), (0, 1), (1, 0))
    }


async def test_nothing_is_there_for_another_workspace(stage: Stage) -> None:
    """Not to be seen, named, changed, tried or removed."""
    endpoint = await stage.endpoint()
    trigger = await stage.trigger(endpoint)
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DELIVERED)
    theirs = Client(stage)
    theirs.bench = Bench(
        engagement=stage.engine.builder, workspace=await stage.store.add_workspace()
    )
    ids = [
        ("/endpoints", to_text(ENDPOINT, endpoint.view.id)),
        ("/triggers", to_text(TRIGGER, trigger.id)),
        ("/deliveries", to_text(DELIVERY, delivery.id)),
    ]
    for path, id in ids:
        assert (await theirs.call("GET", path)).json["items"] == []
        if path != "/endpoints":
            assert (await theirs.call("GET", f"{path}/{id}")).problem == "not-found"
        if path != "/deliveries":
            assert (await theirs.call("DELETE", f"{path}/{id}")).problem == "not-found"
    hook = ids[0][1]
    for call in ("test", "secret"):
        assert (await theirs.call("POST", f"/endpoints/{hook}/{call}")).problem == "not-found"
    change = {"url": "https://a.example/"}
    assert (await theirs.call("PATCH", f"/endpoints/{hook}", change)).problem == "not-found"
    asked = {"name": "n", "on": [ABANDONED], "steps": [{"actions": [{"webhook": hook}]}]}
    assert set((await theirs.call("POST", "/triggers", asked)).errors) == {PLACE}
    replay = await theirs.call("POST", "/deliveries/replay", {"state": "delivered"})
    assert replay.json == {"count": 0}
    assert (await theirs.call("POST", f"/deliveries/{ids[2][1]}/replay")).problem == "not-found"
    assert len(stage.receiver.calls) == 1


async def test_a_mail_server_is_an_endpoint(stage: Stage) -> None:
    """Its password is never shown, and it signs nothing."""
    client = Client(stage)
    wish = {
        "kind": "email", "url": "smtps://mail.example", "user": "mailer", "password": "secret",
        "sender": "Acme <hello@acme.example>",
    }  # fmt: skip
    made = await client.call("POST", "/endpoints", wish)
    assert made.status == 201
    assert "secret" not in str(made.json)
    shown = {name: made.json[name] for name in ("kind", "url", "user", "sender")}
    assert shown == {name: wish[name] for name in shown}
    path = f"/endpoints/{made.json['id']}"
    changed = await client.call("PATCH", path, {"sender": "sam@acme.example"})
    assert (changed.json["sender"], changed.json["user"]) == ("sam@acme.example", "mailer")
    bad = await client.call("PATCH", path, {"url": "https://mail.example"})
    assert set(bad.errors) == {"url"}
    fax = await client.call("POST", "/endpoints", {**wish, "kind": "fax"})
    assert set(fax.errors) == {"kind"}
    untried = await client.call("POST", f"{path}/test")
    assert set(untried.errors) == {"to"}
    assert (await client.call("POST", f"{path}/secret")).problem == "not-found"


async def test_a_provider_of_text_messages_is_an_endpoint(stage: Stage) -> None:
    """Its password and its headers are never shown, but for their names."""
    client = Client(stage)
    request = {"body": {"to": "{{ to }}", "text": "{{ text }}"}, "format": "form"}
    wish = {
        "kind": "sms", "provider": "http", "url": stage.receiver.url, "user": "me",
        "password": "secret word", "sender": "Acme", "headers": {"X-Key": "secret key"},
        "request": request,
    }  # fmt: skip
    made = await client.call("POST", "/endpoints", wish)
    assert made.status == 201
    assert "secret " not in str(made.json)
    shown = ("kind", "provider", "url", "user", "sender", "request")
    assert {name: made.json[name] for name in shown} == {name: wish[name] for name in shown}
    assert made.json["header_names"] == ["x-key"]
    path = f"/endpoints/{made.json['id']}"
    bad = await client.call("PATCH", path, {"request": {"body": {"to": "{{ number }}"}}})
    assert set(bad.errors) == {"request.body.to"}
    changed = await client.call("PATCH", path, {"request": {"body": {"to": "{{ to }}"}}})
    assert changed.json["request"] == {"body": {"to": "{{ to }}"}}
    tried = await client.call("POST", f"{path}/test", {"to": "+46701740641"})
    assert (tried.json["status"], tried.json["why"]) == (200, None)
    assert stage.receiver.calls[-1].headers["x-key"] == "secret key"


async def test_the_words_of_a_mail_are_judged_when_they_are_saved(stage: Stage) -> None:
    """By their field; and a mail needs a mail server."""
    client = Client(stage)
    hook = (await client.call("POST", "/endpoints", {"url": stage.receiver.url})).json["id"]
    mail = {"email": hook, "to": "{{ metadata.email }}", "subject": "Hi", "text": "{{ visiter }}"}
    trigger = {"name": "mail", "on": ["conversation.*"], "steps": [{"actions": [mail]}]}
    refused = await client.call("POST", "/triggers", trigger)
    assert set(refused.errors) == {"steps[0].actions[0].text"}
    mail["text"] = "{{ visitor.name }}"
    refused = await client.call("POST", "/triggers", trigger)
    assert refused.json["errors"] == [
        {
            "field": PLACE.replace("webhook", "email"),
            "message": f"there is no endpoint {hook} for email",
        }
    ]
