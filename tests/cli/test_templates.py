"""`kaisa-relay templates` against a simulated WhatsApp in a process of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import Result

from tests.cli.conftest import TOKEN, CommandLine

Add = Callable[..., Result]
NAMES = {"kaisa_offer", "kaisa_reopen_agent", "kaisa_reopen_visitor", "kaisa_moved"}


@pytest.fixture
def relay(run: CommandLine, add_channel: Add, graph_url: str, tmp_path: Path) -> CommandLine:
    """A workspace with one channel, at a simulator that reviews nothing by itself."""
    run.environment["KAISA_GRAPH_URL"] = graph_url
    run.ok("workspace", "add", "acme", "--language", "sv")
    (tmp_path / "token").write_text("sim-token")
    add_channel("--waba", "waba-1")
    simulate(run, "faults", review="manual")
    return run


def simulate(run: CommandLine, what: str, **body: Any) -> Any:
    """Tell the simulator something."""
    method = "PATCH" if what == "faults" else "POST"
    url = f"{run.environment['KAISA_GRAPH_URL']}/_sim/{what}"
    answer = httpx.request(method, url, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def states(run: CommandLine, *arguments: str) -> dict[tuple[str, str], str]:
    """Run a command and return each template's state by name and language."""
    printed = run("templates", *arguments, "--json")
    assert TOKEN not in printed.output
    found = {(e["template"], e["language"]): e["state"] for e in json.loads(printed.stdout)}
    fine = {"created", "would be created", "pending", "approved"}
    assert printed.exit_code == (0 if set(found.values()) <= fine else 1)
    return found


def test_from_nothing_to_approved(relay: CommandLine) -> None:
    """Missing, created, pending, approved; a second push creates nothing."""
    before = states(relay, "status")
    assert {name for (name, _), state in before.items() if state == "missing"} == NAMES - {
        "kaisa_offer"  # the simulator has that one from the start
    }
    planned = states(relay, "push", "--dry-run")
    assert planned["kaisa_reopen_agent", "sv"] == "would be created"
    assert states(relay, "status") == before
    pushed = states(relay, "push")
    assert pushed["kaisa_reopen_agent", "sv"] == "created"
    assert pushed["kaisa_offer", "sv"] == "approved"
    assert states(relay, "push")["kaisa_reopen_visitor", "es"] == "pending"
    for name in NAMES:
        simulate(relay, f"templates/{name}", status="approved")
    assert set(states(relay, "status").values()) == {"approved"}


def test_only_one_language(relay: CommandLine) -> None:
    """The others are neither looked at nor created."""
    pushed = states(relay, "push", "--workspace", "acme", "--language", "sv")
    assert {language for _, language in pushed} == {"sv"}
    assert states(relay, "status", "--all")["kaisa_reopen_agent", "en"] == "missing"


@pytest.mark.parametrize(
    ("status", "reason", "seen"),
    [
        ("rejected", "INVALID_FORMAT", "rejected (INVALID_FORMAT)"),
        ("paused", "", "paused"),
        ("disabled", "", "disabled"),
    ],
)
def test_what_meta_took_away(relay: CommandLine, status: str, reason: str, seen: str) -> None:
    """It is said with its reason and what to do, by push too, which leaves it alone."""
    states(relay, "push")
    simulate(relay, "templates/kaisa_offer", status=status, reason=reason, language="sv")
    told = relay("templates", "status")
    assert told.exit_code == 1
    (line,) = [each for each in told.stdout.splitlines() if seen in each]
    assert "kaisa_offer" in line
    assert f"{status} -> " in told.stderr
    assert states(relay, "push")["kaisa_offer", "sv"] == status


def test_a_template_of_another_shape(relay: CommandLine) -> None:
    """Somebody made one of that name by hand: nothing is sent with it before it is told."""
    simulate(relay, "templates", name="kaisa_offer", languages=["sv"], parameters=1, buttons=["Ja"])
    assert states(relay, "status")["kaisa_offer", "sv"] == "differs"


def test_a_channel_without_account(relay: CommandLine, add_channel: Add) -> None:
    """It is said so, and the others are looked at all the same."""
    other = add_channel(id="1002", number="+46700000002").stdout.strip()
    told = relay("templates", "push")
    assert told.exit_code == 1
    assert "their WhatsApp business account is not" in told.stdout
    assert "channel set --channel ID --waba ID" in told.stderr
    assert "created (pending)" in told.stdout
    found = relay.json("channel", "list")
    assert other in {each["id"] for each in found}


def test_what_cannot_be_asked(relay: CommandLine, graph_url: str) -> None:
    """An unknown workspace, both ways of saying which, a Graph that is away."""
    assert (
        "there is no workspace nobody"
        in relay("templates", "status", "--workspace", "nobody").stderr
    )
    assert relay("templates", "status", "--workspace", "acme", "--all").exit_code == 2
    relay.environment["KAISA_GRAPH_URL"] = "http://127.0.0.1:1"
    assert "cannot be reached" in relay("templates", "push").stdout


def test_doctor_finds_them(relay: CommandLine) -> None:
    """In the workspace's language: missing, pending, rejected with the reason, and well."""

    def found() -> list[tuple[str, str]]:
        report = json.loads(relay("doctor", "--json").stdout)
        return [
            (each["level"], each["says"])
            for each in report["findings"]
            if each["about"].startswith("templates of channel chn_")
        ]

    assert ("problem", "kaisa_reopen_agent in sv is missing") in found()
    states(relay, "push")
    assert ("warning", "kaisa_reopen_agent in sv is pending") in found()
    simulate(relay, "templates/kaisa_reopen_agent", status="rejected", reason="ABUSIVE_CONTENT")
    assert ("problem", "kaisa_reopen_agent in sv is rejected (ABUSIVE_CONTENT)") in found()
    for name in NAMES:
        simulate(relay, f"templates/{name}", status="approved")
    assert found() == [("ok", "approved in what is in use: sv")]
