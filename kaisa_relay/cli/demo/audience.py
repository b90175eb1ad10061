"""Who watches the demo from the dashboard: how they sign in, and time to do so."""

import sys
from typing import Final

import trio

from kaisa_relay.cli.demo.accounts import Login
from kaisa_relay.cli.demo.screen import Screen

WAITS: Final = 60.0
"""Seconds for which the play waits for a person."""


async def invite(screen: Screen, url: str, login: Login) -> None:
    """Say how to sign in; where a person sits before the screen, wait for them."""
    screen.says("\nWatch it live, as a supervisor does:\n")
    screen.says(f"  {url}/")
    screen.says(f"  name      {login.name}")
    screen.says(f"  password  {login.password}\n")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    screen.says(f"Press Enter to begin; it begins by itself after {WAITS:.0f} s.")
    with trio.move_on_after(WAITS):
        await trio.lowlevel.wait_readable(sys.stdin)
        sys.stdin.readline()
