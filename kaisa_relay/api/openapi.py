"""The OpenAPI 3.1 document, from the routes and the shapes that they are decorated with.

Rule 1: quart-schema only documents; requests are read by `bodies.py` and `queries.py`.
"""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, Final

from msgspec.json import schema_components
from quart import Quart
from quart_schema import Info, QuartSchema
from quart_schema.openapi import OpenAPIProvider

from kaisa_relay.api.conversations.link_shapes import LinkAnswer, WantLink
from kaisa_relay.api.conversations.supervising_shapes import (
    TransferAnswer,
    TransferConversation,
    WriteMessage,
    WriteNote,
)
from kaisa_relay.api.engagement.engagement_shapes import (
    DeliveryDetail,
    DeliveryPage,
    EndpointChange,
    EndpointList,
    EndpointRequest,
    EndpointTest,
    Replay,
    Replayed,
    StepList,
    TriggerList,
    TriggerRequest,
)
from kaisa_relay.api.engagement.rehearsing_shapes import PreviewAnswer, PreviewRequest, TrialRequest
from kaisa_relay.api.engagement.suppression_shapes import (
    SuppressionAnswer,
    SuppressionPage,
    SuppressionRequest,
)
from kaisa_relay.api.explore.export_shapes import ExportList, ExportRequest
from kaisa_relay.api.explore.report_shapes import ReportAnswer
from kaisa_relay.api.explore.shapes import ExplorePage
from kaisa_relay.api.explore.view_shapes import ViewList, ViewRequest
from kaisa_relay.api.feed.shapes import TicketAnswer
from kaisa_relay.api.problems import MEDIA_TYPE
from kaisa_relay.api.routes import Access, Route
from kaisa_relay.api.session_shapes import SessionAnswer, SignIn
from kaisa_relay.api.shapes import (
    ConversationDetail,
    ConversationPage,
    CreateConversation,
    EventPage,
    MessagePage,
    Nothing,
    ProblemAnswer,
)
from kaisa_relay.api.workspace.agent_shapes import AgentPage, PauseAgent
from kaisa_relay.api.workspace.alerts import AlertPage
from kaisa_relay.api.workspace.audit_shapes import AuditPage
from kaisa_relay.api.workspace.block_shapes import BlockPage, BlockRequest
from kaisa_relay.api.workspace.channel_shapes import ChannelPage
from kaisa_relay.api.workspace.erasure_shapes import ErasureAnswer, VisitorList
from kaisa_relay.api.workspace.managing_shapes import (
    DrainChange,
    KeyList,
    KeyRequest,
    NewKeyAnswer,
    WorkspaceAnswer,
    WorkspaceChange,
)
from kaisa_relay.ports.keys import Scope

_ABOUT: Final = (
    "Relays WhatsApp conversations between visitors and agents. Instants are RFC 3339 in UTC, "
    "numbers E.164, unknown fields refused, refusals problem+json (RFC 9457)."
)
_PROBLEM: Final = {"$ref": "#/components/schemas/ProblemAnswer"}
_KEY: Final = "key"
SHAPES: Final = (
    SignIn,
    SessionAnswer,
    CreateConversation,
    Nothing,
    ConversationPage,
    ConversationDetail,
    MessagePage,
    EventPage,
    AgentPage,
    PauseAgent,
    ChannelPage,
    TicketAnswer,
    AlertPage,
    WriteNote,
    WriteMessage,
    TransferConversation,
    TransferAnswer,
    BlockRequest,
    BlockPage,
    KeyRequest,
    KeyList,
    NewKeyAnswer,
    WorkspaceAnswer,
    WorkspaceChange,
    DrainChange,
    TriggerRequest,
    StepList,
    LinkAnswer,
    WantLink,
    TriggerList,
    EndpointRequest,
    EndpointTest,
    PreviewRequest,
    PreviewAnswer,
    TrialRequest,
    EndpointChange,
    EndpointList,
    DeliveryPage,
    DeliveryDetail,
    Replay,
    Replayed,
    ProblemAnswer,
    SuppressionRequest,
    SuppressionAnswer,
    VisitorList,
    ErasureAnswer,
    AuditPage,
    SuppressionPage,
    ExplorePage,
    ExportList,
    ExportRequest,
    ViewList,
    ViewRequest,
    ReportAnswer,
)
"""Everything that travels, these and what they hold."""


def document(app: Quart, routes: Sequence[Route]) -> dict[str, Any]:
    """Return the document of an app whose routes are all registered."""
    app.config["QUART_SCHEMA_CONVERSION_PREFERENCE"] = "msgspec"
    app.config["QUART_SCHEMA_CONVERT_CASING"] = False
    extension = QuartSchema(
        info=Info(title="kaisa_relay", version=version("kaisa-relay"), description=_ABOUT),
        security_schemes={_KEY: {"type": "http", "scheme": "bearer"}},
        conversion_preference="msgspec",
    )
    described = _Provider(app, extension).schema()
    # quart-schema drops the schemas that msgspec's refer to.
    _, schemas = schema_components(SHAPES, ref_template="#/components/schemas/{name}")
    described["components"]["schemas"] = schemas
    for route in routes:
        path = route.rule.replace("<", "{").replace(">", "}")
        _complete(described["paths"][path][route.method.lower()], route.access)
    return described


class _Provider(OpenAPIProvider):
    def operation_id(self, method: str, path: str, func: Callable[..., object]) -> str:
        """Return the view's name; the same view at a second address says so."""
        return func.__qualname__.replace(".", "_").lower() + ("_for_app" if "{app}" in path else "")


def _complete(operation: dict[str, Any], access: Scope | Access) -> None:
    operation["responses"] = operation["responses"] or {"200": {"description": "Done."}}
    if isinstance(access, Scope):
        needed = f"Needs the scope `{access.value}`."
        operation["description"] = f"{operation.get('description', '')}\n\n{needed}".strip()
        operation["security"] = [{_KEY: [access.value]}]
        content = {MEDIA_TYPE: {"schema": _PROBLEM}}
        operation["responses"]["default"] = {"description": "A refusal.", "content": content}
