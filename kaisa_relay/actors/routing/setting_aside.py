"""Rows about which nothing is to be done."""

from functools import partial

from kaisa_relay.actors.exchange import Context
from kaisa_relay.ports import Append, Done, InboxItem


async def set_aside(context: Context, item: InboxItem) -> None:
    """Nothing is to be done about this row."""
    append = Append(item.workspace, f"message/{item.id}", 0, (), (Done((item.id,)),))
    await context.patiently(partial(context.journal.append, append))
