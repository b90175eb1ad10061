"""Agents: how they stand now, and how much they have to do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from quart import Response, request
from quart_schema import document_querystring, document_request, document_response

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key, requester
from kaisa_relay.api.bodies import read_body, receive_body
from kaisa_relay.api.cursors import Listing, write_cursor
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem
from kaisa_relay.api.queries import read_page
from kaisa_relay.api.routes import Route
from kaisa_relay.api.shapes import Nothing, PageQuery
from kaisa_relay.api.workspace.agent_shapes import (
    AgentAnswer,
    AgentChannelAnswer,
    AgentHours,
    AgentPage,
    PauseAgent,
)
from kaisa_relay.domain.channel import WINDOW
from kaisa_relay.domain.durations import BadDuration, read_duration
from kaisa_relay.domain.ids import CHANNEL, CONTACT, CONVERSATION, ContactId, from_text, to_text
from kaisa_relay.domain.presence import Presence, TeamPauses, TeamResumes, TeamWish
from kaisa_relay.domain.schedule import write_week
from kaisa_relay.ports.faces import AgentView, NotFound
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.views import AgentChannel

SHORTEST: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(days=30)


class Agents:
    """Everybody whom a form or an operator has named as an agent."""

    def __init__(self, given: Dependencies) -> None:
        self._archive = given.archive
        self._clock = given.clock
        self._desk = given.desk

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        one = "/agents/<agent>"
        return (
            Route("/agents", self.find, Scope.READ),
            Route(one, self.read, Scope.READ),
            Route(f"{one}/pause", self.pause, Scope.WRITE, "POST"),
            Route(f"{one}/resume", self.resume, Scope.WRITE, "POST"),
        )

    @document_querystring(PageQuery)
    @document_response(AgentPage)
    async def find(self) -> Response | Problem:
        """List agents with their presence and load."""
        page = read_page(request.args, Listing.AGENTS)
        if isinstance(page, Problem):
            return page
        after = ContactId(page.after) if page.after is not None else None
        workspace = calling_key().workspace
        found = await self._archive.agents(workspace, after, page.limit + 1)
        return json_answer(self._page(found, page.limit))

    @document_response(AgentAnswer)
    async def read(self, agent: str) -> Response | Problem:
        """Read how one agent stands."""
        id = from_text(CONTACT, agent)
        return await self._show(ContactId(id)) if id is not None else problem(NotFound)

    @document_request(PauseAgent)
    @document_response(AgentAnswer)
    async def pause(self, agent: str) -> Response | Problem:
        """Offer an agent nothing for a while; what they have goes on, and they are told."""
        body = await receive_body(request)
        asked = read_body(request, body, PauseAgent) if body else PauseAgent()
        if isinstance(asked, Problem):
            return asked
        if asked.duration is None:
            return await self._wish(agent, TeamPauses(None, requester()))
        time = read_duration(asked.duration, SHORTEST, LONGEST_PAUSE)
        if isinstance(time, BadDuration):
            return invalid(FieldError("duration", time.reason))
        return await self._wish(agent, TeamPauses(time, requester()))

    @document_request(Nothing)
    @document_response(AgentAnswer)
    async def resume(self, agent: str) -> Response | Problem:
        """Offer an agent conversations again, whoever paused them; they are told."""
        body = await receive_body(request)
        if body and isinstance(refused := read_body(request, body, Nothing), Problem):
            return refused
        return await self._wish(agent, TeamResumes(requester()))

    async def _wish(self, agent: str, wanted: TeamWish) -> Response | Problem:
        id = from_text(CONTACT, agent)
        if id is None:
            return problem(NotFound)
        contact = ContactId(id)
        if await self._desk.wish(calling_key().workspace, contact, wanted) is not None:
            return problem(NotFound)
        return await self._show(contact)

    async def _show(self, contact: ContactId) -> Response | Problem:
        seen = await self._archive.agent(calling_key().workspace, contact)
        return problem(NotFound) if seen is None else json_answer(agent_answer(seen, self._clock()))

    def _page(self, found: Sequence[AgentView], limit: int) -> AgentPage:
        shown, at = found[:limit], self._clock()
        items = [agent_answer(each, at) for each in shown]
        last = shown[-1].agent.contact if len(found) > limit else None
        return AgentPage(items, write_cursor(Listing.AGENTS, last) if last is not None else None)


def agent_answer(seen: AgentView, at: datetime) -> AgentAnswer:
    """Return an agent as they stand at an instant."""
    agent, hours = seen.agent, seen.agent.schedule
    presence = agent.presence_at(at)
    return AgentAnswer(
        id=to_text(CONTACT, agent.contact),
        name=seen.person.name,
        phone=seen.person.phone,
        presence=presence,
        paused_until=agent.paused_until if presence is Presence.PAUSED else None,
        missed=agent.missed,
        load=seen.load,
        capacity=agent.capacity,
        hours=AgentHours(hours.zone, write_week(hours)) if hours is not None else None,
        on_call=agent.on_call,
        invited_at=agent.invited_at,
        opted_in_at=agent.opted_in_at,
        channels=[_channel(each) for each in seen.channels],
    )


def _channel(seen: AgentChannel) -> AgentChannelAnswer:
    held = seen.conversation
    return AgentChannelAnswer(
        to_text(CHANNEL, seen.channel),
        seen.wrote_at + WINDOW if seen.wrote_at is not None else None,
        to_text(CONVERSATION, held) if held is not None else None,
    )
