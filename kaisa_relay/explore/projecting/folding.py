"""What events make of the read model's rows: pure, event by event, in their order.

Rule 1: the same events make the same rows, in whatever batches they come.
Rule 2: an event of a conversation that is not known is passed by.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import define, field

from kaisa_relay.domain.conversation import events as happened
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.conversation.links import RecoveryStage
from kaisa_relay.domain.conversation.state import Phase
from kaisa_relay.domain.ids import ConversationId, MessageId
from kaisa_relay.domain.sending import Rank
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.explore.projecting.rows import ConversationRow, MessageRow, OfferRow, RecoveryRow
from kaisa_relay.store.instants import to_micros

MessageKey = tuple[int, int]
OfferKey = tuple[int, int]


@define(eq=False)
class Rows:
    """Rows of one workspace by their keys. Who has a conversation here has all its offers."""

    conversations: dict[int, ConversationRow] = field(factory=dict)
    messages: dict[MessageKey, MessageRow] = field(factory=dict)
    offers: dict[OfferKey, OfferRow] = field(factory=dict)
    recoveries: list[RecoveryRow] = field(factory=list)


@define(eq=False)
class Folding:
    """Folds events into the rows that are known; `changed` are those of them to be written."""

    rows: Rows
    changed: Rows = field(factory=Rows)

    def take(self, conversation: ConversationId, event: Event) -> None:
        """Fold one event of a conversation."""
        if isinstance(event, MessageStatus):
            self._status(conversation, event)
            return
        at = to_micros(event.at)
        if isinstance(event, happened.ConversationCreated):
            self.rows.conversations[conversation] = _created(event, at)
        row = self.rows.conversations.get(conversation)
        if row is None:
            return
        self.changed.conversations[conversation] = row
        row.last_at = max(row.last_at, at)
        fold = _FOLDS.get(type(event))
        if fold is not None:
            fold(self, row, event, at)

    # --- how it goes

    def started(self, row: ConversationRow, event: happened.ConversationStarted, at: int) -> None:
        row.status, row.started_at, row.visitor = Phase.SEEKING, at, event.visitor

    def queued(self, row: ConversationRow, event: Event, at: int) -> None:
        row.queued_at = row.queued_at or at

    def resumed(self, row: ConversationRow, event: Event, at: int) -> None:
        row.status, row.resumed = Phase.SEEKING, row.resumed + 1
        row.ended_at = row.reason = row.outcome = row.value = row.currency = None

    def lost(self, row: ConversationRow, event: Event, at: int) -> None:
        row.status = Phase.SEEKING

    def moved(self, row: ConversationRow, event: happened.ConversationMoved, at: int) -> None:
        row.channel = event.channel

    def closed(self, row: ConversationRow, event: happened.ConversationClosed, at: int) -> None:
        row.status, row.reason, row.ended_at = Phase.CLOSED, event.by.value, at

    def failed(self, row: ConversationRow, event: happened.ConversationFailed, at: int) -> None:
        row.status, row.reason, row.ended_at = Phase.FAILED, event.reason.value, at

    def abandoned(
        self, row: ConversationRow, event: happened.ConversationAbandoned, at: int
    ) -> None:
        row.status, row.reason, row.ended_at = Phase.ABANDONED, event.reason.value, at

    def linked(self, row: ConversationRow, event: happened.LinkCreated, at: int) -> None:
        row.links += 1
        origin = (event.trigger, event.trigger_version, event.step)
        self.changed.recoveries.append(
            RecoveryRow(row.workspace, row.id, event.link, "made", at, *origin)
        )

    def recovered(
        self, row: ConversationRow, event: happened.ConversationRecovered, at: int
    ) -> None:
        row.recovered += event.stage is RecoveryStage.WROTE
        origin = (event.trigger, event.trigger_version, event.step)
        stage = event.stage.value
        self.changed.recoveries.append(
            RecoveryRow(row.workspace, row.id, event.link, stage, at, *origin)
        )

    # --- offers

    def offered(self, row: ConversationRow, event: happened.AgentOffered, at: int) -> None:
        row.offered_at, row.offers = row.offered_at or at, row.offers + 1
        why = None if event.why is None else event.why.value
        key, template = (row.id, event.offer), int(event.template)
        known = OfferRow(row.workspace, *key, event.agent, template, row.created_at, at, why)
        self.rows.offers[key] = self.changed.offers[key] = known
        self._says(row, event.message, "offer", event.agent, at)
        self._goes_out(row, event.message, event.send, template)

    def offer_sent(self, row: ConversationRow, event: happened.OfferSent, at: int) -> None:
        if known := self._offer(row, event.offer):
            known.sent_at = at

    def declined(self, row: ConversationRow, event: happened.OfferDeclined, at: int) -> None:
        row.declined += 1
        self._over(row, event.offer, "declined", at)

    def expired(self, row: ConversationRow, event: happened.OfferExpired, at: int) -> None:
        row.missed += 1
        self._over(row, event.offer, "expired", at)

    def unreached(self, row: ConversationRow, event: happened.OfferFailed, at: int) -> None:
        row.unreached += 1
        self._over(row, event.offer, "failed", at, event.code)

    def rescinded(self, row: ConversationRow, event: happened.OfferRescinded, at: int) -> None:
        self._over(row, event.offer, "rescinded", at)

    def accepted(self, row: ConversationRow, event: happened.AgentAccepted, at: int) -> None:
        row.status, row.agent, row.accepted_at = Phase.ACTIVE, event.agent, row.accepted_at or at
        self._over(row, event.offer, "accepted", at)

    def transferred(
        self, row: ConversationRow, event: happened.ConversationTransferred, at: int
    ) -> None:
        row.agent, row.transfers = event.agent, row.transfers + 1
        self._over(row, event.offer, "accepted", at)

    def _over(
        self, row: ConversationRow, number: int, end: str, at: int, code: int | None = None
    ) -> None:
        if known := self._offer(row, number):
            known.end, known.ended_at, known.code = end, at, code

    def _offer(self, row: ConversationRow, number: int) -> OfferRow | None:
        known = self.rows.offers.get((row.id, number))
        if known is not None:
            self.changed.offers[row.id, number] = known
        return known

    # --- what is said

    def received(self, row: ConversationRow, event: happened.MessageReceived, at: int) -> None:
        side = event.side.value
        self._add(MessageRow(row.workspace, row.id, event.message, side, event.kind, at))
        if side == "visitor":
            row.from_visitor += 1
        else:
            row.from_agent += 1
            if row.accepted_at is not None:
                row.replied_at = row.replied_at or at

    def relayed(self, row: ConversationRow, event: happened.MessageRelayed, at: int) -> None:
        self._goes_out(row, event.message, event.send, 0, event.contact)

    def notified(self, row: ConversationRow, event: happened.Notified, at: int) -> None:
        self._says(row, event.message, event.text.value, event.contact, at)
        self._goes_out(row, event.message, event.send, 0)

    def reopen_asked(self, row: ConversationRow, event: happened.ReopenAsked, at: int) -> None:
        self._says(row, event.message, "reopen", event.contact, at)
        self._goes_out(row, event.message, event.send, 1)

    def reached_out(self, row: ConversationRow, event: happened.OutreachSent, at: int) -> None:
        self._says(row, event.message, "outreach", event.contact, at)
        self._goes_out(row, event.message, event.send, 1)

    def team_wrote(self, row: ConversationRow, event: happened.TeamWrote, at: int) -> None:
        row.from_team += 1
        self._add(MessageRow(row.workspace, row.id, event.message, "team", "text", at))

    def note_kept(self, row: ConversationRow, event: happened.NoteKept, at: int) -> None:
        self._add(MessageRow(row.workspace, row.id, event.message, "team", "note", at))

    def held(self, row: ConversationRow, event: happened.MessageHeld, at: int) -> None:
        if known := self._message(row.id, event.message):
            known.held_at = at

    def undelivered(self, row: ConversationRow, event: happened.MessageFailed, at: int) -> None:
        known = self._message(row.id, event.message)
        if known is not None and known.send in (None, event.send):
            row.undelivered += 1
            known.failed_at, known.code = known.failed_at or at, event.code

    def _says(self, row: ConversationRow, id: MessageId, kind: str, contact: int, at: int) -> None:
        self._add(MessageRow(row.workspace, row.id, id, "relay", kind, at, contact))

    def _add(self, row: MessageRow) -> None:
        key = (row.conversation, row.id)
        self.rows.messages[key] = self.changed.messages[key] = row

    def _message(self, conversation: int, id: MessageId) -> MessageRow | None:
        known = self.rows.messages.get((conversation, id))
        if known is not None:
            self.changed.messages[conversation, id] = known
        return known

    def _goes_out(
        self,
        row: ConversationRow,
        id: MessageId,
        send: int,
        template: int,
        contact: int | None = None,
    ) -> None:
        known = self._message(row.id, id)
        if known is None:
            return
        if known.send is not None:  # once more: what became of the first counts no longer
            row.undelivered -= known.failed_at is not None
            known.sent_at = known.delivered_at = known.read_at = None
            known.failed_at = known.code = None
        known.send, known.template = send, template
        known.contact = contact or known.contact

    def _status(self, conversation: ConversationId, event: MessageStatus) -> None:
        known = self._message(conversation, event.message)
        if known is None or known.send != event.send:
            return
        at = to_micros(event.at)
        match event.rank:
            case Rank.SENT:
                known.sent_at = known.sent_at or at
            case Rank.DELIVERED:
                known.delivered_at = known.delivered_at or at
            case Rank.READ | Rank.PLAYED:
                known.read_at = known.read_at or at
            case Rank.FAILED:
                known.failed_at, known.code = at, event.code
            case _:
                pass


def _created(event: happened.ConversationCreated, at: int) -> ConversationRow:
    return ConversationRow(
        workspace=event.workspace,
        id=event.conversation,
        status=Phase.RESERVED,
        channel=event.channel,
        visitor=event.visitor,
        form=event.visitor,
        language=event.language,
        strategy=event.strategy.value,
        created_at=at,
        last_at=at,
    )


_FOLDS: Final[Mapping[type[Any], Callable[[Folding, ConversationRow, Any, int], None]]] = {
    happened.ConversationStarted: Folding.started,
    happened.ConversationQueued: Folding.queued,
    happened.ConversationResumed: Folding.resumed,
    happened.AgentLost: Folding.lost,
    happened.ConversationMoved: Folding.moved,
    happened.ConversationClosed: Folding.closed,
    happened.ConversationFailed: Folding.failed,
    happened.ConversationAbandoned: Folding.abandoned,
    happened.LinkCreated: Folding.linked,
    happened.ConversationRecovered: Folding.recovered,
    happened.AgentOffered: Folding.offered,
    happened.OfferSent: Folding.offer_sent,
    happened.OfferDeclined: Folding.declined,
    happened.OfferExpired: Folding.expired,
    happened.OfferFailed: Folding.unreached,
    happened.OfferRescinded: Folding.rescinded,
    happened.AgentAccepted: Folding.accepted,
    happened.ConversationTransferred: Folding.transferred,
    happened.MessageReceived: Folding.received,
    happened.MessageRelayed: Folding.relayed,
    happened.Notified: Folding.notified,
    happened.ReopenAsked: Folding.reopen_asked,
    happened.OutreachSent: Folding.reached_out,
    happened.TeamWrote: Folding.team_wrote,
    happened.NoteKept: Folding.note_kept,
    happened.MessageHeld: Folding.held,
    happened.MessageFailed: Folding.undelivered,
}
