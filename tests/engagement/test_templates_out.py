"""From an event to a template on the conversation's own channel."""

from datetime import timedelta
from typing import Any

import pytest

from kaisa_relay.domain.agent_events import PresenceCause
from kaisa_relay.domain.conversation.events import AgentAvailable
from kaisa_relay.domain.engagement.ids import TRIGGER
from kaisa_relay.domain.engagement.retrying import OPENS_AFTER
from kaisa_relay.domain.engagement.suppression import SUPPRESSED
from kaisa_relay.domain.ids import MESSAGE, from_text, to_text
from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.sending import Rank
from kaisa_relay.engagement.content import TemplateMessage
from kaisa_relay.engagement.delivery_rows import Waiting
from kaisa_relay.engagement.handing_over import LOOKS
from kaisa_relay.engagement.trigger_rows import Place
from kaisa_relay.ports.engagement import AttemptView, DeliveryState, DeliveryView
from kaisa_relay.ports.outreach import Declined
from tests.engagement.stage import Stage, until
from tests.engagement.test_api import Client

WORDS: dict[str, Any] = {
    "template": "still_there",
    "language": {"en": "en_US", "sv": "sv"},
    "parameters": ["{{ visitor.first_name }}", {"en": "{{ event.data.reason }}", "sv": "x"}],
}
DELIVERED, WAITING = DeliveryState.DELIVERED, DeliveryState.WAITING


async def tries(stage: Stage, delivery: DeliveryView) -> list[AttemptView]:
    """Return how a delivery was tried."""
    seen = await stage.builder.attempts(stage.world.workspace, delivery.id)
    assert seen is not None
    return list(seen[1])


async def handed_over(stage: Stage) -> DeliveryView:
    """Abandon a conversation; return its delivery once it is with its channel."""
    await stage.trigger_of(WORDS)
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    assert delivery.state is WAITING
    return delivery


async def test_an_event_becomes_a_template(stage: Stage) -> None:
    """In the visitor's language; it is delivered when it has arrived."""
    delivery = await handed_over(stage)
    (order,) = stage.courier.orders
    assert order.template == Template("still_there", "en_US", ("Vera", "unscanned"))
    assert order.conversation == delivery.conversation
    await stage.courier.becomes(Rank.SENT)
    stage.pass_time(timedelta(minutes=1))
    await stage.tried(2)
    await stage.courier.becomes(Rank.DELIVERED)
    stage.pass_time(timedelta(minutes=1))
    (delivery,) = await stage.states(1, DELIVERED)
    assert [each.why for each in await tries(stage, delivery)] == [
        "it was handed to its channel",
        "WhatsApp has it, and it has not arrived yet",
        None,
    ]
    name = to_text(MESSAGE, order.send)
    assert {each.answer for each in await tries(stage, delivery)} == {name}
    assert len(stage.courier.orders) == 1


@pytest.mark.parametrize("before", [Rank.READY, Rank.SENT])
async def test_what_whatsapp_refuses_ends_it(stage: Stage, before: Rank) -> None:
    """At once or after it had taken it; replayed, it is sent anew."""
    delivery = await handed_over(stage)
    if before is Rank.SENT:
        await stage.courier.becomes(Rank.SENT)
    await stage.courier.becomes(Rank.FAILED, 131050)
    stage.pass_time(timedelta(minutes=1))
    await stage.states(1, DeliveryState.DEAD)
    assert (await tries(stage, delivery))[-1].why == "WhatsApp refused it: 131050"
    assert stage.courier.declined == [Declined(delivery.conversation)]
    assert await stage.builder.replay(stage.world.workspace, delivery.id) == 1

    async def again() -> bool:
        return len(stage.courier.orders) == 2

    await until(again)
    first, second = stage.courier.orders
    assert first.send != second.send


async def test_a_telephone_that_is_off_is_not_waited_for(stage: Stage) -> None:
    """What WhatsApp has for ten minutes counts as taken."""
    await handed_over(stage)
    await stage.courier.becomes(Rank.SENT)
    for number in range(2, LOOKS + 1):
        stage.pass_time(timedelta(hours=1))
        await stage.tried(number)
    await stage.states(1, DELIVERED)


async def test_many_that_wait_are_no_trouble(stage: Stage) -> None:
    """The channel's queue may be long: that is no failure, after which one would be tried."""
    await stage.trigger_of(WORDS)
    for _ in range(OPENS_AFTER + 3):
        await stage.abandoned()
    await stage.states(OPENS_AFTER + 3, WAITING)
    await stage.tried(1)
    assert len(stage.courier.orders) == OPENS_AFTER + 3


async def test_a_crash_after_the_hand_over_sends_nothing_twice(stage: Stage) -> None:
    """Its id was written down before, and what is in the outbox is known by it."""
    delivery = await handed_over(stage)
    stage.kill()
    of = Waiting(
        stage.world.workspace, delivery.id, Place(delivery.trigger, 1, 0, 0), delivery.event,
        delivery.endpoint, delivery.due_at, 0,
    )  # fmt: skip
    assert delivery.conversation is not None
    message = TemplateMessage(delivery.conversation, "still_there", "en", ())
    reply = await stage.engine.tools.handover.send(of, message, stage.world.clock())
    assert (reply.pending, reply.answer) == (True, to_text(MESSAGE, stage.courier.orders[0].send))
    assert len(stage.courier.orders) == 1


async def test_a_parameter_may_be_a_link_that_leads_back(stage: Stage) -> None:
    """Made when it is sent, as for mails and text messages."""
    await stage.trigger_of({**WORDS, "parameters": ["{{ link }}"]})
    await stage.abandoned()
    await stage.tried(1)
    (order,) = stage.courier.orders
    assert order.template.parameters[0].startswith("https://wa.me/")


async def test_parameters_are_whole(stage: Stage) -> None:
    """One line each, as Meta wants them, and not cut."""
    link = f"https://acme.example/{'x' * 200}"
    await stage.trigger_of(
        {**WORDS, "parameters": ["a\n\tb     c", link, "{{ metadata.nothing }}"]}
    )
    await stage.abandoned()
    await stage.tried(1)
    (order,) = stage.courier.orders
    assert order.template.parameters == ("a b c", link, "-")


async def test_who_cannot_be_reached_ends_it(stage: Stage) -> None:
    """With the courier's reason."""
    stage.courier.refusal = "the visitor is on the block list"
    await stage.trigger_of(WORDS)
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DEAD)
    assert [each.why for each in await tries(stage, delivery)] == [stage.courier.refusal]
    assert stage.courier.declined == []


async def test_a_conversation_that_does_not_answer_is_asked_again(stage: Stage) -> None:
    """Which is nobody's fault, and no reason to rest."""
    stage.courier.refusal, stage.courier.later = "its conversation did not answer", True
    await stage.trigger_of(WORDS)
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    assert delivery.state is WAITING
    stage.courier.refusal = None
    stage.pass_time(timedelta(minutes=1))
    await stage.tried(2)
    (order,) = stage.courier.orders
    assert (order.origin.trigger, order.origin.step) == (delivery.trigger, 0)
    assert order.origin.event == delivery.event


async def test_who_wants_none_gets_none(stage: Stage) -> None:
    """Which is no failure."""
    stage.courier.refusal, stage.courier.unwanted = SUPPRESSED, True
    await stage.trigger_of(WORDS)
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.CANCELLED)
    assert [each.why for each in await tries(stage, delivery)] == [SUPPRESSED]


async def test_a_store_that_is_away_while_a_delivery_is_tried(stage: Stage) -> None:
    """Is waited for: the delivery is tried again, and nothing else stops."""
    stage.courier.away = 2
    await stage.trigger_of(WORDS)
    await stage.abandoned()
    await stage.tried(1)
    assert (stage.courier.away, len(stage.courier.orders)) == (0, 1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"language": "{{ metadata.language }}"},
         "`language` gave no language of a template, such as sv or pt_BR"),
        ({"parameters": ["x" * 1000, "y" * 25]},
         "`parameters` have 1025 characters together, "
         "and a template's whole body has at most 1024"),
    ],
)  # fmt: skip
async def test_what_cannot_be_sent_ends_it(stage: Stage, words: dict[str, Any], why: str) -> None:
    """With the reason."""
    await stage.trigger_of({**WORDS, **words})
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DEAD)
    assert [each.why for each in await tries(stage, delivery)] == [why]


async def test_a_template_needs_a_conversation(stage: Stage) -> None:
    """An agent who comes has none."""
    await stage.trigger_of(WORDS, on=["agent.available"])
    begun = await stage.conversation()
    event = AgentAvailable(begun.state.chosen, PresenceCause.AGENT, stage.world.clock())
    assert await stage.world.append(f"agent/{begun.state.chosen}", 0, (event,)) is None
    (delivery,) = await stage.states(1, DeliveryState.DEAD)
    (tried,) = await tries(stage, delivery)
    assert tried.why == "the event is of no conversation, so there is nobody to write to"


def trigger_number(text: str) -> int:
    """Return the id behind its text."""
    number = from_text(TRIGGER, text)
    assert number is not None
    return number


async def test_it_has_no_endpoint(stage: Stage) -> None:
    """To be added, or shown."""
    client = Client(stage)
    refused = await client.call("POST", "/endpoints", {"kind": "template", "url": "https://a.b"})
    assert set(refused.errors) == {"kind"}
    steps = [{"after": "0s", "actions": [WORDS]}]
    asked = {"name": "n", "on": ["conversation.abandoned"], "steps": steps}
    made = await client.call("POST", "/triggers", asked)
    assert made.json["steps"] == steps
    shown = await client.call("POST", "/triggers/preview", asked)
    assert shown.json["actions"] == [
        {
            "step": 0, "action": 0, "after": "0s", "kind": "template", "endpoint": None,
            "template": "still_there", "language": "en_US", "parameters": ["Vera", "unscanned"],
        }
    ]  # fmt: skip
    tried = await client.call("POST", f"/triggers/{made.json['id']}/test", {"to": "x"})
    assert set(tried.errors) == {"action"}
    await stage.standing(trigger_number(made.json["id"]), True)
    await stage.abandoned()

    async def listed() -> bool:
        found = await client.call("GET", "/deliveries")
        return [each["endpoint"] for each in found.json["items"]] == [None]

    await until(listed)
