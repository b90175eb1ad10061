"""`kaisa-relay user add|list|set|remove`: who may sign in to the dashboard.

Rule 1: a password is asked for on the terminal or read from standard input, never an argument,
which every process of the machine could read.
"""

import sys
import warnings
from getpass import GetPassWarning
from typing import Final

import click

from kaisa_relay.accounts.users import AddUser, ListUsers, RemoveUser, SetUser, UserFacts, Users
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import instant, print_json, print_table, say
from kaisa_relay.ports.users import Role

_ROLE: Final = click.Choice([role.value for role in Role])
_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input's first line."
)


@click.group()
def command() -> None:
    """Add, list, change and remove supervisors' accounts."""


@command.command()
@click.argument("name")
@click.option("--workspace", required=True, help="Name or id of the workspace.")
@click.option("--role", type=_ROLE, required=True, help="What they may do.")
@_STDIN
@click.pass_obj
def add(options: Options, name: str, workspace: str, role: str, password_stdin: bool) -> None:
    """Add an account; the password is asked for.

    A viewer sees everything; a supervisor also acts in conversations and pauses agents; an admin
    has so far no more to do than that. The name is what they sign in with, and is nobody else's.

    \b
    kaisa-relay user add maria --workspace acme --role supervisor
    """
    hashed = _hashed(_password(password_stdin))
    facts = administer(options, AddUser(workspace, name, role, hashed), UserFacts)
    say(f"{facts.name} may sign in as {facts.role} of {facts.workspace}.")


@command.command("list")
@click.option("--workspace", help="Only the accounts of this workspace.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_all(options: Options, workspace: str | None, as_json: bool) -> None:
    """List the accounts, without their passwords."""
    users = administer(options, ListUsers(workspace), Users).users
    if as_json:
        print_json(users)
        return
    heads = ("NAME", "WORKSPACE", "ROLE", "LAST SIGNED IN", "DISABLED", "ID")
    print_table(
        heads,
        [_row(user) for user in users],
        "There is no account yet: kaisa-relay user add --help",
    )


def _row(user: UserFacts) -> tuple[str, ...]:
    last = instant(user.signed_in_at, "never")
    disabled = "yes" if user.disabled else "-"
    return (user.name, user.workspace, user.role, last, disabled, user.id)


@command.command("set")
@click.argument("name")
@click.option("--role", type=_ROLE, help="What they may do from now on.")
@click.option("--password", is_flag=True, help="Ask for a new password.")
@_STDIN
@click.option("--disable/--enable", "disabled", default=None, help="Whether they may sign in.")
@click.pass_obj
def set_user(
    options: Options, /, name: str, role: str | None, disabled: bool | None, **password: bool
) -> None:
    """Change an account; a new password, and disabling, end its sessions at once.

    \b
    kaisa-relay user set maria --password
    """
    wants_password = any(password.values())
    if role is None and not wants_password and disabled is None:
        raise click.UsageError("say what to change: see kaisa-relay user set --help")
    hashed = _hashed(_password(password["password_stdin"])) if wants_password else None
    facts = administer(options, SetUser(name, role, hashed, disabled), UserFacts)
    state = "disabled" if facts.disabled else "may sign in"
    say(f"{facts.name} is {facts.role} of {facts.workspace}, {state}.")


@command.command()
@click.argument("name")
@click.pass_obj
def remove(options: Options, name: str) -> None:
    """Remove an account; whoever is signed in with it is out at once."""
    facts = administer(options, RemoveUser(name), UserFacts)
    say(f"{facts.name} is gone.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    with warnings.catch_warnings():
        # Without a terminal it would be read aloud; Python only warns of that.
        warnings.simplefilter("error", GetPassWarning)
        try:
            return str(
                click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
            )
        except GetPassWarning:
            raise click.UsageError("there is no terminal to ask on: --password-stdin") from None


def _hashed(password: str) -> str:
    # Imported late: a command that needs no password does not load it.
    from kaisa_relay.accounts.passwords import LONGEST, SHORTEST, hash_password

    if not SHORTEST <= len(password) <= LONGEST:
        raise click.ClickException(f"a password has {SHORTEST} to {LONGEST} characters")
    return hash_password(password)
