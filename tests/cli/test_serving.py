"""The command line while a serve holds the database: real processes over the real socket."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import trio
from structlog.testing import capture_logs

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.cipher import TokenCipher
from kaisa_relay.accounts.configured import ConfiguredAccounts
from kaisa_relay.accounts.socket import serve_admin
from kaisa_relay.domain.phone import Phone
from kaisa_relay.runtime.clock import system_clock
from kaisa_relay.store import open_store

TOKEN, NUMBER = "EAAcanarytoken", "+46701234567"
CIPHER = TokenCipher.of(b"k" * 32)

pytestmark = [pytest.mark.timeout(240)]  # a dozen programs, one after the other


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[ConfiguredAccounts]:
    """What `serve` does for operators, and no more."""
    url = f"sqlite:///{folder}/kaisa.db"
    async with open_store(url, wall=system_clock) as store, trio.open_nursery() as nursery:
        await nursery.start(store.run)
        accounts = await ConfiguredAccounts.load(store, CIPHER)
        administration = Administration(
            store, lambda: CIPHER, store.new_id, serving=True, changed=accounts.reload
        )
        await nursery.start(serve_admin, folder / "kaisa.sock", administration.execute)
        yield accounts
        nursery.cancel_scope.cancel()


async def command(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Run `python -m kaisa_relay`; returns its exit code, output and errors."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KAISA_")},
        "KAISA_DATABASE_URL": f"sqlite:///{folder}/kaisa.db",
    }
    done = await trio.run_process(
        (sys.executable, "-m", "kaisa_relay", *arguments),
        check=False,
        capture_stdout=True,
        capture_stderr=True,
        env=environment,
    )
    assert TOKEN not in (done.stdout + done.stderr).decode()
    return done.returncode, done.stdout.decode(), done.stderr.decode()


async def test_a_serve_whose_address_is_taken_names_the_setting(tmp_path: Path) -> None:
    """The settings come from a file, as the README has them."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        keys = {"APP_SECRET": "a", "VERIFY_TOKEN": "v", "SECRET_KEY": "k" * 32, "BIND": bind}
        config = tmp_path / "relay.toml"
        config.write_text("".join(f'KAISA_{key} = "{value}"\n' for key, value in keys.items()))
        code, _, errors = await command(tmp_path, "--config", str(config), "serve")
    assert code == 1
    assert f"cannot listen on {bind} (KAISA_BIND): Address already in use" in errors


def test_being_told_again_to_stop_changes_nothing(tmp_path: Path) -> None:
    """Not while it stops, and not while the interpreter exits: a clean stop has the code 0."""
    values = {"APP_SECRET": "a", "VERIFY_TOKEN": "v", "SECRET_KEY": "k" * 32, "BIND": "127.0.0.1:0"}
    config = tmp_path / "relay.toml"
    config.write_text("".join(f'KAISA_{key} = "{value}"\n' for key, value in values.items()))
    others = {name: value for name, value in os.environ.items() if not name.startswith("KAISA_")}
    told = (sys.executable, "-m", "kaisa_relay", "--config", str(config), "serve")
    with subprocess.Popen(told, cwd=tmp_path, stderr=subprocess.PIPE, env=others) as serve:
        assert serve.stderr is not None
        assert any(b"serving" in line for line in serve.stderr)
        while serve.poll() is None:
            serve.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                serve.wait(0.002)
        assert b"stopped" in serve.stderr.read()
    assert serve.returncode == 0


async def test_commands_go_through_the_running_serve(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its memory knows at once; a key opens, and stops; the log has neither token nor number."""
    caplog.set_level(logging.DEBUG)
    await trio.Path(tmp_path / "token").write_text(TOKEN)
    with capture_logs() as logs:
        async with serving(tmp_path) as accounts:
            assert (await command(tmp_path, "workspace", "add", "acme"))[0] == 0
            channel = ("--phone-number-id", "1001", "--number", NUMBER)
            file = ("--token-file", str(tmp_path / "token"))
            added = await command(
                tmp_path, "channel", "add", "--workspace", "acme", *channel, *file
            )
            assert added[0] == 0
            (workspace,) = accounts.workspaces()
            assert accounts.by_phone(workspace, [Phone(NUMBER)]) is not None
            (channel_id,) = [each.id for each in accounts.channels(workspace)]
            await trio.Path(tmp_path / "token").write_text(TOKEN * 2)
            replace = ("channel", "token", "--channel", added[1].strip())
            assert (await command(tmp_path, *replace, *file))[0] == 0
            assert accounts.access(channel_id).token == TOKEN * 2
            change = ("workspace", "set", "acme", "--language", "sv", "--offer-time", "90s")
            assert (await command(tmp_path, *change))[0] == 0
            assert accounts.workspace(workspace).language == "sv"
            scope = ("--scope", "conversations:write")
            _, key, _ = await command(tmp_path, "key", "add", "--workspace", "acme", *scope)
            assert await accounts.authenticate(key.strip()) is not None
            _, listed, _ = await command(tmp_path, "key", "list", "--json")
            code, _, told = await command(tmp_path, "key", "revoke", json.loads(listed)[0]["id"])
            assert (code, "is revoked" in told) == (0, True)
            assert await accounts.authenticate(key.strip()) is None
            code, _, told = await command(tmp_path, "workspace", "add", "acme")
            assert (code, told) == (1, "Error: there is a workspace 'acme' already\n")
    said = repr(logs) + caplog.text
    assert "AddChannel" in said
    for secret in (TOKEN, NUMBER, NUMBER[1:], key.strip()):
        assert secret not in said


async def test_what_was_added_before_is_there_when_serve_starts(tmp_path: Path) -> None:
    """And what serve wrote is there after it."""
    assert (await command(tmp_path, "workspace", "add", "before"))[0] == 0
    async with serving(tmp_path) as accounts:
        assert [accounts.workspace(each).name for each in accounts.workspaces()] == ["before"]
        assert (await command(tmp_path, "workspace", "add", "during"))[0] == 0
    _, listed, _ = await command(tmp_path, "workspace", "list", "--json")
    assert [each["name"] for each in json.loads(listed)] == ["before", "during"]


def test_the_console_script_is_installed() -> None:
    """`kaisa-relay` beside this Python does what `python -m kaisa_relay` does."""
    script = Path(sys.executable).with_name("kaisa-relay")
    done = subprocess.run((script, "--version"), capture_output=True, text=True, check=True)
    assert done.stdout.startswith("kaisa-relay, version ")
