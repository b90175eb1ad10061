"""A customer's server that takes webhooks, on loopback, with answers as a test wants them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import define, field, frozen
from standardwebhooks import Webhook


@frozen
class Call:
    """One call as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes
    taken: bool = True
    """Whether it is answered that it was."""
    method: str = "POST"

    @property
    def id(self) -> str:
        """The message's id after Standard Webhooks."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """Return the payload; somebody else's library says that its signature is right."""
        return Webhook(secret).verify(self.body, self.headers)


@define(eq=False)
class Receiver:
    """Answers 200 unless told otherwise; `hold` keeps every answer back while it is set."""

    port: int = 0
    calls: list[Call] = field(factory=list)
    status: int = 200
    headers: dict[str, str] = field(factory=dict)
    answer: bytes = b"thanks"
    hold: threading.Event = field(factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hooks"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Serve until the block ends."""
    receiver = Receiver()

    class OneCall(BaseHTTPRequestHandler):
        """Takes one POST after the other."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Keep the call, and answer as is wanted now."""
            length = int(self.headers["content-length"] or 0)
            body = self.rfile.read(length)
            if len(body) < length:
                return  # who sent it was killed in the middle: nothing arrived
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.status
            taken = 200 <= status < 300
            receiver.calls.append(Call(self.path, headers, body, taken, self.command))
            receiver.hold.wait()
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(receiver.answer)))
            self.end_headers()
            self.wfile.write(receiver.answer)

        do_GET = do_PUT = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    receiver.hold.set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), OneCall)
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()
