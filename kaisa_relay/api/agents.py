"""Agents: how they stand now, and how much they have to do."""

from collections.abc import Sequence
from datetime import datetime

from quart import Response, request
from quart_schema import document_querystring, document_response

from kaisa_relay.api.agent_shapes import AgentAnswer, AgentHours, AgentPage
from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.cursors import Listing, write_cursor
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import Problem
from kaisa_relay.api.queries import read_page
from kaisa_relay.api.routes import Route
from kaisa_relay.api.shapes import PageQuery
from kaisa_relay.domain.ids import CONTACT, ContactId, to_text
from kaisa_relay.domain.presence import Presence
from kaisa_relay.domain.schedule import write_week
from kaisa_relay.ports.faces import AgentView
from kaisa_relay.ports.keys import Scope


class Agents:
    """Everybody whom a form or an operator has named as an agent."""

    def __init__(self, given: Dependencies) -> None:
        self._archive = given.archive
        self._clock = given.clock

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (Route("/agents", self.find, Scope.READ),)

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

    def _page(self, found: Sequence[AgentView], limit: int) -> AgentPage:
        shown, at = found[:limit], self._clock()
        items = [_answer(each, at) for each in shown]
        last = shown[-1].agent.contact if len(found) > limit else None
        return AgentPage(items, write_cursor(Listing.AGENTS, last) if last is not None else None)


def _answer(seen: AgentView, at: datetime) -> AgentAnswer:
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
    )
