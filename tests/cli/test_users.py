"""Accounts from the command line: the password is never an argument."""

import os
import subprocess
import sys

from tests.cli.conftest import CommandLine

PASSWORD = "correct horse battery"


def test_an_account_is_added_changed_and_removed(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    add = ("user", "add", "Maria", "--workspace", "acme", "--role", "viewer", "--password-stdin")
    said = run.ok(*add, input=f"{PASSWORD}\n")
    assert "maria may sign in as viewer of acme" in said.stderr
    assert PASSWORD not in said.output
    run.ok("user", "set", "maria", "--role", "admin", "--disable")
    (maria,) = run.json("user", "list")
    assert (maria["role"], maria["disabled"]) == ("admin", True)
    run.ok("user", "set", "maria", "--password", input=f"{PASSWORD}2\n{PASSWORD}2\n")
    run.ok("user", "remove", "maria")
    assert run.json("user", "list") == []


def test_a_short_password_and_nothing_to_change(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    add = ("user", "add", "maria", "--workspace", "acme", "--role", "viewer", "--password-stdin")
    short = run(*add, input="short\n")
    assert (short.exit_code, "12 to 256" in short.stderr) == (1, True)
    nothing = run("user", "set", "maria")
    assert (nothing.exit_code, "say what to change" in nothing.stderr) == (2, True)


def test_a_password_is_not_asked_for_where_nobody_is() -> None:
    """In a session without a terminal, as a service manager or a container gives one."""
    asked = ("user", "add", "maria", "--workspace", "acme", "--role", "viewer")
    refused = subprocess.run(
        [sys.executable, "-m", "kaisa_relay", *asked],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=os.environ,
        start_new_session=True,
    )
    assert refused.returncode == 2
    assert refused.stderr.endswith("Error: there is no terminal to ask on: --password-stdin\n")
    assert "Warning" not in refused.stderr
