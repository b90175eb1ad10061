"""What a dashboard shows beside conversations, read from the tables (`ports.boards.Boards`)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from kaisa_relay.domain.alerts import AlertRaised, Troubles, latest_states
from kaisa_relay.domain.channel_health import Health, TemplateChanged
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.choices import CHOICE_EVENTS, choices
from kaisa_relay.domain.conversation.messages import Event
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.journal.codec import KINDS
from kaisa_relay.journal.event_columns import NUMBERS, OWN, TOPICS, of_conversation
from kaisa_relay.journal.events import recorded
from kaisa_relay.ports import Recorded
from kaisa_relay.ports.boards import ChannelStanding, ChoicesView
from kaisa_relay.ports.views import PersonView
from kaisa_relay.store import Store
from kaisa_relay.store.agent_table import agent
from kaisa_relay.store.health_table import channel_health, read_health
from kaisa_relay.store.tables import PARKED, contact, conversation, event, inbox, pair, send

_CHOICE_KINDS: Final = [NUMBERS[KINDS[kind]] for kind in CHOICE_EVENTS]
_LIVE_PHASES: Final = [phase.value for phase in Phase if phase.live]
Counts = dict[ChannelId, int]


class SqlBoards:
    """Reads beside the relay."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def choices(
        self, workspace: WorkspaceId, conversation: ConversationId
    ) -> ChoicesView | None:
        """Return why a conversation has its channel and its agents; None when there is no such."""
        query = (
            select(event)
            .where(event.c.workspace == workspace, of_conversation(conversation))
            .where(event.c.kind.in_(_CHOICE_KINDS))
            .order_by(event.c.version)
        )

        def read(connection: Connection) -> ChoicesView | None:
            found = choices(recorded(row).event for row in connection.execute(query))
            if found is None:
                return None
            asked = {offer.agent for offer in found.offers}
            return ChoicesView(found, _people(connection, workspace, sorted(asked)))

        return await self._store.browse(read)

    async def channel_standings(
        self, workspace: WorkspaceId
    ) -> Mapping[ChannelId, ChannelStanding]:
        """Return how the channels stand that carry anything, or were ever reported on."""
        return await self._store.browse(lambda connection: _standings(connection, workspace))

    async def alerts(self, workspace: WorkspaceId) -> Sequence[AlertRaised]:
        """Return the alerts that are open: what was raised and has no second event."""
        raised, later = event.alias(), event.alias()
        cleared = (
            select(later.c.seq)
            .where(later.c.workspace == workspace, later.c.topic == TOPICS["alert"])
            .where(later.c.stream == raised.c.stream, later.c.version == 2, later.c.send.is_(None))
        )
        query = (
            select(raised)
            .where(raised.c.workspace == workspace, raised.c.topic == TOPICS["alert"])
            .where(raised.c.version == 1, raised.c.send.is_(None), ~cleared.exists())
            .order_by(raised.c.stream, raised.c.version)
        )

        def read(connection: Connection) -> list[AlertRaised]:
            events = _in_order(connection, query)
            return [each for each in events if isinstance(each, AlertRaised)]

        return await self._store.browse(read)

    async def troubles(self, workspace: WorkspaceId) -> Troubles:
        """Return what alerts are decided by."""
        return await self._store.browse(lambda connection: _troubles(connection, workspace))


def _troubles(connection: Connection, workspace: WorkspaceId) -> Troubles:
    rows = connection.execute(select(channel_health).where(channel_health.c.workspace == workspace))
    health = {ChannelId(row.channel): read_health(row) for row in rows}
    changed = (
        select(event)
        .where(event.c.workspace == workspace, event.c.topic == TOPICS["channel"], OWN)
        .where(event.c.kind == NUMBERS[KINDS[TemplateChanged]])
        .order_by(event.c.stream, event.c.version)
    )
    found = _in_order(connection, changed)
    table = conversation.c
    seeking = select(func.count()).where(
        table.workspace == workspace, table.phase == Phase.SEEKING.value
    )
    parked = select(func.count()).select_from(inbox).where(PARKED)
    return Troubles(
        health,
        latest_states(found),
        connection.scalar(seeking) or 0,
        connection.scalar(parked.where(inbox.c.workspace == workspace)) or 0,
        connection.scalar(parked.where(inbox.c.workspace.is_(None))) or 0,
    )


def _in_order(connection: Connection, query: Select[Any]) -> list[Event]:
    """Return a few events by number; the query sorts them by stream and version.

    Only so does SQLite read the events of a topic, and not all of the workspace.
    """
    return [each.event for each in sorted(map(recorded, connection.execute(query)), key=_number)]


def _number(of: Recorded) -> int:
    return of.seq


def _people(
    connection: Connection, workspace: WorkspaceId, contacts: Sequence[ContactId]
) -> dict[ContactId, PersonView]:
    table = contact.c
    query = select(table.id, table.name, table.phone)
    query = query.where(table.workspace == workspace, table.id.in_(contacts))
    known = {
        ContactId(row.id): PersonView(
            ContactId(row.id), row.name, Phone(row.phone) if row.phone else None
        )
        for row in connection.execute(query)
    }
    return {each: known.get(each, PersonView(each, None, None)) for each in contacts}


def _standings(connection: Connection, workspace: WorkspaceId) -> dict[ChannelId, ChannelStanding]:
    rows = connection.execute(select(channel_health).where(channel_health.c.workspace == workspace))
    health = {ChannelId(row.channel): read_health(row) for row in rows}
    live, agents = _live(connection, workspace), _agents(connection, workspace)
    waiting = _waiting(connection, workspace)
    return {
        channel: ChannelStanding(
            health.get(channel, Health()),
            live.get(channel, 0),
            # Each live conversation has its visitor's pair, and those of who is or is asked to be.
            live.get(channel, 0) + agents.get(channel, 0),
            waiting.get(channel, 0),
        )
        for channel in {*health, *live, *agents, *waiting}
    }


def _live(connection: Connection, workspace: WorkspaceId) -> Counts:
    """Count by what has a deadline: said as a range, or SQLite walks all that ever were."""
    table = conversation.c
    query = (
        select(table.channel, func.count())
        .where(table.due_at >= 0, table.workspace == workspace, table.phase.in_(_LIVE_PHASES))
        .group_by(table.channel)
    )
    return {ChannelId(channel): count for channel, count in connection.execute(query)}


def _agents(connection: Connection, workspace: WorkspaceId) -> Counts:
    """Count agents' pairs by way of the agents, who are few; pairs are as many as people."""
    query = (
        select(pair.c.channel, func.count())
        .join(agent, (agent.c.workspace == pair.c.workspace) & (agent.c.contact == pair.c.contact))
        .where(agent.c.workspace == workspace, pair.c.conversation.is_not(None))
        .where(pair.c.role == Side.AGENT.value)
        .group_by(pair.c.channel)
    )
    return {ChannelId(channel): count for channel, count in connection.execute(query)}


def _waiting(connection: Connection, workspace: WorkspaceId) -> Counts:
    query = select(send.c.channel, func.count()).where(send.c.workspace == workspace)
    counted = connection.execute(query.group_by(send.c.channel))
    return {ChannelId(channel): count for channel, count in counted}
