"""One mail, handed to a mail server.

Rule 1: the server's address is judged, and its certificate is checked against the host's name.
Rule 2: a mail has an id of its delivery's, so that one handed over twice can be known.
Rule 3: what a server says of a receiver ends a delivery; what it says of us is tried again.
"""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime, formataddr
from functools import partial
from typing import Any, BinaryIO, Final

import trio
from attrs import define, field, frozen

from kaisa_relay.domain.engagement.addresses import Network
from kaisa_relay.engagement.mail_server import MailServer, Security
from kaisa_relay.engagement.posting import Reply
from kaisa_relay.engagement.resolving import Unreachable, judged

EACH_WITHIN: Final = 15.0
"""Seconds for each step of the conversation with a server."""
WITHIN: Final = 60.0
"""Seconds for all of it."""
THREADS: Final = 100
"""Mails under way at once."""
MOST_READ: Final = 65_536
"""Bytes that a server may say in all."""
LONGEST_SUBJECT: Final = 500
TAKEN: Final = 250
_HIDDEN: Final = "…"


@frozen
class Mail:
    """What is sent to whom; `sender` is a name, which may be empty, and an address."""

    sender: tuple[str, str]
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str | None = field(default=None, repr=False)
    unsubscribe: str | None = field(default=None, repr=False)
    """The link by which its reader stops the next ones."""


@frozen
class Mailer:
    """Hands mails over, each on a connection of its own, in a thread: smtplib blocks.

    The threads are its own, for servers that hang must not hold up what others do in threads.
    """

    allowed: Sequence[Network]
    tls: ssl.SSLContext
    threads: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(THREADS))

    async def send(self, server: MailServer, mail: Mail, id: str, at: datetime) -> Reply:
        """Return what came of it: the status is the server's code."""
        try:
            [address, *_] = await judged(server.host, server.port, self.allowed)
        except Unreachable as error:
            return Reply(why=str(error))
        write = partial(message, mail, id, at)
        line = _Line(address)
        deliver = partial(_deliver, line, server, mail, write, self.tls)
        try:
            with trio.move_on_after(WITHIN):
                return await trio.to_thread.run_sync(
                    deliver, abandon_on_cancel=True, limiter=self.threads
                )
        finally:
            line.cut()
        return Reply(why="it took too long")


def message(mail: Mail, id: str, at: datetime) -> EmailMessage:
    """Return a mail as it travels (RFC 5322); line breaks in a subject become spaces."""
    made = EmailMessage(policy=_POLICY)
    name, address = mail.sender
    made["From"] = formataddr((_as_said(name), address))
    made["To"] = mail.to
    made["Subject"] = _as_said(" ".join(mail.subject.split())[:LONGEST_SUBJECT])
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{id}@{_domain(mail)}>"
    made["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe is not None:  # so that mail programs show a button of theirs (RFC 8058)
        made["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(mail.text)
    if mail.html is not None:
        made.add_alternative(mail.html, subtype="html")
    return made


class _InTheClear(UnstructuredHeader, BaseHeader):
    """A header that is never folded: encoded, a long link would be one no more (RFC 8058)."""

    def fold(self, *, policy: Policy) -> str:
        """Return its one line."""
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> "EmailPolicy[EmailMessage]":
    known = HeaderRegistry()
    known.map_to_type("list-unsubscribe", _InTheClear)
    return SMTP.clone(header_factory=known)


_POLICY: Final = _policy()


def _as_said(words: str) -> str:
    """Return words of a header in which nothing claims to be encoded: the library would decode it,
    and stumble over what is wrong in it."""
    return words.replace("=?", "= ?")


def _domain(mail: Mail) -> str:
    return mail.sender[1].rpartition("@")[2]


def _deliver(
    line: "_Line",
    server: MailServer,
    mail: Mail,
    write: Callable[[], EmailMessage],
    tls: ssl.SSLContext,
) -> Reply:
    try:
        with _connected(line, server, tls, _domain(mail)) as smtp:
            if server.user is not None:
                smtp.login(server.user, server.password or "")
            smtp.send_message(write(), mail.sender[1], [mail.to])
    except smtplib.SMTPRecipientsRefused as refused:
        [(code, said)] = refused.recipients.values()
        return _refused(code, said, mail, final=code >= 500)
    except smtplib.SMTPDataError as refused:
        return _refused(refused.smtp_code, refused.smtp_error, mail, final=refused.smtp_code >= 500)
    except smtplib.SMTPResponseException as refused:
        return _refused(refused.smtp_code, refused.smtp_error, mail, final=False)
    except smtplib.SMTPNotSupportedError as missing:
        return Reply(why=str(missing))
    except UnicodeEncodeError:
        return Reply(why="its user or password is not in ASCII")
    except ssl.SSLCertVerificationError:
        return Reply(why="its certificate is not valid")
    except TimeoutError:
        return Reply(why="it took too long")
    except (OSError, smtplib.SMTPException):
        return Reply(why="no connection, or it broke")
    return Reply(TAKEN)


def _connected(line: "_Line", server: MailServer, tls: ssl.SSLContext, name: str) -> smtplib.SMTP:
    """Connect to a judged address, speaking to the server by its name."""
    given: dict[str, Any] = {"local_hostname": name, "timeout": EACH_WITHIN}
    if server.security is Security.TLS:
        return _PinnedTLS(line, server.host, server.port, context=tls, **given)
    smtp = _Pinned(line, server.host, server.port, **given)
    if server.security is Security.STARTTLS:
        with ExitStack() as undone:
            undone.callback(smtp.close)
            smtp.starttls(context=tls)
            undone.pop_all()
    return smtp


@define
class _Line:
    """The connection of one try; whoever does not wait any longer cuts it off, which ends the try:
    a server whose every letter comes in time would keep its thread."""

    address: str
    _opened: socket.socket | None = None
    _over: bool = False

    def open(self, port: int, timeout: float) -> socket.socket:
        """Connect."""
        opened = socket.create_connection((self.address, port), timeout)
        self._opened = opened.dup()  # the other one is wrapped in TLS, and closed by the library
        if self._over:
            self.cut()
        return opened

    def cut(self) -> None:
        """End it, from any thread."""
        self._over, opened, self._opened = True, self._opened, None
        if opened is not None:
            with opened, suppress(OSError):  # it has ended already
                opened.shutdown(socket.SHUT_RDWR)


class _Listening:
    """What a server says, of which no more is read than a conversation can need."""

    def __init__(self, said: BinaryIO) -> None:
        self._said, self._left, self._until = said, MOST_READ, time.monotonic() + WITHIN

    def readline(self, most: int) -> bytes:
        """Return a line; `OSError` once it was too much, or took too long."""
        line = self._said.readline(min(most, self._left + 1))
        self._left -= len(line)
        if self._left < 0 or time.monotonic() > self._until:
            raise OSError("it never stops talking")
        return line

    def close(self) -> None:
        """Listen no more."""
        self._said.close()


class _Patient(smtplib.SMTP):
    """Has an end of listening: the library reads lines for as long as there are any."""

    file: _Listening | None
    sock: socket.socket

    def getreply(self) -> tuple[int, bytes]:
        """Return what the server says next."""
        if self.file is None:
            self.file = _Listening(self.sock.makefile("rb"))
        return super().getreply()

    def __exit__(self, *_: object) -> None:
        """Say goodbye; what is answered to that changes nothing of what was said before."""
        try:
            with suppress(OSError, smtplib.SMTPException):
                self.quit()
        finally:
            self.close()


class _Pinned(_Patient):
    """Connects to one address whatever its host's name leads to."""

    def __init__(self, line: _Line, host: str, port: int, **given: Any) -> None:
        self.line = line
        super().__init__(host, port, **given)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.line.open(port, timeout)


class _PinnedTLS(_Patient, smtplib.SMTP_SSL):
    """The same, in TLS from the first byte."""

    def __init__(self, line: _Line, host: str, port: int, **given: Any) -> None:
        self.line = line
        super().__init__(host, port, **given)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        opened = self.line.open(port, timeout)
        return self.context.wrap_socket(opened, server_hostname=host)


def _refused(code: int, said: bytes | str, mail: Mail, final: bool) -> Reply:
    """Return what a server said, without the address that it likes to repeat."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return Reply(code, answer=text.replace(mail.to, _HIDDEN), final=final)
