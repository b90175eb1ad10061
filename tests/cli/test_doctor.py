"""`kaisa-relay doctor` as a whole: what it prints, and its exit code."""

import re
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.cli.conftest import TOKEN, CommandLine

Add = Callable[..., Result]
SECRETS = re.compile(f"{TOKEN}|canary|{'k' * 32}")


def levels(run: CommandLine) -> dict[str, str]:
    """Run doctor and return the level of each finding by what it is about."""
    import json

    printed = run("doctor", "--json")
    assert not SECRETS.search(printed.output)
    report = json.loads(printed.stdout)
    assert printed.exit_code == (0 if report["healthy"] else 1)
    return {finding["about"]: finding["level"] for finding in report["findings"]}


def test_a_channel_on_the_simulator(
    run: CommandLine, add_channel: Add, graph_url: str, tmp_path: Path
) -> None:
    """Its token, its number and where its webhooks go are confirmed."""
    run.environment.update(KAISA_GRAPH_URL=graph_url, KAISA_PUBLIC_URL="https://relay.example")
    run.ok("workspace", "add", "acme")
    (tmp_path / "token").write_text("sim-token")
    channel = add_channel("--waba", "waba-1").stdout.strip()
    found = levels(run)
    assert found["settings"] == found["database"] == "ok"
    assert found[f"channel {channel}"] == "ok"
    assert found["keys"] == "warning"
    assert found["privacy of acme"] == "ok"
    assert found["public URL"] == "problem"  # no serve runs here


def test_a_token_that_meta_does_not_know(
    run: CommandLine, add_channel: Add, graph_url: str
) -> None:
    """The channel is a problem."""
    run.environment["KAISA_GRAPH_URL"] = graph_url
    run.ok("workspace", "add", "acme")
    channel = add_channel().stdout.strip()
    assert levels(run)[f"channel {channel}"] == "problem"


def test_for_people(run: CommandLine) -> None:
    """Each finding with its arrow, and a last word on standard error."""
    run.ok("workspace", "list")
    told = run("doctor")
    assert told.exit_code == 1
    assert "WRONG  channels: there is none" in told.stdout
    assert "-> kaisa-relay channel add --help" in told.stdout
    assert "Something is wrong" in told.stderr


def test_no_database_yet(run: CommandLine, tmp_path: Path) -> None:
    """Doctor makes none."""
    told = run("doctor")
    assert "there is no database yet" in told.stdout
    assert not list(tmp_path.iterdir())


def test_settings_that_are_missing(run: CommandLine, add_channel: Add) -> None:
    """Each is a problem; what does not need them is looked at all the same."""
    run.ok("workspace", "add", "acme")
    add_channel()
    run.environment.update(KAISA_SECRET_KEY=None, KAISA_VERIFY_TOKEN=None)
    found = levels(run)
    assert found["settings"] == "problem"
    assert found["public URL"] == "warning"
    assert found["database"] == "ok"


def test_settings_that_cannot_be_used(run: CommandLine) -> None:
    """Nothing else is looked at."""
    run.environment["KAISA_DATABASE_URL"] = "nonsense"
    assert levels(run) == {"settings": "problem"}


def test_a_database_that_cannot_be_used(run: CommandLine, tmp_path: Path) -> None:
    """The reason is said, and the rest is looked at."""
    (tmp_path / "kaisa.db").write_text("these are my holiday pictures" * 100)
    assert levels(run)["database"] == "problem"
