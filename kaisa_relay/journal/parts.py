"""The parts of an append: its changes as rows, and the order in which they are written."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, assert_never

from kaisa_relay.journal.agent_rows import (
    CLEAR_MISSES,
    COUNT_MISS,
    KNOW_AGENT,
    SAVE_PRESENCE,
    SET_CAPACITY,
    agent_parts,
)
from kaisa_relay.journal.block_rows import BLOCK, UNBLOCK, block_parts
from kaisa_relay.journal.file_rows import MOVE_FILE, WANT_FILE, file_parts
from kaisa_relay.journal.health_rows import SAVE_HEALTH, health_parts
from kaisa_relay.journal.inbox_rows import DONE, PARK, TELL, inbox_parts
from kaisa_relay.journal.merging_rows import MERGERS, merging_parts
from kaisa_relay.journal.outbox_rows import (
    DROP_LEGS,
    END_SEND,
    JOIN_LEGS,
    JOIN_SENDS,
    MOVE_SEND,
    NEW_LEG,
    NEW_SEND,
    PARK_LEG,
    outbox_parts,
)
from kaisa_relay.journal.people_rows import (
    ADD_IDENTITY,
    DROP_IDENTITY,
    DROP_PHONE,
    READDRESS,
    SAVE_CONTACT,
    SAVE_METADATA,
    STORE_CONTENT,
    people_parts,
)
from kaisa_relay.journal.standing_rows import (
    CLAIM_PAIR,
    FREE_ANSWER,
    RELEASE_PAIR,
    SAVE_ANSWER,
    SAVE_CONVERSATION,
    TOUCH_PAIR,
    standing_parts,
)
from kaisa_relay.journal.suppression_rows import ALLOW, SUPPRESS, suppression_parts
from kaisa_relay.journal.token_rows import (
    NOTE_ACCEPTED,
    NOTE_WROTE,
    SAVE_TOKEN,
    USE_TOKEN,
    token_parts,
)
from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part
from kaisa_relay.ports import (
    Append,
    BlockContact,
    Change,
    ClaimPair,
    CountMiss,
    Done,
    DropSends,
    EndSend,
    ForgetNumbers,
    JoinSends,
    KnowAgent,
    MergeContacts,
    MoveFile,
    MoveSend,
    NewSend,
    NoteRecovery,
    ParkItem,
    ReleasePair,
    SaveAnswer,
    SaveContact,
    SaveConversation,
    SaveMetadata,
    SavePresence,
    SaveToken,
    StoreContent,
    Tell,
    TouchPair,
    UnblockContact,
    UseToken,
    WantFile,
)
from kaisa_relay.ports.health import SaveHealth
from kaisa_relay.ports.suppressing import Allow, Suppress

ORDER: Final = (
    DONE,
    PARK,
    TELL,
    STORE_CONTENT,
    NEW_SEND,
    NEW_LEG,
    WANT_FILE,
    MOVE_FILE,
    JOIN_SENDS,
    JOIN_LEGS,
    MOVE_SEND,
    PARK_LEG,
    END_SEND,
    DROP_LEGS,
    RELEASE_PAIR,
    CLAIM_PAIR,
    TOUCH_PAIR,
    SAVE_CONVERSATION,
    SAVE_TOKEN,
    USE_TOKEN,
    NOTE_WROTE,
    NOTE_ACCEPTED,
    DROP_PHONE,
    SAVE_CONTACT,
    READDRESS,
    DROP_IDENTITY,
    ADD_IDENTITY,
    UNBLOCK,
    BLOCK,
    ALLOW,
    SUPPRESS,
    *MERGERS,
    SAVE_METADATA,
    KNOW_AGENT,
    SET_CAPACITY,
    COUNT_MISS,
    CLEAR_MISSES,
    SAVE_PRESENCE,
    SAVE_HEALTH,
    FREE_ANSWER,
    SAVE_ANSWER,
)
"""A pair is released before it is claimed, a send is born before it moves."""

_RACY: Final = (Allow, ClaimPair, ForgetNumbers, MergeContacts, SaveToken, SaveAnswer)
"""What two callers may well want at once, each with every right to; and what must come after all
that waited before it, whatever the order of their statements."""


def prepare(append: Append, at: datetime, new_id: Callable[[], int]) -> Unit:
    """Turn an append into rows."""
    unit = Unit(append, at, new_id)
    for change in append.changes:
        unit.parts += _parts(unit, change)
        unit.racy = unit.racy or isinstance(change, _RACY)
        if isinstance(change, MoveSend | EndSend):
            unit.steps.append(change)
    return unit


def _parts(unit: Unit, change: Change) -> list[Part]:
    match change:
        case Done() | ParkItem() | Tell():
            return inbox_parts(unit, change)
        case NewSend() | MoveSend() | EndSend() | JoinSends() | DropSends():
            return outbox_parts(unit, change)
        case StoreContent() | SaveContact() | ForgetNumbers() | SaveMetadata():
            return people_parts(unit, change)
        case BlockContact() | UnblockContact():
            return block_parts(unit, change)
        case Suppress() | Allow():
            return suppression_parts(unit, change)
        case MergeContacts():
            return merging_parts(unit, change)
        case WantFile() | MoveFile():
            return file_parts(unit, change)
        case KnowAgent() | SavePresence() | CountMiss():
            return agent_parts(unit, change)
        case SaveHealth():
            return health_parts(unit, change)
        case ClaimPair() | ReleasePair() | TouchPair() | SaveConversation() | SaveAnswer():
            return standing_parts(unit, change)
        case SaveToken() | UseToken() | NoteRecovery():
            return token_parts(unit, change)
        case _:
            assert_never(change)
