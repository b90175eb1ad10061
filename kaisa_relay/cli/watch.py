"""`kaisa-relay watch`: what happens in a workspace, as it happens, in the terminal."""

import os
import stat
from random import Random
from typing import Any, Final

import click
import trio

from kaisa_relay.cli.event_lines import event_line
from kaisa_relay.cli.feed_frames import Asked, feed_address
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import say
from kaisa_relay.cli.serve import STOPS
from kaisa_relay.cli.watching import Refused, Watch

LONGEST_KEY: Final = 1_000
STDOUT: Final = 1


def _key(ctx: click.Context, option: click.Parameter, file: Any) -> str:
    with file:
        key: str = file.read(LONGEST_KEY).strip()
    if not key.isascii() or not key.isprintable() or not key:
        raise click.BadParameter("the file must hold an API key and nothing else", ctx, option)
    return key


def _address(ctx: click.Context, option: click.Parameter, url: str | None) -> str:
    address = feed_address(url or ctx.ensure_object(Options).settings().public_url)
    if address is None:
        raise click.BadParameter("must be an address such as https://relay.example.com")
    return address


def _entries(
    ctx: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    parted = [entry.partition("=") for entry in given]
    if not all(key and sign for key, sign, _ in parted):
        raise click.BadParameter("must be KEY=VALUE", ctx, option)
    return tuple((key, value) for key, _, value in parted)


@click.command()
@click.option(
    "--key-file",
    "key",
    type=click.File("r"),
    required=True,
    callback=_key,
    help="File with an API key of the scope feed:read; - reads standard input.",
)
@click.option(
    "--url", "address", callback=_address, help="Address of the relay; else KAISA_PUBLIC_URL."
)
@click.option("--after", metavar="POSITION", help="Begin after this position instead of now.")
@click.option(
    "--type", "types", multiple=True, help="Only this type, such as conversation.*; repeatable."
)
@click.option("--conversation", metavar="ID", help="Only one conversation.")
@click.option("--outcome", metavar="WORD", help="Only endings that the agent gave this outcome.")
@click.option(
    "--metadata",
    multiple=True,
    metavar="KEY=VALUE",
    callback=_entries,
    help="Only conversations created with this; repeatable, and all must be so.",
)
@click.option("--json", "as_json", is_flag=True, help="Print each event as a line of JSON.")
def command(after: str | None, as_json: bool, **chosen: Any) -> None:
    """Show what happens in a workspace, one line per event, until Ctrl-C.

    Connects again by itself when the connection or the relay goes away, and goes on where it was:
    no event is left out or shown twice. At the end it says the position for --after. Exit code 0
    after Ctrl-C, or when nobody reads any more (`| head`); 1 when there is nothing to watch: no
    relay at the start, or a key or a filter that it refuses.

    \b
    kaisa-relay key add --workspace acme --scope feed:read > key.txt
    kaisa-relay watch --key-file key.txt --type 'conversation.*'
    """
    watch = Watch(Asked(**chosen), _show_json if as_json else _show_line, say, Random(), after)
    refused = trio.run(_until_stopped, watch)
    if watch.position is not None and (refused is None or watch.position != after):
        say(f"Go on from here: --after {watch.position}")
    if refused is not None:
        raise click.ClickException(refused.message)


async def _until_stopped(watch: Watch) -> Refused | None:
    refused = None
    with trio.open_signal_receiver(*STOPS) as signals:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_stop, signals, nursery.cancel_scope, name="watch: Ctrl-C")
            nursery.start_soon(_leave_unread, nursery.cancel_scope, name="watch: the reader")
            refused = await watch.run()
            nursery.cancel_scope.cancel()
    return refused


async def _stop(signals: Any, running: trio.CancelScope) -> None:
    async for _ in signals:
        running.cancel()


async def _leave_unread(running: trio.CancelScope) -> None:
    """Stop when the pipe that is written to has no reader, though no event comes to be written."""
    if not stat.S_ISFIFO(os.fstat(STDOUT).st_mode):
        return
    await trio.lowlevel.wait_readable(STDOUT)  # a pipe's writing end is so for an error only
    running.cancel()


def _show_line(event: bytes) -> bool:
    return _print(event_line(event))


def _show_json(event: bytes) -> bool:
    return _print(event.decode())


def _print(line: str) -> bool:
    """Print and say whether anybody still reads, as `head` does not."""
    try:
        click.echo(line)
    except BrokenPipeError:
        return False
    return True
