"""What stands in a workspace, each thing in the shape of its own list."""

from kaisa_relay.api.agents import agent_answer
from kaisa_relay.api.dependencies import Channels, QrMaker
from kaisa_relay.api.feed_shapes import StandingAnswer
from kaisa_relay.api.qr import QrCodes
from kaisa_relay.api.rendering import Rendering
from kaisa_relay.api.shapes import ChannelAnswer
from kaisa_relay.domain.ids import CHANNEL, WorkspaceId, to_text
from kaisa_relay.ports.following import Standing
from kaisa_relay.runtime.clock import WallClock


class StandingFrames:
    """Shows the feed's snapshot as the API shows its parts."""

    def __init__(self, channels: Channels, qr: QrMaker, clock: WallClock) -> None:
        self._channels = channels
        self._rendering = Rendering(channels, QrCodes(qr))
        self._clock = clock

    async def standing(self, workspace: WorkspaceId, standing: Standing) -> StandingAnswer:
        """Return all of it, without QR codes."""
        show, at = self._rendering.conversation, self._clock()
        return StandingAnswer(
            conversations=[await show(workspace, each, False) for each in standing.conversations],
            agents=[agent_answer(each, at) for each in standing.agents],
            channels=[
                ChannelAnswer(to_text(CHANNEL, each.id), each.phone)
                for each in self._channels.channels(workspace)
            ],
            more=standing.more,
        )
