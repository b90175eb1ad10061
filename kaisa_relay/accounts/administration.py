"""The operators' commands, executed: each is one transaction, refused or done.

Rule 1: the same code runs inside `serve` (for the socket) and in a command line without one.
Rule 2: a refusal leaves no trace; what was done is known to every node within a second.
"""

import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, assert_never

from attrs import evolve, field, frozen

from kaisa_relay.accounts import agent_rows, app_rows, rows, suppressing, user_rows, writing
from kaisa_relay.accounts.agents import AddAgent, ListAgents, SetAgent, SetHours
from kaisa_relay.accounts.apps import AddApp, ListApps, SetApp
from kaisa_relay.accounts.audited import ListAudit
from kaisa_relay.accounts.blocking import add_block, list_blocks, remove_block
from kaisa_relay.accounts.blocks import AddBlock, ListBlocks, RemoveBlock
from kaisa_relay.accounts.changes import (
    ChannelChange,
    DrainChannel,
    ResealTokens,
    SetChannel,
    SetChannelToken,
    SetWorkspace,
)
from kaisa_relay.accounts.cipher import TokenCipher
from kaisa_relay.accounts.commands import (
    AddChannel,
    AddKey,
    AddWorkspace,
    Command,
    Inspect,
    KeyAdded,
    ListChannels,
    ListKeys,
    ListWorkspaces,
    ReleaseConversation,
    Result,
    RevokeKey,
    Workspaces,
)
from kaisa_relay.accounts.erasing import erase_visitor
from kaisa_relay.accounts.facts import workspace_facts
from kaisa_relay.accounts.inspection import inspect
from kaisa_relay.accounts.key_text import new_key
from kaisa_relay.accounts.listing import list_channels, list_keys
from kaisa_relay.accounts.noting import ACTIONS, Noting, list_audit
from kaisa_relay.accounts.refusal import Refusal
from kaisa_relay.accounts.replaced import ReplaceChannel
from kaisa_relay.accounts.replacing import check_channels, move_page
from kaisa_relay.accounts.signed import Signed
from kaisa_relay.accounts.suppressions import (
    AddSuppression,
    ListSuppressions,
    RemoveSuppression,
)
from kaisa_relay.accounts.transactions import Transactions
from kaisa_relay.accounts.users import AddUser, ListUsers, RemoveUser, SetUser
from kaisa_relay.accounts.visitors import EraseVisitor
from kaisa_relay.ports import Desk
from kaisa_relay.ports.erasing import Erasing
from kaisa_relay.ports.replacing import Mover
from kaisa_relay.runtime.clock import WallClock, system_clock

Change = (
    AddWorkspace
    | SetWorkspace
    | AddChannel
    | ChannelChange
    | AddApp
    | SetApp
    | AddKey
    | RevokeKey
    | ReleaseConversation
    | AddAgent
    | SetAgent
    | SetHours
)


class Actors(Desk, Mover, Protocol):
    """What the actors do for operators."""


async def _nobody() -> None:
    """Nobody in this process needs to hear of a change."""


@frozen
class Administration:
    """Executes commands on the store.

    `cipher` is asked for only when a token is stored, and may raise then. `changed` is awaited
    after every change: inside `serve` it reloads the accounts and wakes who depends on them.
    """

    store: Transactions
    cipher: Callable[[], TokenCipher] = field(repr=False)
    new_id: Callable[[], int]
    clock: WallClock = system_clock
    random: Callable[[int], bytes] = secrets.token_bytes
    serving: bool = False
    changed: Callable[[], Awaitable[None]] = _nobody
    desk: "Actors | None" = None
    """The actors, inside `serve`."""
    erasing: Erasing | None = None
    """Inside `serve`, like the actors."""
    signed: Callable[[], Signed] = Signed
    """How webhooks were signed, inside `serve`."""
    noted: bool = True
    """Whether changes go into the audit log as an operator's; who else asks is in it already."""

    async def execute(self, command: Command) -> Result:
        """Do what is asked, or say why not. Raises `StoreUnavailable`."""
        action = ACTIONS.get(type(command)) if self.noted else None
        store = self.store
        if action is not None:
            store = Noting(self.store, command, action, self.new_id, self.clock)
        try:
            return await evolve(self, store=store)._execute(command)
        except Refusal as refusal:
            return refusal.answer

    async def _execute(self, command: Command) -> Result:
        match command:
            case ListWorkspaces():
                found = await self.store.read(rows.workspaces)
                return Workspaces(tuple(map(workspace_facts, found)))
            case ListChannels(workspace):
                return await self.store.read(partial(list_channels, workspace))
            case ListAgents(workspace):
                return await self.store.read(partial(agent_rows.list_agents, workspace))
            case ListApps():
                return await self.store.read(app_rows.list_apps)
            case ListKeys(workspace):
                return await self.store.read(partial(list_keys, workspace))
            case ListBlocks(workspace):
                return await self.store.read(partial(list_blocks, workspace))
            case ReplaceChannel(old=old):
                await check_channels(self.store, command)
                await self._change(DrainChannel(old))
                await self.changed()
                return await move_page(self.store, self.desk, command)
            case AddBlock():
                return await add_block(self.store, self.desk, command)
            case RemoveBlock():
                return await remove_block(self.store, self.desk, command)
            case EraseVisitor():
                return await erase_visitor(self.store, self.erasing, command)
            case AddUser() | SetUser() | RemoveUser() | ListUsers():
                return await user_rows.execute(command, self.store, self.new_id, self.clock())
            case AddSuppression() | RemoveSuppression() | ListSuppressions():
                return await suppressing.execute(command, self.store, self.new_id, self.clock())
            case ListAudit():
                return await self.store.browse(partial(list_audit, command))
            case Inspect():
                facts = await self.store.read(partial(inspect, self.serving, self.clock()))
                return evolve(facts, signed=self.signed())
            case _:
                result = await self._change(command)
                await self.changed()
                return result

    async def _change(self, command: Change) -> Result:
        match command:
            case SetWorkspace():
                return await self.store.write(partial(writing.set_workspace, command))
            case SetChannel():
                return await self.store.write(partial(writing.set_channel, command))
            case SetChannelToken():
                return await self.store.write(
                    partial(writing.set_channel_token, command, self.cipher())
                )
            case AddApp() | SetApp():
                return await self.store.write(partial(app_rows.put_app, command, self.cipher()))
            case DrainChannel():
                return await self.store.write(partial(writing.drain_channel, command))
            case ResealTokens():
                return await self.store.write(partial(writing.reseal_tokens, self.cipher()))
            case SetHours():
                return await self.store.write(partial(agent_rows.set_hours, command))
            case SetAgent():
                return await self.store.write(partial(agent_rows.set_agent, command))
            case AddAgent():
                return await self.store.write(partial(agent_rows.add_agent, command, self.new_id()))
            case AddWorkspace():
                return await self.store.write(
                    partial(writing.add_workspace, command, self.new_id())
                )
            case AddChannel():
                cipher = self.cipher()
                return await self.store.write(
                    partial(writing.add_channel, command, self.new_id(), cipher)
                )
            case AddKey():
                return await self._add_key(command)
            case RevokeKey(id):
                return await self.store.write(partial(writing.revoke_key, id, self.clock()))
            case ReleaseConversation(id):
                return await self.store.write(partial(writing.release_conversation, id))
            case _:
                assert_never(command)

    async def _add_key(self, command: AddKey) -> KeyAdded:
        id = self.new_id()
        key = new_key(id, self.random)
        facts = await self.store.write(
            partial(writing.add_key, command, id, key.hash, self.clock())
        )
        return KeyAdded(facts, key.text)
