"""`kaisa-relay block add|remove|list`."""

import click

from kaisa_relay.accounts.blocks import (
    AddBlock,
    BlockFacts,
    Blocks,
    ListBlocks,
    RemoveBlock,
    Unblocked,
)
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import print_json, print_table, say

_WORKSPACE = click.option("--workspace", required=True, help="Name or id of the workspace.")


@click.group()
def command() -> None:
    """Say whose messages reach nobody.

    Agents block the visitor they talk to with /block. Adding and removing need a running serve.
    """


@command.command()
@_WORKSPACE
@click.argument("number", metavar="+E164")
@click.pass_obj
def add(options: Options, workspace: str, number: str) -> None:
    """Block somebody, known or not, and print their contact's id.

    \b
    kaisa-relay block add --workspace acme +46701234567
    """
    facts = administer(options, AddBlock(workspace, number), BlockFacts)
    say("They are blocked, and what they were in as a visitor ends.")
    click.echo(facts.contact)


@command.command()
@_WORKSPACE
@click.argument("who", metavar="+E164|CONTACT")
@click.pass_obj
def remove(options: Options, workspace: str, who: str) -> None:
    """Let somebody write to you again.

    \b
    kaisa-relay block remove --workspace acme +46701234567
    """
    administer(options, RemoveBlock(workspace, who), Unblocked)
    say("They may write again; a chat that ended stays ended.")


@command.command("list")
@_WORKSPACE
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_all(options: Options, workspace: str, as_json: bool) -> None:
    """List who is blocked, since when, and who did it."""
    blocks = administer(options, ListBlocks(workspace), Blocks).blocks
    if as_json:
        print_json(blocks)
        return
    heads = ("CONTACT", "NAME", "NUMBER", "SINCE", "BY", "CONVERSATION")
    rows = [
        (
            each.contact,
            each.name or "-",
            each.number or "-",
            f"{each.blocked_at:%Y-%m-%d %H:%M}",
            each.agent or each.by,
            each.conversation or "-",
        )
        for each in blocks
    ]
    print_table(heads, rows, "Nobody is blocked.")
