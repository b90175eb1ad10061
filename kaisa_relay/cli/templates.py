"""`kaisa-relay templates push|status`."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import click
import httpx
import trio
from attrs import frozen

from kaisa_relay.accounts.cipher import PURPOSE, TokenCipher
from kaisa_relay.accounts.commands import Facts, Inspect
from kaisa_relay.cli.administration import administer
from kaisa_relay.cli.finding import Finding
from kaisa_relay.cli.graph_calls import GraphCalls
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import print_json, print_table, say
from kaisa_relay.cli.template_check import ADVICE, Account, Stands, TemplateDesk, accounts_of
from kaisa_relay.domain.templates import TEMPLATES, TemplateKey
from kaisa_relay.settings import Settings
from kaisa_relay.whatsapp.httpx_transport import authorities
from kaisa_relay.whatsapp.templates import Standing, Wanted

TIMEOUT: Final = 30.0
"""Seconds for each call; Meta takes its time to create a template."""
LANGUAGES: Final = tuple(TEMPLATES[TemplateKey.OFFER])

CREATED: Final = "created"
WOULD_CREATE: Final = "would be created"
REFUSED: Final = "refused"
NOT_KNOWN: Final = "not known"
_FINE: Final = frozenset({CREATED, WOULD_CREATE, Standing.APPROVED, Standing.PENDING})


@click.group()
def command() -> None:
    """Create the templates that the relay needs, and see what Meta makes of them.

    Outside an open 24-hour window only a template that Meta has approved reaches a person:
    offers to agents, and the request to open the window again.
    """


@frozen
class _Asked:
    """What both commands are asked for."""

    workspace: str | None
    languages: tuple[str, ...]
    push: bool = False
    dry_run: bool = False


def _options(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option(
            "--language",
            "languages",
            multiple=True,
            type=click.Choice(LANGUAGES),
            help="Only this language; may be given several times.",
        ),
        click.option("--all", "every", is_flag=True, help="All workspaces (the default)."),
        click.option("--workspace", help="Name or id of a workspace: only its channels."),
    ):
        function = option(function)
    return click.pass_obj(function)


@command.command()
@_options
@click.option("--dry-run", is_flag=True, help="Only say what would be created.")
def push(options: Options, /, dry_run: bool, **asked: Any) -> None:
    """Create what is missing, in every language; what is there already stays as it is.

    \b
    kaisa-relay templates push --workspace acme --language sv
    """
    _carry_out(options, _asked(push=True, dry_run=dry_run, **asked), asked["as_json"])


@command.command()
@_options
def status(options: Options, /, **asked: Any) -> None:
    """Show how the templates stand at Meta; exit code 1 when one needs somebody.

    \b
    kaisa-relay templates status --json
    """
    _carry_out(options, _asked(**asked), asked["as_json"])


def _asked(
    workspace: str | None, every: bool, languages: tuple[str, ...], as_json: bool, **how: bool
) -> _Asked:
    del as_json  # a matter of how it is shown
    if workspace is not None and every:
        raise click.UsageError("either --workspace or --all")
    return _Asked(workspace, languages or LANGUAGES, **how)


def _carry_out(options: Options, asked: _Asked, as_json: bool) -> None:
    facts = administer(options, Inspect(), Facts)
    known = {name for each in facts.speaking for name in (each.id, each.workspace)}
    if asked.workspace is not None and asked.workspace not in known:
        raise click.ClickException(f"there is no workspace {asked.workspace}")
    stands = trio.run(_examine, options.settings(), facts, asked)
    if as_json:
        print_json(stands)
    else:
        _print(stands)
    if any(each.state not in _FINE for each in stands):
        raise SystemExit(1)


def _print(stands: Sequence[Stands]) -> None:
    heads = ("WORKSPACE", "WABA", "TEMPLATE", "LANGUAGE", "STATE")
    rows = [
        (each.workspace, each.account or "-", each.template, each.language, _state(each))
        for each in stands
    ]
    print_table(heads, rows, "There is no channel yet: kaisa-relay channel add --help")
    for advice in dict.fromkeys((each.state, each.advice) for each in stands if each.advice):
        say(f"{advice[0]} -> {advice[1]}")


def _state(stands: Stands) -> str:
    return f"{stands.state} ({stands.detail})" if stands.detail else stands.state


async def _examine(settings: Settings, facts: Facts, asked: _Asked) -> Sequence[Stands]:
    async with open_desk(settings) as desk:
        return [
            each
            for account in accounts_of(facts, asked.workspace)
            for each in await _account(desk, account, asked)
        ]


@asynccontextmanager
async def open_desk(settings: Settings, patience: float = TIMEOUT) -> AsyncIterator[TemplateDesk]:
    """Give a desk at the Graph that is configured; `SettingsError` without a secret key."""
    cipher = TokenCipher.of(*settings.derived_keys(PURPOSE))
    trusted = authorities(settings.graph_ca_file)
    async with httpx.AsyncClient(timeout=patience, verify=trusted, trust_env=False) as client:
        yield TemplateDesk(
            GraphCalls(client, f"{settings.graph_url}/{settings.graph_version}"), cipher
        )


async def _account(desk: TemplateDesk, account: Account, asked: _Asked) -> Sequence[Stands]:
    looked = await desk.look(account, account.needs(asked.languages))
    if isinstance(looked, Finding):
        return [
            _stands(
                account, None, NOT_KNOWN, looked.says.removeprefix("not known: "), looked.advice
            )
        ]
    found = []
    for wanted, standing, reason in looked:
        if asked.push and standing is Standing.MISSING:
            found.append(await _create(desk, account, wanted, asked.dry_run))
        else:
            advice = ADVICE.get(standing, "")
            found.append(_stands(account, wanted, standing.value, reason, advice))
    return found


async def _create(desk: TemplateDesk, account: Account, wanted: Wanted, dry_run: bool) -> Stands:
    if dry_run:
        return _stands(account, wanted, WOULD_CREATE)
    answer = await desk.create(account, wanted)
    if isinstance(answer, Finding):
        return _stands(account, wanted, REFUSED, answer.says, answer.advice)
    return _stands(account, wanted, CREATED, answer)


def _stands(account: Account, wanted: Wanted | None, *said: Any) -> Stands:
    channels = tuple(each.channel.id for each in account.channels)
    name, language = (wanted.name, wanted.language) if wanted else ("-", "-")
    return Stands(account.speaking.workspace, account.waba, channels, name, language, *said)
