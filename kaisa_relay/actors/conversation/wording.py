"""Puts an event's automatic text into words, with the names that events do not carry.

Rule 1: neither side learns the other's number, nor more of a name than its first part.
Rule 2: an agent sees only those metadata keys that the workspace lists.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from attrs import define, field

from kaisa_relay.actors.conversation.past import past_lines
from kaisa_relay.actors.conversation.proof import offer_proof
from kaisa_relay.domain import chat_commands
from kaisa_relay.domain.contact import Person, Side
from kaisa_relay.domain.content import Content, Text, kind_of
from kaisa_relay.domain.conversation.messages import (
    AgentOffered,
    MessageRelayed,
    Notified,
    ReopenAsked,
)
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.conversation.terms import AgentReason
from kaisa_relay.domain.crossing import Labels
from kaisa_relay.domain.handover import agent_names, note_of
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.outcomes import Outcome
from kaisa_relay.domain.outgoing import Button, Buttons, Labelled, Outgoing, Template
from kaisa_relay.domain.payloads import NameOutcome, OfferAnswer, Reopen, SendAgain, encode
from kaisa_relay.domain.templates import TemplateKey, brief
from kaisa_relay.domain.texts import TextKey, kind_name, language_of, moment, render
from kaisa_relay.ports import Change, Said, SaveContact, Workspace

LONGEST_FIELD: Final = 200
"""Characters of one metadata value on the agent's card."""

_BUTTON: Final = {
    TextKey.MAYBE_LOST_VISITOR: TextKey.SEND_AGAIN,
    TextKey.MAYBE_LOST_AGENT: TextKey.SHOW_IT,
    TextKey.KEEP_OPEN_VISITOR: TextKey.KEEP_OPEN,
    TextKey.KEEP_OPEN_AGENT: TextKey.KEEP_OPEN,
    TextKey.NUDGE_AGENT: TextKey.KEEP_OPEN,
}

_OUTCOMES: Final = {
    Outcome.SOLD: TextKey.OUTCOME_SOLD,
    Outcome.LOST: TextKey.OUTCOME_LOST,
    Outcome.LATER: TextKey.OUTCOME_LATER,
}
"""Three, which is all that a message with buttons takes."""


@define(eq=False)
class Wording:
    """The words for one conversation; holds its people's names, so it lives as long as its task."""

    workspace: Workspace
    people: dict[ContactId, Person] = field(repr=False, factory=dict)
    metadata: bytes = field(repr=False, default=b"{}")
    button_key: bytes = field(repr=False, default=b"")
    moving_to: str = field(repr=False, default="")
    """The link to the number that is to carry it, while that changes."""
    past: Sequence[Said] = field(repr=False, default=())
    """What was said of late, where an event shows it."""

    def learn(self, changes: Iterable[Change]) -> None:
        """Take in who people are by now."""
        for change in changes:
            if isinstance(change, SaveContact):
                self.people[change.person.contact] = change.person

    def notice(self, state: State, event: Notified, said: Content | Outgoing | None) -> Outgoing:
        """Return the text of a notice; `said` is the message that it answers, if any."""
        language = self._language(state, event.contact)
        body = self._render(event.text, language, self._values(state, event, said, language))
        label = _BUTTON.get(event.text)
        if event.text is TextKey.TEAM_WROTE and isinstance(said, Text):
            return Labelled(f"{body}\n{said.body}")
        if event.text is TextKey.OUTCOME_ASKED:
            return self._asking_for_outcome(state, body, language)
        if label is None:
            return Text(body)
        payload = SendAgain(state.id, event.about) if event.about else Reopen(state.id)
        return Buttons(body, (Button(encode(payload), self._render(label, language, {})),))

    def _asking_for_outcome(self, state: State, asked: str, language: str) -> Buttons:
        closed = self._render(TextKey.CLOSED_AGENT, language, {})
        buttons = (
            Button(encode(NameOutcome(state.id, outcome)), self._render(title, language, {}))
            for outcome, title in _OUTCOMES.items()
        )
        return Buttons(f"{closed} {asked}", tuple(buttons))

    def labelled(self, state: State, event: MessageRelayed, said: Text) -> Labelled:
        """Return a text of the team's, with the line that tells its reader so."""
        visitor = event.to is Side.VISITOR
        key = TextKey.FROM_TEAM if visitor else TextKey.WHISPER
        label = self._render(key, self._language(state, event.contact), {})
        return Labelled(f"{label}\n{said.body}")

    def reopen(self, state: State, event: ReopenAsked) -> Template:
        """Return the template that asks somebody to open their window."""
        agent = event.side is Side.AGENT
        key = TemplateKey.REOPEN_AGENT if agent else TemplateKey.REOPEN_VISITOR
        key = TemplateKey.MOVED if event.moved else key
        language = language_of(self._language(state, event.contact))
        return Template(key.value, language, (), (encode(Reopen(state.id)),))

    def offer(
        self, state: State, event: AgentOffered, said: Content | Outgoing | None = None
    ) -> Outgoing:
        """Return the offer: a template, or buttons where the agent's window is open.

        `said` is the command that hands the conversation over, if it has a note.
        """
        language = self._language(state, event.agent)
        name = self._first_name(state.visitor)
        note = self._offer_note(state, event, said)
        proof = offer_proof(self.button_key, state.id, event.offer)
        accept = encode(OfferAnswer(state.id, event.offer, accept=True, proof=proof))
        decline = encode(OfferAnswer(state.id, event.offer, accept=False, proof=proof))
        if event.template:
            return Template(
                self.workspace.offer_template,
                language_of(language),
                # A full stop of the template's own follows the note.
                (brief(name), brief(note.rstrip(". "))),
                (accept, decline),
            )
        return Buttons(
            self._render(TextKey.OFFER, language, {"name": name, "note": note}),
            (
                Button(accept, self._render(TextKey.OFFER_ACCEPT, language, {})),
                Button(decline, self._render(TextKey.OFFER_DECLINE, language, {})),
            ),
        )

    def _offer_note(
        self, state: State, event: AgentOffered, said: Content | Outgoing | None
    ) -> str:
        language = self._language(state, event.agent)
        if state.agent is None:
            return self._render(TextKey.OFFER_NOTE, language, {})
        values = {"agent": self._first_name(state.agent), "note": ""}
        if event.why is AgentReason.AWAY:
            return self._render(TextKey.AWAY_NOTE, language, values)
        if isinstance(said, Text):
            names = agent_names(state, self.people)
            values["note"] = note_of(said.body, names) if event.by is None else said.body
        return self._render(TextKey.TRANSFER_NOTE, language, values)

    def labels(self, language: str) -> Labels:
        """Return the marks that stand above what is passed on."""
        return Labels(
            forwarded=self._render(TextKey.FORWARDED, language, {}),
            edited=self._render(TextKey.EDITED, language, {}),
            deleted=self._render(TextKey.DELETED, language, {}),
        )

    def _values(
        self, state: State, event: Notified, said: Content | Outgoing | None, language: str
    ) -> Mapping[str, str]:
        values = {"name": self._first_name(state.visitor)}
        if event.text is TextKey.SEEKING:
            values["name"] = self._first_name(event.contact)
        elif event.text is TextKey.CLOSED_NOW and state.opens_at is not None:
            values["opening"] = self._opening(state.opens_at, event.at, language)
        elif event.text is TextKey.AGENT_FOUND and state.agent is not None:
            values["agent"] = self._first_name(state.agent)
        elif event.text in (TextKey.AGENT_CARD, TextKey.WHO):
            visitor = self.people.get(state.visitor)
            values = {"name": visitor.name if visitor else "", "fields": self._fields()}
        elif event.text is TextKey.TRANSFER_UNKNOWN:
            others = agent_names(state, self.people)
            values["names"] = ", ".join(filter(None, others.values()))
        elif event.who is not None:
            values["agent"] = self._first_name(event.who)
        elif event.text is TextKey.HISTORY:
            values = {"lines": past_lines(self.past, state, self.people)}
        elif event.text in (TextKey.MOVING_VISITOR, TextKey.MOVING_AGENT):
            values = {"url": self.moving_to}
        elif isinstance(said, Content):
            values["kind"] = kind_name(kind_of(said), language)
            values["command"] = _command(said, language)
        return values

    def _opening(self, opens_at: datetime, at: datetime, language: str) -> str:
        hours = self.workspace.hours
        if hours is None:
            return ""
        zone = ZoneInfo(hours.zone)
        return moment(opens_at.astimezone(zone), at.astimezone(zone).date(), language)

    def _render(self, key: TextKey, language: str, values: Mapping[str, str]) -> str:
        return render(key, language, values, self.workspace.texts)

    def _language(self, state: State, contact: ContactId) -> str:
        return state.language_of(contact)

    def _first_name(self, contact: ContactId) -> str:
        person = self.people.get(contact)
        return person.first_name if person else ""

    def _fields(self) -> str:
        metadata = json.loads(self.metadata or b"{}")
        lines = []
        for key in self.workspace.agent_fields:
            if key in metadata:
                value = metadata[key]
                shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                lines.append(f"{key}: {shown[:LONGEST_FIELD]}")
        return "\n".join(lines)


def _command(said: Content, language: str) -> str:
    if not isinstance(said, Text):
        return ""
    typed = chat_commands.parse(said.body, language)
    return typed.command if isinstance(typed, chat_commands.UnknownCommand) else ""
