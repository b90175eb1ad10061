"""`kaisa-relay workspace add|set|show|list`."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import click
from attrs import fields

from kaisa_relay.accounts.changes import SetWorkspace, TextOverride
from kaisa_relay.accounts.commands import (
    AddWorkspace,
    ListWorkspaces,
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
    """Add, change, show and list workspaces.

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


def _fields(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[str, ...] | None:
    if value is None:
        return None
    return tuple(part.strip() for part in value.split(",") if part.strip())


_SETTINGS: Final = (
    click.option("--language", help="Language of people whose own is not given; first en."),
    click.option("--offer-time", type=DURATION, help="How long an agent has to accept; first 2m."),
    click.option(
        "--queue-time", type=DURATION, help="How long a visitor waits for a free agent; first 10m."
    ),
    click.option(
        "--first-reply-time",
        type=DURATION,
        help="When an agent who has accepted and not written is reminded, and, after as long "
        "again, the conversation is offered to others; first 5m.",
    ),
    click.option(
        "--resume-time",
        type=DURATION,
        help="How long after its end a visitor's message resumes a conversation; first 1h.",
    ),
    click.option(
        "--link-time",
        "link_expires_after",
        type=DURATION,
        help="How long an unused link is valid; first 30m.",
    ),
    click.option(
        "--recovery-link-time",
        type=DURATION,
        help="How long a link that leads back into a conversation is valid; first 7d.",
    ),
    click.option(
        "--expires-after", type=DURATION, help="Silence that ends a conversation; first 1d."
    ),
    click.option(
        "--unknown-grace",
        type=DURATION,
        help="How long a send without an answer waits for its status before it is parked; "
        "first 2m.",
    ),
    click.option(
        "--read-receipts/--no-read-receipts",
        default=None,
        help="Whether people see that the other side has read what they wrote; first they do.",
    ),
    click.option(
        "--agent-opt-in/--no-agent-opt-in",
        default=None,
        help="Whether agents must say yes to an invitation before any offer; first they need not.",
    ),
    click.option(
        "--broadcast-to",
        type=int,
        help="How many agents the strategy broadcast asks at once; first 3.",
    ),
    click.option(
        "--pause-after-missed",
        type=int,
        help="Offers missed in a row that pause an agent; first 3, and 0 is never.",
    ),
    click.option(
        "--queue-alert",
        type=int,
        help="Conversations in search of an agent above which that is an alert; first 10, and 0 is "
        "never.",
    ),
    click.option("--missed-pause", type=DURATION, help="How long such a pause is; first 1h."),
    click.option(
        "--keep-files", type=DURATION, help="How long files that people send are kept; first 30d."
    ),
    click.option(
        "--keep-texts",
        type=DURATION,
        help="How long messages are kept after a conversation is over; first 0s, for ever.",
    ),
    click.option(
        "--keep-metadata",
        type=DURATION,
        help="How long a form's metadata are kept after that; first 0s, for ever.",
    ),
    click.option(
        "--reuse-media/--no-reuse-media",
        default=None,
        help="Whether a file is sent on by the id it came with, and fetched only if WhatsApp "
        "refuses that; first it is not.",
    ),
    click.option(
        "--agent-fields",
        callback=_fields,
        metavar="A,B",
        help="Metadata keys that the agent is shown; none at first.",
    ),
    click.option("--offer-template", help="Template that offers to an agent; first kaisa_offer."),
    click.option(
        "--text",
        "texts",
        type=_Text(),
        multiple=True,
        metavar="KEY:LANG=TEXT",
        help="Your own wording of an automatic text; may be repeated. A wrong KEY lists all.",
    ),
)


def _settings(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command every setting of a workspace as an option; None is what is not given."""
    for option in reversed(_SETTINGS):
        function = option(function)
    return function


@command.command()
@click.argument("name")
@_settings
@click.pass_obj
def add(options: Options, /, name: str, **settings: Any) -> None:
    """Add a workspace and print its id.

    A TIME is a number with its unit: 120s, 10m, 24h or 90d.

    \b
    kaisa-relay workspace add acme --language sv --agent-fields topic,city
    """
    given = {key: value for key, value in settings.items() if value is not None}
    facts = administer(options, AddWorkspace(name, WorkspaceSettings(**given)), WorkspaceFacts)
    say(f"Workspace {facts.name} is ready; next: kaisa-relay channel add --workspace {facts.name}")
    click.echo(facts.id)


@command.command("set")
@click.argument("name")
@_settings
@click.pass_obj
def change(options: Options, /, name: str, **settings: Any) -> None:
    """Change settings of a workspace; what is not named stays as it is.

    Conversations that are under way keep their times. An empty TEXT takes your wording away.

    \b
    kaisa-relay workspace set acme --offer-time 90s --text seeking:en='One moment'
    """
    if not any(value is not None and value != () for value in settings.values()):
        raise click.UsageError("say what to change: see kaisa-relay workspace set --help")
    facts = administer(options, SetWorkspace(name, **settings), WorkspaceFacts)
    say(f"Workspace {facts.name} is changed.")


@command.command()
@click.argument("name")
@click.pass_obj
def show(options: Options, name: str) -> None:
    """Show the settings of a workspace, by the names that `workspace set` has for them.

    Business hours are shown by `kaisa-relay hours show`.
    """
    workspaces = administer(options, ListWorkspaces(), Workspaces).workspaces
    found = next((each for each in workspaces if name in (each.id, each.name)), None)
    if found is None:
        names = ", ".join(each.name for each in workspaces) or "none yet"
        raise click.ClickException(f"there is no workspace {name[:80]!r}; there are: {names}")
    for option in change.params:
        if option.name in (field.name for field in fields(WorkspaceSettings)):
            value = getattr(found.settings, str(option.name))
            click.echo(f"{option.opts[0].lstrip('-'):<20} {_shown(value)}")


def _shown(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case timedelta():
            return write_duration(value)
        case tuple():
            return ", ".join(map(_shown, value)) or "-"
        case TextOverride():
            return f"{value.key}:{value.language}={value.text!r}"
        case _:
            return str(value)


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
