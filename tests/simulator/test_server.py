"""The simulator on a real socket: what only shows there."""

import signal
import socket
import subprocess
import sys

import httpx
import pytest
import trio
from attrs import evolve

from kaisa_relay.simulator import run, serve
from tests.simulator.bench import CONFIG, PNID, VISITOR

BODY = {"messaging_product": "whatsapp", "to": f"+{VISITOR}", "text": {"body": "hello"}}
HEADERS = {"Authorization": "Bearer sim-token"}
PROGRAM = """
from kaisa_relay.simulator import ChannelConfig, SimulatorConfig, run
run(SimulatorConfig(channels=(ChannelConfig("1001", "46700000001"),), verify_token="canary"))
"""


async def test_a_dropped_answer_closes_the_connection(capsys: pytest.CaptureFixture[str]) -> None:
    """No response at all, the message there, and the next connection works."""
    async with trio.open_nursery() as nursery:
        url: str = await nursery.start(serve, evolve(CONFIG, webhook_url=None))
        assert capsys.readouterr().out == f"Simulated WhatsApp on {url}\n"
        async with httpx.AsyncClient(base_url=url, headers=HEADERS) as http:
            await http.post(f"/_sim/people/{VISITOR}/send", json={"text": "hi"})
            await http.patch("/_sim/faults", json={"drop_answer": {"times": 1}})
            with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
                await http.post(f"/v26.0/{PNID}/messages", json=BODY)
            answer = await http.post(f"/v26.0/{PNID}/messages", json=BODY)
            assert answer.status_code == 200
            inbox = await http.get(f"/_sim/people/{VISITOR}/inbox")
            assert [one["text"] for one in inbox.json()["messages"]] == ["hello", "hello"]
        nursery.cancel_scope.cancel()


async def test_a_wrong_bind_is_refused() -> None:
    """At once, and saying what it should be."""
    with pytest.raises(ValueError, match="host:port"):
        await serve(evolve(CONFIG, bind="localhost"))


def test_the_program_says_what_is_wrong_with_its_address() -> None:
    """As a plain error, so that a command line can word it."""
    with pytest.raises(ValueError, match="host:port"):
        run(evolve(CONFIG, bind="localhost:http"))
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        run(evolve(CONFIG, bind=f"127.0.0.1:{taken.getsockname()[1]}"))


def test_sigterm_stops_the_program() -> None:
    """With exit code 0 and nothing on standard error; it had said what a relay must know."""
    command, pipe = [sys.executable, "-c", PROGRAM], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        first = program.stdout.readline()
        program.send_signal(signal.SIGTERM)
        # Not `communicate`: it would pass over what came with the first line, in its buffer.
        said, errors = program.stdout.read(), program.stderr.read()
        assert (program.wait(10), errors) == (0, "")
    assert first.startswith("Simulated WhatsApp on http://127.0.0.1:")
    assert 'KAISA_GRAPH_URL = "http://127.0.0.1:' in said
    assert "--phone-number-id 1001 --number +46700000001 --waba waba-1" in said
    assert ("sim-app-secret" in said, "canary" in said) == (True, False)
