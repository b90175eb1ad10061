"""The mail server of the tests in its process, and what it has taken."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import trio
from attrs import frozen


@frozen
class Taken:
    """A mail as the server took it: the envelope, and what was in it."""

    sender: str
    receivers: tuple[str, ...]
    mail: EmailMessage

    @property
    def text(self) -> str:
        """The words of its plain part."""
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")

    @property
    def html(self) -> str | None:
        """The words of its other part."""
        part = self.mail.get_body(("html",))
        return None if part is None else str(part.get_content())


@frozen
class MailBox:
    """Where the server listens, and what it keeps."""

    tls: int
    starttls: int
    plain: int
    file: Path

    def taken(self) -> list[Taken]:
        """Return every mail, the oldest first."""
        lines = self.file.read_text().splitlines() if self.file.exists() else []
        return [_taken(line) for line in lines]


def _taken(line: str) -> Taken:
    read = json.loads(line)
    mail = message_from_string(read["mail"], EmailMessage, policy=default)
    return Taken(read["from"], tuple(read["to"]), mail)


@asynccontextmanager
async def mail_box(certificate: Path, folder: Path) -> AsyncIterator[MailBox]:
    """Run the server until the block ends."""
    file = folder / "mails.jsonl"
    command = [sys.executable, "-m", "tests.engagement.mail_server", str(certificate), str(file)]
    process = await trio.lowlevel.open_process(command, stdout=subprocess.PIPE)
    stdout = process.stdout
    assert stdout is not None
    try:
        said = b""
        while not said.endswith(b"\n"):
            more = await stdout.receive_some()
            assert more, "the mail server ended"
            said += more
        tls, starttls, plain = (int(port) for port in said.split())
        yield MailBox(tls, starttls, plain, file)
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            await process.wait()
            await stdout.aclose()
