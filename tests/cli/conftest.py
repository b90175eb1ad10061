"""A command line on a database of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from click.testing import CliRunner, Result

from kaisa_relay.cli import program
from kaisa_relay.cli.serve import STOPS

TOKEN = "EAAcanarytoken"
NUMBER = "+46700000001"


@frozen
class CommandLine:
    """Runs commands inside this process with a given environment."""

    environment: dict[str, str | None]

    def __call__(self, *arguments: str, input: str | None = None) -> Result:
        result = CliRunner().invoke(
            program, arguments, env=self.environment, input=input, prog_name="kaisa-relay"
        )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def ok(self, *arguments: str, input: str | None = None) -> Result:
        """Run a command that must succeed."""
        result = self(*arguments, input=input)
        assert result.exit_code == 0, result.stderr
        return result

    def json(self, *arguments: str) -> Any:
        """Run a command with --json and return what it printed."""
        return json.loads(self.ok(*arguments, "--json").stdout)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """A serve that runs in this process leaves it deaf to what would stop it."""
    before = {each: signal.getsignal(each) for each in STOPS}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str | None]:
    return {
        "KAISA_DATABASE_URL": f"sqlite:///{tmp_path}/kaisa.db",
        "KAISA_SECRET_KEY": "k" * 32,
        "KAISA_APP_SECRET": "app-secret-canary",
        "KAISA_VERIFY_TOKEN": "verify-token-canary",
        "KAISA_BIND": "127.0.0.1:1",
        "KAISA_PUBLIC_URL": None,
        "KAISA_GRAPH_URL": "http://127.0.0.1:1",
        "KAISA_GRAPH_VERSION": None,
        "KAISA_LOG_FORMAT": None,
    }


@pytest.fixture
def run(environment: dict[str, str | None]) -> CommandLine:
    return CommandLine(environment)


@pytest.fixture
def add_channel(run: CommandLine, tmp_path: Path) -> Callable[..., Result]:
    """Adds a channel to `acme`; more options may follow."""
    token_file = tmp_path / "token"
    token_file.write_text(f"{TOKEN}\n")

    def add(*more: str, id: str = "1001", number: str = NUMBER) -> Result:
        arguments = ("--workspace", "acme", "--phone-number-id", id, "--number", number)
        return run("channel", "add", *arguments, "--token-file", str(token_file), *more)

    return add


@pytest.fixture
def graph_url() -> Iterator[str]:
    """A simulated WhatsApp in a process of its own, started as an operator would."""
    hook = ("--webhook-url", "https://relay.example/webhooks/whatsapp")
    arguments = ("simulate", "--bind", "127.0.0.1:0", "--channel", "1001=+46700000001", *hook)
    program = (sys.executable, "-m", "kaisa_relay", *arguments)
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            assert process.wait(10) == 0
