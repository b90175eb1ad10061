"""A supervisor at Explore: a list narrowed and exported, and its report."""

import csv
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect

from kaisa_relay.cli.demo.accounts import Login
from kaisa_relay.cli.demo.people import Person
from kaisa_relay.dashboard import built_page
from tests.browser.chromium import CHROMIUM
from tests.browser.supervising import Supervisor, supervise
from tests.e2e.house import House, house
from tests.store.databases import sqlite_database

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian's package of that name)"),
    pytest.mark.skipif(not built_page(), reason="the page is not built: make built"),
]

LOGIN: Final = Login("ada")
ANNA: Final = Person("Anna Ek", "+46701740661")
VISITORS: Final = [
    Person(name, f"+4670174064{n}") for n, name in enumerate(("Vera Holm", "Ulf Ek", "Åsa Öst"), 1)
]


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    with sqlite_database() as url:
        async with house(url, tmp_path, login=LOGIN) as opened:
            yield opened


async def test_conversations_are_found_exported_and_counted(built: House) -> None:
    """The list, the file and the report say the same of the same conditions."""
    await built.phone(ANNA)
    made = [
        await built.clients.api.create(visitor, [ANNA], {"car": car})
        for visitor, car in zip(VISITORS, ("V60", "V60", "XC40"), strict=True)
    ]
    await built.clients.api.close(made[-1].id)
    await supervise(partial(_explores, built))


def _explores(built: House, ada: Supervisor) -> None:
    ada.sign_in(f"http://{built.bind}/", LOGIN)
    ada.page.get_by_role("link", name="Explore").click()
    rows = ada.page.locator("tr[data-conversation]")
    expect(ada.page.get_by_role("status").filter(has_text="conversation")).to_have_text(
        "3 conversations"
    )
    expect(rows).to_have_count(3)
    ada.looks("explore")
    _narrows(ada)
    _exports(ada)
    _reports(ada)
    assert ada.errors == []


def _narrows(ada: Supervisor) -> None:
    """Every condition stands in the address, so that it can be shared and gone back from."""
    rows = ada.page.locator("tr[data-conversation]")
    ada.page.get_by_text("Another condition").click()
    ada.page.get_by_label("Field").select_option("metadata")
    ada.page.get_by_label("Key").fill("car")
    ada.page.get_by_label("Value", exact=True).fill("V60")
    ada.page.get_by_role("button", name="Add").click()
    expect(rows).to_have_count(2)
    assert ada.page.url.endswith("#/explore?metadata.car=V60")
    _saves(ada)
    ada.page.get_by_label("State").select_option("closed")
    expect(ada.page.get_by_text("No conversation is like this.")).to_be_visible()
    ada.page.go_back()
    expect(rows).to_have_count(2)
    ada.page.get_by_role("link", name="Created").click()
    expect(ada.page.get_by_role("columnheader", name="Created")).to_have_attribute(
        "aria-sort", "descending"
    )
    expect(rows.first).to_contain_text("Ulf Ek")
    ada.page.get_by_role("link", name="Created").click()
    expect(rows.first).to_contain_text("Vera Holm")


def _saves(ada: Supervisor) -> None:
    """What is looked at gets a name, and is there under it for everybody."""
    ada.page.get_by_label("Save as").fill("V60 only")
    ada.page.get_by_role("button", name="Save", exact=True).click()
    view = ada.page.get_by_role("link", name="V60 only")
    expect(view).to_have_attribute("aria-current", "page")


def _exports(ada: Supervisor) -> None:
    ada.page.get_by_role("button", name="Export…").click()
    ada.page.get_by_role("button", name="Make the file").click()
    expect(ada.page.locator("dialog [data-state=done]")).to_contain_text("Ready: 2 rows.")
    ada.looks("export")
    with ada.page.expect_download() as given:
        ada.page.get_by_role("link", name="Download").click()
    with open(given.value.path(), encoding="utf-8-sig", newline="") as file:
        names = {row["visitor_name"] for row in csv.DictReader(file)}
    assert names == {"Vera Holm", "Ulf Ek"}
    ada.page.get_by_role("button", name="Close").click()


def _reports(ada: Supervisor) -> None:
    ada.page.get_by_role("link", name="Reports").click()
    created = ada.page.locator("tr[data-figure=created] td")
    expect(created).to_have_text("2")
    ada.page.get_by_role("button", name="Remove metadata.car is V60").click()
    expect(created).to_have_text("3")
    ada.page.get_by_role("button", name="30 days").click()
    ada.page.get_by_label("Divided by").select_option("day")
    ada.page.get_by_label("Compare with the time before").check()
    expect(ada.page.locator(".chart canvas")).to_be_visible()
    expect(created).to_have_text(["3", "0", ""])
    meaning = ada.page.locator("tr[data-figure=created] abbr")
    assert "created" in (meaning.get_attribute("title") or "")
    ada.looks("reports")
    ada.page.get_by_role("link", name="Show these conversations").click()
    expect(ada.page.locator("tr[data-conversation]")).to_have_count(3)
