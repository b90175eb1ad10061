"""What changes do to pairs, conversations and kept answers."""

from typing import Final, assert_never

from kaisa_relay.journal.codec import encode_state
from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Row, Write, highest_wins, last_wins
from kaisa_relay.ports import (
    ClaimPair,
    ReleasePair,
    SaveAnswer,
    SaveConversation,
    TouchPair,
)
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros

PairChange = ClaimPair | ReleasePair | TouchPair
StandingChange = PairChange | SaveConversation | SaveAnswer


def standing_parts(unit: Unit, change: StandingChange) -> list[Part]:
    """Return the rows of a change."""
    match change:
        case ClaimPair() | ReleasePair() | TouchPair():
            return [_pair(unit, change)]
        case SaveConversation():
            return [Part(SAVE_CONVERSATION, change, [_conversation_row(unit, change)])]
        case SaveAnswer(key=key, until=until):
            kept = (change.request_hash, change.answer, to_micros(until))
            return [
                Part(FREE_ANSWER, change, [(unit.workspace, key, to_micros(unit.at))]),
                Part(SAVE_ANSWER, change, [(unit.workspace, key, *kept)]),
            ]
        case _:
            assert_never(change)


def _pair(unit: Unit, change: PairChange) -> Part:
    key = (unit.workspace, change.contact, change.channel)
    match change:
        case ClaimPair(conversation=conversation, role=role):
            return Part(CLAIM_PAIR, change, [(*key, conversation, role.value)])
        case ReleasePair(conversation=conversation):
            return Part(RELEASE_PAIR, change, [(*key, conversation)])
        case TouchPair(at=at):
            return Part(TOUCH_PAIR, change, [(*key, to_micros(at))])
        case _:
            assert_never(change)


def _conversation_row(unit: Unit, change: SaveConversation) -> Row:
    state = change.state
    return (
        unit.workspace,
        state.id,
        state.phase.value,
        state.reason,
        state.channel,
        state.visitor,
        state.agent,
        to_micros(state.created_at),
        to_micros(change.due_at),
        change.version,
        encode_state(state),
    )


RELEASE_PAIR: Final = Write(
    Bulk(
        """update pair set conversation = null, last_conversation = v.conversation from {rows}
        where pair.workspace = v.workspace and pair.contact = v.contact
        and pair.channel = v.channel and pair.conversation = v.conversation""",
        workspace=int,
        contact=int,
        channel=int,
        conversation=int,
    )
)

CLAIM_PAIR: Final = Write(
    Bulk(
        """insert into pair (workspace, contact, channel, conversation, role)
        select v.workspace, v.contact, v.channel, v.conversation, v.role from {rows} where true
        on conflict (workspace, contact, channel) do update set
        conversation = excluded.conversation, role = excluded.role
        where pair.conversation is null or pair.conversation = excluded.conversation""",
        workspace=int,
        contact=int,
        channel=int,
        conversation=int,
        role=str,
    ),
    guarded=True,
)

TOUCH_PAIR: Final = Write(
    Bulk(
        """insert into pair (workspace, contact, channel, inbound_at)
        select v.workspace, v.contact, v.channel, v.inbound_at from {rows} where true
        on conflict (workspace, contact, channel) do update set inbound_at = excluded.inbound_at
        where pair.inbound_at is null or pair.inbound_at < excluded.inbound_at""",
        workspace=int,
        contact=int,
        channel=int,
        inbound_at=int,
    ),
    squeeze=highest_wins(3),
)

SAVE_CONVERSATION: Final = Write(
    Bulk(
        """insert into conversation (workspace, id, phase, reason, channel, visitor, agent,
        created_at, due_at, version, snapshot)
        select v.workspace, v.id, v.phase, v.reason, v.channel, v.visitor, v.agent, v.created_at,
        v.due_at, v.version, v.snapshot from {rows} where true
        on conflict (workspace, id) do update set phase = excluded.phase,
        reason = excluded.reason, channel = excluded.channel, visitor = excluded.visitor,
        agent = excluded.agent, due_at = excluded.due_at, version = excluded.version,
        snapshot = excluded.snapshot""",
        workspace=int,
        id=int,
        phase=str,
        reason=str,
        channel=int,
        visitor=int,
        agent=int,
        created_at=int,
        due_at=int,
        version=int,
        snapshot=str,
    ),
    squeeze=last_wins(2),
)

# A key whose time is over is free again, also before housekeeping has taken its row away.
FREE_ANSWER: Final = Write(
    Bulk(
        """delete from idempotency where (workspace, key, until) in
        (select kept.workspace, kept.key, kept.until from {rows} cross join idempotency as kept
        where kept.workspace = v.workspace and kept.key = v.key and kept.until <= v.at)""",
        workspace=int,
        key=str,
        at=int,
    )
)

SAVE_ANSWER: Final = Write(
    Bulk(
        """insert into idempotency (workspace, key, hash, answer, until)
        select v.workspace, v.key, v.hash, v.answer, v.until from {rows} where true
        on conflict (workspace, key) do nothing""",
        workspace=int,
        key=str,
        hash=bytes,
        answer=bytes,
        until=int,
    ),
    guarded=True,
)
