"""What changes do to the tokens of links."""

from typing import Final, assert_never

from kaisa_relay.domain.conversation.links import LinkOrigin, RecoveryStage
from kaisa_relay.journal.unit import Unit
from kaisa_relay.journal.writes import Part, Write, last_wins
from kaisa_relay.ports import NoteRecovery, SaveToken, UseToken
from kaisa_relay.store.bulk import Bulk
from kaisa_relay.store.instants import to_micros

TokenChange = SaveToken | UseToken | NoteRecovery


def token_parts(unit: Unit, change: TokenChange) -> list[Part]:
    """Return the rows of a change."""
    match change:
        case SaveToken(value=value, conversation=conversation, channel=channel, until=until):
            key = (unit.workspace, value, conversation, channel, to_micros(until), change.url)
            made = (change.bound, change.link, *_origin(change.origin))
            return [Part(SAVE_TOKEN, change, [(*key, *made)])]
        case UseToken(value=value, contact=contact):
            return [Part(USE_TOKEN, change, [(unit.workspace, value, contact)])]
        case NoteRecovery(conversation=conversation, link=link, stage=stage, at=at):
            noted = (unit.workspace, conversation, link, to_micros(at))
            return [Part(_NOTE[stage], change, [noted])]
        case _:
            assert_never(change)


def _origin(origin: LinkOrigin | None) -> tuple[int | None, ...]:
    if origin is None:
        return (None, None, None, None)
    return (origin.trigger, origin.version, origin.step, origin.event)


SAVE_TOKEN: Final = Write(
    Bulk(
        """insert into token (workspace, value, conversation, channel, until, url, used_by, link,
        trigger_id, trigger_version, step, started_by)
        select v.workspace, v.value, v.conversation, v.channel, v.until, v.url, v.used_by, v.link,
        v.trigger_id, v.trigger_version, v.step, v.started_by
        from {rows} where true on conflict (workspace, value) do nothing""",
        workspace=int,
        value=str,
        conversation=int,
        channel=int,
        until=int,
        url=str,
        used_by=int,
        link=int,
        trigger_id=int,
        trigger_version=int,
        step=int,
        started_by=int,
    ),
    guarded=True,
)

USE_TOKEN: Final = Write(
    Bulk(
        """update token set used_by = v.contact from {rows} where token.workspace = v.workspace
        and token.value = v.value and token.used_by is null""",
        workspace=int,
        value=str,
        contact=int,
    ),
    squeeze=last_wins(2),
)


def _noting(column: str) -> Write:
    statement = f"""update token set {column} = v.at from {{rows}}
        where token.workspace = v.workspace and token.conversation = v.conversation
        and token.link = v.link and token.{column} is null"""
    bulk = Bulk(statement, workspace=int, conversation=int, link=int, at=int)
    return Write(bulk, squeeze=last_wins(3))


NOTE_WROTE: Final = _noting("wrote_at")
NOTE_ACCEPTED: Final = _noting("accepted_at")
_NOTE: Final = {RecoveryStage.WROTE: NOTE_WROTE, RecoveryStage.ACCEPTED: NOTE_ACCEPTED}
