"""A supervisor at the dashboard, in Debian's Chromium driven by Playwright.

Playwright's own loop is not Trio's, so it has a thread of its own for as long as a script runs.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

import trio
from attrs import frozen
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kaisa_relay.cli.demo.accounts import Login
from tests.browser.chromium import CHROMIUM

T = TypeVar("T")

PICTURES: Final = Path(__file__).parents[2] / "var" / "dashboard"
PATIENCE: Final = 20.0
WIDE: Final = {"width": 1440, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
_OPTIONS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@frozen
class Supervisor:
    """What somebody does at the page; `errors` is what the browser complained of."""

    page: Page
    errors: list[str]

    def sign_in(self, url: str, login: Login) -> None:
        """Sign in, and wait until the board is live."""
        self.page.goto(url)
        self.page.get_by_label("Name").fill(login.name)
        self.page.get_by_label("Password").fill(login.password)
        self.page.get_by_label("Password").press("Enter")
        self.is_live()

    def is_live(self) -> None:
        """Wait until the line says that what is shown is live."""
        expect(self.page.locator(".line")).to_have_text("Live")

    def finds(self, state: str, *names: str) -> None:
        """Wait until a column of the board holds these people, and nobody else."""
        cards = self.page.locator(f"[data-state={state}] .card-name")
        expect(cards).to_have_count(len(names))
        for name in names:
            expect(cards.filter(has_text=name)).to_have_count(1)

    def opens(self, name: str) -> None:
        """Open a conversation from the board."""
        self.page.locator("a.card", has_text=name).first.click()
        expect(self.page.locator(".conversation-head h2")).to_contain_text(name)

    def writes(self, to: str, text: str) -> None:
        """Write to one side, or keep a note."""
        self.page.locator(".targets label", has_text=to).click()
        self.page.locator(".composer textarea").fill(text)
        self.page.get_by_role("button", name="Send").click()
        expect(self.page.locator(".composer textarea")).to_have_value("")

    def reads(self, text: str) -> None:
        """Wait until the timeline shows something."""
        expect(self.page.locator(".timeline")).to_contain_text(text)

    def seen(self) -> list[str]:
        """Return the ids of the events in the list of activity, the latest first."""
        return [
            str(each.get_attribute("data-event"))
            for each in self.page.locator(".activity li").all()
        ]

    def looks(self, name: str) -> None:
        """Keep pictures: wide and as on a phone, light and dark."""
        for size, viewport in (("wide", WIDE), ("phone", PHONE)):
            self.page.set_viewport_size(viewport)  # type: ignore[arg-type] # a TypedDict of ours
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme)
                path = PICTURES / f"{name}-{size}-{scheme}.png"
                self.page.screenshot(path=path, animations="disabled")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type] # a TypedDict of ours


async def supervise(script: Callable[[Supervisor], T]) -> T:
    """Run a script at a fresh page, in a thread; it may `ask` for what is Trio's."""
    return await trio.to_thread.run_sync(_browse, script)


def ask(do: Callable[[], Awaitable[T]]) -> T:
    """Have something done in the test's own loop, from within a script."""
    return trio.from_thread.run(do)


def _browse(script: Callable[[Supervisor], T]) -> T:
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(_OPTIONS), headless=True
        )
        supervisor = _supervisor(browser)
        try:
            return script(supervisor)
        except AssertionError:
            supervisor.page.screenshot(path=PICTURES / "failed.png", full_page=True)
            raise
        finally:
            browser.close()


def _supervisor(browser: Browser) -> Supervisor:
    page = browser.new_page(viewport=WIDE, locale="en-GB")  # type: ignore[arg-type] # TypedDict
    page.set_default_timeout(PATIENCE * 1000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # Before a sign-in the page asks who is signed in, and hears that nobody is.
    page.on(
        "console",
        lambda said: (
            errors.append(said.text) if said.type == "error" and "401" not in said.text else None
        ),
    )
    return Supervisor(page, errors)
