"""A desk that makes links in memory."""

from datetime import timedelta

from attrs import define, field

from kaisa_relay.domain.conversation.links import LinkOrigin, NoWayBack
from kaisa_relay.domain.ids import ChannelId, ConversationId, WorkspaceId
from kaisa_relay.ports import Busy
from kaisa_relay.ports.linking import LinkMade, NewLink
from kaisa_relay.runtime.clock import WallClock


@define(eq=False)
class FakeLinkDesk:
    """One link for each origin, as the real one."""

    clock: WallClock
    made: dict[tuple[ConversationId, LinkOrigin], LinkMade] = field(factory=dict)
    busy: int = 0
    """How many are told to come again."""
    over: bool = False

    async def link(
        self, workspace: WorkspaceId, conversation: ConversationId, request: NewLink
    ) -> LinkMade | NoWayBack:
        """Make one, or give the one there is."""
        if self.busy:
            self.busy -= 1
            raise Busy
        assert request.origin is not None
        if self.over:
            return NoWayBack()
        number, at = len(self.made) + 1, self.clock()
        url, token = f"https://wa.me/12?text=t{number}", f"t{number}"
        until = at + timedelta(days=7)
        link = LinkMade(conversation, number, ChannelId(1), None, url, token, at, until)
        return self.made.setdefault((conversation, request.origin), link)

    async def link_of(self, workspace: WorkspaceId, token: str) -> str | None:
        """Return a link by its token."""
        return next((each.url for each in self.made.values() if each.token == token), None)
