"""The page with phones at `/_sim/phones`: pick people, write, tap, react, by hand."""

from pathlib import Path
from typing import Final

from quart import Blueprint, Response, redirect
from werkzeug.wrappers import Response as Redirect

FOLDER: Final = Path(__file__).parent
FILES: Final = {
    "phones.js": "text/javascript",
    "phone.js": "text/javascript",
    "bubbles.js": "text/javascript",
    "calls.js": "text/javascript",
    "phones.css": "text/css",
}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; media-src 'self'"
)


def page_blueprint() -> Blueprint:
    """The page and its files; nothing in it comes from elsewhere."""
    routes = Blueprint("page", __name__)
    routes.add_url_rule("/", "start", _start)
    routes.add_url_rule("/_sim/phones", "phones", _phones)
    routes.add_url_rule("/_sim/phones/<name>", "part", _part)
    return routes


async def _start() -> Redirect:
    """The page with phones, for who opens the simulator in a browser."""
    return redirect("/_sim/phones")


async def _phones() -> Response:
    """The page with phones: `?people=+46…,+46…` shows some, `&link=https://wa.me/…` is to be
    scanned.
    """
    return _file("index.html", "text/html")


async def _part(name: str) -> Response:
    """A script or style of the page."""
    kind = FILES.get(name)
    return Response("", 404) if kind is None else _file(name, kind)


def _file(name: str, kind: str) -> Response:
    text = (FOLDER / name).read_text(encoding="utf-8")
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return Response(text, headers=headers, content_type=f"{kind}; charset=utf-8")
