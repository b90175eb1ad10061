"""What goes of Explore's own with a person: all files of exports, and what asks for them by name.

Rule 1: whether somebody is in a file is not looked for: all are dropped, and may be made again.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, delete, null, select, update

from kaisa_relay.ports.erasing import Erasure
from kaisa_relay.ports.export_jobs import ExportState, Reason
from kaisa_relay.privacy import receipts
from kaisa_relay.store.export_table import export_job
from kaisa_relay.store.instants import to_micros
from kaisa_relay.store.view_table import view

_JOB = export_job.c


def erase(connection: Connection, of: Erasure, words: Sequence[str]) -> None:
    """Drop what is done, have begin again what is being made, and cancel what looks for them.

    It is called when nothing leads to them any more; whoever begins then waits for the read model.
    """
    mine = _JOB.workspace == of.workspace
    gone = {"reason": Reason.ERASURE, "wanted": null()}
    done = update(export_job).where(mine, _JOB.state == ExportState.DONE)
    dropped = connection.execute(done.values(state=ExportState.EXPIRED, **gone)).rowcount
    receipts.count(connection, of, "exports", dropped)
    naming = update(export_job).where(mine, _JOB.id.in_(_naming(connection, of, words)))
    ended = {"state": ExportState.CANCELLED, "ended_at": to_micros(of.asked_at)}
    cancelled = connection.execute(naming.values(**ended, **gone)).rowcount
    receipts.count(connection, of, "exports_cancelled", cancelled)
    views = delete(view).where(view.c.workspace == of.workspace)
    removed = connection.execute(views.where(view.c.id.in_(_views_naming(connection, of, words))))
    receipts.count(connection, of, "views", removed.rowcount)
    again = update(export_job).where(mine, _JOB.state == ExportState.RUNNING)
    connection.execute(again.values(state=ExportState.QUEUED, tries=0))
    over = (mine, _JOB.state.not_in(_OPEN), _JOB.wanted.is_not(None))
    connection.execute(update(export_job).where(*over).values(wanted=null()))


_OPEN = (ExportState.QUEUED, ExportState.RUNNING)


def _naming(connection: Connection, of: Erasure, words: Sequence[str]) -> list[int]:
    """Return the jobs that are not over and whose filter has one of these words."""
    held = (_JOB.workspace == of.workspace, _JOB.state.in_(_OPEN), _JOB.wanted.is_not(None))
    return _with(connection.execute(select(_JOB.id, _JOB.wanted).where(*held)).all(), words)


def _views_naming(connection: Connection, of: Erasure, words: Sequence[str]) -> list[int]:
    """Return the saved views that have one of these words, in their name or their parameters."""
    asked = view.c.name + " " + view.c.pairs
    query = select(view.c.id, asked).where(view.c.workspace == of.workspace)
    return _with(connection.execute(query).all(), words)


def _with(rows: Sequence[Row[int, str]], words: Sequence[str]) -> list[int]:
    looked_for = [word.casefold() for word in words]
    return [row[0] for row in rows if any(word in row[1].casefold() for word in looked_for)]
