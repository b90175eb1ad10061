"""A customer's server for webhooks, run as a program: `python -m tests.engagement.hook_server`.

Somebody else's library says whether each POST is signed rightly. It is appended to a file, one line
of JSON each and on the disk, before it is answered: what is answered survives any death of ours.
"""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any, Final

from standardwebhooks import Webhook, WebhookVerificationError

SECRET: Final = "HOOK_SECRET"
"""The environment's name for what signs."""
FOR_EVER: Final = 0


class Keeping:
    """What was taken. After `last` of them, unless that is for ever, it dies without an answer."""

    def __init__(self, file: Path, last: int) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._lock = Lock()
        self._last = last
        self._count = 0

    def keep(self, id: str, event: Any) -> None:
        """Write down one POST; returns when it is on the disk."""
        line = json.dumps({"id": id, "event": event}) + "\n"
        with self._lock:
            os.write(self._file, line.encode())
            os.fsync(self._file)
            self._count += 1
            if self._count == self._last:
                os.kill(os.getpid(), signal.SIGKILL)


def handler_of(keeping: Keeping, webhook: Webhook) -> type[BaseHTTPRequestHandler]:
    """Return what takes one POST after the other."""

    class OnePost(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Verify, keep, answer."""
            length = int(self.headers["content-length"] or 0)
            body = self.rfile.read(length)
            if len(body) < length:
                return  # who sent it was killed in the middle: nothing arrived
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                event = webhook.verify(body, headers)["id"]
            except WebhookVerificationError:
                event = None
            keeping.keep(headers.get("webhook-id", ""), event)
            self.send_response(401 if event is None else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return OnePost


def main(port: str, file: str, last: str) -> None:
    """Serve until killed; print a line once it serves."""
    handler = handler_of(Keeping(Path(file), int(last)), Webhook(os.environ[SECRET]))
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), handler)
    server.daemon_threads = True
    sys.stdout.write("serving\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
