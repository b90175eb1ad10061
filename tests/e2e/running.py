"""A relay and a simulator that many tests share, and the clock of both.

Rule 1: each test makes a workspace, numbers and people of its own (`stage.py`), so that none sees
another's.
Rule 2: time only goes forward, for both programs at once, and only when nothing is under way.
"""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import httpx
import trio
from attrs import define, field

from kaisa_relay.accounts.commands import Command, Result
from kaisa_relay.accounts.socket import ask_admin
from kaisa_relay.cli.demo.programs import RelayConfig
from kaisa_relay.domain.templates import TEMPLATES
from kaisa_relay.settings import child_environment
from tests.e2e.house import ROOT, WEBHOOK, free_address
from tests.e2e.leash import LEASHED, leash
from tests.store.databases import sqlite_database

READY_WITHIN: Final = 30.0
STOP_WITHIN: Final = 25.0
CAUSED: Final = {"channel down", "channel limited", "channel stopped", "template refused"}
"""What tests make the relay say at error level."""
LOOK_AGAIN: Final = 0.02


@define(eq=False)
class Running:
    """Both programs, ready; `numbers` are phone numbers that nobody has yet."""

    bind: str
    graph: str
    config: RelayConfig
    folder: Path
    numbers: Iterator[int] = field(factory=count)

    def number(self) -> str:
        """Return one of the thousand British mobile numbers that are kept for films."""
        return f"+447700900{next(self.numbers):03}"

    async def administer(self, command: Command) -> Result:
        """Have the running relay execute an operator's command."""
        path = self.config.settings().admin_socket
        assert path is not None
        result = await ask_admin(path, command)
        assert result is not None
        return result

    async def leap(self, simulator: httpx.AsyncClient, seconds: float) -> None:
        """Move the clocks of both forward, WhatsApp's first: nothing may come to it too early."""
        (await simulator.post("/_sim/clock", json={"advance": seconds})).raise_for_status()
        async with await trio.open_unix_socket(str(self.folder / "lever")) as lever:
            await lever.send_all(f"{seconds}\n".encode())
            await lever.receive_some()


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """Start both, and stop them in order at the end: with code 0, and with nothing crashed."""
    bind, graph = free_address(), free_address()
    with sqlite_database() as url:
        config = RelayConfig(url)
        environment = {
            **config.program(bind, f"http://{graph}").environment,
            "KAISA_FILES_DIR": str(folder / "files"),
        }
        with (
            _program(folder, "simulating", (graph,), child_environment({})),
            _program(folder, "leaping", (str(folder / "lever"),), environment),
        ):
            with httpx.Client(base_url=f"http://{graph}", timeout=30) as simulator:
                _wait(folder / "simulating.log", re.compile("Simulated WhatsApp on"))
                _wait(folder / "leaping.log", re.compile('"event": "serving"'))
                _set_up(simulator, bind)
            yield Running(bind, graph, config, folder)
    alarming = _alarms(folder / "leaping.log") - CAUSED
    assert not alarming, f"the relay alarmed somebody with {alarming}: see {folder}"


def _set_up(simulator: httpx.Client, bind: str) -> None:
    """Tell WhatsApp where the relay is, and give every account the relay's templates."""
    url = f"http://{bind}{WEBHOOK}"
    simulator.post("/_sim/webhook", json={"url": url}).raise_for_status()
    for key, texts in TEMPLATES.items():
        languages = {
            language: {"body": text.body, "buttons": text.buttons}
            for language, text in texts.items()
        }
        parameters = max(len(text.samples) for text in texts.values())
        template = {"name": str(key), "languages": languages, "parameters": parameters}
        simulator.post("/_sim/templates", json=template).raise_for_status()


@contextmanager
def _program(
    folder: Path, module: str, arguments: tuple[str, ...], environment: Mapping[str, str]
) -> Iterator[None]:
    """Run one of our programs until the block ends."""
    with (folder / f"{module}.log").open("wb") as said:
        process = subprocess.Popen(
            (*LEASHED, f"tests.e2e.{module}", *arguments),
            env=environment,
            stdin=leash(),
            stdout=said,
            stderr=said,
            cwd=ROOT,
        )
    try:
        yield
        assert process.poll() is None, f"{module} has ended: see {folder}"
    finally:
        process.terminate()
        try:
            code = process.wait(STOP_WITHIN)
        finally:
            process.kill()
    assert code == 0, f"{module} stopped with code {code}: see {folder}"


def _alarms(log: Path) -> set[str]:
    """Return what a relay has said at error level."""
    said = [json.loads(line) for line in log.read_text().splitlines()]
    return {each["event"] for each in said if each["level"] not in ("info", "warning")}


def _wait(log: Path, said: re.Pattern[str]) -> None:
    """Return once a program has said so."""
    until = time.monotonic() + READY_WITHIN
    while not said.search(log.read_text(errors="replace")):
        assert time.monotonic() < until, f"never said {said.pattern}: {log}"
        time.sleep(LOOK_AGAIN)
