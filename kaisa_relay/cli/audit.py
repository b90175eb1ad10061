"""`kaisa-relay audit`: who saw or changed what."""

import csv
import sys
from collections.abc import Iterator
from typing import Any

import click
from attrs import evolve

from kaisa_relay.accounts.audited import AuditFacts, AuditLog, ListAudit
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import instant, print_json, print_table


@click.command()
@click.option("--workspace", help="Name or id; without it, what concerns the whole relay.")
@click.option("--by", metavar="ID", help="Only what this key or account did.")
@click.option("--action", metavar="CODE", help="Only this, such as transcript.read.")
@click.option("--subject", metavar="ID", help="Only about this conversation, contact, key …")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.pass_obj
def command(options: Options, /, as_json: bool, as_csv: bool, **which: Any) -> None:
    """List who saw, exported or changed what, the newest first; docs/privacy.md says what is in it.

    \b
    kaisa-relay audit --workspace acme --subject cnv_01jd3v8k2m4qa
    kaisa-relay audit --workspace acme --csv > audit.csv
    """
    found = list(_every(options, ListAudit(**which)))
    if as_json:
        print_json(found)
    elif as_csv:
        _print_csv(found)
    else:
        heads = ("AT", "BY", "ACTION", "SUBJECT", "OUTCOME")
        print_table(heads, [_row(each) for each in found], "Nothing like that is in the log.")


def _row(entry: AuditFacts) -> tuple[str, ...]:
    outcome = "-" if entry.outcome is None else str(entry.outcome)
    at, by = instant(entry.at, "-"), entry.by or "-"
    return (at, by, entry.action, entry.subject or "-", outcome)


def _print_csv(found: list[AuditFacts]) -> None:
    lines = csv.writer(sys.stdout)
    lines.writerow(("id", "at", "by", "action", "subject", "outcome"))
    for each in found:
        at = each.at.isoformat()
        lines.writerow((each.id, at, each.by, each.action, each.subject, each.outcome))


def _every(options: Options, asked: ListAudit) -> Iterator[AuditFacts]:
    more = True
    while more:
        page = administer(options, asked, AuditLog)
        yield from page.entries
        more = page.more
        asked = evolve(asked, below=page.entries[-1].id) if more else asked
