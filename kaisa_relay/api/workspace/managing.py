"""What a workspace's own administrators manage: keys, settings, and whether channels take more."""

from datetime import timedelta
from typing import Any, Final

from quart import Response, request
from quart_schema import document_request, document_response

from kaisa_relay.api.answers import answer, json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.bodies import read_json, receive_body
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem
from kaisa_relay.api.routes import Route
from kaisa_relay.api.workspace.managing_shapes import (
    DrainChange,
    KeyAnswer,
    KeyList,
    KeyRequest,
    NewKeyAnswer,
    WorkspaceAnswer,
    WorkspaceChange,
)
from kaisa_relay.domain.durations import BadDuration, read_duration
from kaisa_relay.domain.ids import CHANNEL, ChannelId, from_text
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.managing import KeyView, WorkspaceView, WrongField

_NOT_FOUND: Final = problem(NotFound)
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=3650)


class Managing:
    """Keys, settings, channels."""

    def __init__(self, given: Dependencies) -> None:
        self._managing = given.managing
        self._channels = given.channels

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/keys", self.keys, Scope.MANAGE),
            Route("/keys", self.add_key, Scope.MANAGE, "POST"),
            Route("/keys/<key>", self.revoke_key, Scope.MANAGE, "DELETE"),
            Route("/workspace", self.workspace, Scope.MANAGE),
            Route("/workspace", self.change, Scope.MANAGE, "PATCH"),
            Route("/channels/<channel>", self.drain, Scope.MANAGE, "PATCH"),
        )

    @document_response(KeyList)
    async def keys(self) -> Response | Problem:
        """List every key, without its secret."""
        caller = calling_key()
        found = await self._managing.keys(caller.workspace)
        scopes = [str(each) for each in Scope if each in caller.scopes]
        return json_answer(KeyList(items=[_key(each) for each in found], scopes=scopes))

    @document_request(KeyRequest)
    @document_response(NewKeyAnswer, 201)
    async def add_key(self) -> Response | Problem:
        """Make a key, with no scope that the caller does not have."""
        body = await _object()
        if isinstance(body, Problem):
            return body
        wrong, lasts = _wrong_key(body), _lasts(body.get("lasts"))
        if isinstance(lasts, BadDuration):
            wrong.append(FieldError("lasts", lasts.reason))
        if wrong or isinstance(lasts, BadDuration):
            return invalid(*wrong)
        scopes = tuple(dict.fromkeys(body["scopes"]))
        workspace = calling_key().workspace
        made = await self._managing.add_key(workspace, body["name"], scopes, lasts)
        if isinstance(made, WrongField):
            return invalid(FieldError(made.field, made.reason))
        return json_answer(NewKeyAnswer(key=_key(made.key), text=made.text), 201)

    async def revoke_key(self, key: str) -> Response | Problem:
        """Revoke a key; requests with it are refused within a second."""
        revoked = await self._managing.revoke_key(calling_key().workspace, key)
        return answer(b"", 204) if revoked else _NOT_FOUND

    @document_response(WorkspaceAnswer)
    async def workspace(self) -> Response | Problem:
        """Show the workspace with every setting as it is now."""
        return _shown(await self._managing.workspace(calling_key().workspace))

    @document_request(WorkspaceChange)
    @document_response(WorkspaceAnswer)
    async def change(self) -> Response | Problem:
        """Change settings, all that are given or none."""
        body = await _object()
        if isinstance(body, Problem):
            return body
        settings = body.get("settings")
        if body.keys() != {"settings"} or not isinstance(settings, dict):
            return invalid(FieldError("settings", "must be an object, and the only member"))
        changed = await self._managing.change_workspace(calling_key().workspace, settings)
        if isinstance(changed, WorkspaceView):
            return _shown(changed)
        return invalid(*(FieldError(f"settings.{each.field}", each.reason) for each in changed))

    @document_request(DrainChange)
    async def drain(self, channel: str) -> Response | Problem:
        """Have a channel take no new conversations, or take them again."""
        body = await _object()
        if isinstance(body, Problem):
            return body
        id = from_text(CHANNEL, channel)
        known = id and self._channels.channel(calling_key().workspace, ChannelId(id))
        if id is None or not known:
            return _NOT_FOUND
        draining = body.get("draining")
        if body.keys() != {"draining"} or not isinstance(draining, bool):
            return invalid(FieldError("draining", "must be true or false, and the only member"))
        await self._managing.drain(ChannelId(id), draining)
        return answer(b"", 204)


async def _object() -> dict[str, Any] | Problem:
    body = read_json(request, await receive_body(request))
    if isinstance(body, Problem):
        return body
    return body if isinstance(body, dict) else invalid(FieldError("body", "must be an object"))


def _wrong_key(body: dict[str, Any]) -> list[FieldError]:
    found = [
        FieldError(name[:64], "is unknown; known are name, scopes, lasts")
        for name in body
        if name not in ("name", "scopes", "lasts")
    ]
    name, scopes = body.get("name"), body.get("scopes")
    if not isinstance(name, str) or not name.strip():
        found.append(FieldError("name", "must be a text that says what the key is for"))
    if not isinstance(scopes, list) or not scopes:
        found.append(FieldError("scopes", f"must be a list with some of: {', '.join(Scope)}"))
    elif not all(isinstance(each, str) and each in calling_key().scopes for each in scopes):
        may = ", ".join(each for each in Scope if each in calling_key().scopes)
        found.append(FieldError("scopes", f"you may give: {may}"))
    return found


def _lasts(text: object) -> timedelta | BadDuration | None:
    if text is None:
        return None
    if not isinstance(text, str):
        return BadDuration("must be a text such as 90d")
    return read_duration(text, _SHORTEST, _LONGEST)


def _shown(view: WorkspaceView) -> Response:
    return json_answer(WorkspaceAnswer(id=view.id, name=view.name, settings=dict(view.settings)))


def _key(view: KeyView) -> KeyAnswer:
    return KeyAnswer(
        id=view.id,
        name=view.name,
        scopes=list(view.scopes),
        created_at=view.created_at,
        expires_at=view.expires_at,
        last_used_at=view.last_used_at,
        revoked_at=view.revoked_at,
    )
