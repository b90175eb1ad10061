"""Jobs in their table: each function is one short transaction's work.

Rule 1: whoever makes a file changes its row only while the row still has their attempt.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, null, select, update

from kaisa_relay.domain.explore.wanted import Wanted, read_wanted
from kaisa_relay.domain.ids import ExportId, WorkspaceId
from kaisa_relay.ports.export_jobs import (
    MOST_JOBS,
    ExportJob,
    ExportState,
    Reason,
    TooManyExports,
)
from kaisa_relay.store.export_table import export_job
from kaisa_relay.store.instants import from_micros, to_micros
from kaisa_relay.store.tables import workspace

MOST_TRIES: Final = 10
"""How often a job is begun that something interrupts each time."""
REMEMBERED: Final = timedelta(days=7)
"""How long the row of a job without a file stays."""

_JOB: Final = export_job.c
_OPEN: Final = ("queued", "running", "done")
_ENDED: Final = ("failed", "cancelled", "expired")


@frozen
class Begun:
    """A job that is being made, for the `attempt`th time."""

    job: ExportJob
    wanted: Wanted
    attempt: int


@frozen
class Progress:
    """How much of a file there is: conversations, of how many, rows and bytes."""

    done: int = 0
    total: int | None = None
    written: int = 0
    bytes: int = 0


def add(connection: Connection, new: ExportJob) -> ExportJob | TooManyExports:
    """Write a job down that has not begun, unless its id is there."""
    known = one(connection, new.workspace, new.id)
    if known is not None or new.wanted is None:
        return known or new
    held = (_JOB.workspace == new.workspace, _JOB.state.in_(_OPEN))
    if (connection.scalar(select(func.count()).where(*held)) or 0) >= MOST_JOBS:
        return TooManyExports(MOST_JOBS)
    connection.execute(
        insert(export_job).values(
            workspace=new.workspace,
            id=new.id,
            asked_at=to_micros(new.asked_at),
            asked_by=new.asked_by,
            wanted=json.dumps(new.wanted.pairs(), ensure_ascii=False),
            state=ExportState.QUEUED,
            attempt=0,
            tries=0,
            done=0,
            written=0,
            bytes=0,
        )
    )
    return new


def one(connection: Connection, of: WorkspaceId, id: ExportId) -> ExportJob | None:
    """Return one."""
    row = connection.execute(select(export_job).where(*_mine(of, id))).one_or_none()
    return None if row is None else _job(row)


def page(connection: Connection, of: WorkspaceId, most: int, before: int | None) -> list[ExportJob]:
    """Return some, the newest first."""
    query = select(export_job).where(_JOB.workspace == of)
    if before is not None:
        query = query.where(_JOB.id < before)
    rows = connection.execute(query.order_by(_JOB.id.desc()).limit(most))
    return [_job(row) for row in rows]


def begin(connection: Connection, of: Collection[WorkspaceId], at: datetime) -> Begun | None:
    """Begin the one that waits longest, of a workspace that has none running.

    One that was interrupted too often has failed instead.
    """
    mine = _JOB.workspace.in_(of)
    running = select(_JOB.workspace).where(mine, _JOB.state == ExportState.RUNNING)
    waiting = (mine, _JOB.state == ExportState.QUEUED, _JOB.workspace.not_in(running))
    for row in connection.execute(select(export_job).where(*waiting).order_by(_JOB.id)):
        job = _job(row)
        if row.tries < MOST_TRIES and job.wanted is not None:
            begun = Begun(job, job.wanted, row.attempt + 1)
            values: dict[str, Any] = {
                "state": ExportState.RUNNING,
                "attempt": begun.attempt,
                "tries": row.tries + 1,
                "started_at": to_micros(at),
                **_written(Progress()),
            }
            connection.execute(_change(job).values(**values))
            return begun
        ended = {"state": ExportState.FAILED, "reason": Reason.INTERRUPTED}
        connection.execute(_change(job).values(**ended, ended_at=to_micros(at)))
    return None


def put_back(connection: Connection, of: Collection[WorkspaceId]) -> None:
    """Have what a process that is gone was making begun again."""
    left = (_JOB.workspace.in_(of), _JOB.state == ExportState.RUNNING)
    connection.execute(update(export_job).where(*left).values(state=ExportState.QUEUED))


def wait_again(connection: Connection, begun: Begun) -> None:
    """Have it begun again, as often as anything may interrupt it."""
    again = update(export_job).where(*_made_by(begun))
    connection.execute(again.values(state=ExportState.QUEUED))


def note(connection: Connection, begun: Begun, progress: Progress) -> bool:
    """Write down how far it is; says whether it is still wanted."""
    changed = update(export_job).where(*_made_by(begun)).values(**_written(progress))
    return connection.execute(changed).rowcount == 1


def finish(
    connection: Connection, begun: Begun, progress: Progress, at: datetime, kept: timedelta
) -> bool:
    """Its file is whole and in its place; says whether it is still wanted."""
    times = {"ended_at": to_micros(at), "expires_at": to_micros(at + kept)}
    values = {"state": ExportState.DONE, **times, **_written(progress)}
    done = update(export_job).where(*_made_by(begun)).values(**values)
    return connection.execute(done).rowcount == 1


def fail(connection: Connection, begun: Begun, reason: Reason, at: datetime) -> None:
    """It cannot be made."""
    values = {"state": ExportState.FAILED, "reason": reason, "ended_at": to_micros(at)}
    connection.execute(update(export_job).where(*_made_by(begun)).values(**values))


def drop(connection: Connection, of: WorkspaceId, id: ExportId, at: datetime) -> bool:
    """Cancel what has not ended, remove what has; False where there is none."""
    known = one(connection, of, id)
    if known is None:
        return False
    if known.state in (ExportState.QUEUED, ExportState.RUNNING):
        values = {"state": ExportState.CANCELLED, "ended_at": to_micros(at)}
        connection.execute(_change(known).values(**values))
    else:
        connection.execute(delete(export_job).where(*_mine(of, id)))
    return True


def expire(connection: Connection, of: Collection[WorkspaceId], at: datetime) -> set[WorkspaceId]:
    """End the time of files, and forget jobs that are long over; returns whose files changed."""
    mine, now = _JOB.workspace.in_(of), to_micros(at)
    over = (mine, _JOB.state == ExportState.DONE, _JOB.expires_at <= now)
    found = {WorkspaceId(each) for each in connection.scalars(select(_JOB.workspace).where(*over))}
    ended = {"state": ExportState.EXPIRED, "wanted": null()}
    connection.execute(update(export_job).where(*over).values(ended))
    old = (mine, _JOB.state.in_(_ENDED), _JOB.ended_at <= to_micros(at - REMEMBERED))
    connection.execute(delete(export_job).where(*old))
    return found


def files(connection: Connection, of: WorkspaceId) -> set[tuple[ExportId, int]]:
    """Return the files that may be there: those that are whole, and those being made."""
    held = (_JOB.workspace == of, _JOB.state.in_((ExportState.RUNNING, ExportState.DONE)))
    rows = connection.execute(select(_JOB.id, _JOB.attempt).where(*held))
    return {(ExportId(row.id), row.attempt) for row in rows}


def finished(connection: Connection, of: WorkspaceId, id: ExportId) -> tuple[ExportJob, int] | None:
    """Return a job that is done, and which of its attempts made its file."""
    done = (*_mine(of, id), _JOB.state == ExportState.DONE)
    row = connection.execute(select(export_job).where(*done)).one_or_none()
    return None if row is None else (_job(row), row.attempt)


def head(connection: Connection, of: WorkspaceId) -> int:
    """Return the number of the workspace's last event."""
    return connection.scalar(select(workspace.c.head).where(workspace.c.id == of)) or 0


def _mine(of: WorkspaceId, id: ExportId) -> Sequence[ColumnElement[bool]]:
    return (_JOB.workspace == of, _JOB.id == id)


def _change(job: ExportJob) -> Any:
    return update(export_job).where(*_mine(job.workspace, job.id))


def _made_by(begun: Begun) -> Sequence[ColumnElement[bool]]:
    mine = _mine(begun.job.workspace, begun.job.id)
    return (*mine, _JOB.state == ExportState.RUNNING, _JOB.attempt == begun.attempt)


def _written(progress: Progress) -> dict[str, int | None]:
    return {
        "done": progress.done,
        "total": progress.total,
        "written": progress.written,
        "bytes": progress.bytes,
    }


def _job(row: Row[Any]) -> ExportJob:
    wanted = read_wanted(json.loads(row.wanted)) if row.wanted else None
    asked_at: datetime = from_micros(row.asked_at)
    return ExportJob(
        id=ExportId(row.id),
        workspace=WorkspaceId(row.workspace),
        wanted=wanted if isinstance(wanted, Wanted) else None,
        asked_at=asked_at,
        asked_by=row.asked_by,
        state=ExportState(row.state),
        reason=None if row.reason is None else Reason(row.reason),
        started_at=from_micros(row.started_at),
        ended_at=from_micros(row.ended_at),
        expires_at=from_micros(row.expires_at),
        done=row.done,
        total=row.total,
        written=row.written,
        bytes=row.bytes,
    )
