"""The HTTP API put together: resources, the guard before them, problems behind them."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from quart_trio import QuartTrio
from quart_trio.wrappers import TrioRequest

from kaisa_relay.api import problems
from kaisa_relay.api.audited import audited
from kaisa_relay.api.auth import Guard
from kaisa_relay.api.conversations.conversations import Conversations
from kaisa_relay.api.conversations.links import Links
from kaisa_relay.api.conversations.message_files import MessageFiles
from kaisa_relay.api.conversations.rendering import Rendering
from kaisa_relay.api.conversations.supervising import Supervising
from kaisa_relay.api.conversations.transcript import Transcript
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.documentation import Documentation
from kaisa_relay.api.engagement.deliveries import Deliveries
from kaisa_relay.api.engagement.endpoints import Endpoints
from kaisa_relay.api.engagement.rehearsing import Rehearsing
from kaisa_relay.api.engagement.suppressions import Suppressions
from kaisa_relay.api.engagement.triggers import Triggers
from kaisa_relay.api.engagement.unsubscribing import Unsubscribing
from kaisa_relay.api.explore.downloads import Downloads
from kaisa_relay.api.explore.export_jobs import ExportJobs
from kaisa_relay.api.explore.exporting import Export
from kaisa_relay.api.explore.finding import Explore
from kaisa_relay.api.explore.reports import Reports
from kaisa_relay.api.explore.views import SavedViews
from kaisa_relay.api.feed.door import LiveFeed
from kaisa_relay.api.feed.shapes import StandingAnswer
from kaisa_relay.api.health import Health
from kaisa_relay.api.images import Images
from kaisa_relay.api.openapi import document
from kaisa_relay.api.page import Page
from kaisa_relay.api.qr import QrCodes
from kaisa_relay.api.routes import Resource, Route, answering
from kaisa_relay.api.session import Sessions
from kaisa_relay.api.webhooks.route import PREFIX, Webhooks
from kaisa_relay.api.webhooks.short_way import ShortWay
from kaisa_relay.api.workspace.agents import Agents
from kaisa_relay.api.workspace.alerts import Alerts
from kaisa_relay.api.workspace.audit import AuditLog
from kaisa_relay.api.workspace.blocks import Blocks
from kaisa_relay.api.workspace.channels import Channels
from kaisa_relay.api.workspace.erasures import Erasures
from kaisa_relay.api.workspace.managing import Managing

LARGEST_BODY: Final = 256 * 1024
LARGEST_WEBHOOK: Final = 3 * 1024 * 1024
"""Bytes (Meta, "Webhooks overview")."""
BODY_WITHIN: Final = 30
"""Seconds that a body may take to arrive."""


def create_api(given: Dependencies) -> QuartTrio:
    """Return the API over its dependencies; it opens nothing and starts no task."""
    app = _Api("kaisa_relay", static_folder=None)
    app.config["BODY_TIMEOUT"] = BODY_WITHIN
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    # A redirect would be an answer that is no problem+json: another spelling is another address.
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    documentation, live = Documentation(), LiveFeed(given)
    routes = [*_routes((*_resources(given), live)), *documentation.routes()]
    for route in routes:
        view = audited(route, answering(route.view), given.audit)
        app.add_url_rule(route.rule, route.endpoint, view, methods=[route.method])
    live.install(app)
    accesses = {route.endpoint: route.access for route in routes}
    app.before_request(Guard(given, accesses).admit)
    problems.install(app)
    feed = given.feed.described(StandingAnswer, version("kaisa-relay"))
    documentation.describe(document(app, routes), feed)
    # Quart's own place for what stands before it; its types are finer than ASGI's.
    short_way: Any = ShortWay(given.webhooks, app.asgi_app)
    app.asgi_app = short_way  # type: ignore[method-assign]  # that is how Quart has it
    return app


def _resources(given: Dependencies) -> tuple[Resource, ...]:
    codes = QrCodes(given.qr)
    return (
        Conversations(given, Rendering(given.channels, codes)),
        Supervising(given),
        Links(given, codes),
        Transcript(given),
        MessageFiles(given),
        Agents(given),
        Alerts(given),
        Channels(given),
        Blocks(given),
        Managing(given),
        AuditLog(given),
        Triggers(given),
        Rehearsing(given),
        Endpoints(given),
        Deliveries(given),
        Suppressions(given),
        Explore(given),
        Erasures(given),
        Export(given),
        ExportJobs(given),
        SavedViews(given),
        Downloads(given),
        Reports(given),
        Unsubscribing(given),
        Images(given, codes),
        Page(given),
        Sessions(given),
        Webhooks(given),
        Health(given),
    )


def _routes(resources: Sequence[Resource]) -> list[Route]:
    return [route for resource in resources for route in resource.routes()]


class _Request(TrioRequest):
    """A request whose largest body depends on who sends it."""

    def __init__(self, method: str, scheme: str, path: str, *rest: Any, **named: Any) -> None:
        largest = LARGEST_WEBHOOK if path.startswith(PREFIX) else LARGEST_BODY
        super().__init__(method, scheme, path, *rest, **{**named, "max_content_length": largest})


class _Api(QuartTrio):
    request_class = _Request
