"""The agents of each workspace; the rules of `tables` hold here too."""

from typing import Final

from sqlalchemy import Boolean, Column, Integer, PrimaryKeyConstraint, text

from kaisa_relay.store.columns import index, number, words
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
