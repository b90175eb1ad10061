"""A single row that was parked on its own can be released, too."""

from sqlalchemy import Connection, insert, select

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.commands import Refused, ReleaseConversation, Released, Why
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.store import Store, tables
from tests.contracts.sql_stores import insert_workspace


async def test_a_parked_message_is_released_by_the_name_that_doctor_shows(
    administration: Administration, store: Store
) -> None:
    parked = {"kind": "message", "body": b"", "received_at": 0, "workspace": 1, "channel": 2}

    def park(connection: Connection) -> None:
        insert_workspace(connection, WorkspaceId(1))
        for id in (7, 8):
            row = {"id": id, "state": "parked", "stream": f"message/{id}", "reason": "unreadable"}
            connection.execute(insert(tables.inbox).values(**parked, **row))

    await store.write(park)
    assert await administration.execute(ReleaseConversation("message/7")) == Released(
        "message/7", 1
    )
    row = tables.inbox.c
    states = await store.read(
        lambda connection: connection.execute(select(row.id, row.state).order_by(row.id)).all()
    )
    assert [tuple(state) for state in states] == [(7, "new"), (8, "parked")]
    for name in ("message/7", "message/9", "message/", "message/x"):
        answer = await administration.execute(ReleaseConversation(name))
        assert isinstance(answer, Refused)
        assert answer.why is Why.UNKNOWN
