"""The page with phones in a real browser: visitor and agent played by hand through a real relay."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest
from attrs import frozen

from kaisa_relay.cli.demo.people import Person
from tests.browser.chromium import CHROMIUM, Page, browsing
from tests.e2e.house import House, house
from tests.store.databases import sqlite_database

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (Debian's package of that name)"),
]

VISITOR: Final = Person("Vera Visitor", "+46701740681")
AGENT: Final = Person("Axel Agent", "+46701740682")


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    with sqlite_database() as url:
        async with house(url, tmp_path) as opened:
            yield opened


@frozen
class Hands:
    """Somebody's hands on their phone in the page."""

    page: Page
    person: Person

    def part(self, selector: str) -> str:
        """Return an expression for a part of this phone."""
        root = f".phone[data-number='{self.person.number}']"
        return f'document.querySelector("{root} {selector}")'

    async def click(self, selector: str) -> None:
        """Click something as soon as it is there."""
        await self.page.wait(self.part(selector))
        await self.page.run(f"{self.part(selector)}.click()")

    async def write(self, text: str) -> None:
        """Write a message and send it."""
        await self.page.run(f"{self.part('textarea')}.value = {text!r}")
        await self.click(".send")

    async def sees(self, text: str) -> None:
        """Wait until the chat shows something."""
        await self.page.wait(f"{self.part('.chat')}?.innerText.includes({text!r})")

    async def choose(self, kind: str) -> None:
        """Send something from the menu."""
        menu = self.part(".more")
        await self.page.run(
            f"{menu}.value = {kind!r}, {menu}.dispatchEvent(new Event('change', {{bubbles: true}}))"
        )


async def test_the_main_road_by_hand(built: House, tmp_path: Path) -> None:
    """Scan, accept, write both ways, a place, an answer to it, a reaction, and the end."""
    for person in (VISITOR, AGENT):
        await built.clients.simulator.add_person(person)
    created = await built.clients.api.create(VISITOR, [AGENT], {})
    people = ",".join(each.number for each in (VISITOR, AGENT))
    asked = urlencode({"people": people, "link": created.url or ""})
    async with browsing(tmp_path / "profile") as page:
        await page.go(f"{built.clients.graph.base_url}/_sim/phones?{asked}")
        visitor, agent = Hands(page, VISITOR), Hands(page, AGENT)
        await visitor.click(".scan button")
        await visitor.sees("finding the right person")
        await agent.click(".chats button")
        await agent.click(".buttons button")
        await agent.sees("You are now talking to Vera Visitor")
        await visitor.sees("You are now talking to Axel")
        await visitor.write("Is it still free? <b>&</b>")
        await agent.sees("Is it still free? <b>&</b>")
        await agent.write("It is")
        await visitor.sees("It is")
        await visitor.choose("location")
        await agent.sees("Slussen")
        await agent.click(".chat li:last-child [title=Reply]")
        await agent.write("I will be there")
        await page.wait(
            f"{visitor.part('.chat li:last-child .quote')}?.innerText.includes('Slussen')"
        )
        await visitor.click(".chat li:last-child [title*='👍']")
        await page.wait(f"{agent.part('.chat li.me:last-child .reactions')}")
        await agent.write("/close sold")
        await visitor.sees("This chat has now ended")
        await page.picture(tmp_path / "phones.png")
        assert page.errors == []
        assert await page.run(f"{visitor.part('.problem')}.textContent") == ""


async def test_it_takes_nothing_from_elsewhere(built: House) -> None:
    """No script, style or picture of another host, and nothing beside its own files."""
    answer = await built.clients.graph.get("/", follow_redirects=True)
    assert answer.url.path == "/_sim/phones"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "http" not in answer.text.replace("https://wa.me", "")
    assert (await built.clients.graph.get("/_sim/phones/__init__.py")).status_code == 404
