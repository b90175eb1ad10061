"""The dashboard in a real browser, over a real relay and a simulated WhatsApp."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
import trio
from attrs import frozen
from playwright.sync_api import expect

from kaisa_relay.cli.demo.accounts import Login
from kaisa_relay.cli.demo.people import Person, Phone
from kaisa_relay.cli.demo.relay import Conversation
from kaisa_relay.dashboard import built_page
from tests.browser.chromium import CHROMIUM
from tests.browser.supervising import Supervisor, ask, supervise
from tests.e2e.house import House, house
from tests.store.databases import sqlite_database

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian's package of that name)"),
    pytest.mark.skipif(not built_page(), reason="the page is not built: make built"),
]

LOGIN: Final = Login("sam")
NAMES: Final = ("Vera Holm", "Otto Lind", "Nils Berg")
VISITORS: Final = [Person(name, f"+467017406{41 + at}") for at, name in enumerate(NAMES)]
AGENTS: Final = [
    Person(name, f"+467017406{61 + at}")
    for at, name in enumerate(("Anna Ek", "Axel Dahl", "Ada Wik", "Alma Sund"))
]
TOPICS: Final = ("Kitchen", "Invoice 1042", "Bicycle")


@frozen
class Talk:
    """A conversation that has begun: both phones, and what the API said of it."""

    conversation: Conversation
    visitor: Phone
    agents: tuple[Phone, ...]

    async def write(self, phone: Phone, text: str) -> None:
        """Have one side write."""
        await phone.write(self.conversation.channel.phone, text)


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    with sqlite_database() as url:
        async with house(url, tmp_path, login=LOGIN) as opened:
            yield opened


async def reserved(built: House) -> list[Talk]:
    """Three forms filled in; each visitor has a link, and each talk an agent and one to spare."""
    phones = [await built.phone(agent) for agent in AGENTS]
    talks = []
    for at, visitor in enumerate(VISITORS):
        agents = (AGENTS[at], AGENTS[3])
        made = await built.clients.api.create(visitor, agents, {"topic": TOPICS[at]})
        talks.append(Talk(made, await built.phone(visitor), (phones[at], phones[3])))
    return talks


async def begins(talk: Talk) -> None:
    """The visitor sends the link's sentence, and the first agent gets an offer."""
    await talk.write(talk.visitor, talk.conversation.first_text)
    with trio.fail_after(20):
        await talk.agents[0].wait_for(lambda arrival: bool(arrival.buttons))


async def accepts(phone: Phone, after: int = 0) -> None:
    """Tap the first button of the latest offer."""
    with trio.fail_after(20):
        offer = await phone.wait_for(lambda arrival: bool(arrival.buttons), after)
    await phone.tap(offer, 0)


async def event_ids(built: House, talks: list[Talk]) -> set[str]:
    headers = {"Authorization": f"Bearer {built.clients.key}"}
    found: set[str] = set()
    for talk in talks:
        path = f"/conversations/{talk.conversation.id}/events?limit=200"
        answer = await built.clients.http.get(path, headers=headers)
        found |= {event["id"] for event in answer.json()["items"]}
    return found


async def test_a_supervisor_watches_three_conversations_and_takes_part(built: House) -> None:
    """Sign in, see them move, whisper, write, note, transfer, close; and how it looks."""
    talks = await reserved(built)
    await supervise(partial(_takes_part, built, talks))


def _takes_part(built: House, talks: list[Talk], sam: Supervisor) -> None:
    sam.sign_in(f"http://{built.bind}/", LOGIN)
    sam.finds("reserved", *NAMES)
    for talk in talks:
        ask(partial(begins, talk))
    sam.finds("seeking", *NAMES)
    sam.finds("reserved")
    for talk in talks[:2]:
        ask(partial(accepts, talk.agents[0]))
    sam.finds("active", *NAMES[:2])
    _writes(talks[0], sam)
    sam.looks("conversation")
    _transfers_and_closes(talks[0], sam)
    sam.page.keyboard.press("Escape")
    sam.finds("ended", NAMES[0])
    sam.looks("board")
    assert sam.errors == []


def _writes(talk: Talk, sam: Supervisor) -> None:
    sam.opens(NAMES[0])
    ask(partial(talk.write, talk.visitor, "Do you have it in oak?"))
    ask(partial(talk.agents[0].wait_text, "Do you have it in oak?"))
    sam.reads("Do you have it in oak?")
    sam.writes("Whisper", "Offer her the demo kitchen")
    arrived = ask(
        partial(talk.agents[0].wait_for, lambda each: "demo kitchen" in (each.text or ""))
    )
    assert arrived.text != "Offer her the demo kitchen", "the agent sees whose words these are"
    sam.writes("To the visitor", "We are looking for you")
    ask(partial(talk.visitor.wait_for, lambda each: "looking for you" in (each.text or "")))
    sam.writes("Note", "Called twice")
    for text in ("demo kitchen", "looking for you", "Called twice"):
        sam.reads(text)
    assert not any("demo kitchen" in (each.text or "") for each in talk.visitor.arrivals)
    expect(sam.page.locator(".why")).to_contain_text("Anna Ek")


def _transfers_and_closes(talk: Talk, sam: Supervisor) -> None:
    offered = sam.page.get_by_label("Transfer to").locator("option")
    expect(offered).to_have_text(["whoever is free next", AGENTS[3].name])
    sam.page.get_by_label("Transfer to").select_option(label=AGENTS[3].name)
    sam.page.get_by_role("button", name="Transfer").click()
    ask(partial(accepts, talk.agents[1]))
    expect(sam.page.locator(".conversation-head h2")).to_contain_text(AGENTS[3].name)
    sam.page.get_by_role("button", name="Close").click()
    sam.page.locator("dialog").get_by_role("button", name="Close").click()
    expect(sam.page.locator(".conversation-head .badge")).to_have_text("Closed")


async def test_a_server_that_dies_under_the_page_loses_no_event(built: House) -> None:
    """The page says that it waits, comes back by itself, and has seen each event once."""
    talks = await reserved(built)
    await supervise(partial(_outlives, built, talks))


def _outlives(built: House, talks: list[Talk], sam: Supervisor) -> None:
    sam.sign_in(f"http://{built.bind}/", LOGIN)
    sam.finds("reserved", *NAMES)
    before = ask(partial(event_ids, built, talks))
    ask(built.child.kill)
    expect(sam.page.locator(".line")).to_contain_text("Trying again")
    ask(built.start)
    ask(partial(begins, talks[0]))
    sam.is_live()
    sam.finds("seeking", NAMES[0])
    ask(partial(accepts, talks[0].agents[0]))
    sam.finds("active", NAMES[0])
    happened = ask(partial(event_ids, built, talks)) - before
    seen = [each for each in sam.seen() if each in happened]
    assert len(seen) == len(set(seen))
    missing = happened - set(seen)
    assert not missing


async def test_an_answer_before_the_first_picture_is_shown(built: House) -> None:
    """A busy browser paints late: who is signed in may be known before."""
    await supervise(partial(_paints_late, built))


def _paints_late(built: House, sam: Supervisor) -> None:
    sam.page.add_init_script(
        "const later = setTimeout;"
        "window.setTimeout = (run, wait = 0, ...given) => later(run, wait + 1000, ...given);"
        "window.requestAnimationFrame = (run) => later(run, 1000);"
    )
    sam.page.goto(f"http://{built.bind}/")
    expect(sam.page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_a_session_that_ends_shows_the_sign_in(built: House) -> None:
    """And a wrong password says so, with the keyboard alone."""
    await supervise(partial(_signs_out, built))


def _signs_out(built: House, sam: Supervisor) -> None:
    sam.page.goto(f"http://{built.bind}/")
    expect(sam.page.get_by_label("Name")).to_be_focused()
    sam.page.keyboard.type("sam")
    sam.page.keyboard.press("Tab")
    sam.page.keyboard.type("wrong password")
    sam.page.keyboard.press("Enter")
    expect(sam.page.get_by_role("alert")).to_have_text("The name or the password is wrong")
    sam.looks("sign-in")
    sam.sign_in(f"http://{built.bind}/", LOGIN)
    expect(sam.page.locator(".column .empty")).to_have_count(4)
    sam.page.keyboard.press("g")
    sam.page.keyboard.press("c")
    expect(sam.page.get_by_role("heading", name="Channels")).to_be_visible()
    sam.page.context.clear_cookies()
    sam.page.reload()
    expect(sam.page.get_by_role("heading", name="Sign in")).to_be_visible()
