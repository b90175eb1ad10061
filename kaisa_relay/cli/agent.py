"""`kaisa-relay agent list|add|set`."""

from typing import Any

import click

from kaisa_relay.accounts.agents import AddAgent, AgentFacts, Agents, ListAgents, SetAgent
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import print_json, print_table, say

_WORKSPACE = click.option("--workspace", required=True, help="Name or id of the workspace.")


@click.group()
def command() -> None:
    """List agents, and say what they may do.

    An agent is known as soon as a form names them, or `agent add` does.
    """


@command.command()
@_WORKSPACE
@click.argument("number", metavar="+E164")
@click.option("--name", required=True, help="Their name; visitors see the first part of it.")
@click.option("--language", help="Their language, if not the workspace's.")
@click.pass_obj
def add(options: Options, /, **agent: Any) -> None:
    """Make an agent known before any form names them, and print their id.

    \b
    kaisa-relay agent add --workspace acme +46701234567 --name "Anna Berg" --language sv
    """
    facts = administer(options, AddAgent(**agent), AgentFacts)
    say("The agent is known.")
    click.echo(facts.id)


@command.command("set")
@_WORKSPACE
@click.argument("number", metavar="+E164")
@click.option("--capacity", type=int, help="Chats at once on all channels; 0 takes the limit away.")
@click.option(
    "--schedule",
    metavar="ZONE HOURS",
    help="When they are asked, such as 'Europe/Stockholm mon-fri 09:00-17:00'; '' is always.",
)
@click.option(
    "--on-call/--no-on-call", default=None, help="Whether they are asked outside business hours."
)
@click.pass_obj
def change(options: Options, /, **agent: Any) -> None:
    """Change what an agent may do, from the next offer on; what is not named stays as it is.

    \b
    kaisa-relay agent set --workspace acme +46701234567 --capacity 2 \\
        --schedule "Europe/Stockholm mon-fri 09:00-17:00, sat 10:00-14:00"
    """
    if all(agent[name] is None for name in ("capacity", "schedule", "on_call")):
        raise click.UsageError("say what to change: see kaisa-relay agent set --help")
    facts = administer(options, SetAgent(**agent), AgentFacts)
    say(f"Agent {facts.id} is changed.")


@command.command("list")
@_WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_all(options: Options, workspace: str, as_json: bool) -> None:
    """List the agents of a workspace with their presence and load."""
    agents = administer(options, ListAgents(workspace), Agents).agents
    if as_json:
        print_json(agents)
        return
    heads = ("ID", "NAME", "NUMBER", "PRESENCE", "CHATS", "CAPACITY", "ON CALL", "SCHEDULE")
    rows = [
        (
            each.id,
            each.name or "-",
            each.number or "-",
            each.presence,
            str(each.load),
            str(each.capacity or "-"),
            "yes" if each.on_call else "no",
            each.schedule or "-",
        )
        for each in agents
    ]
    print_table(heads, rows, "No form has named an agent yet: kaisa-relay agent add --help")
