"""`kaisa-relay visitor erase`."""

import click

from kaisa_relay.accounts.visitors import EraseVisitor, VisitorErased
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import print_json, say


@click.group()
def command() -> None:
    """Erase people who do not want to be known any more; docs/privacy.md says what that means."""


@command.command()
@click.option("--workspace", required=True, help="Name or id of the workspace.")
@click.option("--force", is_flag=True, help="End a conversation that they are in first.")
@click.option("--json", "as_json", is_flag=True, help="Print the receipt as JSON.")
@click.argument("who", metavar="+E164|CONTACT")
@click.pass_obj
def erase(options: Options, workspace: str, force: bool, as_json: bool, who: str) -> None:
    """Erase somebody for good, and print the receipt's id. Needs a running serve.

    \b
    kaisa-relay visitor erase --workspace acme +46701234567
    """
    receipt = administer(options, EraseVisitor(workspace, who, force), VisitorErased)
    if as_json:
        print_json(receipt)
        return
    say("Erased." if receipt.done_at else "It is under way, and will be finished.")
    click.echo(receipt.id)
