"""What a dashboard shows beside conversations, read from the rows in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from kaisa_relay.domain.alerts import AlertRaised, Troubles, latest_states
from kaisa_relay.domain.channel_health import Health
from kaisa_relay.domain.conversation.choices import choices
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ConversationId, WorkspaceId
from kaisa_relay.journal.memory.commits import Commits
from kaisa_relay.journal.memory.rows import InboxState
from kaisa_relay.ports.boards import ChannelStanding, ChoicesView
from kaisa_relay.ports.views import PersonView


@frozen
class MemoryBoards:
    """`ports.boards.Boards`."""

    commits: Commits

    async def choices(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> ChoicesView | None:
        """Return why a conversation has its channel and its agents; None when there is no such."""
        rows = await self.commits.read()
        history = rows.streams.get((workspace, f"conversation/{conversation}"), ())
        found = choices(each.event for each in history)
        if found is None:
            return None
        people = {}
        for offer in found.offers:
            known = rows.people.get((workspace, offer.agent))
            name, phone = (known.name, known.phone) if known else (None, None)
            people[offer.agent] = PersonView(offer.agent, name, phone)
        return ChoicesView(found, people)

    async def channel_standings(
        self, workspace: WorkspaceId
    ) -> Mapping[ChannelId, ChannelStanding]:
        """Return how the channels stand that carry anything, or were ever reported on."""
        rows = await self.commits.read()
        states = [row.state for (of, _), row in rows.conversations.items() if of == workspace]
        live = Counter(state.channel for state in states if state.phase.live)
        pairs = Counter(
            channel
            for (of, channel, _), pair in rows.pairs.items()
            if of == workspace and pair.conversation is not None
        )
        sends = [send for send in rows.sends.values() if send.workspace == workspace]
        waiting = Counter(send.channel for send in sends)
        health = {channel: each for (of, channel), each in rows.healths.items() if of == workspace}
        return {
            channel: ChannelStanding(
                health.get(channel, Health()), live[channel], pairs[channel], waiting[channel]
            )
            for channel in {*health, *live, *pairs, *waiting}
        }

    async def alerts(self, workspace: WorkspaceId) -> Sequence[AlertRaised]:
        """Return the alerts that are open, the oldest first."""
        rows = await self.commits.read()
        opened = [
            history[0]
            for (of, stream), history in rows.streams.items()
            if of == workspace and stream.startswith("alert/") and len(history) == 1
        ]
        found = [each.event for each in sorted(opened, key=lambda each: each.seq)]
        return [each for each in found if isinstance(each, AlertRaised)]

    async def troubles(self, workspace: WorkspaceId) -> Troubles:
        """Return what alerts are decided by."""
        rows = await self.commits.read()
        recorded = [
            each
            for (of, stream), history in rows.streams.items()
            if of == workspace and stream.startswith("channel/")
            for each in history
        ]
        states = [row.state for (of, _), row in rows.conversations.items() if of == workspace]
        parked = [row for row in rows.inbox.values() if row.state is InboxState.PARKED]
        return Troubles(
            {channel: each for (of, channel), each in rows.healths.items() if of == workspace},
            latest_states(each.event for each in sorted(recorded, key=lambda each: each.seq)),
            sum(state.phase is Phase.SEEKING for state in states),
            sum(row.workspace == workspace for row in parked),
            sum(row.workspace is None for row in parked),
        )
