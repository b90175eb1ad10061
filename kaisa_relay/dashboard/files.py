"""The page as the build left it, read once: a handful of files, some 100 KB in all."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from kaisa_relay.ports.page import PageFile

_MEDIA_TYPES: Final[Mapping[str, str]] = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


def built_page() -> Mapping[str, PageFile]:
    """Return every file by its address (`/`, `/assets/…`); none where the page was not built."""
    built = files(__package__) / "built"
    if not (built / "index.html").is_file():
        return {}
    assets = (built / "assets").iterdir()
    return {"/": _file(built / "index.html")} | {f"/assets/{a.name}": _file(a) for a in assets}


def _file(path: Traversable) -> PageFile:
    return PageFile(path.read_bytes(), _MEDIA_TYPES[path.name.rpartition(".")[2]])
