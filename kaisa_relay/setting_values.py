"""The values of settings: what a text has to be, and what becomes of it.

Rule 1: what does not parse is `Malformed`, whose text says why and never shows the value.
"""

import re
import ssl
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from attrs import frozen

LogFormat = Literal["console", "json"]
Network = IPv4Network | IPv6Network
SECRET_KEY_LENGTH = 32
QUOTAS: Final = ("triggers", "endpoints", "waiting", "email", "sms", "whatsapp")
"""What a workspace may have or do so much of, by outreach."""


class Malformed(ValueError):
    """A value that does not parse; the text says why, and never shows the value."""


@frozen
class Bind:
    """Where a server listens. As text it is what an URL and Hypercorn understand."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def taken_by(self, other: "Bind") -> bool:
        """Say whether both want the same port; 0 is any free one."""
        same = self.host == other.host or _EVERYWHERE & {self.host, other.host}
        return bool(same) and self.port == other.port != 0


_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})


def parse_database_url(text: str) -> str:
    """The URL in SQLAlchemy's form, with the PostgreSQL driver we ship."""
    url = _split(text)
    in_socket = url.query.startswith("host=/")  # libpq's way to name a Unix socket's folder
    if url.scheme == "postgresql" and (url.hostname or in_socket):
        return text.replace("postgresql://", "postgresql+psycopg://", 1)
    is_file = len(url.path) > 1 and url.path != "/:memory:" and not url.netloc and not url.query
    if url.scheme == "sqlite" and is_file:
        return text
    raise Malformed("is not the URL of a database file or server")


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks in CIDR form, separated by commas."""
    try:
        return tuple(ip_network(each.strip()) for each in text.split(","))
    except ValueError as error:
        raise Malformed("is not a list of networks") from error


def parse_bind(text: str) -> Bind:
    """`host:port`, an IPv6 address in brackets."""
    matched = re.fullmatch(
        r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[^\s:/\[\]]+)):(?P<port>\d{1,5})", text
    )
    if matched is None or int(matched["port"]) > 65535:
        raise Malformed("is not host:port")
    return Bind(matched["v6"] or matched["host"], int(matched["port"]))


def parse_url(text: str) -> str:
    """An http or https URL without the slash at its end."""
    url = _split(text)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise Malformed("is not an http or https URL")
    if url.query or url.fragment or url.username is not None:
        raise Malformed("has a user, a query or a fragment, which has no place in it")
    return text.rstrip("/")


def parse_version(text: str) -> str:
    """Meta's form, like v26.0."""
    if re.fullmatch(r"v\d+\.\d+", text) is None:
        raise Malformed("is not a version")
    return text


def parse_ca_file(text: str) -> Path:
    """A file that holds at least one certificate."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(text)
    except ssl.SSLError:
        raise Malformed("holds no certificates") from None
    except OSError as reason:
        raise Malformed(f"cannot be read ({reason.strerror})") from None
    return Path(text)


def parse_log_format(text: str) -> LogFormat:
    """One of the two."""
    formats: Mapping[str, LogFormat] = {"console": "console", "json": "json"}
    if text not in formats:
        raise Malformed("is neither of the two")
    return formats[text]


def parse_timeout(text: str) -> float:
    """Whole seconds, from 1 to 300."""
    if not re.fullmatch(r"[1-9]\d{0,2}", text) or int(text) > 300:
        raise Malformed("is not a whole number of seconds from 1 to 300")
    return float(text)


def parse_hours(text: str) -> int:
    """Whole hours, from 1 to 720."""
    if not re.fullmatch(r"[1-9]\d{0,2}", text) or int(text) > 720:
        raise Malformed("is not a whole number of hours from 1 to 720")
    return int(text)


def parse_watchers(text: str) -> tuple[int, int, int]:
    """Three whole numbers, of which none is smaller than the one before."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 3 or not all(re.fullmatch(r"[1-9]\d{0,5}", part) for part in parts):
        raise Malformed("is not three whole numbers with commas")
    one, workspace, everybody = map(int, parts)
    if not one <= workspace <= everybody:
        raise Malformed("has a number that is smaller than the one before it")
    return one, workspace, everybody


def parse_quotas(text: str) -> Mapping[str, int]:
    """Whole numbers by their names, as `sms=1000,email=20000`; what is left out stays as it is."""
    found: dict[str, int] = {}
    for part in text.split(","):
        name, _, number = part.strip().partition("=")
        if name not in QUOTAS:
            raise Malformed(f"names what is none of: {', '.join(QUOTAS)}")
        if not re.fullmatch(r"\d{1,9}", number):
            raise Malformed(f"gives no whole number for {name}")
        found[name] = int(number)
    return found


def parse_app_secrets(text: str) -> tuple[str, ...]:
    """The secrets between the commas, none of them empty."""
    secrets = tuple(part.strip() for part in text.split(","))
    if not all(secrets):
        raise Malformed("has an empty secret between its commas")
    return secrets


def parse_secret_keys(text: str) -> tuple[str, ...]:
    """Any texts long enough to be keys: `derived_keys` makes keys of the right form from them."""
    keys = parse_app_secrets(text)
    if min(map(len, keys)) < SECRET_KEY_LENGTH:
        raise Malformed("is too short")
    return keys


def _split(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        _ = url.port  # parsed late, and may not be a number
    except ValueError:
        raise Malformed("is not a URL") from None
    return url
