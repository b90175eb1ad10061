"""`agent` and `hours`: what is set is what is shown, and nonsense is refused."""

import pytest

from tests.cli.conftest import CommandLine

NUMBER = "+46701234567"


def test_an_agent_is_added_and_changed(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme", "--language", "sv")
    assert "No form has named" in run("agent", "list", "--workspace", "acme").output
    run.ok("agent", "add", "--workspace", "acme", NUMBER, "--name", "Anna Berg")
    again = run("agent", "add", "--workspace", "acme", NUMBER, "--name", "Anna")
    assert (again.exit_code, "already" in again.stderr) == (1, True)
    hours = "Europe/Stockholm mon-fri 09:00-17:00"
    change = ("agent", "set", "--workspace", "acme", NUMBER)
    run.ok(*change, "--capacity", "2", "--schedule", hours, "--on-call")
    (agent,) = run.json("agent", "list", "--workspace", "acme")
    shown = (agent["name"], agent["number"], agent["presence"], agent["load"])
    assert shown == ("Anna Berg", NUMBER, "available", 0)
    assert (agent["capacity"], agent["schedule"], agent["on_call"]) == (2, hours, True)
    run.ok(*change, "--capacity", "0", "--schedule", "", "--no-on-call")
    (agent,) = run.json("agent", "list", "--workspace", "acme")
    assert (agent["capacity"], agent["schedule"], agent["on_call"]) == (None, None, False)
    assert "Anna Berg" in run.ok("agent", "list", "--workspace", "acme").output


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ((), 2, "say what to change"),
        (("--capacity", "-1"), 1, "capacity"),
        (("--schedule", "Europe/Nowhere mon 09:00-17:00"), 1, "time zone"),
        (("--schedule", "mon 09:00-17:00"), 1, "time zone"),
        (("--schedule", "Europe/Stockholm mon nine"), 1, "mon-fri 09:00-17:00"),
    ],
)
def test_what_an_agent_may_not_be(
    run: CommandLine, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    run.ok("workspace", "add", "acme")
    run.ok("agent", "add", "--workspace", "acme", NUMBER, "--name", "Anna Berg")
    refused = run("agent", "set", "--workspace", "acme", NUMBER, *arguments)
    assert (refused.exit_code, reason in refused.stderr) == (code, True), refused.stderr


def test_a_stranger_is_no_agent(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    refused = run("agent", "set", "--workspace", "acme", NUMBER, "--capacity", "1")
    assert (refused.exit_code, "no agent" in refused.stderr) == (1, True)
    refused = run("agent", "add", "--workspace", "acme", "12", "--name", "Anna")
    assert (refused.exit_code, "number" in refused.stderr) == (1, True)


def test_business_hours(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    assert run.ok("hours", "show", "acme").stdout == "always open\n"
    week = ("--zone", "Europe/Stockholm", "--open", "mon-fri 09:00-17:00")
    run.ok("hours", "set", "acme", *week, "--day", "2026-12-24", "--day", "2026-12-31 10:00-12:00")
    shown = run.ok("hours", "show", "acme").stdout.splitlines()
    assert shown == [
        "Europe/Stockholm: mon-fri 09:00-17:00",
        "2026-12-24 closed",
        "2026-12-31 10:00-12:00",
    ]
    run.ok("hours", "set", "acme", "--always")
    assert run.json("hours", "show", "acme") is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("--zone", "Europe/Stockholm"), 2),
        (("--always", "--day", "2026-12-24"), 2),
        (("--zone", "Mars/Base", "--open", "mon 09:00-17:00"), 1),
        (("--zone", "UTC", "--open", "mon 9-5"), 1),
        (("--zone", "UTC", "--open", "mon 09:00-17:00", "--day", "Christmas"), 1),
    ],
)
def test_hours_that_cannot_be(run: CommandLine, arguments: tuple[str, ...], code: int) -> None:
    run.ok("workspace", "add", "acme")
    assert run("hours", "set", "acme", *arguments).exit_code == code
    assert run("hours", "show", "nobody").exit_code == 1


def test_doctor_lists_who_has_not_said_yes(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    id = run.ok("agent", "add", "--workspace", "acme", NUMBER, "--name", "Anna Berg").stdout.strip()
    assert "have not said yes" not in run("doctor").output
    run.ok("workspace", "set", "acme", "--agent-opt-in")
    said = run("doctor").output
    assert f"1 have not said yes yet and get no offers: {id}" in said
    assert "Anna" not in said
    run.ok("workspace", "set", "acme", "--no-agent-opt-in")
    assert "have not said yes" not in run("doctor").output
