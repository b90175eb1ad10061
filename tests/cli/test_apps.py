"""Meta apps beside the default one: added, rotated, sealed, and heard by a running serve."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.cli.conftest import CommandLine

Add = Callable[..., Result]
SECRET = "app-secret-of-a-partner"


def test_an_app_is_added_listed_and_given_to_a_channel(run: CommandLine, add_channel: Add) -> None:
    """Its secret is in no output; a channel of an app that is not there is refused."""
    run.ok("workspace", "add", "acme")
    refused = add_channel("--app", "partner")
    assert (refused.exit_code, "kaisa-relay app add" in refused.stderr) == (1, True)
    added = run.ok("app", "add", "partner", "--secret-file", "-", input=SECRET)
    assert "http://127.0.0.1:1/webhooks/whatsapp/partner" in added.stderr
    channel = add_channel().stdout.strip()
    run.ok("channel", "set", "--channel", channel, "--app", "partner")
    assert "  partner  " in run.ok("channel", "list").stdout
    run.ok("channel", "set", "--channel", channel, "--app", "")
    assert run.json("app", "list") == [{"name": "partner", "channels": 0}]
    assert add_channel("--app", "partner", id="1002", number="+46700000002").exit_code == 0
    assert run.json("app", "list") == [{"name": "partner", "channels": 1}]
    listed = run.ok("app", "list")
    assert "/webhooks/whatsapp/partner" in listed.stdout
    assert SECRET not in added.output + listed.output


def test_what_cannot_be_is_refused(run: CommandLine, tmp_path: Path) -> None:
    for name, secret, code, said in (
        ("Partner", SECRET, 1, "small letters"),
        ("a/b", SECRET, 1, "small letters"),
        ("partner", "short", 1, "8 to 200"),
        ("partner", "with,comma-in-it", 1, "comma"),
        ("partner", "", 2, "must hold the app secret"),
        ("partner", "\n".join([SECRET] * 6), 1, "1 to 5 secrets"),
    ):
        refused = run("app", "add", name, "--secret-file", "-", input=secret)
        assert (refused.exit_code, said in refused.stderr) == (code, True), refused.stderr
        assert not secret or secret not in refused.output
    run.ok("app", "add", "partner", "--secret-file", "-", input=SECRET)
    again = run("app", "add", "partner", "--secret-file", "-", input=SECRET)
    assert (again.exit_code, "app set" in again.stderr) == (1, True)
    nobody = run("app", "set", "nobody", "--secret-file", "-", input=SECRET)
    assert (nobody.exit_code, "no app" in nobody.stderr) == (1, True)


def test_its_secrets_are_sealed_and_resealed(run: CommandLine, tmp_path: Path) -> None:
    """With the secret key, as tokens are; another key is refused before it seals anything."""
    run.ok("app", "add", "partner", "--secret-file", "-", input=SECRET)
    files = [path.read_bytes() for path in tmp_path.iterdir() if path.is_file()]
    assert files
    assert not any(SECRET.encode() in each for each in files)
    run.environment["KAISA_SECRET_KEY"] = "n" * 32
    refused = run("app", "add", "other", "--secret-file", "-", input=SECRET)
    assert (refused.exit_code, "KAISA_SECRET_KEY" in refused.stderr) == (1, True)
    run.environment["KAISA_SECRET_KEY"] = f"{'n' * 32},{'k' * 32}"
    assert "opens now: 1" in run.ok("channel", "reseal").stderr
    run.environment["KAISA_SECRET_KEY"] = "n" * 32
    run.ok("app", "set", "partner", "--secret-file", "-", input=f"{SECRET}\n{SECRET}-new")
    run.environment["KAISA_SECRET_KEY"] = "k" * 32
    refused = run("channel", "reseal")
    assert (refused.exit_code, "KAISA_SECRET_KEY" in refused.stderr) == (1, True)
