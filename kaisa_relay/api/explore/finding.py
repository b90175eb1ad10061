"""Explore: conversations found by anything that is known of them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from msgspec import Raw
from quart import Response, request
from quart_schema import document_querystring, document_response

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.explore.query import read_asked, write_cursor
from kaisa_relay.api.explore.shapes import (
    ExploreConversation,
    ExplorePage,
    ExplorePerson,
    ExploreQuery,
    ExploreTotal,
)
from kaisa_relay.api.problems import Problem
from kaisa_relay.api.routes import Route
from kaisa_relay.domain.explore.fields import FIELDS, SPANS, Kind
from kaisa_relay.domain.ids import CHANNEL, CONTACT, CONVERSATION, to_text
from kaisa_relay.ports.explore import Cursor, Page, Person, Summary
from kaisa_relay.ports.keys import Scope

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLAIN: Final = [
    each.name for each in FIELDS.values() if each.kind in (Kind.WORD, Kind.AMOUNT, Kind.COUNT)
]
_INSTANTS: Final = [each.name for each in FIELDS.values() if each.kind is Kind.INSTANT]


class Explore:
    """The list over the read model."""

    def __init__(self, given: Dependencies) -> None:
        self._explore = given.explore

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (Route("/explore/conversations", self.find, Scope.READ),)

    @document_querystring(ExploreQuery)
    @document_response(ExplorePage)
    async def find(self) -> Response | Problem:
        """List conversations in columns, by any field, by metadata and by words.

        Each parameter compares a field: `status=closed`, `created_at[gte]=2026-01-01T00:00:00Z`,
        `metadata.car.year[lt]=2020`, `outcome[exists]=true`. A parameter that is repeated gives
        alternatives; different ones hold all at once.
        """
        asked = read_asked(request.args)
        if isinstance(asked, Problem):
            return asked
        of, page = calling_key().workspace, asked.page
        one_more = Page(page.most + 1, page.sort, page.after)
        found = await self._explore.conversations(of, asked.which, one_more)
        shown, total = found[: page.most], None
        if page.after is None:
            counted = await self._explore.total(of, asked.which)
            total = ExploreTotal(counted.number, counted.exact)
        cursor = _next(page, shown[-1]) if len(found) > len(shown) else None
        return json_answer(ExplorePage([_answer(each) for each in shown], cursor, total))


def _next(page: Page, last: Summary) -> str:
    return write_cursor(page.sort, Cursor(getattr(last, page.sort.field), last.id))


def _answer(found: Summary) -> ExploreConversation:
    agent, person = found.agent, found.agent_person
    spans: dict[str, Any] = {name: _span(found, name) for name in SPANS}
    return ExploreConversation(
        id=to_text(CONVERSATION, found.id),
        channel=to_text(CHANNEL, found.channel),
        visitor=_person(found.visitor, found.visitor_person),
        form=to_text(CONTACT, found.form),
        agent=None if agent is None else _person(agent, person),
        metadata=Raw(found.metadata or b"null"),
        **{name: _instant(getattr(found, name)) for name in _INSTANTS},
        **spans,
        **{name: getattr(found, name) for name in _PLAIN},
    )


def _instant(micros: int | None) -> Any:
    """Return an instant that may be missing."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)


def _span(found: Summary, name: str) -> float | None:
    """Return the seconds between two instants."""
    begin, end = (getattr(found, each) for each in SPANS[name])
    return None if begin is None or end is None else (end - begin) / 1_000_000


def _person(contact: int, person: Person) -> ExplorePerson:
    return ExplorePerson(to_text(CONTACT, contact), person.name, person.phone)
