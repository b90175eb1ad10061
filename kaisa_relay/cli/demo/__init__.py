"""`kaisa-relay demo`: the main road on a simulated WhatsApp, for people and for programs.

Rule 1: everything runs in two child processes, and what is played goes over public HTTP only.
Rule 2: the exit code is 0 only if every message arrived exactly once, in order, on both sides.
"""

import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
import msgspec
import trio

from kaisa_relay.cli.demo.accounts import CannotConfigure, NotEmpty
from kaisa_relay.cli.demo.performance import Performance, Wishes, new_seed
from kaisa_relay.cli.demo.screen import Dark, Screen, Terminal
from kaisa_relay.cli.demo.summary import Summary, lines
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import say
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.settings import SettingsError
from kaisa_relay.store import NewerDatabase

DATABASE: Final = "kaisa.db"
STOPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MOST_PROBLEMS: Final = 12
UNUSABLE: Final = (CannotConfigure, NewerDatabase, NotEmpty, SettingsError, StoreUnavailable)
"""What a database can be that nobody can play on; each says what to do."""


class Failed(click.ClickException):
    """Something was lost, doubled or out of order, or a child died; the logs are kept."""


@click.command()
@click.option("--once", is_flag=True, help="Play, verify, exit.")
@click.option("--json", "as_json", is_flag=True, help="With --once: print one line of JSON only.")
@click.option(
    "--messages",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    help="Messages each way; more than about 18 are slowed down by WhatsApp's pair limit.",
)
@click.option(
    "--faults", is_flag=True, help="Let the simulator misbehave, and verify all the same."
)
@click.option("--seed", type=click.IntRange(0), help="Of the simulator's chance.")
@click.option("--database-url", help="Use this empty database instead of a fresh SQLite file.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder in which database and logs stay; it must not hold a database yet.",
)
@click.pass_obj
def command(options: Options, /, as_json: bool, keep: Path | None, **given: Any) -> None:
    """Play the main road on a simulated WhatsApp.

    \b
    Three visitors scan a link, three agents are asked: one declines, one is silent, one
    takes all three. A fourth does not scan: a trigger sends them a link by text message,
    and they come back by it. Then it keeps running, and shows what to type to try it yourself.

    \b
    kaisa-relay demo
    kaisa-relay demo --once --json
    """
    del options  # the settings of a real relay are not touched
    if as_json and not given["once"]:
        raise click.UsageError("--json goes with --once")
    with _folder(keep) as folder:
        performance = Performance(_wishes(folder, **given), _screen(as_json), folder)
        try:
            trio.run(_until_stopped, performance)
        except* UNUSABLE as group:
            raise click.ClickException(_reason(group)) from None
        _conclude(performance, as_json)


def _wishes(folder: Path, seed: int | None, database_url: str | None, **rest: Any) -> Wishes:
    return Wishes(
        seed=new_seed() if seed is None else seed,
        database_url=database_url or f"sqlite:///{folder / DATABASE}",
        **rest,
    )


def _screen(as_json: bool) -> Screen:
    return Dark() if as_json else Terminal()


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Yield the folder for database and logs; a temporary one stays only after a failure."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        if (keep / DATABASE).exists():
            raise click.UsageError(f"{keep} holds a database already: name another folder")
        yield keep.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="kaisa-demo-"))
    try:
        yield folder
    except click.ClickException as problem:
        if not isinstance(problem, Failed):
            shutil.rmtree(folder)
        raise
    shutil.rmtree(folder)


async def _until_stopped(performance: Performance) -> None:
    """Perform; a signal cancels it, and later ones do not disturb the stopping in order."""
    for each in STOPS:
        # What holds again once the receiver is closed: one that is unread then is raised anew.
        signal.signal(each, signal.SIG_IGN)
    with trio.open_signal_receiver(*STOPS) as signals:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_cancel, signals, nursery.cancel_scope, name="signals")
            await performance.run()
            nursery.cancel_scope.cancel()


async def _cancel(signals: AsyncIterator[int], scope: trio.CancelScope) -> None:
    async for _ in signals:
        scope.cancel()


def _conclude(performance: Performance, as_json: bool) -> None:
    """Print the summary; raises `Failed` unless all went as planned."""
    summary = performance.summary
    if summary is None:
        raise click.ClickException("stopped before the end of the play")
    if as_json:
        click.echo(msgspec.json.encode(summary))
    elif performance.wishes.once:
        for line in lines(summary):
            click.echo(line)
    if not summary.ok:
        raise Failed(_told(summary))
    say("Everything arrived as planned." if performance.wishes.once else "Stopped.")


def _told(summary: Summary) -> str:
    """Return the first problems, which caused the others, and where to look."""
    shown = summary.problems[:MOST_PROBLEMS]
    more = len(summary.problems) - len(shown)
    rest = [f"and {more} more (all of them with --json)"] if more else []
    logs = f"The logs of relay and simulator are in {summary.logs}"
    return "\n".join(("the demo did not go as planned:", *shown, *rest, logs))


def _reason(group: BaseExceptionGroup[BaseException]) -> str:
    first = group.exceptions[0]
    return _reason(first) if isinstance(first, BaseExceptionGroup) else str(first)
