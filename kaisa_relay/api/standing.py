"""What stands in a workspace, each thing in the shape of its own list."""

from kaisa_relay.api.agents import agent_answer
from kaisa_relay.api.channels import ChannelViews
from kaisa_relay.api.dependencies import Channels, QrMaker
from kaisa_relay.api.feed_shapes import StandingAnswer
from kaisa_relay.api.qr import QrCodes
from kaisa_relay.api.rendering import Rendering
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports.boards import BoardDesk, Boards
from kaisa_relay.ports.following import Standing
from kaisa_relay.runtime.clock import WallClock


class StandingFrames:
    """Shows the feed's snapshot as the API shows its parts."""

    def __init__(
        self, channels: Channels, boards: Boards, desk: BoardDesk, qr: QrMaker, clock: WallClock
    ) -> None:
        self._channels = ChannelViews(channels, boards, desk)
        self._rendering = Rendering(channels, QrCodes(qr))
        self._clock = clock

    async def standing(self, workspace: WorkspaceId, standing: Standing) -> StandingAnswer:
        """Return all of it, without QR codes."""
        show, at = self._rendering.conversation, self._clock()
        return StandingAnswer(
            conversations=[await show(workspace, each, False) for each in standing.conversations],
            agents=[agent_answer(each, at) for each in standing.agents],
            channels=await self._channels.all(workspace),
            more=standing.more,
        )
