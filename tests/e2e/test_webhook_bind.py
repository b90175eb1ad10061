"""KAISA_WEBHOOK_BIND: the relay takes webhooks on both binds alike, and stops in order."""

import hashlib
import hmac
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import trio
from attrs import evolve, frozen
from structlog.testing import capture_logs

from kaisa_relay.app import run
from kaisa_relay.settings import Bind, Settings, load
from tests.listener.reading import post
from tests.listener.serving import Client

SECRET = b"app-secret"
PATH = "/webhooks/whatsapp"
ANY = Bind("127.0.0.1", 0)


def settings(folder: Path) -> Settings:
    """Return the settings of a relay with both binds, on any free ports."""
    given = {
        "KAISA_DATABASE_URL": f"sqlite:///{folder / 'relay.db'}",
        "KAISA_APP_SECRET": SECRET.decode(),
        "KAISA_VERIFY_TOKEN": "verify",
        "KAISA_SECRET_KEY": "k" * 32,
        "KAISA_BIND": str(ANY),
        "KAISA_WEBHOOK_BIND": str(ANY),
    }
    return load(given, None)


@frozen
class Running:
    """A relay in this process: where it is, and what stops it and has stopped."""

    main: str
    webhooks: str
    stop: trio.Event
    stopped: trio.Event


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Running]:
    """Run a relay until the block ends."""
    stop, stopped = trio.Event(), trio.Event()

    async def relay(task_status: trio.TaskStatus[str]) -> None:
        await run(settings(folder), stop.wait, task_status)
        stopped.set()

    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            with capture_logs() as logs:
                main = await nursery.start(relay)
            [webhooks] = [each["url"] for each in logs if each["event"] == "serving webhooks"]
            yield Running(main, webhooks, stop, stopped)
            stop.set()


def signed(body: bytes) -> dict[str, str]:
    """Return the header that Meta signs with."""
    return {"X-Hub-Signature-256": f"sha256={hmac.digest(SECRET, body, hashlib.sha256).hex()}"}


async def test_both_binds_store_and_count_alike(tmp_path: Path) -> None:
    async with running(tmp_path) as relay, httpx.AsyncClient(trust_env=False) as client:
        for url, body in ((relay.main, b"{}"), (relay.webhooks, b"[]")):
            good = await client.post(f"{url}{PATH}", content=body, headers=signed(body))
            bad = await client.post(f"{url}{PATH}", content=body, headers=signed(b"x"))
            assert (good.status_code, bad.status_code) == (200, 401)
        page = (await client.get(f"{relay.main}/metrics")).text
        assert 'kaisa_webhooks_total{outcome="stored"} 2.0' in page
        assert 'kaisa_webhooks_total{outcome="refused"} 2.0' in page
        assert "kaisa_webhook_ack_seconds_count 4.0" in page


async def test_a_webhook_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    """And it was stored: the store closes after the faces."""
    body = b'{"under": "way"}'
    async with running(tmp_path) as relay:
        host, _, port = relay.webhooks.removeprefix("http://").partition(":")
        [(name, text)] = signed(body).items()
        fields = (f"{name}: {text}".encode(), b"Content-Length: %d" % len(body))
        whole = post(*fields, body=body, start=f"POST {PATH} HTTP/1.1".encode())
        stream = await trio.open_tcp_stream(host, int(port))
        async with stream:
            client = Client(stream)
            await client.send(whole[:-3])
            async with httpx.AsyncClient(trust_env=False) as other:
                await other.get(f"{relay.webhooks}/")  # it has read what came before
            relay.stop.set()
            await client.send(whole[-3:])
            answer = await client.read()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        await relay.stopped.wait()


async def test_an_address_that_is_taken_is_named_with_its_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = Bind("127.0.0.1", taken.getsockname()[1])
        given = evolve(settings(tmp_path), webhook_bind=bind)
        said = rf"cannot listen on {bind} \(KAISA_WEBHOOK_BIND\): Address already in use"
        with pytest.RaisesGroup(
            pytest.RaisesExc(OSError, match=said), flatten_subgroups=True, allow_unwrapped=True
        ):
            await run(given, trio.sleep_forever)
