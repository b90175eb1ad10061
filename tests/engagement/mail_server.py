"""A real mail server for tests, run as a program: `python -m tests.engagement.mail_server`.

It demands TLS and a password, except on its third port, where it has neither. What it takes is
appended to a file, one line of JSON each; how it treats a receiver is in the receiver's address.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER: Final = "mailer@acme.example"
PASSWORD: Final = "correct horse"
REFUSALS: Final = {
    "nobody": "550 5.1.1 <{}>: Recipient address rejected: User unknown",
    "full": "452 4.2.2 mailbox of <{}> is full",
}
"""By the first part of the receiver's address."""


class Taking:
    """Keeps what it takes."""

    def __init__(self, file: Path) -> None:
        self.file = file

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a receiver, or refuse it by its name."""
        refusal = REFUSALS.get(address.partition("@")[0])
        if refusal is not None:
            return refusal.format(address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail, unless its words are of a kind that filters know."""
        content = envelope.content
        assert isinstance(content, bytes)
        if b"spam" in content:
            return "554 5.7.1 looks like spam"
        taken = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "mail": content.decode()}
        with self.file.open("a") as file:
            file.write(json.dumps(taken) + "\n")
        return "250 OK"


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    """Let one user in."""
    good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=good)


async def serve(certificate: str, file: Path) -> None:
    """Serve until killed; print the ports of TLS, STARTTLS and neither."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    taking = Taking(file)
    let_in: dict[str, Any] = {"authenticator": authenticate, "auth_required": True}
    loop = asyncio.get_running_loop()
    ports = []
    for context, options in (
        (tls, {**let_in, "auth_require_tls": False}),  # the whole connection is in TLS
        (None, {**let_in, "tls_context": tls, "require_starttls": True}),
        (None, {}),
    ):

        def protocol(options: dict[str, Any] = options) -> SMTP:
            return SMTP(taking, hostname="mail.test", **options)

        server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context)
        ports.append(server.sockets[0].getsockname()[1])
    sys.stdout.write(" ".join(map(str, ports)) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
