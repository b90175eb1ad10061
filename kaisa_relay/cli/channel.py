"""`kaisa-relay channel add|set|token|drain|replace|reseal|list`."""

from typing import Any, BinaryIO, Final

import click

from kaisa_relay.accounts.changes import DrainChannel, ResealTokens, SetChannel, SetChannelToken
from kaisa_relay.accounts.commands import (
    AddChannel,
    ChannelFacts,
    Channels,
    ListChannels,
    Resealed,
)
from kaisa_relay.accounts.replaced import ReplaceChannel, Replaced
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import print_json, print_table, say

_LONGEST_TOKEN = 4096
"""Bytes; Meta's are a few hundred."""


@click.group()
def command() -> None:
    """Add, change, drain, replace and list channels.

    A channel is one WhatsApp business number, with which visitors and agents write.
    """


def _token(ctx: click.Context, param: click.Parameter, file: BinaryIO) -> str:
    raw = file.read(_LONGEST_TOKEN + 1)
    text = raw.decode("ascii", "replace").strip()
    if not text or len(raw) > _LONGEST_TOKEN or not text.isascii() or len(text.split()) > 1:
        raise click.BadParameter("the file must hold the access token and nothing else")
    return text


_TOKEN_FILE: Final = click.option(
    "--token-file",
    "token",
    type=click.File("rb"),
    required=True,
    callback=_token,
    help="File with the access token; - reads standard input.",
)


@command.command()
@click.option("--workspace", required=True, help="Name or id of the workspace.")
@click.option("--phone-number-id", required=True, help="Meta's id of the number.")
@click.option("--number", required=True, metavar="+E164", help="The number itself.")
@_TOKEN_FILE
@click.option("--waba", default="", help="Meta's id of the WhatsApp business account.")
@click.option("--app", default="", help="Meta app that the number belongs to, if not the default.")
@click.option("--portfolio", default="", help="Business portfolio, if the workspace has several.")
@click.option(
    "--throughput",
    default=80,
    show_default=True,
    help="Messages per second that Meta allows, in and out.",
)
@click.pass_obj
def add(options: Options, /, **channel: Any) -> None:
    """Add a channel and print its id. The token is stored encrypted.

    \b
    kaisa-relay channel add --workspace acme --phone-number-id 106540352242922 \\
        --number +46701234567 --token-file token.txt --waba 102290129340398
    """
    facts = administer(options, AddChannel(**channel), ChannelFacts)
    say("The channel is ready; `kaisa-relay doctor` checks its token and its webhook.")
    click.echo(facts.id)


@command.command("set")
@click.option("--channel", required=True, help="Id of the channel (see channel list).")
@click.option("--phone-number-id", help="Meta's id of the number.")
@click.option("--number", metavar="+E164", help="The number itself.")
@click.option("--waba", help="Meta's id of the WhatsApp business account.")
@click.option("--app", help="Meta app that the number belongs to; '' is the default.")
@click.option(
    "--throughput",
    type=int,
    help="Messages per second that Meta allows; counts from the next start of serve.",
)
@click.pass_obj
def change(options: Options, /, channel: str, **said: Any) -> None:
    """Correct what was said of a channel; what is not named stays as it is.

    For another number, add a channel and have it `replace` this one.

    \b
    kaisa-relay channel set --channel chn_01jd3v8k2m4qa --waba 102290129340398
    """
    if all(each is None for each in said.values()):
        raise click.UsageError("say what to change: see kaisa-relay channel set --help")
    facts = administer(options, SetChannel(channel, **said), ChannelFacts)
    say(f"Channel {facts.id} is changed; `kaisa-relay doctor` checks it.")


@command.command("token")
@click.option("--channel", required=True, help="Id of the channel (see channel list).")
@_TOKEN_FILE
@click.pass_obj
def replace_token(options: Options, channel: str, token: str) -> None:
    """Replace a channel's access token; the next call to WhatsApp uses it.

    \b
    kaisa-relay channel token --channel chn_01jd3v8k2m4qa --token-file token.txt
    """
    facts = administer(options, SetChannelToken(channel, token), ChannelFacts)
    say(f"Channel {facts.id} has a new token; `kaisa-relay doctor` checks it.")


@command.command()
@click.option("--channel", required=True, help="Id of the channel (see channel list).")
@click.option("--off", is_flag=True, help="Let it take new conversations again.")
@click.pass_obj
def drain(options: Options, channel: str, off: bool) -> None:
    """Give a channel no new conversations; those that it has, and its links, go on.

    \b
    kaisa-relay channel drain --channel chn_01jd3v8k2m4qa
    """
    facts = administer(options, DrainChannel(channel, not off), ChannelFacts)
    state = "takes no new conversations" if facts.draining else "takes conversations again"
    say(f"Channel {facts.id} {state}.")


_WHY: Final = {
    "visitor_taken": "the visitor is in another conversation on the new number",
    "agent_taken": "the agent is in another conversation on the new number",
    "no_number": "somebody hides their number, and the new channel is of another portfolio",
    "busy": "it could not be asked now; run this again",
}


@command.command()
@click.argument("old")
@click.argument("new")
@click.pass_obj
def replace(options: Options, old: str, new: str) -> None:
    """Have channel NEW carry the conversations of channel OLD, which is banned or goes.

    OLD gets no new conversations. Both sides of each conversation hear from NEW, by the template
    kaisa_moved where they have not written to it of late, and go on there; what waited follows.
    It may be run again at any time, and goes on where it was. The exit code is 1 while any stays.

    \b
    kaisa-relay channel replace chn_01jd3v8k2m4qa chn_01jd3vb0r8h2c
    """
    moved, stayed, after = 0, 0, None
    while True:
        page = administer(options, ReplaceChannel(old, new, after), Replaced)
        moved, stayed, after = moved + page.moved, stayed + len(page.stayed), page.next
        for each in page.stayed:
            click.echo(f"{each.conversation} stays: {_WHY.get(each.why, each.why)}")
        if after is None:
            break
    say(f"Conversations moved: {moved}. Links that nobody has used yet stay with {old}.")
    if stayed:
        raise click.exceptions.Exit(1)


@command.command("reseal")
@click.pass_obj
def reseal(options: Options) -> None:
    """Encrypt every token anew with the first KAISA_SECRET_KEY, so that the old one can go."""
    resealed = administer(options, ResealTokens(), Resealed)
    say(f"Tokens that the first secret key opens now: {resealed.tokens}.")


@command.command("list")
@click.option("--workspace", help="Only the channels of this workspace.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_all(options: Options, workspace: str | None, as_json: bool) -> None:
    """List the channels."""
    channels = administer(options, ListChannels(workspace), Channels).channels
    if as_json:
        print_json(channels)
        return
    heads = (
        "ID",
        "WORKSPACE",
        "NUMBER",
        "PHONE NUMBER ID",
        "WABA",
        "APP",
        "PER SECOND",
        "TAKES NEW",
    )
    rows = [
        (
            each.id,
            each.workspace,
            each.number,
            each.phone_number_id,
            each.waba or "-",
            each.app or "-",
            str(each.throughput),
            "no" if each.draining else "yes",
        )
        for each in channels
    ]
    print_table(heads, rows, "There is no channel yet: kaisa-relay channel add --help")
