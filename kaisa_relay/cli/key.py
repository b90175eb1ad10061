"""`kaisa-relay key add|list|revoke`."""

from datetime import timedelta

import click

from kaisa_relay.accounts.commands import AddKey, KeyAdded, KeyFacts, Keys, ListKeys, RevokeKey
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import DURATION, Options
from kaisa_relay.cli.output import instant, print_json, print_table, say
from kaisa_relay.ports.keys import Scope


@click.group()
def command() -> None:
    """Add, list and revoke API keys."""


@command.command()
@click.option("--workspace", required=True, help="Name or id of the workspace.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help=f"What the key may do: {', '.join(Scope)}; may be repeated.",
)
@click.option("--name", default="", help="What the key is for.")
@click.option("--expires", type=DURATION, help="When the key ends by itself, e.g. 90d.")
@click.pass_obj
def add(
    options: Options, workspace: str, scopes: tuple[str, ...], name: str, expires: timedelta | None
) -> None:
    """Add a key and print it, once, as the last line.

    \b
    kaisa-relay key add --workspace acme --scope conversations:write --expires 90d
    """
    added = administer(options, AddKey(workspace, scopes, name, expires), KeyAdded)
    end = instant(added.key.expires_at, "never")
    say(f"Key {added.key.id} for {', '.join(added.key.scopes)}; expires: {end}.")
    say("Keep it now: it is not shown again.")
    click.echo(added.text)


@command.command("list")
@click.option("--workspace", help="Only the keys of this workspace.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_all(options: Options, workspace: str | None, as_json: bool) -> None:
    """List the keys, without their secrets."""
    keys = administer(options, ListKeys(workspace), Keys).keys
    if as_json:
        print_json(keys)
        return
    heads = ("ID", "WORKSPACE", "NAME", "SCOPES", "EXPIRES", "LAST USED", "REVOKED")
    print_table(
        heads, [_row(key) for key in keys], "There is no key yet: kaisa-relay key add --help"
    )


def _row(key: KeyFacts) -> tuple[str, ...]:
    return (
        key.id,
        key.workspace,
        key.name or "-",
        ",".join(key.scopes),
        instant(key.expires_at, "never"),
        instant(key.last_used_at, "never"),
        instant(key.revoked_at, "-"),
    )


@command.command()
@click.argument("id")
@click.pass_obj
def revoke(options: Options, id: str) -> None:
    """Revoke a key; requests with it are refused within a second.

    \b
    kaisa-relay key revoke key_01jd3v8k2m4qa
    """
    facts = administer(options, RevokeKey(id), KeyFacts)
    say(f"Key {facts.id} is revoked.")
