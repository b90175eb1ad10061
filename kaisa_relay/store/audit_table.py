"""The audit log; the rules of `tables` hold here too.

Rule 1: nothing in it is personal: ids, codes and instants.
"""

from typing import Final

from sqlalchemy import Column, Integer, PrimaryKeyConstraint

from kaisa_relay.store.columns import index, number, words
from kaisa_relay.store.metadata import keyed_table

audit: Final = keyed_table(
    "audit",
    number("workspace"),
    number("id"),
    number("at"),
    words("done_by", nullable=True),
    words("action"),
    words("subject", nullable=True),
    Column("outcome", Integer),
    PrimaryKeyConstraint("workspace", "id", name="pk_audit"),
)
"""`workspace` 0 is the whole relay. `done_by` and `subject` are public ids."""
index("ix_audit_subject", audit.c.workspace, audit.c.subject, audit.c.id)
index("ix_audit_at", audit.c.at)
