"""Alerts: what needs somebody now."""

from datetime import datetime

from msgspec import Struct
from quart import Response, request
from quart_schema import document_response

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.problems import Problem
from kaisa_relay.api.queries import Query
from kaisa_relay.api.routes import Route
from kaisa_relay.api.shapes import NoQuery
from kaisa_relay.domain.alerts import AlertKind, AlertRaised, Level
from kaisa_relay.domain.ids import ALERT, CHANNEL, to_text
from kaisa_relay.ports.keys import Scope


class AlertSubject(Struct, frozen=True):
    """What it is about; nothing where it is the whole workspace."""

    channel: str | None
    template: str | None
    language: str | None


class AlertAnswer(Struct, frozen=True):
    """Something that is wrong now. `reason` is a word of the service's or WhatsApp's; `count` is
    how many conversations wait, or rows are set aside, as it began."""

    id: str
    kind: AlertKind
    level: Level
    subject: AlertSubject
    reason: str | None
    count: int | None
    since: datetime


class AlertPage(Struct, frozen=True):
    """All open alerts, the oldest first; there is no other page."""

    items: list[AlertAnswer]
    next: str | None


class Alerts:
    """What is open; what was is in the events `alert.raised` and `alert.cleared`."""

    def __init__(self, given: Dependencies) -> None:
        self._boards = given.boards

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        return (Route("/alerts", self.find, Scope.READ),)

    @document_response(AlertPage)
    async def find(self) -> Response | Problem:
        """List what needs somebody now."""
        query = Query(request.args, NoQuery)
        if query.errors.found:
            return query.errors.problem()
        found = await self._boards.alerts(calling_key().workspace)
        return json_answer(AlertPage([_answer(each) for each in found], None))


def _answer(alert: AlertRaised) -> AlertAnswer:
    channel = to_text(CHANNEL, alert.channel) if alert.channel is not None else None
    return AlertAnswer(
        to_text(ALERT, alert.alert),
        alert.kind,
        alert.level,
        AlertSubject(channel, alert.template, alert.language),
        alert.reason,
        alert.count,
        alert.at,
    )
