"""Where a file may be fetched from: the answer that names the address is not trusted with ours.

Rule 1: the token goes to the Graph API's own origin and to Meta's store of files, nowhere else.
Rule 2: an origin is scheme, host and port; what is not exactly one of ours is refused.
"""

from typing import Final
from urllib.parse import urljoin, urlsplit

Origin = tuple[str, str, int]

META: Final = ("https://lookaside.fbsbx.com",)
"""Where Meta keeps files (reference, section 5)."""
_PORTS: Final = {"https": 443, "http": 80}


def origin(url: str) -> Origin | None:
    """Return the origin of a URL; None of one that has none, or that names a user."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname.lower(), port or _PORTS[parts.scheme]


def origins(graph_url: str) -> frozenset[Origin]:
    """Return the origins that get the token of a Graph API at this URL.

    One that is not Meta's (a simulator, a proxy) is trusted alone.
    """
    own = origin(graph_url)
    metas = own is not None and own[1] == "graph.facebook.com"
    urls = (graph_url, *META) if metas else (graph_url,)
    return frozenset(found for url in urls if (found := origin(url)) is not None)


def redirected(url: str, location: str | None) -> str | None:
    """Return where a redirect leads."""
    try:
        return urljoin(url, location) if location else None
    except ValueError:
        return None
