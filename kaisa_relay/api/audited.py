"""What is written into the audit log of what is asked over HTTP, in one table.

Rule 1: whoever sees something is in the log before they see it, whoever changes something before
it is changed; where that cannot be written the answer is 503.
Rule 2: only what looks like an id of ours is a subject, so nothing that was typed gets there.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Final

from quart import Response, request

from kaisa_relay.api.auth import calling_key, requester
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.ids import to_text
from kaisa_relay.domain.requester import PREFIXES
from kaisa_relay.ports.auditing import Action, Auditing, Deed

_TALK: Final = "/conversations/<conversation>"
_ENDPOINT: Final = "/endpoints/<endpoint>"

AUDITED: Final[Mapping[tuple[str, str], Action]] = {
    ("GET", f"{_TALK}/messages"): Action.TRANSCRIPT_READ,
    ("GET", f"{_TALK}/messages/<message>/file"): Action.FILE_READ,
    ("GET", "/conversations"): Action.TEXT_SEARCHED,
    ("GET", "/explore/conversations"): Action.TEXT_SEARCHED,
    ("GET", "/visitors"): Action.VISITOR_LOOKED_UP,
    ("GET", "/explore/export"): Action.EXPORT_MADE,
    ("POST", "/explore/exports"): Action.EXPORT_MADE,
    ("DELETE", "/explore/exports/<export>"): Action.EXPORT_REMOVED,
    ("POST", "/explore/views"): Action.VIEW_SAVED,
    ("DELETE", "/explore/views/<view>"): Action.VIEW_REMOVED,
    ("GET", "/suppressions.csv"): Action.SUPPRESSIONS_EXPORTED,
    ("GET", "/audit.csv"): Action.AUDIT_EXPORTED,
    ("POST", f"{_TALK}/notes"): Action.NOTE_ADDED,
    ("POST", f"{_TALK}/messages"): Action.MESSAGE_WRITTEN,
    ("POST", f"{_TALK}/transfer"): Action.CONVERSATION_TRANSFERRED,
    ("POST", "/blocks"): Action.BLOCK_ADDED,
    ("DELETE", "/blocks/<contact>"): Action.BLOCK_REMOVED,
    ("POST", "/suppressions"): Action.SUPPRESSION_ADDED,
    ("DELETE", "/suppressions/<suppression>"): Action.SUPPRESSION_REMOVED,
    ("POST", "/deliveries/replay"): Action.DELIVERY_REPLAYED,
    ("POST", "/deliveries/<delivery>/replay"): Action.DELIVERY_REPLAYED,
    ("POST", "/triggers"): Action.TRIGGER_ADDED,
    ("PUT", "/triggers/<trigger>"): Action.TRIGGER_CHANGED,
    ("DELETE", "/triggers/<trigger>"): Action.TRIGGER_REMOVED,
    ("POST", "/triggers/<trigger>/test"): Action.TRIGGER_TESTED,
    ("POST", "/endpoints"): Action.ENDPOINT_ADDED,
    ("PATCH", _ENDPOINT): Action.ENDPOINT_CHANGED,
    ("DELETE", _ENDPOINT): Action.ENDPOINT_REMOVED,
    ("POST", f"{_ENDPOINT}/test"): Action.ENDPOINT_TESTED,
    ("POST", f"{_ENDPOINT}/secret"): Action.SECRET_ROTATED,
    ("PATCH", "/workspace"): Action.WORKSPACE_CHANGED,
    ("PATCH", "/channels/<channel>"): Action.CHANNEL_CHANGED,
    ("POST", "/keys"): Action.KEY_ADDED,
    ("DELETE", "/keys/<key>"): Action.KEY_REVOKED,
}
"""By method and rule. Conversations' own events say who began and who closed them; an erasure, a
download and a sign-in are written down where they are done."""

_REFUSED: Final = 400
_ID: Final = re.compile(r"[a-z]{3}_[0-9a-z]{13}")

_NAMES: Final = ("id", "contact")
"""Under which an answer names what was made."""

Answering = Callable[..., Awaitable[Response]]


def audited(route: Route, view: Answering, audit: Auditing) -> Answering:
    """Return the view with what is asked of it written down, where that is in the table."""
    action = AUDITED.get((route.method, route.rule))
    if action is None:
        return view
    wrap = _seeing if route.method == "GET" else _changing
    return wrap(action, view, audit)


def _seeing(action: Action, view: Answering, audit: Auditing) -> Answering:
    @wraps(view)
    async def answered(*args: object, **kwargs: str) -> Response:
        response = await view(*args, **kwargs)
        if _shows_words(action) and response.status_code < _REFUSED:
            await audit.saw(_deed(action, kwargs))
        return response

    return answered


def _shows_words(action: Action) -> bool:
    """Say whether it does; a list does only where words were looked for."""
    asked = {name.partition("[")[0] for name in request.args}
    return action is not Action.TEXT_SEARCHED or "text" in asked


def _changing(action: Action, view: Answering, audit: Auditing) -> Answering:
    @wraps(view)
    async def answered(*args: object, **kwargs: str) -> Response:
        deed = _deed(action, kwargs)
        entry = await audit.asked(deed)
        response = await view(*args, **kwargs)
        subject = deed.subject or await _made(response)
        await audit.answered(entry, response.status_code, subject)
        return response

    return answered


def _deed(action: Action, named: Mapping[str, str]) -> Deed:
    key, by = calling_key(), requester()
    return Deed(key.workspace, to_text(PREFIXES[by.kind], by.id), action, _subject(named))


def _subject(named: Mapping[str, str]) -> str | None:
    """Return what an address is about: its first id, such as the conversation of a file."""
    return next((text for text in named.values() if _ID.fullmatch(text)), None)


async def _made(response: Response) -> str | None:
    """Return the id of what was made."""
    if response.status_code >= _REFUSED or not response.is_json:
        return None
    told = await response.get_json()
    if isinstance(told, dict) and isinstance(told.get("key"), dict):
        told = told["key"]
    ids = (told.get(name) for name in _NAMES) if isinstance(told, dict) else ()
    return next((id for id in ids if isinstance(id, str) and _ID.fullmatch(id)), None)
