"""`block` where no serve runs: it lists, and says what adding and removing need."""

import pytest

from tests.cli.conftest import CommandLine

NUMBER = "+46701234567"


def test_without_a_serve_nothing_is_changed(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    for command in ("add", "remove"):
        refused = run("block", command, "--workspace", "acme", NUMBER)
        assert (refused.exit_code, "running serve" in refused.stderr) == (1, True)
    assert run.json("block", "list", "--workspace", "acme") == []
    assert "Nobody is blocked." in run.ok("block", "list", "--workspace", "acme").output


@pytest.mark.parametrize(
    ("workspace", "who", "reason"),
    [("acme", "12", "number"), ("acme", "anna", "number"), ("nobody", NUMBER, "no workspace")],
)
def test_what_is_wrong_is_said(run: CommandLine, workspace: str, who: str, reason: str) -> None:
    run.ok("workspace", "add", "acme")
    for command in ("add", "remove"):
        refused = run("block", command, "--workspace", workspace, who)
        assert (refused.exit_code, reason in refused.stderr) == (1, True), refused.stderr
