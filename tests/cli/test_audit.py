"""`audit` as an operator uses it: what they changed is in it, and what they did not is not."""

import csv
import io

import pytest

from kaisa_relay.accounts import noting
from kaisa_relay.domain.ids import WORKSPACE
from tests.cli.conftest import CommandLine

ON = ("--workspace", "acme")


def test_what_an_operator_changed(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "PAGE", 2)
    assert "Nothing like that" in run.ok("audit").stderr
    run.ok("workspace", "add", "acme")
    run.ok("workspace", "add", "other")
    key = run.ok("key", "add", *ON, "--scope", "conversations:read")
    [listed] = run.json("key", "list", *ON)
    run.ok("key", "revoke", listed["id"])
    run.ok("suppression", "add", *ON, "vera@customers.example")
    found = run.json("audit", *ON)
    assert [each["action"] for each in found] == [
        "suppression.added",
        "key.revoked",
        "key.added",
        "workspace.added",
    ]
    assert {each["by"] for each in found} == {None}
    assert [each["subject"] for each in found[1:3]] == [listed["id"]] * 2
    assert found[3]["subject"].startswith(f"{WORKSPACE}_")
    told = run.ok("audit", *ON).stdout + run.ok("audit", *ON, "--csv").stdout
    assert "vera" not in told
    assert key.stdout.strip() not in told
    assert len(run.json("audit", "--workspace", "other")) == 1


def test_filtered_and_as_csv(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    run.ok("workspace", "set", "acme", "--language", "sv")
    wanted = ("audit", *ON, "--action", "workspace.changed")
    [row] = csv.DictReader(io.StringIO(run.ok(*wanted, "--csv").stdout))
    assert row["action"] == "workspace.changed"
    assert "workspace.changed" in run.ok("audit", *ON, "--subject", row["subject"]).stdout
    refused = run("audit", *ON, "--action", "flown")
    assert (refused.exit_code, "must be one of" in refused.stderr) == (1, True)


def test_what_was_refused_leaves_nothing(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    assert run("workspace", "add", "acme").exit_code == 1
    assert len(run.json("audit", *ON)) == 1
