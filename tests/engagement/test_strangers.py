"""What a stranger's server answers, or a visitor is called, ends no more than its own delivery."""

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
import trio
from attrs import evolve

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.retrying import TRIED_FOR
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.engagement import Unsubscribing
from kaisa_relay.journal.following import SqlFollowing
from kaisa_relay.ports import Recorded, StoreUnavailable
from kaisa_relay.ports.engagement import BadEndpoint, DeliveryState, EndpointWish, Options
from tests.engagement.mail_box import MailBox
from tests.engagement.providers import other, texts, tries, twilio
from tests.engagement.stage import Stage
from tests.engagement.test_mailing import SENDER, mails, wish

WAITING, DEAD = DeliveryState.WAITING, DeliveryState.DEAD
FAR = "Fri, 31 Dec 9999 23:59:59 GMT"
NO_DATES = (
    "Mon, 23 Nov 99999999999999999999 09:00:00 GMT",
    "Mon, 23 Nov 2026 09:00:00 +999999999999999999",
)
BAD_LETTERS = "=?utf-8?b?" + b64encode(b"V\xe4ra").decode() + "?="
"""A text that claims to be encoded, and is wrong."""


@pytest.mark.parametrize("asked", NO_DATES)
async def test_a_date_that_is_none_asks_for_nothing(stage: Stage, asked: str) -> None:
    """Nor does one that no calendar has."""
    await stage.trigger(await stage.endpoint())
    stage.receiver.status, stage.receiver.headers = 503, {"retry-after": asked}
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    assert delivery.due_at - stage.world.clock.now < timedelta(minutes=1)


@pytest.mark.parametrize("asked", [FAR, "1795424400", str(30 * 24 * 3600), "9" * 400])
async def test_whoever_asks_for_too_long_is_tried_once_more_at_the_end(
    stage: Stage, asked: str
) -> None:
    """Seconds since 1970 are a frequent mistake; a delivery is not dead for it at once."""
    await stage.trigger(await stage.endpoint())
    stage.receiver.status, stage.receiver.headers = 503, {"retry-after": asked}
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    assert delivery.state is WAITING
    assert timedelta() <= stage.world.clock.now + TRIED_FOR - delivery.due_at < timedelta(minutes=1)
    stage.pass_time(TRIED_FOR)
    await stage.states(1, DEAD)
    assert len(stage.receiver.calls) == 2


async def test_an_answer_may_hold_any_octets(stage: Stage) -> None:
    """PostgreSQL keeps no text with a zero in it."""
    await stage.trigger(await stage.endpoint())
    stage.receiver.answer = b"\x00\x1f\x8b\xff thanks"
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DELIVERED)
    (tried,) = await tries(stage, delivery)
    assert tried.answer is not None
    assert tried.answer.endswith(" thanks")
    assert "\0" not in tried.answer


@pytest.mark.parametrize("code", [[21211], {"a": 1}, None, "21211", 1e400])
async def test_twilio_may_answer_with_no_code_of_its_own(stage: Stage, code: Any) -> None:
    """It is not Twilio, then; it is tried again."""
    endpoint = await twilio(stage)
    stage.receiver.status = 400
    stage.receiver.answer = json.dumps({"code": code, "message": ["?"]}).encode()
    await texts(stage, endpoint)
    await stage.abandoned()
    await stage.tried(1)
    await stage.states(1, WAITING)


@pytest.mark.parametrize("place", ["{{ text | round }}", "{{ text }}" * 199])
async def test_a_request_that_cannot_be_written_is_dead(stage: Stage, place: str) -> None:
    """With the reason; nothing is sent."""
    endpoint = await other(stage, body={"to": "{{ to }}", "text": place})
    await texts(stage, endpoint, text="x" * 1_600)
    await stage.abandoned()
    (delivery,) = await stage.states(1, DEAD)
    (tried,) = await tries(stage, delivery)
    assert tried.why is not None
    assert tried.why.startswith("the endpoint's `request` ")
    assert stage.receiver.calls == []


async def test_a_password_that_no_mail_server_takes_is_refused(stage: Stage) -> None:
    """SMTP signs in with letters of ASCII."""
    made = await stage.builder.add_endpoint(
        stage.world.workspace,
        EndpointWish(Kind.EMAIL, "smtps://mail.example", Options("me", SENDER), "lösenord"),
    )
    assert made == BadEndpoint("password", "and user must be in ASCII")


@pytest.mark.parametrize("name", [BAD_LETTERS, f",utf-8@?=>=??b?=0a?= {BAD_LETTERS}@", "=?x?q?"])
async def test_a_visitor_may_be_called_anything(
    stage: Stage, mail_server: MailBox, name: str
) -> None:
    """A subject is written as it is, never as what it claims to be."""
    await mails(stage, await stage.add(wish(f"smtps://localhost:{mail_server.tls}")), subject=name)
    await stage.abandoned()
    await stage.states(1, DeliveryState.DELIVERED)
    (taken,) = mail_server.taken()
    assert taken.mail["subject"] == name.replace("=?", "= ?")


async def test_the_link_that_unsubscribes_travels_in_the_clear(
    stage: Stage, mail_server: MailBox
) -> None:
    """Mail programs do not decode it (RFC 8058): encoded, it would be no link."""
    await mails(stage, await stage.add(wish(f"smtps://localhost:{mail_server.tls}")))
    await stage.abandoned()
    await stage.states(1, DeliveryState.DELIVERED)
    raw = json.loads(mail_server.file.read_text().splitlines()[0])["mail"]
    head = raw.replace("\r\n", "\n").partition("\n\n")[0].replace("\n ", " ")
    (line,) = (each for each in head.splitlines() if each.startswith("List-Unsubscribe:"))
    assert line.startswith("List-Unsubscribe: <https://relay.example/unsubscribe/")
    assert line.endswith(">")
    assert "=?" not in line


class Broken(Unsubscribing):
    """Makes no links."""

    def link(self, of: WorkspaceId, mail: str) -> str:
        """Fail in a way that nobody thought of."""
        raise LookupError


async def test_a_fault_of_ours_costs_one_delivery(stage: Stage) -> None:
    """It is tried again like one that failed; others, and the relay, go on."""
    tools = stage.engine.tools
    stage.engine.deliverer.tools = evolve(tools, unsubscribing=Broken.of("", bytes(32)))
    mailed = await stage.add(wish("smtps://mail.example"))
    await mails(stage, mailed)
    await stage.trigger(await stage.endpoint())
    await stage.abandoned()
    await stage.calls(1)
    found = await stage.tried(1)
    (failed,) = (each for each in found if each.endpoint == mailed.view.id)
    assert failed.state is WAITING
    (tried,) = await tries(stage, failed)
    assert tried.why == "it failed here, by a fault of the relay that its log names"


class Shaky(SqlFollowing):
    """Cannot read one event the first time, once another delivery has left."""

    def __init__(self, stage: Stage, seq: int) -> None:
        super().__init__(stage.store.store)
        self.stage, self.seq, self.failed = stage, seq, trio.Event()

    async def events(self, workspace: WorkspaceId, after: int, limit: int) -> Sequence[Recorded]:
        """Return events, later on."""
        if after + 1 == self.seq and not self.failed.is_set():
            await self.stage.calls(1)
            self.failed.set()
            raise StoreUnavailable("away for a moment")
        return await super().events(workspace, after, limit)


async def test_what_was_sent_is_not_forgotten_where_another_could_not_be_read(
    stage: Stage,
) -> None:
    """The store goes away while some are on their way: those are not sent again."""
    await stage.trigger(await stage.endpoint())
    stage.kill()
    await stage.abandoned()
    await stage.abandoned()
    shaky = Shaky(stage, await stage.store.following.position(stage.world.workspace))
    deliverer = stage.engine.deliverer
    deliverer.tools = evolve(deliverer.tools, following=shaky)
    stage.receiver.hold.clear()
    stage.start()
    await shaky.failed.wait()
    stage.receiver.hold.set()
    await stage.states(2, DeliveryState.DELIVERED)
    first, second = stage.receiver.calls
    assert first.id != second.id
