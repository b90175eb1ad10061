"""What commands print: tables for people, JSON for programs."""

from collections.abc import Sequence
from datetime import datetime

import click
import msgspec


def print_json(value: object) -> None:
    """Print attrs classes, and what they are made of, as indented JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(value)).decode())


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], nothing: str) -> None:
    """Print aligned columns; `nothing` goes to standard error when there are no rows."""
    if not rows:
        say(nothing)
        return
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def say(text: str) -> None:
    """Tell the operator something that is not the result."""
    click.echo(text, err=True)


def instant(at: datetime | None, never: str) -> str:
    """Show an instant to the second, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S}Z" if at else never
