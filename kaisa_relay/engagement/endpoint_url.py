"""Which URLs an endpoint may have; where one leads is judged when it is connected to."""

from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 2_000
"""Characters of a URL."""


def bad_url(url: str, plain: bool = False) -> str | None:
    """Say what is wrong with an endpoint's URL, or None; `plain` lets it be http."""
    if len(url) > LONGEST or not url.isascii() or any(each <= " " for each in url):
        return f"must be a URL of at most {LONGEST} characters, without spaces, in ASCII"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is no URL"
    if parts.scheme not in (("https", "http") if plain else ("https",)):
        return "must begin with https://"
    if not parts.hostname or port == 0:
        return "names no host"
    if parts.username is not None or parts.password is not None:
        return "must not hold a name or a password; the signature says who we are"
    return "must not have a fragment" if parts.fragment else None
