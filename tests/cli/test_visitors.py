"""`visitor erase` where no serve runs: it says what it needs."""

import pytest

from tests.cli.conftest import CommandLine

NUMBER = "+46701234567"


def test_without_a_serve_nobody_is_erased(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    refused = run("visitor", "erase", "--workspace", "acme", NUMBER)
    assert (refused.exit_code, "running serve" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("workspace", "who", "reason"),
    [("acme", "anna", "number"), ("nobody", NUMBER, "no workspace")],
)
def test_what_is_wrong_is_said(run: CommandLine, workspace: str, who: str, reason: str) -> None:
    run.ok("workspace", "add", "acme")
    refused = run("visitor", "erase", "--workspace", workspace, who)
    assert (refused.exit_code, reason in refused.stderr) == (1, True), refused.stderr
