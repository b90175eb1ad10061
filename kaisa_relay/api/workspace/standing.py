"""What stands in a workspace, each thing in the shape of its own list."""

from attrs import evolve

from kaisa_relay.api.conversations.rendering import Rendering
from kaisa_relay.api.dependencies import Channels, QrMaker
from kaisa_relay.api.feed.shapes import StandingAnswer
from kaisa_relay.api.qr import QrCodes
from kaisa_relay.api.workspace.agents import agent_answer
from kaisa_relay.api.workspace.channels import ChannelViews
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports.boards import BoardDesk, Boards
from kaisa_relay.ports.faces import ConversationView
from kaisa_relay.ports.following import Standing
from kaisa_relay.ports.views import PersonView
from kaisa_relay.runtime.clock import WallClock


class StandingFrames:
    """Shows the feed's snapshot as the API shows its parts."""

    def __init__(
        self, channels: Channels, boards: Boards, desk: BoardDesk, qr: QrMaker, clock: WallClock
    ) -> None:
        self._channels = ChannelViews(channels, boards, desk)
        self._rendering = Rendering(channels, QrCodes(qr))
        self._clock = clock

    async def standing(
        self, workspace: WorkspaceId, standing: Standing, named: bool
    ) -> StandingAnswer:
        """Return all of it, without QR codes, and nobody's name or words unless `named`."""
        if not named:
            standing = _nameless(standing)
        show, at = self._rendering.conversation, self._clock()
        return StandingAnswer(
            conversations=[await show(workspace, each, False) for each in standing.conversations],
            agents=[agent_answer(each, at) for each in standing.agents],
            channels=await self._channels.all(workspace),
            more=standing.more,
        )


def _nameless(standing: Standing) -> Standing:
    """Return the same with what a person is, said or was given as it is after erasure."""
    agents = tuple(evolve(each, person=_nobody(each.person)) for each in standing.agents)
    conversations = tuple(map(_unsaid, standing.conversations))
    return evolve(standing, conversations=conversations, agents=agents)


def _unsaid(seen: ConversationView) -> ConversationView:
    return evolve(
        seen,
        form=_nobody(seen.form),
        visitor=_nobody(seen.visitor),
        agent=_nobody(seen.agent) if seen.agent else None,
        outcome=None,
        note=None,
        metadata=b"",
        url=None,
    )


def _nobody(person: PersonView) -> PersonView:
    return PersonView(person.contact, None, None)
