"""Channels: how each stands with WhatsApp, what it may carry and what it carries."""

from collections.abc import Sequence

from quart import Response, request
from quart_schema import document_response

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.dependencies import Channels as Configured
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import Problem, problem
from kaisa_relay.api.queries import Query
from kaisa_relay.api.routes import Route
from kaisa_relay.api.shapes import NoQuery
from kaisa_relay.api.workspace.channel_shapes import (
    ChannelPage,
    ChannelView,
    Limitation,
    Throughput,
)
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import CHANNEL, ChannelId, WorkspaceId, from_text, to_text
from kaisa_relay.ports.boards import BoardDesk, Boards, ChannelStanding
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope


class ChannelViews:
    """Shows channels with how they stand."""

    def __init__(self, channels: Configured, boards: Boards, desk: BoardDesk) -> None:
        self._channels = channels
        self._boards = boards
        self._desk = desk

    async def all(self, workspace: WorkspaceId) -> list[ChannelView]:
        """Return every channel of a workspace."""
        return await self.of(workspace, self._channels.channels(workspace))

    async def of(self, workspace: WorkspaceId, channels: Sequence[Channel]) -> list[ChannelView]:
        """Return these channels."""
        standings = await self._boards.channel_standings(workspace)
        carried = self._desk.carried(workspace)
        return [
            _view(each, standings.get(each.id, ChannelStanding()), carried.get(each.id, 0))
            for each in channels
        ]


class Channels:
    """The numbers of a workspace."""

    def __init__(self, given: Dependencies) -> None:
        self._channels = given.channels
        self._views = ChannelViews(given.channels, given.boards, given.desk)

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (
            Route("/channels", self.find, Scope.READ),
            Route("/channels/<channel>", self.read, Scope.READ),
        )

    @document_response(ChannelPage)
    async def find(self) -> Response | Problem:
        """List the channels with their health, limits and load."""
        query = Query(request.args, NoQuery)
        if query.errors.found:
            return query.errors.problem()
        return json_answer(ChannelPage(await self._views.all(calling_key().workspace), None))

    @document_response(ChannelView)
    async def read(self, channel: str) -> Response | Problem:
        """Read one channel."""
        id, workspace = from_text(CHANNEL, channel), calling_key().workspace
        known = self._channels.channel(workspace, ChannelId(id)) if id is not None else None
        if known is None:
            return problem(NotFound)
        [view] = await self._views.of(workspace, [known])
        return json_answer(view)


def _view(channel: Channel, standing: ChannelStanding, carried: int) -> ChannelView:
    health = standing.health
    limited = health.limited
    return ChannelView(
        id=to_text(CHANNEL, channel.id),
        phone=channel.phone,
        state="down" if health.down else "limited" if limited else "up",
        down=health.down,
        limited=Limitation(limited, health.limited_until) if limited is not None else None,
        draining=channel.draining,
        quality=health.quality,
        tier=health.tier,
        throughput=Throughput(channel.throughput, carried, standing.waiting),
        conversations=standing.conversations,
        pairs=standing.pairs,
    )
