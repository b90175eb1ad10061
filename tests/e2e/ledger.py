"""What the database itself says: the invariants of durability.md, read with plain queries.

Rule 1: each check returns one sentence per violation, and names the invariant.
Rule 2: it only reads, on connections that cannot write.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, make_url, select

from kaisa_relay.domain.conversation.deadlines import next_deadline
from kaisa_relay.domain.conversation.events import ConversationCreated
from kaisa_relay.domain.conversation.evolving import evolve
from kaisa_relay.domain.conversation.state import State, created
from kaisa_relay.journal.codec import decode_state
from kaisa_relay.journal.event_columns import NUMBERS, OWN, TOPICS, of_conversation
from kaisa_relay.journal.events import recorded
from kaisa_relay.ports import Recorded
from kaisa_relay.store import postgres, sqlite
from kaisa_relay.store.instants import from_micros, to_micros
from kaisa_relay.store.tables import conversation, event, inbox, pair, send, workspace

UNMATCHED: Final = NUMBERS["message.unmatched"]


def engine_of(url: str) -> Engine:
    """Return an engine that can only read."""
    parsed = make_url(url)
    if postgres.is_postgres(parsed):
        return postgres.reader(parsed)
    return sqlite.reader(sqlite.path_of(parsed))


def unsettled(connection: Connection) -> list[str]:
    """Say what the relay still has to do: undecided items, and sends neither out nor parked."""
    items = select(inbox.c.kind, inbox.c.id).where(inbox.c.state == "new")
    sends = select(send).where(send.c.state != "parked")
    return [f"an inbox row {row.id} ({row.kind})" for row in connection.execute(items)] + [
        f"a {row.purpose} send {row.id} that is {row.state}, attempt {row.attempt}"
        for row in connection.execute(sends)
    ]


def overdue(connection: Connection, now: datetime) -> list[str]:
    """Say which conversations still wait for an instant that has passed."""
    # A row may show an earlier instant than its conversation waits for, never a later one.
    query = select(conversation).where(conversation.c.due_at <= to_micros(now))
    waited = {
        row.id: next_deadline(_brought_up(connection, row)) for row in connection.execute(query)
    }
    return [f"what {id} waits for is past" for id, due in waited.items() if due and due <= now]


def problems(connection: Connection, starts: int) -> list[str]:
    """Return every violation; `starts` is how often the relay was started."""
    folds = dict(_folds(connection))
    return [
        *_inbox(connection),
        *_sequence(connection, starts),
        *_statuses(connection),
        *_sends(connection),
        *_rows_of_conversations(connection, folds),
        *_pairs(connection, folds),
    ]


def counts(connection: Connection) -> dict[str, int]:
    """Count the rows of every table that a request might leave a trace in."""
    traced = (inbox, event, send, conversation, pair)
    found = {}
    for table in traced:
        found[table.name] = int(connection.scalar(select(func.count()).select_from(table)) or 0)
    return found


def _inbox(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(inbox.c.kind, inbox.c.state, inbox.c.reason)):
        if row.state != "done":
            yield f"I1: an inbox row of kind {row.kind} is {row.state} ({row.reason})"
    for row in connection.execute(select(event.c.stream).where(event.c.kind == UNMATCHED)):
        yield f"message/{row.stream} found no conversation"


def _sequence(connection: Connection, starts: int) -> Iterator[str]:
    for owned in connection.execute(select(workspace)):
        query = select(event.c.seq, event.c.epoch).where(event.c.workspace == owned.id)
        rows = connection.execute(query.order_by(event.c.seq)).all()
        if [row.seq for row in rows] != list(range(1, owned.head + 1)):
            yield f"I3: the sequence is not gapless up to its head {owned.head}"
        epochs = [row.epoch for row in rows]
        if epochs != sorted(epochs):
            yield "I3: an event was committed by an epoch that had ended"
        if owned.epoch != starts:
            yield f"I3: epoch {owned.epoch} after {starts} starts"


def _statuses(connection: Connection) -> Iterator[str]:
    query = select(event.c.send, event.c.version, event.c.data).where(event.c.send.is_not(None))
    reached: dict[tuple[int, int], int] = {}
    for row in connection.execute(query.order_by(event.c.workspace, event.c.seq)):
        leg = (row.send, json.loads(row.data)["message"])
        if row.version <= reached.get(leg, 0):
            yield f"I11: send/{row.send} went from {reached[leg]} back to {row.version}"
        reached[leg] = row.version


def _sends(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(send.c.id, send.c.state, send.c.purpose)):
        if row.state != "parked":
            yield f"I7: the {row.purpose} send {row.id} is still {row.state}"


def _folds(connection: Connection) -> Iterator[tuple[int, State]]:
    query = select(event).where(event.c.topic == TOPICS["conversation"], OWN).order_by(event.c.seq)
    streams: dict[int, list[Recorded]] = {}
    for row in connection.execute(query):
        streams.setdefault(row.stream, []).append(recorded(row))
    for history in streams.values():
        state = fold(history)
        yield state.id, state


def fold(history: Sequence[Recorded]) -> State:
    """Return the state that a stream's events make, from the first one on."""
    first = history[0].event
    assert isinstance(first, ConversationCreated)
    state = created(first)
    for each in history[1:]:
        state = evolve(state, each.event)
    return state


def _rows_of_conversations(connection: Connection, folds: dict[int, State]) -> Iterator[str]:
    rows = {row.id: row for row in connection.execute(select(conversation))}
    if rows.keys() != folds.keys():
        yield "I4: conversations by row and by events differ"
    for id in rows.keys() & folds.keys():
        row, state = rows[id], folds[id]
        if _brought_up(connection, row) != state:
            yield f"I4: the snapshot of {id} and the events after it do not give its state"
        shown = (row.phase, row.reason, row.channel, row.visitor, row.agent)
        if shown != (state.phase, state.reason, state.channel, state.visitor, state.agent):
            yield f"I4: the row of {id} does not show its state"
        due, wanted = from_micros(row.due_at), next_deadline(state)
        # A message moves the deadline of silence; the row is only caught up when it fires.
        if (due is None) != (wanted is None) or (due and wanted and due > wanted):
            yield f"I9: the deadline of {id} is {wanted}, its row says {due}"


def _brought_up(connection: Connection, row: Any) -> State:
    state = decode_state(row.snapshot)
    query = (
        select(event)
        .where(of_conversation(row.id), event.c.version > row.version)
        .order_by(event.c.version)
    )
    for later in connection.execute(query):
        state = evolve(state, recorded(later).event)
    return state


def _pairs(connection: Connection, folds: dict[int, State]) -> Iterator[str]:
    wanted: dict[tuple[int, int], int] = {}
    for state in folds.values():
        for contact in _claimed(state):
            if wanted.setdefault((contact, state.channel), state.id) != state.id:
                yield f"I6: {state.id} shares a pair with {wanted[contact, state.channel]}"
    query = select(pair).where(pair.c.conversation.is_not(None))
    found = {(row.contact, row.channel): row.conversation for row in connection.execute(query)}
    if found != wanted:
        yield f"I4: the pair rows are {found}, the conversations say {wanted}"


def _claimed(state: State) -> list[int]:
    if not state.phase.live:
        return []
    agent = state.offer.agent if state.offer else state.agent
    return [state.visitor] if agent is None else [state.visitor, agent]
