"""A live feed that says one word to each watcher."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from attrs import define, field

from kaisa_relay.api.dependencies import Wire
from kaisa_relay.domain.ids import WorkspaceId


@define
class GreetingFeed:
    """Says one word to each watcher and takes one."""

    heard: list[object] = field(factory=list)

    def described(self, standing: type[msgspec.Struct], version: str) -> dict[str, Any]:
        """Say which version this is."""
        return {"asyncapi": "3.0.0", "info": {"version": version}}

    async def serve(
        self,
        wire: Wire,
        workspace: WorkspaceId,
        still_valid: Callable[[], Awaitable[bool]],
        named: bool,
    ) -> None:
        """Serve one connection."""
        await wire.send(f"workspace {workspace}, valid: {await still_valid()}")
        self.heard.append(await wire.receive())
        await wire.close(1001, "")
