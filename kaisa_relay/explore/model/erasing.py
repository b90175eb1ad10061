"""What goes from the read model with a person: their words, and what was said of them.

Rule 1: rows of counts, times and codes stay, so that no report of the past changes.
"""

from sqlalchemy import Connection, delete, or_, select

from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.explore.model import tables


def erase(connection: Connection, of: WorkspaceId, contact: ContactId) -> None:
    """Take out the words of every conversation of theirs, whoever wrote them, and its metadata."""
    said = tables.said_on(connection.dialect.name)
    talk, message = tables.conversation.c, tables.message.c
    theirs = or_(talk.visitor == contact, talk.form == contact)
    for id in connection.scalars(select(talk.id).where(talk.workspace == of, theirs)).all():
        spoken = select(message.id).where(message.workspace == of, message.conversation == id)
        connection.execute(delete(said).where(said.c.message.in_(spoken)))
        label = tables.label
        mine = (label.c.workspace == of, label.c.conversation == id)
        connection.execute(delete(label).where(*mine))
