"""Appends for ever, eight at a time, and prints each stream once it is acknowledged.

Run by `test_restart` with the database's URL, and killed.
"""

import sys
from itertools import count

import trio

from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId, SendId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.ports import Outcome, Tell
from kaisa_relay.runtime.clock import system_clock
from tests import fakes
from tests.contracts.sql_stores import SqlStore, insert_workspace, running
from tests.store.acts import append

SAID = Tell(
    ChannelId(1), Outcome(SendId(1), MessageId(1), ConversationId(1), ContactId(1), Rank.SENT)
)


async def main(url: str) -> None:
    """Take the workspace and append to it."""
    numbers = count(1)
    async with running(url, system_clock) as rooms, trio.open_nursery() as nursery:
        await rooms.store.write(lambda connection: insert_workspace(connection, fakes.WORKSPACE))
        await rooms.store.own()
        for _ in range(8):
            nursery.start_soon(keep_appending, rooms, numbers)


async def keep_appending(rooms: SqlStore, numbers: "count[int]") -> None:
    """Append, say so, and go on."""
    while True:
        stream = f"conversation/{next(numbers)}"
        assert await append(rooms, fakes.WORKSPACE, stream, SAID) is None
        sys.stdout.write(f"{stream}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    trio.run(main, sys.argv[1])
