"""`kaisa-relay conversation release`."""

import click

from kaisa_relay.accounts.commands import ReleaseConversation, Released
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import say


@click.group()
def command() -> None:
    """Release a quarantined conversation."""


@command.command()
@click.argument("id")
@click.pass_obj
def release(options: Options, id: str) -> None:
    """Let a quarantined conversation go on with what waited for it, in order.

    A conversation is quarantined when it keeps crashing; its log says why. Mend that first. A
    single message that doctor names is released as message/ID.

    \b
    kaisa-relay conversation release cnv_01jd3v8k2m4qa
    """
    released = administer(options, ReleaseConversation(id), Released)
    say(f"Conversation {released.id} goes on; rows that waited for it: {released.rows}.")
