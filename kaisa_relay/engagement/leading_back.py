"""Links for words that ask for one: each leads back into the conversation that they are about.

Rule 1: a step has one link for each event that starts it, in all its actions and at every try.
"""

from typing import Any, Final

from attrs import frozen

from kaisa_relay.domain.conversation.links import LinkOrigin
from kaisa_relay.domain.engagement.actions import Worded, wordings
from kaisa_relay.domain.ids import WORKSPACE, EventSeq, to_text
from kaisa_relay.engagement.bodies import asks
from kaisa_relay.engagement.trigger_rows import Place
from kaisa_relay.ports import Busy, Recorded
from kaisa_relay.ports.linking import LinkDesk, LinkMade, NewLink

FACTS: Final = frozenset({"link", "qr_url"})
"""What words may ask for: the link, and an image of its code."""
EXAMPLE: Final = {"link": "https://wa.me/46766860000?text=Hello!", "qr_url": "https://example.com/"}
"""What a trial shows: it leads nowhere."""
NOWHERE: Final = "asks for a link, and the event is of no conversation"
REFUSED: Final = "asks for a link, and the conversation is over for good"
BUSY: Final = "the conversation could not make a link yet"


@frozen
class NoLink:
    """There is none; `later` says that there may be one at another try."""

    why: str
    later: bool = False


@frozen
class LeadingBack:
    """Has links made."""

    desk: LinkDesk
    public_url: str

    async def facts(
        self, action: Worded, place: Place, recorded: Recorded
    ) -> dict[str, Any] | NoLink:
        """Return the facts of a link where an action's words ask for one."""
        if not wanted(action):
            return {}
        if recorded.conversation is None:
            return NoLink(NOWHERE)
        step = LinkOrigin(place.trigger, place.version, place.step, EventSeq(recorded.seq))
        workspace = recorded.workspace
        try:
            made = await self.desk.link(workspace, recorded.conversation, NewLink(origin=step))
        except Busy:
            return NoLink(BUSY, later=True)
        if not isinstance(made, LinkMade):
            return NoLink(REFUSED)
        where = f"/qr/{to_text(WORKSPACE, workspace)}/{made.token}.png"
        return {"link": made.url, "qr_url": f"{self.public_url.rstrip('/')}{where}"}


def wanted(action: Worded) -> bool:
    """Say whether an action's words ask for a link."""
    return any(asks(text) & FACTS for each in wordings(action) for _, text in each.texts)
