"""`kaisa-relay workspace add|list`."""

import re
from datetime import timedelta
from typing import Any

import click

from kaisa_relay.accounts.commands import (
    DEFAULT_TERMS,
    AddWorkspace,
    ListWorkspaces,
    TextOverride,
    WorkspaceFacts,
    Workspaces,
    WorkspaceSettings,
)
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.options import DURATION, Options
from kaisa_relay.cli.output import print_json, print_table, say
from kaisa_relay.domain.durations import write_duration


@click.group()
def command() -> None:
    """Add and list workspaces.

    A workspace is one customer, with channels, keys, agents and conversations of its own.
    """


class _Text(click.ParamType[TextOverride]):
    name = "key:lang=text"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> TextOverride:
        if isinstance(value, TextOverride):
            return value
        match = re.fullmatch(r"([a-z_]+):([A-Za-z_-]+)=(.*)", str(value), re.DOTALL)
        if match is None:
            self.fail("write it as KEY:LANGUAGE=TEXT, e.g. seeking:en='One moment'", param, ctx)
        return TextOverride(match[1], match[2], match[3])


def _fields(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


@command.command()
@click.argument("name")
@click.option("--language", default="en", help="Language of people whose own is not given.")
@click.option("--offer-time", type=DURATION, help="How long an agent has to accept.")
@click.option("--queue-time", type=DURATION, help="How long a visitor waits for a free agent.")
@click.option("--link-time", type=DURATION, help="How long an unused link is valid.")
@click.option("--expires-after", type=DURATION, help="Silence that ends a conversation.")
@click.option(
    "--unknown-grace",
    type=DURATION,
    help="How long a send without an answer waits for its status before it is parked.",
)
@click.option(
    "--agent-fields",
    default="",
    callback=_fields,
    metavar="A,B",
    help="Metadata keys that the agent is shown.",
)
@click.option("--offer-template", default="kaisa_offer", help="Template that offers to an agent.")
@click.option(
    "--text",
    "texts",
    type=_Text(),
    multiple=True,
    metavar="KEY:LANG=TEXT",
    help="Your own wording of an automatic text; may be repeated.",
)
@click.pass_obj
def add(
    options: Options,
    /,
    name: str,
    texts: tuple[TextOverride, ...],
    link_time: timedelta | None,
    **settings: Any,
) -> None:
    """Add a workspace and print its id.

    A TIME is a number with its unit: 120s, 10m, 24h or 90d.

    \b
    kaisa-relay workspace add acme --language sv --agent-fields topic,city
    """
    given = {key: value for key, value in settings.items() if value is not None}
    chosen = WorkspaceSettings(
        **given, texts=texts, link_expires_after=link_time or DEFAULT_TERMS.link_expires_after
    )
    facts = administer(options, AddWorkspace(name, chosen), WorkspaceFacts)
    say(f"Workspace {facts.name} is ready; next: kaisa-relay channel add --workspace {facts.name}")
    click.echo(facts.id)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_all(options: Options, as_json: bool) -> None:
    """List the workspaces."""
    workspaces = administer(options, ListWorkspaces(), Workspaces).workspaces
    if as_json:
        print_json(workspaces)
        return
    heads = ("ID", "NAME", "LANGUAGE", "OFFER", "QUEUE", "LINK", "EXPIRES")
    rows = [(each.id, each.name, each.settings.language, *_times(each)) for each in workspaces]
    print_table(heads, rows, "There is no workspace yet: kaisa-relay workspace add NAME")


def _times(facts: WorkspaceFacts) -> tuple[str, ...]:
    settings = facts.settings
    times = (settings.offer_time, settings.queue_time, settings.link_expires_after)
    return tuple(map(write_duration, (*times, settings.expires_after)))
