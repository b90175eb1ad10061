"""Exports that are made in the background; the rules of `tables` hold here too."""

from typing import Final

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, text

from kaisa_relay.store.columns import index, number, words
from kaisa_relay.store.metadata import keyed_table

export_job: Final = keyed_table(
    "export_job",
    number("workspace"),
    number("id"),
    number("asked_at"),
    words("asked_by", nullable=True),
    words("wanted", nullable=True),
    words("state"),
    words("reason", nullable=True),
    number("attempt"),
    Column("tries", Integer, nullable=False),
    number("started_at", nullable=True),
    number("ended_at", nullable=True),
    number("expires_at", nullable=True),
    number("done"),
    number("total", nullable=True),
    number("written"),
    number("bytes"),
    PrimaryKeyConstraint("workspace", "id", name="pk_export_job"),
)
"""`wanted` is JSON, the parameters of an address: it may hold words about people, and goes when the
job is over. `attempt` counts how often it was begun and never falls, `tries` those that were
interrupted."""
OPEN: Final = text("state in ('queued', 'running', 'done')")
index("ix_export_job_open", export_job.c.workspace, export_job.c.id, where=OPEN)
