"""Triggers tried out before anybody else gets anything."""

from typing import Any

import pytest

from kaisa_relay.domain.engagement.ids import ENDPOINT, TRIGGER
from kaisa_relay.domain.ids import CONVERSATION, ConversationId, to_text
from kaisa_relay.domain.public_events import TYPES
from kaisa_relay.engagement import rehearsing
from kaisa_relay.engagement.bodies import KNOWN
from kaisa_relay.engagement.scenes import NOBODY, Scenery, example_event
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.rehearsing import Scene
from tests.api.bench import Answer, Bench
from tests.api.fakes import EPOCH, OURS
from tests.engagement.mail_box import MailBox
from tests.engagement.providers import TO, form, twilio
from tests.engagement.stage import Stage
from tests.engagement.test_api import ABANDONED, NOWHERE, PLACE, Client
from tests.engagement.test_mailing import wish

WORDS = {
    "en": "Hi {{ visitor.first_name }}: {{ event.data.reason }}",
    "sv": "Hej {{ visitor.name }}!",
}


async def endpoints(stage: Stage) -> dict[str, str]:
    """Add one of each kind."""
    return {
        "webhook": to_text(ENDPOINT, (await stage.endpoint()).view.id),
        "email": to_text(ENDPOINT, (await stage.add(wish("smtps://mail.example"))).view.id),
        "sms": to_text(ENDPOINT, (await twilio(stage)).view.id),
    }


def trigger(places: dict[str, str], **parts: Any) -> dict[str, Any]:
    """A ladder of all three, as its author writes it."""
    mail = {"email": places["email"], "to": "{{ metadata.email }}", "subject": "Hi", "text": WORDS}
    text = {"sms": places["sms"], "to": "{{ visitor.phone }}", "text": WORDS}
    steps = [
        {"after": "0s", "actions": [{"webhook": places["webhook"]}]},
        {"after": "2h", "actions": [{**mail, "html": "<p>{{ metadata.name }}"}, text]},
    ]
    return {"name": "ladder", "on": [ABANDONED], "steps": steps, **parts}


async def preview(stage: Stage, **parts: Any) -> Answer:
    """Ask for a preview of all three."""
    asked = trigger(await endpoints(stage), **parts)
    return await Client(stage).call("POST", "/triggers/preview", asked)


async def test_a_preview_shows_an_example(stage: Stage) -> None:
    """Of each action what it would send; nothing is sent or saved."""
    shown = await preview(stage, metadata={"email": "vera@customers.example", "name": "<Vera>"})
    assert shown.status == 200
    hook, mail, text = shown.json["actions"]
    assert (hook["kind"], hook["step"], hook["action"], hook["after"]) == ("webhook", 0, 0, "0s")
    assert hook["body"] == shown.json["event"]
    assert hook["body"]["type"] == ABANDONED
    assert (mail["step"], mail["action"], mail["after"]) == (1, 0, "2h")
    assert mail["to"] == "vera@customers.example"
    assert (mail["text"], mail["html"]) == ("Hi Vera: unscanned", "<p>&lt;Vera&gt;")
    assert (text["to"], text["text"]) == ("+46701740641", "Hi Vera: unscanned")
    assert shown.json["starts"] is True
    assert stage.receiver.calls == []
    assert await stage.builder.triggers(stage.world.workspace) == []


async def test_a_preview_shows_a_conversation(stage: Stage) -> None:
    """With its last event of these types, and in its visitor's language unless told otherwise."""
    begun = await stage.abandoned()
    id = to_text(CONVERSATION, begun.id)
    shown = await preview(stage, conversation=id, on=["conversation.*"])
    assert shown.json["event"]["subject"] == id
    assert shown.json["event"]["type"] == ABANDONED
    _, mail, text = shown.json["actions"]
    assert mail == {
        "step": 1, "action": 0, "after": "2h", "kind": "email", "endpoint": mail["endpoint"],
        "problem": "`to` gave no e-mail address",
    }  # fmt: skip
    assert text["text"] == "Hi Vera: unscanned"
    swedish = await preview(stage, conversation=id, language="sv")
    assert swedish.json["actions"][2]["text"] == "Hej Vera!"


async def test_a_conversation_to_which_it_did_not_happen(stage: Stage) -> None:
    """It is shown as if it had."""
    begun = await stage.conversation()
    id = to_text(CONVERSATION, begun.id)
    shown = await preview(stage, conversation=id, on=["conversation.transferred"])
    event = shown.json["event"]
    assert (event["subject"], event["type"], event["data"]) == (id, "conversation.transferred", {})
    assert shown.json["actions"][2]["text"] == "Hi Vera:"


async def test_a_preview_says_whether_it_would_start(stage: Stage) -> None:
    """By `when`, of the example or the conversation."""
    when = {"field": "metadata.car", "eq": "V60"}
    assert (await preview(stage, when=when)).json["starts"] is False
    assert (await preview(stage, when=when, metadata={"car": "V60"})).json["starts"] is True


async def test_what_is_wrong_with_a_preview_is_named(stage: Stage) -> None:
    """As with a trigger, and of the conversation."""
    places = await endpoints(stage)
    client = Client(stage)
    theirs = to_text(CONVERSATION, 7)
    for parts, field in (
        ({"on": ["sold"]}, "on[0]"),
        ({"steps": [{"actions": [{"webhook": NOWHERE}]}]}, PLACE),
        ({"steps": [{"actions": [{"webhook": places["sms"]}]}]}, PLACE),
        ({"conversation": theirs}, "conversation"),
        ({"conversation": 5}, "conversation"),
        ({"metadata": "x"}, "metadata"),
        ({"language": ""}, "language"),
        ({"language": 5}, "language"),
        ({"colour": "red"}, "colour"),
    ):
        asked = trigger(places, **parts)
        refused = await client.call("POST", "/triggers/preview", asked)
        assert set(refused.errors) == {field}, parts
    listed = await client.call("POST", "/triggers/preview", [])
    assert listed.errors == {"body": "must be an object"}


async def test_who_may_not_read_conversations_sees_none(stage: Stage) -> None:
    """An example, as often as they like."""
    begun = await stage.abandoned()
    client, of = Client(stage), stage.world.workspace
    builder = stage.engine.builder
    client.bench = Bench(engagement=builder, workspace=of, scopes=(Scope.ENGAGEMENT,))
    asked = trigger(await endpoints(stage))
    assert (await client.call("POST", "/triggers/preview", asked)).status == 200
    asked["conversation"] = to_text(CONVERSATION, begun.id)
    refused = await client.call("POST", "/triggers/preview", asked)
    assert (refused.status, refused.json["scope"]) == (403, "conversations:read")


async def test_a_preview_ends_in_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not written says so."""
    monkeypatch.setattr(rehearsing, "BUDGET", -1.0)
    shown = await preview(stage)
    assert {each["problem"] for each in shown.json["actions"]} == {
        "was not written: the preview took too long"
    }


async def saved(stage: Stage, places: dict[str, str]) -> str:
    """Save the ladder; return its path."""
    made = await Client(stage).call("POST", "/triggers", trigger(places))
    assert made.status == 201, made.json
    return f"/triggers/{made.json['id']}/test"


async def test_an_action_is_sent_to_its_caller(stage: Stage, mail_server: MailBox) -> None:
    """Whomever the trigger means."""
    places = await endpoints(stage)
    at = wish(f"smtps://localhost:{mail_server.tls}")
    places["email"] = to_text(ENDPOINT, (await stage.add(at)).view.id)
    path, client = await saved(stage, places), Client(stage)
    asked = {"step": 1, "action": 0, "to": "sam@acme.example"}
    tried = await client.call("POST", path, {**asked, "metadata": {"email": "v@c.example"}})
    assert (tried.json["status"], tried.json["why"]) == (250, None)
    (taken,) = mail_server.taken()
    assert taken.receivers == ("sam@acme.example",)
    assert taken.text == "Hi Vera: unscanned\n"
    assert await stage.deliveries() == []


async def test_a_text_message_is_sent_to_its_caller(stage: Stage) -> None:
    """In the language that is asked for, of a conversation."""
    begun = await stage.abandoned()
    path, client = await saved(stage, await endpoints(stage)), Client(stage)
    asked = {"step": 1, "action": 1, "to": TO, "language": "sv"}
    tried = await client.call(
        "POST", path, {**asked, "conversation": to_text(CONVERSATION, begun.id)}
    )
    assert (tried.json["status"], tried.json["answer"]) == (201, "SM1")
    (call,) = stage.receiver.calls
    assert form(call)["Body"] == "Hej Vera!"
    stage.receiver.calls.clear()


async def test_a_webhook_is_sent_as_its_endpoint_tests_it(stage: Stage) -> None:
    """So that its receiver takes it for no event."""
    path = await saved(stage, await endpoints(stage))
    stage.receiver.status = 200
    tried = await Client(stage).call("POST", path, {})
    assert tried.json["status"] == 200
    (call,) = stage.receiver.calls
    assert b"engagement.test" in call.body


async def test_what_cannot_be_tried_is_named(stage: Stage) -> None:
    """Nothing is sent."""
    path, client = await saved(stage, await endpoints(stage)), Client(stage)
    for asked, field in (
        ({"step": 2}, "step"),
        ({"step": -1}, "step"),
        ({"step": 1, "action": 2}, "action"),
        ({"step": 1}, "to"),
        ({"step": 1, "to": "Vera"}, "to"),
        ({"step": 1, "action": 1, "to": "sam@acme.example"}, "to"),
        ({"step": 1, "to": "sam@acme.example", "conversation": "x"}, "conversation"),
        ({"step": 1, "to": "sam@acme.example", "conversation": to_text(CONVERSATION, 7)},
         "conversation"),
        ({"step": "1"}, "step"),
    ):  # fmt: skip
        assert set((await client.call("POST", path, asked)).errors) == {field}, asked
    for unknown in ("/triggers/trg_x/test", f"/triggers/{to_text(TRIGGER, 7)}/test"):
        assert (await client.call("POST", unknown, {})).problem == "not-found"
    assert stage.receiver.calls == []


async def test_words_that_cannot_be_written_are_not_sent(stage: Stage) -> None:
    """And say why."""
    places = await endpoints(stage)
    text = {"sms": places["sms"], "to": TO, "text": "{{ metadata.nothing }}"}
    made = await Client(stage).call(
        "POST", "/triggers", trigger(places, steps=[{"actions": [text]}])
    )
    tried = await Client(stage).call("POST", f"/triggers/{made.json['id']}/test", {"to": TO})
    assert (tried.json["status"], tried.json["why"]) == (
        None,
        "`text` has 0 characters, not 1 to 1600",
    )
    assert stage.receiver.calls == []


async def test_an_example_has_whatever_a_text_may_ask_for(stage: Stage) -> None:
    """So that a preview without a conversation shows no holes."""
    scenery = Scenery(stage.store.store, stage.store.archive)
    found = await scenery.set(stage.world.workspace, Scene(), [ABANDONED], stage.world.clock())
    assert found is not None
    told = found.written.told
    for root, members in KNOWN.items():
        if root == "unsubscribe_url":
            continue  # it is each mail's own
        assert root in told, root
        assert members is None or set(members) <= set(told[root]), root
    nowhere = Scene(ConversationId(7))
    assert await scenery.set(OURS, nowhere, [ABANDONED], stage.world.clock()) is None


@pytest.mark.parametrize("type", sorted(TYPES.values()))
def test_every_type_of_event_has_an_example(type: str) -> None:
    """Some with data."""
    event = example_event(OURS, [type], EPOCH)
    assert (event["type"], event["subject"]) == (type, to_text(CONVERSATION, NOBODY))
