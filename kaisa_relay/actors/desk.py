"""Where requests from faces reach the actors: every ask has a deadline, every failure a name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import trio
from attrs import define

from kaisa_relay.actors.agents.desk import wish
from kaisa_relay.actors.conversation.door import PATIENCE, Door
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import (
    EndAnswer,
    EndConversation,
    LinkAnswer,
    MakeLink,
    MoveConversation,
    Supervise,
    SuperviseAnswer,
)
from kaisa_relay.actors.workspace.messages import (
    BlockAnswer,
    BlockPerson,
    ReserveAnswer,
    ReserveConversation,
    ToWorkspace,
    UnblockAnswer,
    UnblockPerson,
)
from kaisa_relay.domain.channel_health import Burden
from kaisa_relay.domain.contact_events import BlockedBy
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.presence import TeamWish
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports import Busy, NewConversation, NotFound, Whom
from kaisa_relay.ports.linking import NewLink
from kaisa_relay.ports.replacing import Moved, NotMoved
from kaisa_relay.ports.supervising import Supervision
from kaisa_relay.runtime.ask import Unanswered
from kaisa_relay.runtime.mailbox import Mailbox

MOVED_AT_ONCE: Final = 50
"""Conversations that one call moves: it must answer in seconds."""


@define(eq=False)
class ActorsDesk:
    """`ports.Desk` over the actors."""

    context: Context

    async def reserve(self, workspace: WorkspaceId, request: NewConversation) -> ReserveAnswer:
        """Ask the workspace's actor."""
        with _named():
            return await ReserveConversation(request).put_to(self._mailbox(workspace), PATIENCE)

    async def end(
        self,
        workspace: WorkspaceId,
        conversation: ConversationId,
        by: Requester | None = None,
    ) -> EndAnswer | NotFound:
        """Ask the conversation's actor, waking it if need be."""
        if await self.context.journal.snapshot(workspace, conversation) is None:
            return NotFound()
        door = Door(self.context, workspace, conversation)
        with _named():
            return await EndConversation(by).put_to(door, PATIENCE)

    async def wish(
        self, workspace: WorkspaceId, agent: ContactId, wanted: TeamWish
    ) -> NotFound | None:
        """Have it so; the agent's stream decides who is first."""
        return await wish(self.context, workspace, agent, wanted)

    def carried(self, workspace: WorkspaceId) -> Mapping[ChannelId, int]:
        """Ask the channels' slots."""
        now, posts = trio.current_time(), self.context.exchange.channels
        return {
            channel.id: posts[channel.id].traffic.counted.last_minute(now)
            for channel in self.context.accounts.channels(workspace)
            if channel.id in posts
        }

    async def supervise(
        self, workspace: WorkspaceId, conversation: ConversationId, request: Supervision
    ) -> SuperviseAnswer | NotFound:
        """Ask the conversation's actor, waking it if need be."""
        if await self.context.journal.snapshot(workspace, conversation) is None:
            return NotFound()
        door = Door(self.context, workspace, conversation)
        with _named():
            return await Supervise(request).put_to(door, PATIENCE)

    async def link(
        self, workspace: WorkspaceId, conversation: ConversationId, request: NewLink
    ) -> LinkAnswer | NotFound:
        """Ask the conversation's actor, waking it if need be."""
        if await self.context.journal.snapshot(workspace, conversation) is None:
            return NotFound()
        door = Door(self.context, workspace, conversation)
        with _named():
            return await MakeLink(request).put_to(door, PATIENCE)

    async def link_of(self, workspace: WorkspaceId, token: str) -> str | None:
        """Read the directory."""
        found = await self.context.directory.token(workspace, token)
        return None if found is None else found.url

    async def block(self, workspace: WorkspaceId, whom: Whom, by: BlockedBy) -> BlockAnswer:
        """Ask the workspace's actor."""
        with _named():
            return await BlockPerson(whom, by).put_to(self._mailbox(workspace), PATIENCE)

    async def unblock(self, workspace: WorkspaceId, whom: Whom, by: BlockedBy) -> UnblockAnswer:
        """Ask the workspace's actor."""
        with _named():
            return await UnblockPerson(whom, by).put_to(self._mailbox(workspace), PATIENCE)

    async def move(
        self,
        workspace: WorkspaceId,
        channels: tuple[ChannelId, ChannelId],
        after: ConversationId | None,
    ) -> Moved:
        """Ask each conversation of a page, one after the other."""
        old, to = channels[0], self.context.accounts.channel(workspace, channels[1])
        if to is None:
            raise Busy  # configured a moment ago, or not any more
        directory = self.context.directory
        page = await directory.carried(workspace, old, after, MOVED_AT_ONCE)
        health = (await directory.health(workspace)).get(old)
        announced = health is None or health.burden < Burden.DOWN
        stayed: list[tuple[ConversationId, NotMoved]] = []
        for conversation in page:
            door = Door(self.context, workspace, conversation)
            try:
                reason = await MoveConversation(to, announced).put_to(door, PATIENCE)
            except Unanswered:
                reason = NotMoved.BUSY
            if reason not in (None, NotMoved.NOT_THERE):
                stayed.append((conversation, reason))
        last = page[-1] if len(page) == MOVED_AT_ONCE else None
        return Moved(len(page) - len(stayed), tuple(stayed), last)

    def _mailbox(self, workspace: WorkspaceId) -> Mailbox[ToWorkspace]:
        mailbox = self.context.exchange.workspaces.get(workspace)
        if mailbox is None:
            raise Busy
        return mailbox


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except Unanswered as failure:
        raise Busy from failure
