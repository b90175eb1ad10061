"""Where mails are handed over, as its URL says it: `smtps://host`, `smtp://host:587`.

Rule 1: nothing travels in the clear, unless the operator named private networks.
"""

from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

LONGEST: Final = 500


class Security(StrEnum):
    """How the connection is kept private; the values are the schemes of URLs."""

    TLS = "smtps"
    """From the first byte."""
    STARTTLS = "smtp"
    """After the first words, or not at all."""
    PLAIN = "smtp+plain"


PORTS: Final = {Security.TLS: 465, Security.STARTTLS: 587, Security.PLAIN: 25}


@frozen
class MailServer:
    """A server, how to sign in there, and who sends."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def read_mail_server(url: str, plain: bool = False) -> MailServer | str:
    """Read a URL; otherwise say what is wrong with it. `plain` allows `smtp+plain`."""
    if len(url) > LONGEST or not url.isascii() or any(each <= " " for each in url):
        return f"must be a URL of at most {LONGEST} characters, without spaces, in ASCII"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is no URL"
    allowed = [each for each in Security if plain or each is not Security.PLAIN]
    if parts.scheme not in allowed:
        return f"must begin with {' or '.join(f'{each}://' for each in allowed)}"
    if not parts.hostname or port == 0:
        return "names no host"
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        return "must be a host and a port only; `user` and `password` have members of their own"
    security = Security(parts.scheme)
    return MailServer(parts.hostname, port or PORTS[security], security)
