"""Words that ask for a link: made once for a step, however often it is tried, and counted."""

from datetime import timedelta

from kaisa_relay.domain.conversation.links import LinkOrigin, RecoveryStage
from kaisa_relay.domain.engagement.actions import Email, Sms
from kaisa_relay.domain.engagement.ids import ENDPOINT, EndpointId
from kaisa_relay.domain.engagement.wording import Wording
from kaisa_relay.domain.ids import EventSeq, to_text
from kaisa_relay.engagement.leading_back import BUSY, REFUSED, wanted
from kaisa_relay.ports import NoteRecovery, SaveToken
from kaisa_relay.ports.engagement import DeliveryState
from kaisa_relay.ports.recoveries import StepCounts
from tests.engagement.link_desk import FakeLinkDesk
from tests.engagement.providers import TO, form, texts, tries, twilio
from tests.engagement.stage import Stage, until

SAID = "Back to us: {{ link }} {{ qr_url }}"


def desk(stage: Stage) -> FakeLinkDesk:
    """Who makes the links."""
    found = stage.engine.tools.leading_back.desk
    assert isinstance(found, FakeLinkDesk)
    return found


def words(text: str) -> Wording:
    """Words for everybody."""
    return Wording((("", text),))


def test_only_words_that_ask_for_a_link_have_one_made() -> None:
    """In any language, and any part of a mail."""
    plain, asking = words("{{ visitor.name }} link"), words("{{ link }}")
    swedish = Wording((("en", "Hi"), ("sv", "{% if link %}Hej{% endif %}")))
    assert not wanted(Sms(EndpointId(1), plain, plain))
    assert wanted(Sms(EndpointId(1), plain, swedish))
    for html in (None, asking):
        assert wanted(Email(EndpointId(1), plain, plain, plain, html)) is (html is not None)


async def test_a_retried_step_has_one_link(stage: Stage) -> None:
    """The provider fails twice; both actions of the step say the same."""
    endpoint = await twilio(stage)
    stage.receiver.status = 500
    place = to_text(ENDPOINT, endpoint.view.id)
    action = {"sms": place, "to": TO, "text": SAID}
    trigger = await stage.trigger_of(action, {**action, "text": "{{ link }}"})
    begun = await stage.abandoned()
    await stage.tried(1)
    stage.receiver.status = 201
    stage.pass_time(timedelta(minutes=1))
    await stage.states(2, DeliveryState.DELIVERED)
    said = {form(call)["Body"] for call in stage.receiver.calls}
    workspace = stage.world.workspace
    url = "https://wa.me/12?text=t1"
    assert {text.split()[-2] if "Back" in text else text for text in said} == {url}
    assert any(f"https://relay.example/qr/{to_text('wsp', workspace)}/t1.png" in s for s in said)
    [(conversation, origin)] = desk(stage).made
    assert conversation == begun.id
    assert (origin.trigger, origin.version, origin.step) == (trigger.id, 1, 0)


async def test_a_busy_conversation_is_asked_again(stage: Stage) -> None:
    """It is nobody's failure: the endpoint is not left alone for it."""
    desk(stage).busy = 1
    await texts(stage, await twilio(stage), text=SAID)
    await stage.abandoned()
    await stage.tried(1)
    stage.pass_time(timedelta(minutes=1))
    (delivery,) = await stage.states(1, DeliveryState.DELIVERED)
    assert [each.why for each in await tries(stage, delivery)] == [BUSY, None]


async def test_a_conversation_that_is_over_for_good(stage: Stage) -> None:
    """Nothing is sent, and the log says why."""
    desk(stage).over = True
    await texts(stage, await twilio(stage), text=SAID)
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DEAD)
    assert [each.why for each in await tries(stage, delivery)] == [REFUSED]
    assert not stage.receiver.calls


async def test_what_each_step_has_led_to(stage: Stage) -> None:
    """By version and step; a trigger of another workspace, or none, has no counts."""
    trigger = await stage.trigger(await stage.endpoint(), after=("0s", "1h"))
    begun = await stage.abandoned()

    async def delivered() -> bool:
        return bool(await stage.deliveries(state=DeliveryState.DELIVERED))

    await until(delivered)
    world, builder = stage.world, stage.builder
    for number, step in ((1, 0), (2, 0), (3, 1)):
        origin = LinkOrigin(trigger.id, 1, step, EventSeq(number))
        saved = (f"t{number}", begun.id, world.channel.id, world.clock(), "url", number)
        await world.must(SaveToken(*saved, None, origin))
    await world.must(NoteRecovery(begun.id, 2, RecoveryStage.WROTE, world.clock()))
    await world.must(NoteRecovery(begun.id, 3, RecoveryStage.WROTE, world.clock()))
    await world.must(NoteRecovery(begun.id, 3, RecoveryStage.ACCEPTED, world.clock()))
    assert await builder.recoveries(world.workspace, trigger.id) == [
        StepCounts(1, 0, 1, 1, 2, 1, 0),
        StepCounts(1, 1, 1, 0, 1, 1, 1),
    ]
    other = await world.another()
    assert await builder.recoveries(other.workspace, trigger.id) is None
