"""Keys and settings of one workspace, for its own administrators (`ports.Managing`).

Rule 1: it executes the operators' commands, so that what is right is said in one place.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from attrs import frozen

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.agents import SetHours
from kaisa_relay.accounts.changes import DrainChannel, SetWorkspace
from kaisa_relay.accounts.commands import (
    AddKey,
    KeyAdded,
    KeyFacts,
    Keys,
    ListKeys,
    ListWorkspaces,
    Refused,
    RevokeKey,
    WorkspaceFacts,
    Workspaces,
)
from kaisa_relay.accounts.settings_text import read_changes, write_settings
from kaisa_relay.domain.ids import CHANNEL, WORKSPACE, ChannelId, WorkspaceId, to_text
from kaisa_relay.ports.managing import KeyView, NewKeyView, WorkspaceView, WrongField


@frozen
class AccountsManaging:
    """One workspace at a time."""

    administration: Administration

    async def keys(self, workspace: WorkspaceId) -> Sequence[KeyView]:
        """Return every key, the oldest first, revoked ones too."""
        listed = await self.administration.execute(ListKeys(to_text(WORKSPACE, workspace)))
        assert isinstance(listed, Keys), listed
        return [_key(each) for each in listed.keys]

    async def add_key(
        self, workspace: WorkspaceId, name: str, scopes: tuple[str, ...], lasts: timedelta | None
    ) -> NewKeyView | WrongField:
        """Add a key with these scopes, which were checked."""
        command = AddKey(to_text(WORKSPACE, workspace), scopes, name, lasts)
        added = await self.administration.execute(command)
        if isinstance(added, Refused):
            return WrongField("name", added.reason)
        assert isinstance(added, KeyAdded), added
        return NewKeyView(_key(added.key), added.text)

    async def revoke_key(self, workspace: WorkspaceId, id: str) -> bool:
        """Revoke a key; False when there is no such key."""
        if not any(each.id == id for each in await self.keys(workspace)):
            return False
        return not isinstance(await self.administration.execute(RevokeKey(id)), Refused)

    async def workspace(self, workspace: WorkspaceId) -> WorkspaceView:
        """Return the workspace."""
        return _view(await self._facts(workspace))

    async def change_workspace(
        self, workspace: WorkspaceId, changes: Mapping[str, Any]
    ) -> WorkspaceView | Sequence[WrongField]:
        """Change these settings, all of them or none."""
        facts = await self._facts(workspace)
        read = read_changes(facts.settings, changes)
        if isinstance(read, tuple):
            return [WrongField(each.field, each.reason) for each in read]
        given = dict(read)
        commands: list[SetHours | SetWorkspace] = []
        if "hours" in given:
            commands.append(SetHours(facts.id, given.pop("hours")))
        if given:
            commands.append(SetWorkspace(facts.id, **given))
        for command in commands:
            done = await self.administration.execute(command)
            if isinstance(done, Refused):
                return [WrongField("body", done.reason)]
        return await self.workspace(workspace)

    async def drain(self, channel: ChannelId, draining: bool) -> None:
        """Have a channel of the workspace take no new conversations, or take them again."""
        await self.administration.execute(DrainChannel(to_text(CHANNEL, channel), draining))

    async def _facts(self, workspace: WorkspaceId) -> WorkspaceFacts:
        found = await self.administration.execute(ListWorkspaces())
        assert isinstance(found, Workspaces), found
        id = to_text(WORKSPACE, workspace)
        return next(each for each in found.workspaces if each.id == id)


def _view(facts: WorkspaceFacts) -> WorkspaceView:
    return WorkspaceView(facts.id, facts.name, write_settings(facts.settings))


def _key(facts: KeyFacts) -> KeyView:
    return KeyView(
        id=facts.id,
        name=facts.name,
        scopes=facts.scopes,
        created_at=facts.created_at,
        expires_at=facts.expires_at,
        last_used_at=facts.last_used_at,
        revoked_at=facts.revoked_at,
    )
