"""`suppression` as an operator uses it, and what comes out of it."""

import csv
import io

import pytest

from kaisa_relay.accounts import suppressing
from tests.cli.conftest import CommandLine

ON = ("--workspace", "acme")
VERA, NUMBER, HIDDEN = "Vera@customers.example", "+46701234567", "US.13491208655302741918"


def test_on_the_list_and_off_it(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number is left alone in every way that it has; a repeat is the same entry."""
    monkeypatch.setattr(suppressing, "PAGE", 2)
    run.ok("workspace", "add", "acme")
    assert "Nobody is on the list." in run.ok("suppression", "list", *ON).stderr
    first = run.ok("suppression", "add", *ON, VERA).stdout
    assert run.ok("suppression", "add", *ON, VERA).stdout == first
    run.ok("suppression", "add", *ON, NUMBER)
    run.ok("suppression", "add", *ON, HIDDEN)
    listed = run.json("suppression", "list", *ON)
    assert [(each["way"], each["address"]) for each in listed] == [
        ("whatsapp", HIDDEN),
        ("whatsapp", NUMBER),
        ("sms", NUMBER),
        ("email", VERA.lower()),
    ]
    assert {each["source"] for each in listed} == {"operator"}
    exported = list(csv.DictReader(io.StringIO(run.ok("suppression", "export", *ON).stdout)))
    assert [each["address"] for each in exported] == [each["address"] for each in listed]
    run.ok("suppression", "remove", *ON, "--way", "sms", NUMBER)
    run.ok("suppression", "remove", *ON, VERA)
    left = run.ok("suppression", "list", *ON).stdout
    assert (left.count(NUMBER), left.count("vera"), left.count(HIDDEN)) == (1, 0, 1)
    again = run("suppression", "remove", *ON, VERA)
    assert (again.exit_code, "nobody like that" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--workspace", "nobody", NUMBER), "no workspace"),
        ((*ON, "vera@"), "e-mail address"),
        ((*ON, "070"), "number"),
        ((*ON, "--way", "email", NUMBER), "e-mail address"),
    ],
)
def test_what_is_wrong_is_said(run: CommandLine, arguments: tuple[str, ...], reason: str) -> None:
    """Before anything is done."""
    run.ok("workspace", "add", "acme")
    for command in ("add", "remove"):
        refused = run("suppression", command, *arguments)
        assert (refused.exit_code, reason in refused.stderr) == (1, True), refused.stderr
    assert run.json("suppression", "list", *ON) == []
