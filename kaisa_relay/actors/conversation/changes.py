"""Which rows change with the events of a conversation: sends, content, pairs, its own row.

Rule 1: pure; whatever must be read (contents, names) is handed in.
Rule 2: a relayed message writes its event, its content and its send, and no current-state row.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import define, field

from kaisa_relay.actors.addresses import recipient
from kaisa_relay.actors.channel.files import wanted_file
from kaisa_relay.actors.conversation.moving import pairs_moved
from kaisa_relay.actors.conversation.wording import Wording
from kaisa_relay.domain import chat_commands
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.contact_events import ContactBlocked
from kaisa_relay.domain.content import Content, Media, Text
from kaisa_relay.domain.conversation.deadlines import next_deadline
from kaisa_relay.domain.conversation.decision import Decision
from kaisa_relay.domain.conversation.messages import (
    AgentAccepted,
    AgentLost,
    AgentOffered,
    ConversationAbandoned,
    ConversationClosed,
    ConversationFailed,
    ConversationMoved,
    ConversationRecovered,
    ConversationResumed,
    ConversationStarted,
    ConversationTransferred,
    Event,
    MessageReceived,
    MessageRelayed,
    NoteKept,
    Notified,
    OfferDeclined,
    OfferExpired,
    OfferFailed,
    OfferRescinded,
    OutcomeNamed,
    Receive,
    ReopenAsked,
)
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.crossing import PLAIN, Labels, outgoing
from kaisa_relay.domain.failures import NOTES
from kaisa_relay.domain.ids import ContactId, MessageId, SendId
from kaisa_relay.domain.outgoing import Emoji, Outgoing, Quoting
from kaisa_relay.domain.sending import Purpose
from kaisa_relay.ports import (
    BlockContact,
    Change,
    ClaimPair,
    CountMiss,
    NewSend,
    NoteRecovery,
    ReleasePair,
    SaveConversation,
    Send,
    StoreContent,
)

ASK_AGAIN: Final = timedelta(seconds=30)
"""A conversation that looks for an agent is woken at least this often."""

UNMARKED: Final = Labels("", "", "")
"""For a plain text, above which nothing stands: three texts less to word."""

_PASSING: Final = (MessageReceived, MessageRelayed, Notified, NoteKept)
"""Events that change neither phase, party nor a deadline that the row must know."""


def wake_at(state: State, at: datetime) -> datetime | None:
    """Return when the conversation must be awake at the latest."""
    due = next_deadline(state)
    if due is not None and state.wants_agent:
        return min(due, at + ASK_AGAIN)
    return due


@define
class Commit:
    """Collects the rows of one decision."""

    state: State
    wording: Wording
    said: Mapping[MessageId, Content | Outgoing]
    changes: list[Change] = field(factory=list)
    sends: list[Send] = field(factory=list)
    saves_row: bool = False
    _sooner: bool = False
    """A message brought a deadline before the one that the row has."""

    def add(self, event: Event, after: State) -> None:
        """Add the rows of one event, as it leads from the state before it."""
        before, self.state = self.state, after
        match event:
            case MessageRelayed():
                self._relay(event)
            case Notified():
                self._notify(event)
            case AgentOffered():
                self._offer(event)
            case ReopenAsked():
                self._reopen(event)
            case MessageReceived() if _brings_closer(before, event, after):
                self._sooner = True
            case OfferDeclined() | OfferExpired() | OfferFailed() | OfferRescinded():
                self._release(event.agent)
                self._count(event)
            case AgentAccepted():
                self._count(event)
            case ContactBlocked(who, by, at, agent, conversation):
                self.changes.append(BlockContact(who, by, at, agent, conversation))
            case ConversationMoved():
                self.changes += pairs_moved(before, event)
            case ConversationTransferred(before=former) | AgentLost(agent=former):
                self._release(former)
            case ConversationStarted() if before.visitor != event.visitor:
                self._release(before.visitor)
                self._claim(event.visitor, Side.VISITOR)
            case ConversationResumed(visitor=visitor):
                self._claim(visitor, Side.VISITOR)
            case ConversationRecovered():
                self._recover(before, event)
            case ConversationClosed() | ConversationFailed() | ConversationAbandoned():
                self._release(self.state.visitor)
                if self.state.agent is not None:
                    self._release(self.state.agent)
            case _:
                pass

    def keep_said(self, command: Receive, events: Sequence[Event], wamid: str | None) -> None:
        """Keep what a person said, where an event points at it."""
        if not any(_quotes(event, command.message) for event in events):
            return
        side = self.state.side_of(command.contact)
        self.changes.append(
            StoreContent(
                command.message, self.state.id, command.contact, side, command.content, wamid
            )
        )

    def save_row(self, events: Sequence[Event], version: int, at: datetime) -> None:
        """Write the conversation's own row if these events change what it must know."""
        if self._sooner or not all(isinstance(event, _PASSING) for event in events):
            self.changes.append(SaveConversation(self.state, version, wake_at(self.state, at)))
            self.saves_row = True

    def _relay(self, event: MessageRelayed) -> None:
        content = self.said.get(event.message)
        if isinstance(content, Text) and event.message in self.state.aside:
            labelled = self.wording.labelled(self.state, event, content)
            self._send(event.send, event.message, event.contact, labelled, Purpose.RELAY)
            return
        if not isinstance(content, Content):
            return  # erased in the meantime: there is nothing left to send
        if isinstance(content, Text) and event.to is Side.VISITOR:
            content = Text(_unescaped(content.body))
        marks = self.state.marks_of(event.message)
        labels = UNMARKED
        if marks is not PLAIN or not isinstance(content, Text):
            labels = self.wording.labels(self.state.language_of(event.contact))
        parts = outgoing(event.message, content, marks, labels)
        if isinstance(content, Media):
            self.changes.append(wanted_file(self.state, event, content))
        for send, part in zip((event.send, *event.more), parts, strict=False):
            # A reaction is no message: nobody is told when one gets lost.
            purpose = Purpose.NOTICE if isinstance(part, Emoji) else Purpose.RELAY
            self._send(send, event.message, event.contact, part, purpose)

    def _notify(self, event: Notified) -> None:
        said = self.said.get(event.about) if event.about is not None else None
        text = self.wording.notice(self.state, event, said)
        self._keep(event.message, event.contact, text)
        if event.text in NOTES and event.about is not None and isinstance(text, Text):
            text = Quoting(event.about, text)  # in its writer's chat, it shows which one failed
        self._send(event.send, event.message, event.contact, text, Purpose.NOTICE)

    def _offer(self, event: AgentOffered) -> None:
        note = self.said.get(event.note) if event.note is not None else None
        offer = self.wording.offer(self.state, event, note)
        self._claim(event.agent, Side.AGENT)
        self._keep(event.message, event.agent, offer)
        self._send(event.send, event.message, event.agent, offer, Purpose.OFFER)

    def _reopen(self, event: ReopenAsked) -> None:
        template = self.wording.reopen(self.state, event)
        self._keep(event.message, event.contact, template)
        self._send(event.send, event.message, event.contact, template, Purpose.RELAY)

    def _recover(self, before: State, event: ConversationRecovered) -> None:
        if not before.phase.live:
            self._claim(event.visitor, Side.VISITOR)
        self.changes.append(NoteRecovery(self.state.id, event.link, event.stage, event.at))

    def _count(self, event: Event) -> None:
        """Whoever answers an offer, yes or no, is there; a miss in a row pauses them in the end."""
        match event:
            case OfferExpired(agent=agent):
                self.changes.append(CountMiss(agent, missed=True))
            case AgentAccepted(agent=agent) | OfferDeclined(agent=agent):
                self.changes.append(CountMiss(agent, missed=False))
            case _:
                pass

    def _keep(self, message: MessageId, contact: ContactId, text: Outgoing) -> None:
        self.changes.append(StoreContent(message, self.state.id, contact, None, text))

    def _send(
        self,
        send: SendId,
        message: MessageId,
        contact: ContactId,
        body: Outgoing,
        purpose: Purpose,
    ) -> None:
        row = Send(
            workspace=self.state.workspace,
            id=send,
            channel=self.state.channel,
            conversation=self.state.id,
            message=message,
            contact=contact,
            recipient=recipient(self.wording.people.get(contact)),
            outgoing=body,
            purpose=purpose,
        )
        self.sends.append(row)
        self.changes.append(NewSend(row))

    def _claim(self, contact: ContactId, role: Side) -> None:
        self.changes.append(ClaimPair(self.state.channel, contact, self.state.id, role))

    def _release(self, contact: ContactId) -> None:
        self.changes.append(ReleasePair(self.state.channel, contact, self.state.id))


def collect(
    state: State,
    decision: Decision,
    wording: Wording,
    said: Mapping[MessageId, Content | Outgoing],
) -> Commit:
    """Return the rows of a decision that was made in a state, and the state after it."""
    commit = Commit(state, wording, said)
    for event, after in zip(decision.events, decision.states, strict=True):
        commit.add(event, after)
    return commit


def _brings_closer(before: State, event: MessageReceived, after: State) -> bool:
    """Say whether a window is forecast to close anew, or a wait for who is away begins."""
    opened = event.side in before.warned or event.side in before.shut
    return opened or (before.waits_since is None and after.waits_since is not None)


def _quotes(event: Event, message: MessageId) -> bool:
    match event:
        case (
            MessageReceived(message=said)
            | ConversationClosed(outcome=said)
            | NoteKept(message=said)
            | OutcomeNamed(message=said)
            | AgentOffered(note=said)
        ):
            return said == message
        case _:
            return False


def needed(events: Sequence[Event]) -> set[MessageId]:
    """Return the messages whose content these events speak of."""
    messages = {event.message for event in events if isinstance(event, MessageRelayed)}
    offers = (event for event in events if isinstance(event, AgentOffered))
    messages |= {event.note for event in offers if event.note is not None}
    return messages | {
        event.about for event in events if isinstance(event, Notified) and event.about is not None
    }


def _unescaped(body: str) -> str:
    """Return what an agent meant by a doubled slash."""
    typed = chat_commands.parse(body, "en") if body.lstrip().startswith("//") else None
    return typed.text if isinstance(typed, chat_commands.Literal) else body
