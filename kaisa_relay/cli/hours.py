"""`kaisa-relay hours set|show`."""

from typing import Any

import click

from kaisa_relay.accounts.agents import HoursText, SetHours
from kaisa_relay.accounts.commands import ListWorkspaces, WorkspaceFacts, Workspaces
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import print_json, say


@click.group()
def command() -> None:
    """Set and show a workspace's business hours and holidays.

    Outside them visitors are told when it opens, and agents are asked then; on-call agents
    (`kaisa-relay agent set --on-call`) are asked at any hour.
    """


@command.command("set")
@click.argument("workspace")
@click.option("--zone", metavar="ZONE", help="Time zone, such as Europe/Stockholm.")
@click.option("--open", "week", metavar="HOURS", help="Such as 'mon-fri 09:00-17:00'.")
@click.option(
    "--day",
    "days",
    multiple=True,
    metavar="DAY",
    help="A day that is different: 2026-12-24 (closed) or '2026-12-31 10:00-12:00'; repeatable.",
)
@click.option("--always", is_flag=True, help="No hours: it is always open.")
@click.pass_obj
def change(options: Options, /, workspace: str, always: bool, **given: Any) -> None:
    """Set business hours; they replace those of before, days included.

    \b
    kaisa-relay hours set acme --zone Europe/Stockholm \\
        --open "mon-fri 09:00-17:00, sat 10:00-14:00" --day 2026-12-24
    """
    if any(given.values()) if always else not (given["zone"] and given["week"]):
        raise click.UsageError("give --zone and --open, or --always")
    hours = None if always else HoursText(**given)
    facts = administer(options, SetHours(workspace, hours), WorkspaceFacts)
    say(f"Workspace {facts.name} has new business hours.")


@command.command()
@click.argument("workspace")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(options: Options, workspace: str, as_json: bool) -> None:
    """Show business hours and the days that are different."""
    found = administer(options, ListWorkspaces(), Workspaces).workspaces
    facts = next((each for each in found if workspace in (each.id, each.name)), None)
    if facts is None:
        raise click.ClickException("there is no such workspace: see kaisa-relay workspace list")
    hours = facts.settings.hours
    if as_json:
        print_json(hours)
    elif hours is None:
        click.echo("always open")
    else:
        click.echo(f"{hours.zone}: {hours.week}")
        for day in hours.days:
            click.echo(day if " " in day else f"{day} closed")
