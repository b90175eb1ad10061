"""From an event to a mail, over a real mail server in its own process."""

import ssl
from datetime import timedelta
from typing import Any

import pytest

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import DELIVERY, ENDPOINT
from kaisa_relay.domain.ids import to_text
from kaisa_relay.engagement.outlets import open_outlets
from kaisa_relay.ports.engagement import (
    AttemptView,
    BadEndpoint,
    DeliveryState,
    DeliveryView,
    EndpointChange,
    EndpointWish,
    NewEndpoint,
    Options,
)
from tests.contracts.certificates import Authority
from tests.engagement.conftest import LOOPBACK
from tests.engagement.mail_box import MailBox, Taken
from tests.engagement.mail_server import PASSWORD, USER
from tests.engagement.stage import Stage, until

SENDER = "Acme <hello@acme.example>"
WORDS: dict[str, Any] = {
    "to": "vera@customers.example",
    "subject": {"en": "Still there, {{ visitor.first_name }}?", "sv": "Är du kvar?"},
    "text": {"en": "Hi {{ visitor.name }},\nreason: {{ event.data.reason }}.\n", "sv": "Hej!"},
}


def wish(url: str, password: str | None = PASSWORD) -> EndpointWish:
    """Ask for an endpoint at the server."""
    return EndpointWish(Kind.EMAIL, url, Options(password and USER, SENDER), password)


async def mails(stage: Stage, endpoint: NewEndpoint, **words: Any) -> None:
    """Add a trigger that mails."""
    await stage.trigger_of({"email": to_text(ENDPOINT, endpoint.view.id), **WORDS, **words})


async def arrived(box: MailBox, count: int) -> list[Taken]:
    """Return what arrived, once it is so much."""

    async def seen() -> bool:
        return len(box.taken()) >= count

    await until(seen)
    return box.taken()


async def tries(stage: Stage, delivery: DeliveryView) -> list[AttemptView]:
    """Return how a delivery was tried."""
    seen = await stage.builder.attempts(stage.world.workspace, delivery.id)
    assert seen is not None
    return list(seen[1])


@pytest.mark.parametrize("way", ["smtps", "smtp"])
async def test_an_event_becomes_a_mail(stage: Stage, mail_server: MailBox, way: str) -> None:
    """In TLS from the first byte or after STARTTLS, signed in, with its facts in place."""
    port = mail_server.tls if way == "smtps" else mail_server.starttls
    endpoint = await stage.add(wish(f"{way}://localhost:{port}"))
    assert endpoint.secret is None
    await mails(stage, endpoint, html="<p>{{ visitor.name }} &amp; us</p>")
    await stage.abandoned()
    (taken,) = await arrived(mail_server, 1)
    (delivery,) = await stage.states(1, DeliveryState.DELIVERED)
    assert (taken.sender, taken.receivers) == ("hello@acme.example", ("vera@customers.example",))
    assert (taken.mail["from"], taken.mail["to"]) == (SENDER, "vera@customers.example")
    assert taken.mail["subject"] == "Still there, Vera?"
    assert taken.mail["message-id"] == f"<{to_text(DELIVERY, delivery.id)}@acme.example>"
    assert taken.text == "Hi Vera,\nreason: unscanned.\n"
    assert taken.html is not None
    assert "<p>Vera &amp; us</p>" in taken.html
    assert [(each.status, each.why) for each in await tries(stage, delivery)] == [(250, None)]


async def test_facts_begin_no_header_and_no_tag(stage: Stage, mail_server: MailBox) -> None:
    """Whatever a visitor calls themselves."""
    endpoint = await stage.add(wish(f"smtps://localhost:{mail_server.tls}"))
    evil = "Vera\r\nBcc: other@victims.example\r\n\r\n<script>"
    await mails(stage, endpoint, subject=f"{{{{ '{evil}' }}}}", html=f"{{{{ '{evil}' }}}}")
    await stage.abandoned()
    (taken,) = await arrived(mail_server, 1)
    assert taken.receivers == ("vera@customers.example",)
    assert taken.mail["bcc"] is None
    assert taken.mail["subject"] == "Vera Bcc: other@victims.example <script>"
    assert taken.html is not None
    assert "<script>" not in taken.html


async def test_a_receiver_that_is_not_there_ends_it(stage: Stage, mail_server: MailBox) -> None:
    """At once; and the log does not hold the address."""
    endpoint = await stage.add(wish(f"smtps://localhost:{mail_server.tls}"))
    await mails(stage, endpoint, to="nobody@customers.example")
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DEAD)
    (tried,) = await tries(stage, delivery)
    assert (tried.status, tried.why) == (550, "it answered 550")
    assert tried.answer == "5.1.1 <…>: Recipient address rejected: User unknown"


async def test_a_mail_that_is_refused_for_its_words_ends_it(
    stage: Stage, mail_server: MailBox
) -> None:
    """Others go on."""
    endpoint = await stage.add(wish(f"smtps://localhost:{mail_server.tls}"))
    await mails(stage, endpoint, text="spam")
    await stage.abandoned()
    await stage.states(1, DeliveryState.DEAD)


async def test_what_passes_is_tried_again(stage: Stage, mail_server: MailBox) -> None:
    """A mailbox that is full."""
    endpoint = await stage.add(wish(f"smtps://localhost:{mail_server.tls}"))
    await mails(stage, endpoint, to="full@customers.example")
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    stage.pass_time(timedelta(minutes=1))
    (delivery,) = await stage.tried(2)
    assert delivery.state is DeliveryState.WAITING
    assert [each.status for each in await tries(stage, delivery)] == [452, 452]


async def test_nowhere_to_send_it_to_ends_it(stage: Stage, mail_server: MailBox) -> None:
    """The form had no address."""
    endpoint = await stage.add(wish(f"smtps://localhost:{mail_server.tls}"))
    await mails(stage, endpoint, to="{{ metadata.email }}")
    await stage.abandoned()
    (delivery,) = await stage.states(1, DeliveryState.DEAD)
    (tried,) = await tries(stage, delivery)
    assert (tried.status, tried.why) == (None, "`to` gave no e-mail address")


async def test_a_wrong_password_is_mended_and_the_mail_goes_out(
    stage: Stage, mail_server: MailBox
) -> None:
    """It was not the receiver's fault."""
    endpoint = await stage.add(wish(f"smtps://localhost:{mail_server.tls}", "wrong"))
    await mails(stage, endpoint)
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    assert [each.status for each in await tries(stage, delivery)] == [535]
    right = EndpointChange(password=PASSWORD)
    workspace = stage.world.workspace
    changed = await stage.builder.change_endpoint(workspace, endpoint.view.id, right)
    assert not isinstance(changed, BadEndpoint)
    stage.pass_time(timedelta(minutes=1))
    await stage.states(1, DeliveryState.DELIVERED)
    assert len(mail_server.taken()) == 1


async def test_nothing_goes_out_in_the_clear(stage: Stage, mail_server: MailBox) -> None:
    """A server without STARTTLS gets no password and no mail, unless that was asked for."""
    strict = await stage.add(wish(f"smtp://localhost:{mail_server.plain}"))
    await mails(stage, strict)
    await stage.abandoned()
    (delivery,) = await stage.tried(1)
    (tried,) = await tries(stage, delivery)
    assert tried.why == "STARTTLS extension not supported by server."
    assert mail_server.taken() == []
    lax = await stage.add(wish(f"smtp+plain://localhost:{mail_server.plain}", None))
    seen = await stage.builder.try_endpoint(stage.world.workspace, lax.view.id, "sam@acme.example")
    assert isinstance(seen, AttemptView)
    assert (seen.status, seen.why) == (250, None)
    (taken,) = mail_server.taken()
    assert taken.receivers == ("sam@acme.example",)


async def test_an_example_needs_a_receiver(stage: Stage, mail_server: MailBox) -> None:
    """And says so."""
    endpoint = await stage.add(wish(f"smtps://localhost:{mail_server.tls}"))
    seen = await stage.builder.try_endpoint(stage.world.workspace, endpoint.view.id, None)
    assert isinstance(seen, BadEndpoint)
    assert seen.field == "to"


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("127.0.0.1", "leads into a private network"),
        ("localhost", "leads into a private network"),
        ("nowhere.invalid", "there is no such host"),
    ],
)
async def test_a_mail_server_is_judged_like_any_other(
    stage: Stage, authority: Authority, host: str, why: str
) -> None:
    """By where its name leads."""
    endpoint = await stage.add(wish(f"smtps://{host}"))
    target, content = await stage.example(endpoint, "sam@acme.example")
    async with open_outlets((), authority.trusting()) as strict:
        reply = await strict.send(target, content, "dlv_1", stage.world.clock())
    assert (reply.status, reply.why) == (None, why)


@pytest.mark.parametrize("way", ["smtps", "smtp"])
async def test_a_certificate_must_be_valid(stage: Stage, mail_server: MailBox, way: str) -> None:
    """Here its authority is a stranger."""
    port = mail_server.tls if way == "smtps" else mail_server.starttls
    endpoint = await stage.add(wish(f"{way}://localhost:{port}"))
    target, content = await stage.example(endpoint, "sam@acme.example")
    async with open_outlets(LOOPBACK_ONLY, ssl.create_default_context()) as wary:
        reply = await wary.send(target, content, "dlv_1", stage.world.clock())
    assert reply.why == "its certificate is not valid"
    assert mail_server.taken() == []


LOOPBACK_ONLY = (LOOPBACK,)
