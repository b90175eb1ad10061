"""`kaisa-relay doctor`: look at everything, change nothing, say what to do."""

from collections.abc import Sequence
from typing import Final

import click
import httpx
import trio

from kaisa_relay.accounts.commands import Facts, Inspect, Refused
from kaisa_relay.cli.administration import Failed, execute
from kaisa_relay.cli.checks import (
    WEBHOOK_PATH,
    check_facts,
    check_public_url,
    check_settings,
    check_webhook_bind,
)
from kaisa_relay.cli.files_check import check_files
from kaisa_relay.cli.finding import Finding, Level, healthy, problem
from kaisa_relay.cli.graph_check import GraphApi
from kaisa_relay.cli.options import Options
from kaisa_relay.cli.output import print_json, say
from kaisa_relay.cli.template_check import accounts_of
from kaisa_relay.cli.templates import open_desk
from kaisa_relay.settings import Settings, SettingsError

TIMEOUT: Final = 10.0
"""Seconds for each question over HTTP."""
_SIGNS: Final = {Level.OK: "ok", Level.WARNING: "look", Level.PROBLEM: "WRONG"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(options: Options, as_json: bool) -> None:
    """Check settings, database, channels, webhooks and what waits for you; say what to do.

    Asks Meta about every channel. Exit code 1 when something is wrong.
    """
    findings = trio.run(_examine, options)
    if as_json:
        print_json({"healthy": healthy(findings), "findings": findings})
    else:
        _print(findings)
    if not healthy(findings):
        raise SystemExit(1)


def _print(findings: Sequence[Finding]) -> None:
    for finding in findings:
        click.echo(f"{_SIGNS[finding.level]:<6} {finding.about}: {finding.says}")
        if finding.advice:
            click.echo(f"       -> {finding.advice}")
    say(_verdict(findings))


def _verdict(findings: Sequence[Finding]) -> str:
    if not healthy(findings):
        return "Something is wrong: see the arrows."
    if any(finding.advice for finding in findings):
        return "Nothing is wrong; the arrows say what is worth a look."
    return "All is well."


async def _examine(options: Options) -> list[Finding]:
    settings, findings = check_settings(options)
    if settings is None:
        return findings
    findings.append(check_files(settings.files_dir))
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
        findings.append(await check_public_url(client, settings))
        findings += await check_webhook_bind(client, settings)
        facts = await _facts(settings)
        if isinstance(facts, Finding):
            return [*findings, facts]
        return [*findings, *check_facts(facts), *await _channels(settings, facts)]


async def _channels(settings: Settings, facts: Facts) -> Sequence[Finding]:
    hook = f"{settings.public_url}{WEBHOOK_PATH}"
    try:
        async with open_desk(settings, TIMEOUT) as desk:
            graph = GraphApi(desk.calls, hook)
            found = [each for one in facts.channels for each in await graph.check(desk.cipher, one)]
            for account in accounts_of(facts, None):
                found += await desk.check(account)
            return found
    except SettingsError:
        return []  # that it is missing has been said


async def _facts(settings: Settings) -> Facts | Finding:
    advice = "check KAISA_DATABASE_URL; `kaisa-relay serve` makes a database where none is"
    try:
        result = await execute(settings, Inspect())
    except Failed as reason:
        return problem("database", str(reason), advice)
    match result:
        case Facts():
            return result
        case Refused():
            return problem("database", result.reason, advice)
        case _:
            raise TypeError(type(result).__name__)
