"""An administrator at the triggers: written, tried out, and what one of them brought back."""

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
import trio
from playwright.sync_api import Locator, expect

from kaisa_relay.cli.demo.accounts import Login
from kaisa_relay.cli.demo.answers import body
from kaisa_relay.cli.demo.people import Person
from kaisa_relay.dashboard import built_page
from tests.browser.chromium import CHROMIUM
from tests.browser.supervising import Supervisor, ask, supervise
from tests.e2e.house import LINES, House, house
from tests.engagement.receiver import Receiver, receiving
from tests.store.databases import sqlite_database

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian's package of that name)"),
    pytest.mark.skipif(not built_page(), reason="the page is not built: make built"),
]

LOGIN: Final = Login("ada")
VERA: Final = Person("Vera Holm", "+46701740641")
ANNA: Final = Person("Anna Ek", "+46701740661")
MINE: Final = "+46701740649"
"""Where the administrator has tests sent."""
PROVIDER: Final = {
    "kind": "sms", "provider": "http", "sender": "Acme",
    "request": {"body": {"to": "{{ to }}", "text": "{{ text }}"}},
}  # fmt: skip


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    with sqlite_database() as url:
        async with house(url, tmp_path, login=LOGIN) as opened:
            yield opened


async def asked(built: House, path: str, **request: Any) -> dict[str, Any]:
    """Ask the relay as the customer's backend."""
    headers = {"Authorization": f"Bearer {built.clients.key}"}
    return body(await built.clients.http.post(path, json=request, headers=headers), dict)


async def texted(receiver: Receiver, number: str) -> str:
    """Return what the provider was handed for a number, as soon as it was."""
    with trio.fail_after(30):
        while True:
            said = [json.loads(call.body) for call in receiver.calls]
            if found := [each["text"] for each in said if each["to"] == number]:
                return str(found[-1])
            await trio.sleep(0.05)


async def test_a_trigger_is_written_and_brings_somebody_back(built: House) -> None:
    """What is wrong is said at its field; a link in its text message is counted as a recovery."""
    with receiving() as receiver:
        await asked(built, "/endpoints", url=receiver.url, **PROVIDER)
        await supervise(partial(_engages, built, receiver))


def _engages(built: House, receiver: Receiver, ada: Supervisor) -> None:
    ada.sign_in(f"http://{built.bind}/", LOGIN)
    ada.page.get_by_role("link", name="Outreach").click()
    expect(ada.page.get_by_text("No trigger yet")).to_be_visible()
    ada.page.get_by_role("link", name="New trigger").click()
    _writes_it(ada)
    _tries_it_out(receiver, ada)
    _brings_back(built, receiver, ada)
    _switches_and_deletes(ada)
    assert ada.errors == []


def _writes_it(ada: Supervisor) -> None:
    form = ada.page.locator("form.trigger")
    form.get_by_label("Name").fill("Come back")
    form.get_by_role("button", name="Remove Abandoned").click()
    form.get_by_label("What starts it: Add an event").select_option("conversation.closed")
    form.get_by_role("button", name="Add a condition").click()
    form.get_by_label("Field").fill("car")
    form.get_by_label("Value").fill("V60")
    form.get_by_label("After").fill("0s")
    form.get_by_label("By").select_option(index=1)
    form.get_by_label("Text", exact=True).fill("Hi {{ visitor.first_name }}: {{ link }")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_label("Field")).to_be_focused()
    _is_said(ada, form.get_by_label("Field"), "must begin with one of")
    _is_said(ada, form.get_by_label("Text", exact=True), "unexpected")
    expect(form.get_by_role("alert")).to_contain_text("Nothing was saved.")
    ada.looks("trigger-refused")
    ada.errors.clear()  # the browser complains of every 422
    form.get_by_label("Field").fill("metadata.car")
    form.get_by_label("Text", exact=True).fill("Hi {{ visitor.first_name }}: {{ link }}")
    form.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("heading", name="Come back")).to_be_visible()


def _is_said(ada: Supervisor, field: Locator, why: str) -> None:
    """See what is wrong at its field."""
    said = ada.page.locator(f'[id="{field.get_attribute("aria-describedby")}"]')
    expect(said).to_contain_text(why)


def _tries_it_out(receiver: Receiver, ada: Supervisor) -> None:
    ada.page.get_by_label("Metadata of the example").fill('{"car": "V60"}')
    ada.page.get_by_role("button", name="Show what it would send").click()
    preview = ada.page.locator(".preview")
    expect(preview).to_contain_text("Hi Vera: https://wa.me/")
    expect(ada.page.get_by_text("Its event starts it.")).to_be_visible()
    preview.get_by_placeholder("To your own address or number").fill(MINE)
    preview.get_by_role("button", name="Send a test").click()
    expect(preview.get_by_role("status")).to_have_text("Sent: answered 200.")
    assert ask(partial(texted, receiver, MINE)).startswith("Hi Vera")
    ada.looks("trigger")


def _brings_back(built: House, receiver: Receiver, ada: Supervisor) -> None:
    ada.page.get_by_role("link", name="Triggers").click()
    expect(ada.page.locator(".recovered")).to_have_text("0 visitors came back")
    text = ask(partial(_leaves, built, receiver))
    ask(partial(_returns, built, text))
    expect(ada.page.locator(".recovered")).to_have_text("1 visitor came back")
    row = ada.page.locator(".counts tbody tr")
    for count, wanted in (("started", "1"), ("links", "1"), ("recovered", "1")):
        expect(row.locator(f"[data-count={count}]")).to_have_text(wanted)
    ada.looks("triggers")


async def _leaves(built: House, receiver: Receiver) -> str:
    """Have a conversation end before its visitor came; returns the text message they got."""
    await built.phone(ANNA)
    made = await built.clients.api.create(VERA, [ANNA], {"car": "V60"})
    await built.clients.api.close(made.id)
    return await texted(receiver, VERA.number)


async def _returns(built: House, text: str) -> None:
    """Write what the link in the text message says."""
    vera = await built.phone(VERA)
    link = urlsplit(text.partition(": ")[2])
    channel = next(line.number for line in LINES if line.number.endswith(link.path[1:]))
    await vera.write(channel, parse_qs(link.query)["text"][0])


def _switches_and_deletes(ada: Supervisor) -> None:
    switch = ada.page.get_by_role("switch", name="Come back")
    switch.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    ada.page.get_by_role("link", name="Come back").click()
    expect(ada.page.get_by_label("It is on")).not_to_be_checked()
    dialog = ada.page.locator("dialog[open]")
    ada.page.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    ada.page.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(ada.page.get_by_text("No trigger yet")).to_be_visible()
