"""`kaisa-relay export`: everything that a filter means as one file, made by this process itself.

Rule 1: the relay is not asked: the read model is read beside it, on another core.
Rule 2: a file has its name only when it is whole.
"""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import click
import trio
from attrs import frozen

from kaisa_relay.accounts.listing import find_workspace
from kaisa_relay.accounts.refusal import Refusal
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import say
from kaisa_relay.domain.explore.columns import Rows
from kaisa_relay.domain.explore.wanted import (
    COLUMNS,
    FORMAT,
    PLAIN,
    ROWS,
    Format,
    Wanted,
    read_wanted,
)
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.explore.exports import parquet
from kaisa_relay.explore.exports.filling import fill, open_sink
from kaisa_relay.explore.exports.job_rows import Progress, head
from kaisa_relay.explore.model.beside import NoReadModel, open_beside
from kaisa_relay.explore.model.shelf import Shelf
from kaisa_relay.explore.projecting.writing import position
from kaisa_relay.ports import StoreUnavailable
from kaisa_relay.ports.explore import TooSlow
from kaisa_relay.runtime.garbage import MIDDLE, YOUNG


@frozen
class Export:
    """What one call is to do."""

    database_url: str
    workspace: str
    wanted: Wanted
    output: Path | None


def _pairs(
    ctx: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    parted = [entry.partition("=") for entry in given]
    if not all(name and sign for name, sign, _ in parted):
        raise click.BadParameter("a condition is NAME=VALUE, as in status=closed", ctx, option)
    return tuple((name, value) for name, _, value in parted)


@click.command()
@click.option("--workspace", required=True, help="Name or id of the workspace.")
@click.option("--rows", type=click.Choice([each.value for each in Rows]), help="What a row is of.")
@click.option(
    "--format",
    type=click.Choice([each.value for each in Format]),
    help="Else what FILE ends in, or csv.",
)
@click.option("--columns", metavar="NAME,NAME", help="In the order wanted; else all.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("conditions", nargs=-1, metavar="[NAME=VALUE]...", callback=_pairs)
@click.pass_obj
def command(options: Options, /, output: Path | None, conditions: Any, **chosen: Any) -> None:
    """Write conversations, messages or offers into a file, or to standard output.

    NAME=VALUE are conditions as in the address of /explore/conversations; docs/explore.md has the
    names and columns. The file is readable by you alone. Works while `serve` runs.

    \b
    kaisa-relay export --workspace acme -o closed.csv status=closed
    kaisa-relay export --workspace acme --rows messages --columns conversation,at,writer,text \\
        -o november.xlsx 'created_at[gte]=2026-11-01T00:00:00Z'
    """
    workspace, format = chosen.pop("workspace"), _format(chosen.pop("format"), output)
    own = {ROWS: chosen[ROWS], FORMAT: format, COLUMNS: chosen[COLUMNS]}
    wanted = read_wanted([*((name, text or "") for name, text in own.items()), *conditions])
    if not isinstance(wanted, Wanted):
        raise click.UsageError("\n".join(f"{each.name} {each.message}" for each in wanted))
    if output is None and wanted.format not in PLAIN:
        raise click.UsageError(f"{wanted.format} needs a file: -o FILE")
    if wanted.format is Format.PARQUET and not parquet.is_there():
        raise click.UsageError("parquet needs an extra: pip install 'kaisa-relay[parquet]'")
    made = _run(Export(options.settings().database_url, workspace, wanted, output))
    say(f"{made.written:,} rows of {made.done:,} conversations.")


def _format(given: str | None, output: Path | None) -> str | None:
    ending = "" if output is None else output.suffix.removeprefix(".").lower()
    return given or (ending if ending in list(Format) else None)


def _run(export: Export) -> Progress:
    try:
        with _few_collections():
            return trio.run(_export, export)
    except NoReadModel:
        reason = "there is no read model of this version here; `kaisa-relay serve` makes it"
    except Refusal as refused:
        reason = refused.answer.reason
    except TooSlow:
        reason = "to find the rows took too long; ask for a shorter time"
    except StoreUnavailable as away:
        reason = str(away)
    except OSError as wrong:
        if isinstance(wrong, BrokenPipeError):
            raise
        reason = f"{wrong.strerror or wrong}: {wrong.filename or export.output or ''}"
    raise click.ClickException(reason)


async def _export(export: Export) -> Progress:
    async with open_beside(export.database_url) as shelf:
        found = await shelf.read(partial(find_workspace, name_or_id=export.workspace))
        of = WorkspaceId(found.id)
        await _say_if_behind(shelf, of)
        beside = None if export.output is None else export.output.parent
        scratch = TemporaryDirectory(dir=beside)
        with _file(export.output) as file, scratch as folder, _bar() as tell:
            sink = open_sink(file, export.wanted, Path(folder))
            progress = await fill(shelf, of, export.wanted, sink, tell)
            await trio.to_thread.run_sync(file.flush)
            return progress


async def _say_if_behind(shelf: Shelf, of: WorkspaceId) -> None:
    behind = await shelf.read(partial(head, of=of)) - await shelf.read(partial(position, of=of))
    if behind > 0:
        say(f"The read model has not all yet: {behind:,} events are missing.")


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for garbage as seldom as the relay does: rows are tuples, and never in a cycle."""
    usual = gc.get_threshold()
    gc.set_threshold(YOUNG, MIDDLE)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def _file(output: Path | None) -> Iterator[IO[bytes]]:
    """Open what is written to; what is not whole does not stay."""
    if output is None:
        yield sys.stdout.buffer
        return
    part = output.with_name(f"{output.name}.part")
    part.unlink(missing_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(part, flags, 0o600), "w+b") as file:
            yield file
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _bar() -> Iterator[Any]:
    """Show how far it is, if somebody looks."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(
        length=0, label="Exporting", file=sys.stderr, hidden=hidden, show_pos=True
    ) as bar:

        async def tell(progress: Progress) -> None:
            bar.length = progress.total or 0
            bar.update(progress.done - bar.pos)

        yield tell
