"""The messages of a conversation as the API lists them: events joined with content and legs."""

from collections.abc import Mapping, Sequence
from typing import Final, get_args

from attrs import frozen

from kaisa_relay.domain import chat_commands
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Content, Text, kind_of
from kaisa_relay.domain.conversation.events import (
    AgentOffered,
    MessageReceived,
    NoteKept,
    Notified,
    OutreachSent,
    TeamWrote,
)
from kaisa_relay.domain.crossing import crosses
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.outgoing import Labelled, Outgoing, Template
from kaisa_relay.domain.payloads import of_content
from kaisa_relay.domain.sending import Rank
from kaisa_relay.journal.message_status import WORDS, best
from kaisa_relay.ports import FileRow, MessageView

MessageEvent = MessageReceived | Notified | OutreachSent | AgentOffered | NoteKept | TeamWrote
MESSAGE_EVENTS: Final = get_args(MessageEvent)


@frozen
class Progress:
    """How far one leg has come; `code` is Meta's where it failed."""

    rank: Rank
    code: int | None


@frozen
class Listing:
    """What the messages of one conversation are joined with; what was erased is absent."""

    visitor: ContactId
    contents: Mapping[MessageId, Content | Outgoing]
    legs: Mapping[MessageId, Sequence[Progress]]
    files: Mapping[MessageId, FileRow]

    def view(self, event: MessageEvent) -> MessageView:
        """Return the message that an event brought."""
        match event:
            case MessageReceived():
                return self._received(event)
            case Notified(contact=contact) | OutreachSent(contact=contact):
                return self._automatic(event, contact)
            case AgentOffered(agent=contact):
                return self._automatic(event, contact)
            case NoteKept():
                return self._note(event)
            case TeamWrote():
                return self._by_team(event)

    def _received(self, event: MessageReceived) -> MessageView:
        content = self.contents.get(event.message)
        # It is held until it is relayed, and relaying it gives it a leg.
        without_leg = "held" if event.held or _waits(event, content) else "received"
        status, code = self._status(event.message, without_leg)
        return MessageView(
            id=event.message,
            author=event.side.value,
            to=event.side.other,
            content=content,
            kind=event.kind,
            received_at=event.at,
            status=status,
            error_code=code,
            file=self.files.get(event.message),
        )

    def _automatic(
        self, event: Notified | OutreachSent | AgentOffered, contact: ContactId
    ) -> MessageView:
        content = self.contents.get(event.message)
        status, code = self._status(event.message, WORDS[Rank.READY])
        return MessageView(
            id=event.message,
            author="system",
            to=Side.VISITOR if contact == self.visitor else Side.AGENT,
            content=content,
            kind="template" if isinstance(event, OutreachSent) else _kind(content),
            received_at=event.at,
            status=status,
            error_code=code,
        )

    def _note(self, event: NoteKept) -> MessageView:
        return MessageView(
            id=event.message,
            author="supervisor" if event.contact is None else Side.AGENT.value,
            to=None,
            content=_noted(self.contents.get(event.message)),
            kind="note",
            received_at=event.at,
            status="received",
        )

    def _by_team(self, event: TeamWrote) -> MessageView:
        content = self.contents.get(event.message)
        # It is held until it is relayed, and relaying it gives it a leg.
        status, code = self._status(event.message, "held")
        return MessageView(
            id=event.message,
            author="supervisor",
            to=event.to,
            content=content,
            kind="text",
            received_at=event.at,
            status=status,
            error_code=code,
        )

    def _status(self, message: MessageId, without_leg: str) -> tuple[str, int | None]:
        legs = self.legs.get(message, ())
        rank = best(leg.rank for leg in legs)
        if rank is None:
            return without_leg, None
        return WORDS[rank], next((leg.code for leg in legs if leg.rank is rank), None)


def _waits(event: MessageReceived, content: Content | Outgoing | None) -> bool:
    """Say whether only its reader's closed window can keep a message from going across."""
    if not isinstance(content, Content) or of_content(content) is not None:
        return False
    return crosses(content, event.marks.quotes if event.marks else None)


def _noted(content: Content | Outgoing | None) -> Content | Outgoing | None:
    """Return a note without the command that it came by."""
    if not isinstance(content, Text) or not content.body.lstrip().startswith("/"):
        return content
    typed = chat_commands.parse(content.body, "en")
    return Text(typed.text or "") if isinstance(typed, chat_commands.Note) else content


def _kind(content: Content | Outgoing | None) -> str:
    if content is None:
        return "text"
    if isinstance(content, Labelled):
        return "text"
    if isinstance(content, Content):
        return kind_of(content)
    return "template" if isinstance(content, Template) else "buttons"
