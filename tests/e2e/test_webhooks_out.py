"""Webhooks and mails of triggers while relay and receiver die in turns: each once by its id."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
import trio
from sqlalchemy import select

from kaisa_relay.cli.demo.answers import body
from kaisa_relay.domain.public_events import event_id
from kaisa_relay.journal.event_columns import NUMBERS
from kaisa_relay.store.tables import event
from tests.contracts.certificates import Authority
from tests.e2e import ledger
from tests.e2e.house import House, free_address, house
from tests.e2e.play import Steps, begin_all, talk
from tests.engagement.hook_box import HookBox, Kept, hook_box, unlike_once
from tests.engagement.mail_box import MailBox, mail_box
from tests.engagement.providers import ACCOUNT, QUEUED, form
from tests.engagement.receiver import Receiver, receiving
from tests.store.databases import FRESH

pytestmark = [pytest.mark.timeout(240)]

TYPE = "conversation.*"


async def asked(built: House, path: str, **request: Any) -> dict[str, Any]:
    """Ask the relay as the customer's backend."""
    headers = {"Authorization": f"Bearer {built.clients.key}"}
    return body(await built.clients.http.post(path, json=request, headers=headers), dict)


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    return int(free_address().rpartition(":")[2])


def happened(url: str) -> set[str]:
    """Return the ids of all events of conversations, as the database has them."""
    kinds = [number for name, number in NUMBERS.items() if name.startswith("conversation.")]
    engine = ledger.engine_of(url)
    try:
        with engine.connect() as connection:
            rows = connection.scalars(select(event.c.seq).where(event.c.kind.in_(kinds)))
            return {event_id(seq) for seq in rows}
    finally:
        engine.dispose()


async def kill_in_turns(built: House, box: HookBox, people: Steps) -> None:
    """Kill the receiver, then the relay, while people talk."""
    begun = people.count
    await people.wait(begun + 4)
    await box.kill()
    await people.wait(begun + 8)
    await box.start()
    await people.wait(begun + 12)
    await built.crash()


async def all_kept(url: str, box: HookBox) -> tuple[list[Kept], set[str]]:
    """Return what the receiver has, once it has every event, and the events."""
    with trio.fail_after(150):
        while True:
            kept = box.kept()
            wanted = await trio.to_thread.run_sync(happened, url)
            if wanted <= {each.event for each in kept}:
                return kept, wanted
            await trio.sleep(0.2)


@pytest.mark.parametrize("engine", sorted(FRESH))
async def test_every_event_is_delivered_once_by_its_id(engine: str, tmp_path: Path) -> None:
    """Receiver and relay are processes, and killed in turns: with -9, alone, and while the other
    is dead. The first time, the receiver dies of a POST that it has kept and not answered."""
    with FRESH[engine]() as url:
        async with hook_box(free_port(), tmp_path) as box, house(url, tmp_path) as built:
            endpoint = await asked(built, "/endpoints", url=box.url)
            box.secret = endpoint["secret"]
            steps = [{"actions": [{"webhook": endpoint["id"]}]}]
            await asked(built, "/triggers", name="all", on=[TYPE], steps=steps)
            await box.start(last=7)
            chats = await begin_all(built, 2)
            rng, people = Random(5), Steps()
            await box.died()
            await talk(built, chats, rng, people, 3)
            await built.crash()
            await box.start()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(kill_in_turns, built, box, people)
                await talk(built, chats, rng, people, 5)
            kept, wanted = await all_kept(url, box)
            assert unlike_once(kept, wanted) == []
            assert len(kept) > len({each.id for each in kept}), "none came twice on the wire"


@pytest.mark.parametrize(
    ("kept", "problems"),
    [
        ("1a 2b", 0),
        ("1a 2b 1a", 0),
        ("1a", 1),
        ("1a 2b 3b", 1),
        ("1a 2b 3c", 1),
        ("1a 2b 1b", 2),
        ("1a 2b 3", 1),
    ],
    ids=["each", "one twice", "one lost", "two ids", "invented", "another body", "unsigned"],
)
def test_what_is_not_once_is_found(kept: str, problems: int) -> None:
    """Of the events a and b; the number is a webhook's id, without a letter it was not signed."""
    found = [Kept(each[0], each[1:] or None) for each in kept.split()]
    assert len(unlike_once(found, {"a", "b"})) == problems


async def all_mailed(box: MailBox, wanted: int) -> None:
    """Return when so many mails were taken; one that was taken twice has the same id twice."""
    with trio.fail_after(150):
        while len({each.mail["message-id"] for each in box.taken()}) < wanted:  # noqa: ASYNC110 - a file
            await trio.sleep(0.2)


async def test_every_mail_is_sent_once_by_its_id(tmp_path: Path) -> None:
    """The relay is killed between the events and their mails, and again among these."""
    certificate = Authority.make(tmp_path).certificate()
    with FRESH["sqlite"]() as url:
        async with mail_box(certificate, tmp_path) as box, house(url, tmp_path) as built:
            endpoint = await asked(
                built, "/endpoints", kind="email", url=f"smtp+plain://127.0.0.1:{box.plain}",
                sender="Acme <hello@acme.example>",
            )  # fmt: skip
            words = {
                "to": "sam@acme.example",
                "subject": "{{ event.id }}",
                "text": "{{ event.type }}",
            }
            steps = [{"actions": [{"email": endpoint["id"], **words}]}]
            await asked(built, "/triggers", name="all", on=[TYPE], steps=steps)
            chats = await begin_all(built, 2)
            await built.crash()
            await talk(built, chats, Random(6), Steps(), 3)
            await built.crash()
            await all_mailed(box, len(await trio.to_thread.run_sync(happened, url)))
            by_id = {taken.mail["message-id"]: taken.mail["subject"] for taken in box.taken()}
            assert set(by_id.values()) == await trio.to_thread.run_sync(happened, url)
            assert len(set(by_id.values())) == len(by_id), "an event was mailed under two ids"


async def all_texted(receiver: Receiver, url: str) -> None:
    """Return when each event's message was taken; one that was taken twice has one id."""
    with trio.fail_after(150):
        while True:
            taken = {call.headers["idempotency-key"]: form(call)["Body"] for call in receiver.calls}
            wanted = await trio.to_thread.run_sync(happened, url)
            if wanted <= set(taken.values()):
                break
            await trio.sleep(0.2)
    assert len(set(taken.values())) == len(taken), "an event was texted under two ids"
    assert set(taken.values()) == wanted


async def test_every_text_message_is_sent_once_by_its_id(tmp_path: Path) -> None:
    """The relay is killed between the events and their messages, and again among these."""
    with FRESH["sqlite"]() as url, receiving() as receiver:
        receiver.status, receiver.answer = 201, QUEUED
        async with house(url, tmp_path) as built:
            endpoint = await asked(
                built, "/endpoints", kind="sms", provider="twilio", account=ACCOUNT,
                url=f"http://127.0.0.1:{receiver.port}", password="auth token", sender="Acme",
            )  # fmt: skip
            words = {"to": "+46701740641", "text": "{{ event.id }}"}
            steps = [{"actions": [{"sms": endpoint["id"], **words}]}]
            await asked(built, "/triggers", name="all", on=[TYPE], steps=steps)
            chats = await begin_all(built, 2)
            await built.crash()
            await talk(built, chats, Random(7), Steps(), 3)
            await built.crash()
            await all_texted(receiver, url)
