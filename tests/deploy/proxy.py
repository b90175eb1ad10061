"""A real Caddy before a real HTTP server, both on loopback."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.deploy.tools import DEPLOY

CONFIG = ("--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile")


class Upstream(BaseHTTPRequestHandler):
    """Says what reached it; agrees to speak WebSocket and then repeats what it hears."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with who the proxy says is calling, or take the connection over."""
        if self.headers.get("Upgrade") == "websocket":
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.end_headers()
            self.wfile.write(self.rfile.read(4))
            self.close_connection = True
        else:
            self._answer(self.headers.get("X-Forwarded-For", ""))

    def do_POST(self) -> None:
        """Answer with the length of the body."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(str(len(body)))

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Server", "upstream")
        self.send_header("X-Port", str(self.connection.getsockname()[1]))
        self.end_headers()
        self.wfile.write(text.encode())


class Server(ThreadingHTTPServer):
    """Does not mind a proxy that breaks off a body which is too large."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def upstream() -> Iterator[int]:
    """Serve on any free port, which is returned."""
    server = Server(("127.0.0.1", 0), Upstream)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def environment(
    home: Path, port: int, upstream_port: int, webhooks_port: int = 0
) -> dict[str, str]:
    """Caddy's environment: plain HTTP on loopback, its files below `home`."""
    folders = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(home))
    return {
        "PATH": os.environ["PATH"],
        **folders,
        "RELAY_DOMAIN": f"http://127.0.0.1:{port}",
        "RELAY_UPSTREAM": f"127.0.0.1:{upstream_port}",
        "RELAY_WEBHOOKS": f"127.0.0.1:{webhooks_port or upstream_port}",
    }


@contextmanager
def caddy(program: str, home: Path, upstream_port: int, webhooks_port: int) -> Iterator[int]:
    """Run the proxy with our Caddyfile; returns its port once it serves."""
    port = _free_port()
    process = subprocess.Popen(
        [program, "run", *CONFIG],
        env=environment(home, port, upstream_port, webhooks_port),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    with process.stderr as log:
        lines = []
        for line in log:  # ends, and fails the test, when the program does
            lines.append(line)
            if "serving initial configuration" in line:
                break
        drain = threading.Thread(target=log.read)
        drain.start()
        try:
            assert process.poll() is None, "".join(lines)
            yield port
        finally:
            process.terminate()
            process.wait(10)
            drain.join()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port
