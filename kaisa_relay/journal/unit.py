"""An append on its way to the writer: its rows are made by the caller, who hears what is wrong."""

from collections.abc import Callable
from datetime import datetime

from attrs import define, field

from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.journal.codec import encode_event
from kaisa_relay.journal.event_columns import address_of
from kaisa_relay.journal.recording import Planned
from kaisa_relay.journal.writes import Part
from kaisa_relay.ports import Append, EndSend, InboxItem, MoveSend

Step = MoveSend | EndSend


@define(eq=False)
class Unit:
    """One append: its events and rows as they will be written, and the items that it tells."""

    append: Append
    at: datetime
    new_id: Callable[[], int]
    parts: list[Part] = field(factory=list)
    items: list[InboxItem] = field(factory=list)
    steps: list[Step] = field(factory=list)
    racy: bool = False
    events: tuple[Planned, ...] = field(init=False)

    @events.default
    def _encoded(self) -> tuple[Planned, ...]:
        append = self.append
        if not append.events:
            return ()
        workspace, stream, address = append.workspace, append.stream, address_of(append.stream)
        return tuple(
            Planned(workspace, stream, version, event, encode_event(event), address)
            for version, event in enumerate(append.events, append.version + 1)
        )

    @property
    def ends(self) -> list[EndSend]:
        """The sends that it ends."""
        return [step for step in self.steps if isinstance(step, EndSend)]

    @property
    def workspace(self) -> WorkspaceId:
        """The workspace that it writes to."""
        return self.append.workspace
