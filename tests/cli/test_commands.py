"""The command line without a serve: what it prints where, and with which exit code."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import insert, select

from kaisa_relay.cli import COMMANDS
from kaisa_relay.domain.ids import CONVERSATION, to_text
from kaisa_relay.store import sqlite, tables
from kaisa_relay.store.lock import file_lock
from tests.cli.conftest import NUMBER, TOKEN, CommandLine
from tests.store.databases import postgres_database

Add = Callable[..., Result]


def test_help_explains_itself_without_importing_a_command(run: CommandLine) -> None:
    """Every command has a line, and examples follow."""
    text = run.ok("--help").stdout
    for name in COMMANDS:
        assert f"\n  {name} " in text
    assert "kaisa-relay key add --workspace acme --scope conversations:write" in text


@pytest.mark.parametrize(
    "arguments",
    [
        ("workspace", "add"),
        ("workspace", "set"),
        ("workspace", "list"),
        ("channel", "add"),
        ("channel", "token"),
        ("channel", "reseal"),
        ("channel", "list"),
        ("key", "add"),
        ("key", "list"),
        ("key", "revoke"),
        ("conversation", "release"),
        ("simulate",),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_every_command_has_help(run: CommandLine, arguments: tuple[str, ...]) -> None:
    """One that says what it does."""
    assert "Usage: kaisa-relay " in run.ok(*arguments, "--help").stdout


def test_a_workspace_with_all_its_options(run: CommandLine) -> None:
    """The id alone on standard output, the rest beside it."""
    added = run.ok(
        *("workspace", "add", "acme", "--language", "sv", "--offer-time", "90s"),
        *("--queue-time", "5m", "--link-time", "1h", "--expires-after", "2d"),
        *("--agent-fields", "topic, city", "--offer-template", "our_offer"),
        *("--unknown-grace", "30s", "--no-read-receipts"),
        *("--first-reply-time", "2m", "--resume-time", "3h"),
        *("--text", "seeking:en=One moment, {name}", "--text", "seeking:sv=Vänta"),
    )
    (workspace,) = run.json("workspace", "list")
    assert added.stdout == f"{workspace['id']}\n"
    assert "acme is ready" in added.stderr
    assert workspace["settings"] == {
        "language": "sv",
        "offer_time": "PT90S",
        "queue_time": "PT300S",
        "link_expires_after": "PT3600S",
        "expires_after": "P2D",
        "first_reply_time": "PT120S",
        "resume_time": "PT10800S",
        "unknown_grace": "PT30S",
        "read_receipts": False,
        "broadcast_to": 3,
        "hours": None,
        "agent_opt_in": False,
        "pause_after_missed": 3,
        "queue_alert": 10,
        "missed_pause": "PT3600S",
        "keep_files": "P30D",
        "keep_texts": "P0D",
        "keep_metadata": "P0D",
        "recovery_link_time": "P7D",
        "reuse_media": False,
        "agent_fields": ["topic", "city"],
        "offer_template": "our_offer",
        "texts": [
            {"key": "seeking", "language": "en", "text": "One moment, {name}"},
            {"key": "seeking", "language": "sv", "text": "Vänta"},
        ],
    }
    table = run.ok("workspace", "list").stdout.splitlines()
    assert table[1].split() == [workspace["id"], "acme", "sv", "90s", "5m", "1h", "2d"]


def test_empty_lists_say_how_to_go_on(run: CommandLine) -> None:
    """Nothing on standard output, so that scripts see nothing."""
    for name in ("workspace", "channel", "key"):
        listed = run.ok(name, "list")
        assert listed.stdout == ""
        assert f"kaisa-relay {name} add" in listed.stderr
        assert run.json(name, "list") == []


def test_a_channel_is_added_and_listed(run: CommandLine, add_channel: Add) -> None:
    """Its token appears nowhere."""
    run.ok("workspace", "add", "acme")
    added = add_channel("--waba", "77", "--throughput", "250")
    (channel,) = run.json("channel", "list", "--workspace", "acme")
    assert added.stdout == f"{channel['id']}\n"
    assert (channel["number"], channel["waba"], channel["throughput"]) == (NUMBER, "77", 250)
    assert NUMBER in run.ok("channel", "list").stdout


def test_a_token_comes_from_standard_input_too(run: CommandLine) -> None:
    """`--token-file -` keeps it out of the file system."""
    run.ok("workspace", "add", "acme")
    arguments = ("--workspace", "acme", "--phone-number-id", "1", "--number", NUMBER)
    run.ok("channel", "add", *arguments, "--token-file", "-", input=TOKEN)
    refused = run("channel", "add", *arguments, "--token-file", "-", input="two words")
    assert refused.exit_code == 2
    assert "access token and nothing else" in refused.stderr


def test_a_key_is_alone_on_the_last_line_and_never_seen_again(run: CommandLine) -> None:
    """Everything about it is on standard error."""
    run.ok("workspace", "add", "acme")
    added = run.ok(
        *("key", "add", "--workspace", "acme", "--scope", "conversations:write"),
        *("--scope", "conversations:read", "--name", "web", "--expires", "90d"),
    )
    (text,) = added.stdout.splitlines()
    assert text.startswith("kr_")
    assert text not in added.stderr
    (key,) = run.json("key", "list")
    assert key["scopes"] == ["conversations:write", "conversations:read"]
    assert text not in run.ok("key", "list").stdout
    run.ok("key", "revoke", key["id"])
    (revoked,) = run.json("key", "list", "--workspace", "acme")
    assert revoked["revoked_at"] is not None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("workspace", "add", "acme"), "there is a workspace 'acme' already"),
        (("workspace", "add", "b", "--language", "??"), "a language is a tag"),
        (("key", "add", "--workspace", "b", "--scope", "conversations:read"), "there are: acme"),
        (("key", "add", "--workspace", "acme", "--scope", "x"), "there is no scope 'x'"),
        (("key", "revoke", "key_1"), "there is no key 'key_1'"),
        (("channel", "list", "--workspace", "b"), "there is no workspace 'b'"),
        (("conversation", "release", "cnv_1"), "there is no conversation 'cnv_1'"),
    ],
)
def test_a_refusal_is_one_line_and_exit_code_1(
    run: CommandLine, arguments: tuple[str, ...], says: str
) -> None:
    """On standard error, and nothing on standard output."""
    run.ok("workspace", "add", "acme")
    refused = run(*arguments)
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert says in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nonsense",), "No such command"),
        (("workspace",), "Usage"),
        (("workspace", "add"), "Missing argument"),
        (("workspace", "add", "b", "--offer-time", "soon"), "a whole number with s, m, h or d"),
        (("workspace", "add", "b", "--text", "hello"), "KEY:LANGUAGE=TEXT"),
        (("key", "add", "--workspace", "b"), "--scope"),
        (("simulate", "--channel", "x"), "ID=+NUMBER"),
        (("simulate", "--bind", "nonsense"), "host:port"),
        (("simulate", "--webhook-url", "127.0.0.1:8080"), "http://127.0.0.1:8080/webhooks"),
        (("--config", "missing.toml", "workspace", "list"), "missing.toml"),
    ],
)
def test_a_wrong_usage_is_exit_code_2(
    run: CommandLine, arguments: tuple[str, ...], says: str
) -> None:
    """With what is wrong."""
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert says in refused.stderr


def test_bad_settings_are_shown_as_they_are(run: CommandLine) -> None:
    """Every problem at once, and no secret."""
    run.environment.update(KAISA_BIND="nonsense", KAISA_SECRET_KEY="shortcanary")
    refused = run("workspace", "list")
    assert refused.exit_code == 1
    assert "KAISA_BIND is not host:port" in refused.stderr
    assert "KAISA_SECRET_KEY is too short" in refused.stderr
    assert "canary" not in refused.stderr


def test_only_what_stores_a_token_needs_the_secret_key(run: CommandLine, add_channel: Add) -> None:
    """A missing one is named."""
    run.environment["KAISA_SECRET_KEY"] = None
    run.ok("workspace", "add", "acme")
    refused = add_channel()
    assert refused.exit_code == 1
    assert "KAISA_SECRET_KEY is missing" in refused.stderr


def test_settings_come_from_a_file_too(run: CommandLine, tmp_path: Path) -> None:
    """`--config` stands before the command."""
    run.environment["KAISA_DATABASE_URL"] = None
    config = tmp_path / "kaisa.toml"
    config.write_text(f'KAISA_DATABASE_URL = "sqlite:///{tmp_path}/other.db"\n')
    run.ok("--config", str(config), "workspace", "add", "acme")
    assert (tmp_path / "other.db").exists()


def test_a_database_that_somebody_holds_without_answering(
    run: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder is named, after some patience."""
    monkeypatch.setattr("kaisa_relay.cli.administration.PATIENCE", 0.0)
    with file_lock(tmp_path / "kaisa.db"):
        refused = run("workspace", "list")
    assert refused.exit_code == 1
    assert "does not answer" in refused.stderr


def test_a_database_that_cannot_be_made(run: CommandLine, tmp_path: Path) -> None:
    """One line that names the file."""
    (tmp_path / "file").write_text("")
    run.environment["KAISA_DATABASE_URL"] = f"sqlite:///{tmp_path}/file/kaisa.db"
    refused = run("workspace", "list")
    assert refused.exit_code == 1
    assert "file" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_database_that_is_not_one(run: CommandLine, tmp_path: Path) -> None:
    """Refused, not overwritten."""
    (tmp_path / "kaisa.db").write_text("these are my holiday pictures" * 100)
    refused = run("workspace", "list")
    assert refused.exit_code == 1
    assert "SQLITE_NOTADB" in refused.stderr
    assert (tmp_path / "kaisa.db").read_text().startswith("these are my holiday pictures")


def test_a_conversation_is_released(run: CommandLine, tmp_path: Path) -> None:
    """The id may be copied from the log or the API."""
    run.ok("workspace", "add", "acme")
    engine = sqlite.writer(tmp_path / "kaisa.db")
    with engine.begin() as connection:
        workspace = connection.scalar(select(tables.workspace.c.id))
        names = ("channel", "visitor", "created_at", "version")
        connection.execute(
            insert(tables.conversation).values(
                workspace=workspace,
                id=500,
                phase="active",
                snapshot="{}",
                **dict.fromkeys(names, 0),
            )
        )
    engine.dispose()
    released = run.ok("conversation", "release", to_text(CONVERSATION, 500))
    assert "rows that waited for it: 0" in released.stderr


def test_on_postgresql_rows_are_the_whole_protocol(run: CommandLine) -> None:
    """There is no socket to ask."""
    with postgres_database() as url:
        # The settings want a host; the test server listens on the socket in `?host=` only.
        run.environment["KAISA_DATABASE_URL"] = url.replace("@/", "@localhost/")
        run.ok("workspace", "add", "acme")
        assert [each["name"] for each in run.json("workspace", "list")] == ["acme"]
        refused = run("workspace", "add", "acme")
    assert refused.exit_code == 1
    assert "already" in refused.stderr


def test_a_database_of_a_newer_version(run: CommandLine, tmp_path: Path) -> None:
    """Is left alone."""
    run.ok("workspace", "add", "acme")
    engine = sqlite.writer(tmp_path / "kaisa.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    engine.dispose()
    refused = run("workspace", "list")
    assert refused.exit_code == 1
    assert "newer kaisa-relay" in refused.stderr
    assert "schema 9999" in run("doctor").stdout
