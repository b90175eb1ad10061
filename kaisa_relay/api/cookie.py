"""The cookies of a browser: its session and its device; how another site is kept from using them.

Rule 1: no script reads them, no other site's request carries them (SameSite=Strict), and over HTTPS
they are this host's alone (the `__Host-` prefix: Secure, no domain, path /).
Rule 2: a request that changes something needs the header `Kaisa-Page` besides. A form cannot send
one, and a script of another origin may only after a preflight, which nobody here answers; so no
token has to be kept and compared. Where a browser sends `Origin`, it must be ours.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from quart import Request, Response

HEADER: Final = "Kaisa-Page"
DEVICE_LASTS: Final = timedelta(days=180)
"""How long a browser shows that its owner has signed in there."""
MOST_SEEN: Final = 10_000
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


class SessionCookie:
    """Reads, sets and clears them; `public_url` is where browsers reach us, if known."""

    def __init__(self, public_url: str) -> None:
        self._secure = public_url.startswith("https:")
        self._host = urlsplit(public_url).netloc
        prefix = "__Host-" if self._secure else ""
        self._session, self._device = f"{prefix}kaisa-session", f"{prefix}kaisa-device"

    def read(self, request: Request) -> str | None:
        """Return the token that a request brings."""
        return request.cookies.get(self._session) or None

    def device(self, request: Request) -> str | None:
        """Return what a browser shows that somebody has signed in on."""
        return request.cookies.get(self._device) or None

    def set(self, response: Response, token: str, expires_at: datetime) -> None:
        """Give a browser its token."""
        self._write(response, self._session, token, expires_at)

    def remember(self, response: Response, device: str, at: datetime) -> None:
        """Have a browser show later that somebody has signed in on it."""
        self._write(response, self._device, device, at + DEVICE_LASTS)

    def clear(self, response: Response) -> None:
        """Have a browser forget its token; it stays a device of its owner's."""
        self._write(response, self._session, "", 0)

    def _write(self, response: Response, name: str, text: str, expires: datetime | int) -> None:
        response.set_cookie(
            name,
            text,
            expires=expires,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="Strict",
        )

    def is_foreign(self, request: Request) -> bool:
        """Say whether a request that changes something may come from another site."""
        if request.method in _SAFE:
            return False
        origin = request.headers.get("Origin")
        ours = {request.host, self._host} - {""}
        return request.headers.get(HEADER) != "1" or (
            origin is not None and _host_of(origin) not in ours
        )


class SeenCookies:
    """The session cookies that were right lately, as hashes; the oldest of too many are forgotten.

    It says nothing about whether they still are.
    """

    def __init__(self, most: int = MOST_SEEN) -> None:
        self._most = most
        self._hashes: dict[bytes, None] = {}

    def add(self, token: str) -> None:
        """Remember one that was right."""
        self._hashes[_hash(token)] = None
        if len(self._hashes) > self._most:
            del self._hashes[next(iter(self._hashes))]

    def __contains__(self, token: str) -> bool:
        """Say whether a cookie was right lately."""
        return _hash(token) in self._hashes


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _host_of(origin: str) -> str:
    """Return host and port of an origin; an empty text where it has none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as an IPv6 address that does not end
        return ""
