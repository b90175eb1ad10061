"""The agents of each workspace; the rules of `tables` hold here too."""

from typing import Any, Final

from sqlalchemy import Boolean, Column, Integer, PrimaryKeyConstraint, Row, text

from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.presence import Agent, Presence
from kaisa_relay.domain.schedule import Schedule, read_schedule
from kaisa_relay.store.columns import index, number, words
from kaisa_relay.store.instants import from_micros
from kaisa_relay.store.metadata import keyed_table

agent: Final = keyed_table(
    "agent",
    number("workspace"),
    number("contact"),
    words("presence"),
    number("paused_until", nullable=True),
    Column("missed", Integer, nullable=False),
    number("version"),
    Column("capacity", Integer),
    words("schedule", nullable=True),
    number("invited_at", nullable=True),
    number("opted_in_at", nullable=True),
    Column("on_call", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("workspace", "contact", name="pk_agent"),
)
"""Presence and misses follow the events; capacity and schedule are configuration."""
PAUSED: Final = text("paused_until is not null")
index("ix_agent_paused", agent.c.workspace, agent.c.paused_until, where=PAUSED)


def _schedule(text: str | None) -> Schedule | None:
    """Read the zone and the hours; a zone that this machine does not know keeps nobody away."""
    zone, _, week = (text or "").partition(" ")
    read = read_schedule(zone, week) if week else None
    return read if isinstance(read, Schedule) else None


def read_agent(row: Row[Any]) -> Agent:
    """Return how an agent stands by their row."""
    return Agent(
        contact=ContactId(row.contact),
        presence=Presence(row.presence),
        paused_until=from_micros(row.paused_until),
        missed=row.missed,
        version=row.version,
        capacity=row.capacity,
        schedule=_schedule(row.schedule),
        on_call=row.on_call,
        invited_at=from_micros(row.invited_at),
        opted_in_at=from_micros(row.opted_in_at),
    )
