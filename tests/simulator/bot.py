"""A program that uses pywa: its client, its webhook, and the simulator that both talk to."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx
from attrs import define, field
from pywa import WhatsApp

T = TypeVar("T")
PNID, VISITOR = "2000001", "46700000001"


class Rerouted(httpx.HTTPTransport):
    """pywa knows one address of Graph; this takes what is for it to the simulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._to = httpx.URL(url)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        to = self._to
        request.url = request.url.copy_with(scheme=to.scheme, host=to.host, port=to.port)
        return super().handle_request(request)


@define
class Bot:
    """pywa, what it understood of the webhooks, and a hand on the phones."""

    client: WhatsApp
    url: str
    updates: "queue.Queue[Any]" = field(factory=queue.Queue)
    refused: list[Any] = field(factory=list)

    def phone(self, what: str, /, **body: Any) -> Any:
        """The visitor does something."""
        return self.sim(f"people/{VISITOR}/{what}", **body)

    def sim(self, what: str, **body: Any) -> Any:
        answer = httpx.post(f"{self.url}/_sim/{what}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def next(self, kind: type[T], suits: Callable[[T], bool] = lambda _: True) -> T:
        """The next update of this class; others are left out."""
        while True:
            update = self.updates.get(timeout=10)
            if isinstance(update, kind) and suits(update):
                return update

    def shown(self) -> Any:
        """The last bubble on the visitor's phone."""
        answer = httpx.get(f"{self.url}/_sim/people/{VISITOR}/chats/{PNID}")
        return answer.json()["bubbles"][-1]


class Hook(BaseHTTPRequestHandler):
    """The webhook of a program that uses pywa in a server of its own."""

    bot: Bot

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        client = self.bot.client
        self._answer(
            *client.webhook_challenge_handler(
                asked["hub.verify_token"][0], asked["hub.challenge"][0]
            )
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        wrong = self.bot.client.webhook_update_validator(body, self.headers["X-Hub-Signature-256"])
        if wrong is not None:
            self.bot.refused.append(wrong)
        self._answer(*(wrong or self.bot.client.webhook_update_handler(body)))

    def _answer(self, text: str | None, status: int) -> None:
        data = (text or "").encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def simulator() -> Iterator[str]:
    """A simulator in a process of its own, as an operator starts it."""
    channel = ("--channel", f"{PNID}=+46100000001")
    program = (sys.executable, "-m", "kaisa_relay", "simulate", "--bind", "127.0.0.1:0", *channel)
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            assert process.wait(10) == 0


@contextmanager
def hook(bot: Bot) -> Iterator[str]:
    """Take webhooks on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("BotHook", (Hook,), {"bot": bot}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
