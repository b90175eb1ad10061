"""`kaisa-relay explore rebuild`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click
import trio

from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import say

PATIENCE: Final = 60.0
"""Seconds for a running `serve` to change over: it waits for whoever reads."""


@click.group()
def command() -> None:
    """Look after the read model of lists, reports and exports; see docs/explore.md."""


@command.command()
@click.pass_obj
def rebuild(options: Options) -> None:
    """Make the read model anew from the journal, and put it in the place of the one in use.

    Works while serve runs, which answers from the old one until the new one is whole. Ended early
    it leaves everything as it was.
    """
    # Imported late: SQLAlchemy is half the time of a command that does not need it.
    from kaisa_relay.explore.projecting.rebuilding import Rebuilding
    from kaisa_relay.ports import StoreUnavailable

    url = options.settings().database_url
    try:
        events, in_use = trio.run(_rebuild, url)
    except (Rebuilding, StoreUnavailable) as reason:
        raise click.ClickException(str(reason)) from None
    say(f"Made anew of {events} events.")
    if not in_use:
        say("Somebody reads the old one still; serve takes the new one when they have ended.")


async def _rebuild(url: str) -> tuple[int, bool]:
    from sqlalchemy import make_url

    from kaisa_relay.explore.projecting.rebuilding import put_in_place, rebuild
    from kaisa_relay.journal.codec import decode_content
    from kaisa_relay.journal.following import SqlFollowing
    from kaisa_relay.store import read_beside

    parsed = make_url(url)
    async with read_beside(parsed) as store:
        with _bar() as report:
            events = await rebuild(parsed, store, SqlFollowing(store), decode_content, report)
    return events, await put_in_place(parsed, PATIENCE)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal, and its label alone elsewhere."""
    with click.progressbar(length=1, label="Events", file=sys.stderr, show_pos=True) as bar:

        def report(done: int, goal: int) -> None:
            bar.length = goal
            bar.update(done - bar.pos)

        yield report
