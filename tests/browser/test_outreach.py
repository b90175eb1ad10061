"""An administrator behind the triggers: where they send, what became of it, and who wants none."""

import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
import trio
from playwright.sync_api import expect

from kaisa_relay.cli.demo.accounts import Login
from kaisa_relay.cli.demo.answers import body
from kaisa_relay.cli.demo.people import Person
from kaisa_relay.dashboard import built_page
from tests.browser.chromium import CHROMIUM
from tests.browser.supervising import Supervisor, ask, supervise
from tests.e2e.house import House, house
from tests.engagement.receiver import Receiver, receiving
from tests.store.databases import sqlite_database

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian's package of that name)"),
    pytest.mark.skipif(not built_page(), reason="the page is not built: make built"),
]

_WHSEC: Final = re.compile(r"whsec_.+")
LOGIN: Final = Login("ada")
VERA: Final = Person("Vera Holm", "+46701740641")
ANNA: Final = Person("Anna Ek", "+46701740661")
WANTS_NONE: Final = "vera@example.com"
NOWHERE: Final = "http://127.0.0.1:1/"
FINAL: Final = 400
"""An answer after which a text message is not tried again."""


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    with sqlite_database() as url:
        async with house(url, tmp_path, login=LOGIN) as opened:
            yield opened


async def test_what_triggers_send_is_watched_and_tried_again(built: House) -> None:
    """A secret shown once, a dead delivery replayed, an address that nothing goes to any more."""
    with receiving() as receiver:
        await supervise(partial(_watches, built, receiver))


def _watches(built: House, receiver: Receiver, ada: Supervisor) -> None:
    ada.sign_in(f"http://{built.bind}/", LOGIN)
    ada.page.goto(f"http://{built.bind}/#/endpoints")
    _makes_a_webhook(receiver, ada)
    _makes_a_provider(receiver, ada)
    ask(partial(_fails, built, receiver))
    _replays(built, receiver, ada)
    _suppresses(ada)
    _sees_what_fails(ada)
    assert ada.errors == []


def _makes_a_webhook(receiver: Receiver, ada: Supervisor) -> None:
    ada.page.get_by_role("link", name="New endpoint").click()
    url = ada.page.get_by_label("URL")
    url.fill("ftp://a.example")
    ada.page.get_by_role("button", name="Save").click()
    expect(url).to_have_attribute("aria-invalid", "true")
    ada.errors.clear()  # the browser complains of every 422
    url.fill(receiver.url)
    ada.page.get_by_role("button", name="Save").click()
    secret = ada.page.locator("#made")
    expect(secret).to_have_value(_WHSEC)
    ada.page.get_by_role("button", name="Done").click()
    line = ada.page.locator("[data-endpoint]")
    line.get_by_role("button", name="Send an example").click()
    expect(line.get_by_text("Sent: answered 200.")).to_be_visible()
    line.get_by_role("button", name="New secret").click()
    ada.page.locator("dialog[open]").get_by_role("button", name="New secret").click()
    expect(secret).to_have_value(_WHSEC)
    line.get_by_role("button", name="Done").click()
    switch = line.get_by_role("switch")
    switch.click()
    expect(line).to_contain_text("Switched off")
    line.get_by_role("button", name="Delete").click()
    ada.page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(ada.page.get_by_text("No endpoint yet")).to_be_visible()


def _makes_a_provider(receiver: Receiver, ada: Supervisor) -> None:
    ada.page.get_by_role("link", name="New endpoint").click()
    ada.page.get_by_label("What it takes").select_option("sms")
    ada.page.get_by_label("Provider").select_option("http")
    ada.page.get_by_label("URL").fill(receiver.url)
    ada.page.get_by_label("Sender").fill("Acme")
    ada.page.get_by_label("Headers").fill("Authorization: Bearer a:b")
    ada.page.get_by_role("button", name="Save").click()
    line = ada.page.locator("[data-endpoint]")
    expect(line).to_contain_text("authorization")
    line.get_by_role("link", name="Edit").click()
    ada.page.get_by_label("Sender").fill("Acme AB")
    ada.page.get_by_role("button", name="Save").click()
    expect(line).to_contain_text("Acme AB")
    ada.looks("endpoints")


async def _fails(built: House, receiver: Receiver) -> None:
    """Have a conversation end whose text message the provider refuses."""
    headers = {"Authorization": f"Bearer {built.clients.key}"}
    http = built.clients.http
    (endpoint,) = body(await http.get("/endpoints", headers=headers), dict)["items"]
    nowhere = body(await http.post("/endpoints", json={"url": NOWHERE}, headers=headers), dict)
    action = {"sms": endpoint["id"], "to": "{{ visitor.phone }}", "text": "Come back"}
    steps = [{"actions": [action, {"webhook": nowhere["id"]}]}]
    trigger = {"name": "Closed", "on": ["conversation.closed"], "steps": steps}
    body(await http.post("/triggers", json=trigger, headers=headers), dict)
    receiver.status = FINAL
    await built.phone(ANNA)
    made = await built.clients.api.create(VERA, [ANNA], {})
    await built.clients.api.close(made.id)
    await _became(built, "dead")


def _replays(built: House, receiver: Receiver, ada: Supervisor) -> None:
    ada.page.get_by_role("link", name="Deliveries").first.click()
    ada.page.get_by_label("State").select_option("dead")
    line = ada.page.locator("[data-delivery]")
    expect(line).to_have_count(1)
    expect(ada.page).to_have_url(re.compile("state=dead"))
    ada.looks("deliveries")
    line.get_by_role("link").click()
    expect(ada.page.locator(".tries")).to_contain_text(f"it answered {FINAL}")
    ada.looks("delivery")
    receiver.status = 200
    ada.page.get_by_role("button", name="Try again").click()
    ask(partial(_became, built, "delivered"))
    expect(ada.page.locator(".list-head .badge")).to_have_text("Delivered")
    ada.page.go_back()
    expect(ada.page.get_by_text("No delivery is like this.")).to_be_visible()
    ada.page.get_by_label("State").select_option("delivered")
    ada.page.get_by_role("button", name="Try all of these again").click()
    ada.page.locator("dialog[open]").get_by_role("button", name="Try all").click()
    expect(ada.page.get_by_text("1 is tried again.")).to_be_visible()


async def _became(built: House, state: str) -> None:
    """Return when there is a delivery in this state."""
    headers = {"Authorization": f"Bearer {built.clients.key}"}
    with trio.fail_after(60):
        while True:
            asked = await built.clients.http.get(f"/deliveries?state={state}", headers=headers)
            if body(asked, dict)["items"]:
                return
            await trio.sleep(0.1)


def _suppresses(ada: Supervisor) -> None:
    ada.page.get_by_role("link", name="Suppressions").click()
    expect(ada.page.get_by_text("Nobody is on the list.")).to_be_visible()
    ada.page.get_by_label("Address or number").fill(WANTS_NONE)
    ada.page.get_by_role("button", name="Add").click()
    line = ada.page.locator("[data-suppression]")
    expect(line).to_contain_text(WANTS_NONE)
    ada.looks("suppressions")
    with ada.page.expect_download() as download:
        ada.page.get_by_role("link", name="Download as CSV").click()
    rows = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[:3] for row in rows[1:]] == [["email", WANTS_NONE, "api"]]
    ada.page.get_by_label("Address or number").fill("nobody@example.com")
    ada.page.get_by_role("button", name="Look up").click()
    expect(ada.page.get_by_text("This address is not on the list.")).to_be_visible()
    ada.page.get_by_role("button", name="Show all").click()
    line.get_by_role("button", name="Remove").click()
    ada.page.locator("dialog[open]").get_by_role("button", name="Remove").click()
    expect(ada.page.get_by_text("Nobody is on the list.")).to_be_visible()


def _sees_what_fails(ada: Supervisor) -> None:
    ada.page.get_by_role("link", name="Endpoints").click()
    line = ada.page.locator("[data-endpoint]", has_text=NOWHERE)
    expect(line.locator(".badge")).to_have_text(re.compile("Failing|Resting"))
    expect(line).to_contain_text("in a row")
    ada.looks("endpoints-failing")
    ada.page.set_viewport_size({"width": 320, "height": 640})
    for at in ("triggers", "triggers/new", "endpoints", "deliveries", "suppressions"):
        ada.page.goto(f"{ada.page.url.partition('#')[0]}#/{at}")
        expect(ada.page.locator(".list-page h1")).to_be_visible()
        beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert ada.page.evaluate(beyond) == 0, at
