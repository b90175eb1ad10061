"""Commands that change what is there."""

from collections.abc import Callable

from click.testing import Result

from tests.cli.conftest import CommandLine

Add = Callable[..., Result]


def test_a_workspace_is_changed_in_what_is_named(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme", "--agent-fields", "topic", "--text", "seeking:en=Hold on")
    run.ok("workspace", "set", "acme", "--language", "sv", "--link-time", "2h")
    run.ok("workspace", "set", "acme", "--agent-fields", "", "--text", "queued:en=Soon")
    (workspace,) = run.json("workspace", "list")
    settings = workspace["settings"]
    assert (settings["language"], settings["link_expires_after"]) == ("sv", "PT7200S")
    assert (settings["offer_time"], settings["agent_fields"]) == ("PT120S", [])
    assert [text["key"] for text in settings["texts"]] == ["seeking", "queued"]
    refused = run("workspace", "set", "acme")
    assert (refused.exit_code, "say what to change" in refused.stderr) == (2, True)


def test_the_settings_of_a_workspace_are_shown(run: CommandLine) -> None:
    """By the names that set them, so that nobody has to guess what holds."""
    said = ("--agent-fields", "car,city", "--text", "seeking:en=Hold on", "--no-read-receipts")
    run.ok("workspace", "add", "acme", "--link-time", "2h", *said)
    shown = dict(
        line.split(None, 1) for line in run.ok("workspace", "show", "acme").stdout.splitlines()
    )
    assert (shown["link-time"], shown["offer-time"], shown["language"]) == ("2h", "2m", "en")
    assert (shown["agent-fields"], shown["read-receipts"]) == ("car, city", "no")
    assert shown["text"] == "seeking:en='Hold on'"
    refused = run("workspace", "show", "other")
    assert (refused.exit_code, "there are: acme" in refused.stderr) == (1, True)


def test_a_secret_key_is_rotated(run: CommandLine, add_channel: Add) -> None:
    """Both open while both are given; after the reseal the old one is not needed any more."""
    run.ok("workspace", "add", "acme")
    add_channel()
    run.environment["KAISA_SECRET_KEY"] = f"{'n' * 32},{'k' * 32}"
    assert "opens now: 1" in run.ok("channel", "reseal").stderr
    run.environment["KAISA_SECRET_KEY"] = "n" * 32
    assert add_channel(id="1002", number="+46700000002").exit_code == 0
    run.environment["KAISA_SECRET_KEY"] = "k" * 32
    refused = run("channel", "reseal")
    assert (refused.exit_code, "KAISA_SECRET_KEY" in refused.stderr) == (1, True)


def test_what_was_mistyped_of_a_channel_is_corrected(run: CommandLine, add_channel: Add) -> None:
    """What is not named stays, and so does its id: links and conversations go on with it."""
    run.ok("workspace", "add", "acme")
    id = add_channel("--throughput", "250").stdout.strip()
    said = ("--waba", "77", "--phone-number-id", "1009", "--number", "+46 70-000 00 09")
    assert "doctor" in run.ok("channel", "set", "--channel", id, *said).stderr
    (channel,) = run.json("channel", "list")
    assert (channel["id"], channel["throughput"]) == (id, 250)
    seen = (channel["waba"], channel["phone_number_id"], channel["number"])
    assert seen == ("77", "1009", "+46700000009")
    assert add_channel().exit_code == 0
    refused = run("channel", "set", "--channel", id)
    assert (refused.exit_code, "say what to change" in refused.stderr) == (2, True)


def test_a_channel_is_drained_and_taken_back(run: CommandLine, add_channel: Add) -> None:
    run.ok("workspace", "add", "acme")
    id = add_channel().stdout.strip()
    assert "takes no new" in run.ok("channel", "drain", "--channel", id).stderr
    (channel,) = run.json("channel", "list")
    assert channel["draining"] is True
    run.ok("channel", "drain", "--channel", id, "--off")
    (channel,) = run.json("channel", "list")
    assert channel["draining"] is False
    refused = run("channel", "drain", "--channel", "chn_nowhere")
    assert (refused.exit_code, "no channel" in refused.stderr) == (1, True)


def test_a_channel_is_replaced_by_a_running_serve(run: CommandLine, add_channel: Add) -> None:
    """Without one the old channel is drained all the same; what makes no sense changes nothing."""
    run.ok("workspace", "add", "acme")
    run.ok("workspace", "add", "other")
    old = add_channel().stdout.strip()
    new = add_channel(id="1002", number="+46700000002").stdout.strip()
    foreign = add_channel("--workspace", "other", id="1003", number="+46700000003").stdout.strip()
    for pair, reason in (
        ((old, old), "cannot replace itself"),
        ((old, foreign), "different workspaces"),
        ((old, "chn_nowhere"), "no channel"),
    ):
        refused = run("channel", "replace", *pair)
        assert (refused.exit_code, reason in refused.stderr) == (1, True), refused.stderr
    assert not any(each["draining"] for each in run.json("channel", "list"))
    refused = run("channel", "replace", old, new)
    assert (refused.exit_code, "running serve" in refused.stderr) == (1, True)
    assert [each["draining"] for each in run.json("channel", "list")] == [True, False, False]
    refused = run("channel", "replace", new, old)
    assert (refused.exit_code, "takes no new conversations" in refused.stderr) == (1, True)
