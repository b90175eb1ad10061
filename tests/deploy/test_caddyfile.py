"""The reverse proxy's configuration, read as text and, where Caddy is here, tried."""

import http.client
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaisa_relay.api.application import BODY_WITHIN, LARGEST_BODY, LARGEST_WEBHOOK
from kaisa_relay.listener import Patience
from tests.deploy.proxy import CONFIG, caddy, environment, upstream
from tests.deploy.tools import need, read, run

REFUSED = (413, 502)
"""What Caddy answers to a body that is too large: 413, before version 2.7 also 502."""


def blocks(text: str) -> dict[str, list[str]]:
    """Each block's lines by its path of heads; raises when braces do not match."""
    found: dict[str, list[str]] = {"": []}
    path: list[str] = []
    for line in map(str.strip, text.splitlines()):
        if line == "}":
            path.pop()
        elif line.endswith("{"):
            path.append(line.removesuffix("{").strip())
            found.setdefault(" > ".join(path), [])
        elif line and not line.startswith("#"):
            found[" > ".join(path)].append(line)
    assert not path, "a block is not closed"
    return found


def test_the_text_says_what_it_must() -> None:
    found = blocks(read("Caddyfile"))
    site = "{$RELAY_DOMAIN}"
    assert f"{site} > reverse_proxy {{$RELAY_UPSTREAM:127.0.0.1:8080}}" in found
    webhooks = f"{site} > reverse_proxy @webhooks {{$RELAY_WEBHOOKS:127.0.0.1:8090}}"
    assert found[webhooks] == ["import patiently"]
    [hidden] = [line for line in found[site] if line.startswith("@internal path ")]
    assert {"/metrics", "/readyz"} <= set(hidden.split())
    assert "respond @internal 404" in found[site]
    assert found[f"{site} > request_body @webhooks"] == [f"max_size {LARGEST_WEBHOOK >> 20}MiB"]
    assert found[f"{site} > request_body @others"] == [f"max_size {LARGEST_BODY >> 10}KiB"]


def test_the_proxy_waits_longer_for_a_body_than_the_relay() -> None:
    [timeout] = re.findall(r"read_body (\d+)s", read("Caddyfile"))
    assert int(timeout) > BODY_WITHIN


def test_the_proxy_hangs_up_first() -> None:
    """Else a POST may meet the listener's own hanging up, and be lost without being tried again."""
    [minutes] = re.findall(r"keepalive (\d+)m", read("Caddyfile"))
    assert int(minutes) * 60 < Patience().idle


def test_caddy_understands_it(tmp_path: Path) -> None:
    program = need("caddy", "Caddyfile")
    environ = {**environment(tmp_path, 0, 8080), "RELAY_DOMAIN": "relay.example"}
    assert "Valid configuration" in run([program, "validate", *CONFIG], environ)
    assert run([program, "fmt", CONFIG[1]], environ) == read("Caddyfile")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    program = need("caddy", "Caddyfile, running")
    home = tmp_path_factory.mktemp("caddy")
    with upstream() as behind, upstream() as lean, caddy(program, home, behind, lean) as port:
        yield port


def test_webhooks_go_to_their_own_listener(port: int) -> None:
    ports = {path: reached(port, path) for path in ("/webhooks/whatsapp", "/healthz", "/webhooks")}
    assert ports["/healthz"] == ports["/webhooks"] != ports["/webhooks/whatsapp"]


def reached(port: int, path: str) -> str | None:
    """Return the port that answered behind the proxy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().getheader("X-Port")
    finally:
        connection.close()


def ask(port: int, path: str, body: bytes | None = None) -> tuple[int, str]:
    """What the proxy answers to a caller who lies about its address."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    forged = {"X-Forwarded-For": "203.0.113.9"}
    try:
        connection.request("GET" if body is None else "POST", path, body, forged)
        answer = connection.getresponse()
        assert answer.getheader("Server") is None
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    ["/metrics", "/metrics/", "/METRICS", "//metrics", "/%6Detrics", "/x/../metrics", "/readyz"],
)
def test_metrics_are_not_for_the_world(port: int, path: str) -> None:
    assert ask(port, path) == (404, "")


def test_a_caller_cannot_choose_its_address(port: int) -> None:
    assert ask(port, "/healthz") == (200, "127.0.0.1")


@pytest.mark.parametrize(
    ("path", "largest"), [("/webhooks/whatsapp", LARGEST_WEBHOOK), ("/conversations", LARGEST_BODY)]
)
def test_bodies_are_bounded_as_in_the_relay(port: int, path: str, largest: int) -> None:
    assert ask(port, path, bytes(largest)) == (200, str(largest))
    status, _ = ask(port, path, bytes(largest + 1))
    assert status in REFUSED


def test_a_websocket_passes(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            b"GET /feed HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
            b"Upgrade: websocket\r\n\r\n"
        )
        with connection.makefile("rb") as answer:
            assert answer.readline().split()[1] == b"101"
            while answer.readline().strip():
                pass
            connection.sendall(b"ping")
            assert answer.read(4) == b"ping"
