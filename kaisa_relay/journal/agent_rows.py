"""What changes do to the rows of agents."""

from typing import Final, assert_never

from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Write, last_wins
from kaisa_relay.ports.agents import AgentChange, CountMiss, KnowAgent, SavePresence
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros


def agent_parts(unit: Unit, change: AgentChange) -> list[Part]:
    """Return the rows of a change."""
    match change:
        case KnowAgent(contact=contact, capacity=capacity):
            known = [Part(KNOW_AGENT, change, [(unit.workspace, contact)])]
            if capacity is not None:
                known.append(Part(SET_CAPACITY, change, [(unit.workspace, contact, capacity)]))
            return known
        case SavePresence(agent=agent):
            stands = (agent.presence.value, to_micros(agent.paused_until))
            asked = (to_micros(agent.invited_at), to_micros(agent.opted_in_at))
            row = (unit.workspace, agent.contact, *stands, agent.version, *asked)
            return [Part(SAVE_PRESENCE, change, [row])]
        case CountMiss(contact=contact, missed=True):
            return [Part(COUNT_MISS, change, [(unit.workspace, contact)])]
        case CountMiss(contact=contact):
            return [Part(CLEAR_MISSES, change, [(unit.workspace, contact)])]
        case _:
            assert_never(change)


KNOW_AGENT: Final = Write(
    Bulk(
        """insert into agent (workspace, contact, presence, missed, version)
        select v.workspace, v.contact, 'available', 0, 0 from {rows} where true
        on conflict (workspace, contact) do nothing""",
        workspace=int,
        contact=int,
    )
)

SET_CAPACITY: Final = Write(
    Bulk(
        """update agent set capacity = v.capacity from {rows}
        where agent.workspace = v.workspace and agent.contact = v.contact""",
        workspace=int,
        contact=int,
        capacity=int,
    ),
    squeeze=last_wins(2),
)

SAVE_PRESENCE: Final = Write(
    Bulk(
        """insert into agent (workspace, contact, presence, paused_until, missed, version,
        invited_at, opted_in_at)
        select v.workspace, v.contact, v.presence, v.paused_until, 0, v.version,
        v.invited_at, v.opted_in_at
        from {rows} where true on conflict (workspace, contact) do update set
        presence = excluded.presence, paused_until = excluded.paused_until,
        version = excluded.version,
        invited_at = excluded.invited_at, opted_in_at = excluded.opted_in_at""",
        workspace=int,
        contact=int,
        presence=str,
        paused_until=int,
        version=int,
        invited_at=int,
        opted_in_at=int,
    ),
    squeeze=last_wins(2),
)

CLEAR_MISSES: Final = Write(
    Bulk(
        """update agent set missed = 0 from {rows} where agent.workspace = v.workspace
        and agent.contact = v.contact and agent.missed > 0""",
        workspace=int,
        contact=int,
    )
)

COUNT_MISS: Final = Write(
    Bulk(
        """insert into agent (workspace, contact, presence, missed, version)
        select v.workspace, v.contact, 'available', count(*), 0 from {rows} where true
        group by v.workspace, v.contact
        on conflict (workspace, contact) do update set missed = agent.missed + excluded.missed""",
        workspace=int,
        contact=int,
    )
)
