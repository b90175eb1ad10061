"""`kaisa-relay app add|set|list`."""

from typing import BinaryIO, Final

import click

from kaisa_relay.accounts.apps import AddApp, AppFacts, Apps, ListApps, SetApp
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.checks import WEBHOOK_PATH
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import print_json, print_table, say

_LONGEST: Final = 4096
"""Bytes; Meta's secrets have 32."""


@click.group()
def command() -> None:
    """Add and list Meta apps, and replace their secrets.

    The app whose secret is KAISA_APP_SECRET needs none of this. Another app has webhooks of its
    own, signed with its own secret; the verify token is KAISA_VERIFY_TOKEN for all of them.
    """


def _secrets(ctx: click.Context, param: click.Parameter, file: BinaryIO) -> tuple[str, ...]:
    raw = file.read(_LONGEST + 1)
    secrets = tuple(raw.decode("ascii", "replace").split())
    if len(raw) > _LONGEST or not secrets or not all(map(str.isascii, secrets)):
        raise click.BadParameter("the file must hold the app secret; several, a line each")
    return secrets


_SECRET_FILE: Final = click.option(
    "--secret-file",
    "secrets",
    type=click.File("rb"),
    required=True,
    callback=_secrets,
    help="File with the app secret, or several while one is rotated; - reads standard input.",
)


@command.command()
@click.argument("name")
@_SECRET_FILE
@click.pass_obj
def add(options: Options, name: str, secrets: tuple[str, ...]) -> None:
    """Add an app under a name of yours. Its secrets are stored encrypted.

    \b
    kaisa-relay app add partner --secret-file secret.txt
    kaisa-relay channel add --app partner --workspace acme …
    """
    facts = administer(options, AddApp(name, secrets), AppFacts)
    url = f"{options.settings().public_url}{WEBHOOK_PATH}/{facts.name}"
    say(f"In its App Dashboard set the callback URL to {url}, with KAISA_VERIFY_TOKEN.")
    click.echo(facts.name)


@command.command("set")
@click.argument("name")
@_SECRET_FILE
@click.pass_obj
def change(options: Options, name: str, secrets: tuple[str, ...]) -> None:
    """Replace an app's secrets: while one is rotated, give the old and the new.

    \b
    kaisa-relay app set partner --secret-file both.txt
    """
    facts = administer(options, SetApp(name, secrets), AppFacts)
    say(f"App {facts.name} has new secrets, which count from now on.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_all(options: Options, as_json: bool) -> None:
    """List the apps, without their secrets."""
    apps = administer(options, ListApps(), Apps).apps
    if as_json:
        print_json(apps)
        return
    found = [(each.name, f"{WEBHOOK_PATH}/{each.name}", str(each.channels)) for each in apps]
    print_table(("NAME", "WEBHOOKS", "CHANNELS"), found, "There is only the app of the settings.")
