"""An administrator at the dashboard: settings, keys, and whether a channel takes more."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import expect

from kaisa_relay.cli.demo.accounts import Login
from kaisa_relay.dashboard import built_page
from tests.browser.chromium import CHROMIUM
from tests.browser.supervising import Supervisor, ask, supervise
from tests.e2e.house import LINES, House, house
from tests.store.databases import sqlite_database

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian's package of that name)"),
    pytest.mark.skipif(not built_page(), reason="the page is not built: make built"),
]

LOGIN: Final = Login("ada")


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    with sqlite_database() as url:
        async with house(url, tmp_path, login=LOGIN) as opened:
            yield opened


async def told(built: House, path: str, key: str) -> httpx.Response:
    """Ask the relay as a program does."""
    return await built.clients.http.get(path, headers={"Authorization": f"Bearer {key}"})


async def test_an_administrator_changes_settings_and_makes_a_key(built: House) -> None:
    """What is wrong is said at its field; the key works until it is revoked."""
    await supervise(partial(_manages, built))


def _manages(built: House, ada: Supervisor) -> None:
    ada.sign_in(f"http://{built.bind}/", LOGIN)
    ada.page.get_by_role("link", name="Settings").click()
    _changes_settings(built, ada)
    _makes_and_revokes_a_key(built, ada)
    _drains(built, ada)
    assert ada.errors == []


def _changes_settings(built: House, ada: Supervisor) -> None:
    wait = ada.page.get_by_label("An agent has to accept within")
    expect(wait).to_have_value("30s")
    wait.fill("soon")
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.locator("#setting-offer_time-hint")).to_contain_text("24h")
    ada.looks("settings")
    ada.errors.clear()  # the browser complains of every 422
    wait.fill("45s")
    ada.page.get_by_label("Time zone").fill("Europe/Stockholm")
    ada.page.get_by_label("Week", exact=True).fill("mon-sun 00:00-24:00")
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    settings = ask(partial(told, built, "/workspace", built.clients.key)).json()["settings"]
    assert settings["offer_time"] == "45s"
    assert settings["hours"]["week"] == "mon-sun 00:00-24:00"


def _makes_and_revokes_a_key(built: House, ada: Supervisor) -> None:
    ada.page.get_by_label("What it is for").fill("the shop")
    ada.page.get_by_label("read conversations").check()
    ada.page.get_by_role("button", name="Make the key").click()
    made = ada.page.locator("#made")
    expect(made).to_be_visible()
    key = made.input_value()
    assert ask(partial(told, built, "/conversations", key)).status_code == 200
    ada.looks("key")
    ada.page.get_by_role("button", name="Done").click()
    expect(made).to_have_count(0)
    line = ada.page.locator(".key", has_text="the shop")
    line.get_by_role("button", name="Revoke").click()
    line.get_by_role("button", name="Revoke").click()
    expect(line).to_have_count(0)
    assert ask(partial(told, built, "/conversations", key)).status_code == 401


def _drains(built: House, ada: Supervisor) -> None:
    ada.page.get_by_role("link", name="Channels").click()
    channel = ada.page.locator(".people .panel", has_text=LINES[0].number)
    channel.get_by_role("button", name="Drain").click()
    expect(channel.locator(".tag")).to_have_text("Draining")
    channels = ask(partial(told, built, "/channels", built.clients.key)).json()["items"]
    assert [each["draining"] for each in channels if each["phone"] == LINES[0].number] == [True]
    channel.get_by_role("button", name="Take conversations again").click()
    expect(channel.locator(".tag")).to_have_count(0)
