"""`kaisa-relay suppression list|add|remove|export`."""

import csv
import sys
from collections.abc import Iterator

import click

from kaisa_relay.accounts.suppressions import (
    AddSuppression,
    Allowed,
    ListSuppressions,
    RemoveSuppression,
    SuppressionFacts,
    Suppressions,
)
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import instant, print_json, print_table, say
from kaisa_relay.domain.engagement.suppression import Way

_WORKSPACE = click.option("--workspace", required=True, help="Name or id of the workspace.")
_WAY = click.option(
    "--way",
    type=click.Choice([each.value for each in Way]),
    help="Otherwise every way that there is to such an address.",
)


@click.group()
def command() -> None:
    """Say whom triggers do not write to.

    Whoever is on the list may still write, and is answered as always.
    """


@command.command("list")
@_WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_all(options: Options, workspace: str, as_json: bool) -> None:
    """List who is not to be written to, by which way, and how we know; the newest first."""
    found = list(_every(options, workspace))
    if as_json:
        print_json(found)
        return
    rows = [(each.way, each.address, each.source, instant(each.at, "-")) for each in found]
    print_table(("WAY", "ADDRESS", "SOURCE", "SINCE"), rows, "Nobody is on the list.")


@command.command()
@_WORKSPACE
@_WAY
@click.argument("address", metavar="MAIL|+E164|BSUID")
@click.pass_obj
def add(options: Options, workspace: str, way: str | None, address: str) -> None:
    """Have triggers write to somebody no more, and print the entries' ids.

    \b
    kaisa-relay suppression add --workspace acme vera@customers.example
    kaisa-relay suppression add --workspace acme --way sms +46701234567
    """
    for each in _ways(way, address):
        wish = AddSuppression(workspace, each.value, address)
        click.echo(administer(options, wish, SuppressionFacts).id)


@command.command()
@_WORKSPACE
@_WAY
@click.argument("address", metavar="MAIL|+E164|BSUID")
@click.pass_obj
def remove(options: Options, workspace: str, way: str | None, address: str) -> None:
    """Let triggers write to somebody again; make sure that they want it.

    \b
    kaisa-relay suppression remove --workspace acme +46701234567
    """
    wishes = [RemoveSuppression(workspace, each.value, address) for each in _ways(way, address)]
    if sum(administer(options, wish, Allowed).entries for wish in wishes) == 0:
        raise click.ClickException("nobody like that is on the list: see suppression list")
    say("Triggers may write there again.")


@command.command()
@_WORKSPACE
@click.pass_obj
def export(options: Options, workspace: str) -> None:
    """Print the whole list as CSV, as `/suppressions.csv` has it.

    \b
    kaisa-relay suppression export --workspace acme > suppressions.csv
    """
    lines = csv.writer(sys.stdout)
    lines.writerow(("way", "address", "source", "at"))
    for each in _every(options, workspace):
        lines.writerow((each.way, each.address, each.source, each.at.isoformat()))


def _ways(way: str | None, address: str) -> tuple[Way, ...]:
    if way is not None:
        return (Way(way),)
    if "@" in address:
        return (Way.EMAIL,)
    return (Way.SMS, Way.WHATSAPP) if address[:1] in "+0123456789" else (Way.WHATSAPP,)


def _every(options: Options, workspace: str) -> Iterator[SuppressionFacts]:
    below, more = None, True
    while more:
        page = administer(options, ListSuppressions(workspace, below), Suppressions)
        yield from page.suppressions
        more = page.more
        below = page.suppressions[-1].id if more else None
