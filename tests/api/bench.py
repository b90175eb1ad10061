"""The API over its fakes, and a client that speaks JSON."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from attrs import define, field, frozen
from prometheus_client import CollectorRegistry
from quart_trio import QuartTrio

from kaisa_relay.api import Dependencies, Limits, create_api
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports.engagement import Engagement
from kaisa_relay.ports.erasing import Erasing
from kaisa_relay.ports.explore import Explore
from kaisa_relay.ports.export_jobs import ExportJobs
from kaisa_relay.ports.exports import Exports
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.managing import Managing
from kaisa_relay.ports.page import PageFile
from kaisa_relay.ports.reports import Reports
from kaisa_relay.ports.saved_views import Views
from kaisa_relay.whatsapp import links
from tests.api.fake_desk import MemoryDesk
from tests.api.fakes import (
    EPOCH,
    OURS,
    THEIRS,
    MemoryArchive,
    MemoryBoards,
    MemoryChannels,
    MemoryKept,
    MemoryKeys,
    MemoryLane,
    Rows,
    make_key,
)
from tests.api.greeting import GreetingFeed
from tests.api.log import MemoryAudit
from tests.api.users import MemoryUsers

FULL, READER, STRANGER = "kr_full", "kr_reader", "kr_stranger"
VISITOR = {"name": "Vera", "phone": "+46701234567"}
AGENT = {"name": "Anna", "phone": "+46701234568"}


def asking(**changes: object) -> dict[str, object]:
    """A valid creation with these fields changed."""
    return {"visitor": VISITOR, "agents": [AGENT], **changes}


@frozen
class Answer:
    """One response, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The type of a problem, checked to be one."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.json["status"] == self.status
        return str(self.json["type"]).removeprefix("/problems/")

    @property
    def errors(self) -> dict[str, str]:
        """The fields that were wrong, with their messages."""
        assert self.problem == "invalid-request", self.body
        assert self.status == 422
        return {each["field"]: each["message"] for each in self.json["errors"]}


async def _at_once() -> None:
    """Take no time."""


@define
class Readiness:
    """Says what it is told to say, after whatever it waits for."""

    parts: dict[str, str] = field(factory=dict)
    wait: Callable[[], Awaitable[None]] = _at_once

    async def failing(self) -> Mapping[str, str]:
        """Return the failing parts."""
        await self.wait()
        return self.parts


@define
class Bench:
    """Everything a test may look at or turn."""

    limits: Limits = field(factory=Limits)
    rows: Rows = field(factory=Rows)
    lane: MemoryLane = field(factory=MemoryLane)
    feed: GreetingFeed = field(factory=GreetingFeed)
    readiness: Readiness = field(factory=Readiness)
    registry: CollectorRegistry = field(factory=CollectorRegistry)
    page: Mapping[str, PageFile] = field(factory=dict)
    users: MemoryUsers = field(factory=MemoryUsers)
    audit: MemoryAudit = field(factory=MemoryAudit)
    engagement: Engagement | None = None
    managing: Managing | None = None
    explore: Explore | None = None
    erasing: Erasing | None = None
    exports: Exports | None = None
    export_jobs: ExportJobs | None = None
    views: Views | None = None
    reports: Reports | None = None
    """Only tests of their own resources need these."""
    public_url: str = ""
    workspace: WorkspaceId = OURS
    scopes: tuple[Scope, ...] = tuple(Scope)
    seconds: float = 0.0
    desk: MemoryDesk = field(init=False)
    app: QuartTrio = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Put the API together."""
        self.desk = MemoryDesk(self.rows)
        keys = {
            FULL: make_key(1, self.workspace, *self.scopes),
            READER: make_key(2, self.workspace, Scope.READ),
            STRANGER: make_key(3, THEIRS, Scope.READ, Scope.WRITE),
        }
        self.app = create_api(
            Dependencies(
                desk=self.desk,
                archive=MemoryArchive(self.rows),
                keys=MemoryKeys(keys),
                channels=MemoryChannels(),
                webhooks=self.lane,
                feed=self.feed,
                qr=links,
                readiness=self.readiness,
                files=MemoryKept(self.rows),
                boards=MemoryBoards(self.rows),
                registry=self.registry,
                clock=lambda: EPOCH,
                limits=self.limits,
                users=self.users,
                audit=self.audit,
                engagement=cast(Engagement, self.engagement),
                erasing=cast(Erasing, self.erasing),
                managing=cast(Managing, self.managing),
                explore=cast(Explore, self.explore),
                exports=cast(Exports, self.exports),
                export_jobs=cast(ExportJobs, self.export_jobs),
                views=cast(Views, self.views),
                reports=cast(Reports, self.reports),
                page=self.page,
                public_url=self.public_url,
                monotonic=lambda: self.seconds,
            )
        )

    async def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        key: str | None = FULL,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and read its answer."""
        sent = dict(headers or {})
        if key is not None:
            sent.setdefault("Authorization", f"Bearer {key}")
        client = self.app.test_client()
        response = await client.open(  # type: ignore[call-arg] # the Protocol lacks json's default
            path, method=method, data=body, headers=sent
        )
        received = {name.lower(): text for name, text in response.headers.items()}
        return Answer(response.status_code, received, await response.get_data(as_text=False))

    async def get(self, path: str, key: str | None = FULL, **headers: str) -> Answer:
        """GET."""
        return await self.call("GET", path, key=key, headers=headers)

    async def delete(self, path: str, key: str | None = FULL) -> Answer:
        """DELETE."""
        return await self.call("DELETE", path, key=key)

    async def post(
        self, path: str, value: object, key: str | None = FULL, **headers: str
    ) -> Answer:
        """POST a value as JSON; a header's underscores stand for hyphens."""
        sent = {"Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.call("POST", path, json.dumps(value).encode(), key=key, headers=sent)

    async def create(self, **changes: object) -> Answer:
        """Ask for a conversation, valid but for the changes."""
        return await self.post("/conversations/whatsapp", asking(**changes))
