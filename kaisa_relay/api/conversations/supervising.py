"""What supervisors and programs do in a conversation, beside ending it: note, write, transfer."""

from typing import Final

from quart import Response, request
from quart_schema import document_headers, document_request, document_response

from kaisa_relay.api.answers import json_answer
from kaisa_relay.api.auth import calling_key, requester
from kaisa_relay.api.bodies import read_body, receive_body
from kaisa_relay.api.conversations.conversations import read_id
from kaisa_relay.api.conversations.supervising_shapes import (
    LONGEST_OFFER,
    SIDES,
    TransferAnswer,
    TransferConversation,
    WriteMessage,
    WriteNote,
)
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.idempotency import read_repeatable
from kaisa_relay.api.problems import FieldError, Problem, invalid, problem, refusal_problem
from kaisa_relay.api.routes import Route
from kaisa_relay.api.shapes import Headers, MessageAnswer
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.supervising import LONGEST
from kaisa_relay.domain.ids import CONTACT, MESSAGE, ContactId, from_text, to_text
from kaisa_relay.domain.phone import BadPhone, Phone, parse
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.supervising import (
    AgentAsked,
    Noted,
    Supervision,
    SupervisionAnswer,
    TeamNote,
    TeamText,
    TeamTransfer,
    Wrote,
)

NEXT: Final = "next"
"""Stands for whoever would be asked next."""


class Supervising:
    """The views; each may be repeated with the same `Idempotency-Key`."""

    def __init__(self, given: Dependencies) -> None:
        self._desk = given.desk
        self._clock = given.clock

    def routes(self) -> tuple[Route, ...]:
        """Return what it answers."""
        one = "/conversations/<conversation>"
        return (
            Route(f"{one}/notes", self.note, Scope.WRITE, "POST"),
            Route(f"{one}/messages", self.write, Scope.WRITE, "POST"),
            Route(f"{one}/transfer", self.transfer, Scope.WRITE, "POST"),
        )

    @document_headers(Headers)
    @document_request(WriteNote)
    @document_response(MessageAnswer, 201)
    async def note(self, conversation: str) -> Response | Problem:
        """Keep a note, which is shown in the transcript and sent to nobody."""
        body = await receive_body(request)
        asked = read_body(request, body, WriteNote)
        if isinstance(asked, Problem):
            return asked
        if wrong := _wrong_text("text", asked.text, LONGEST):
            return wrong
        done = await self._done(conversation, body, TeamNote(asked.text))
        if not isinstance(done, Noted):
            return _refused(done)
        answer = MessageAnswer(
            id=to_text(MESSAGE, done.message),
            author="supervisor",
            type="note",
            text=asked.text,
            received_at=done.at,
            status="received",
        )
        return json_answer(answer, 201)

    @document_headers(Headers)
    @document_request(WriteMessage)
    @document_response(MessageAnswer, 201)
    async def write(self, conversation: str) -> Response | Problem:
        """Write to one side in the team's name.

        It waits like every other message where its reader's window is closed (`held`).
        """
        body = await receive_body(request)
        asked = read_body(request, body, WriteMessage)
        if isinstance(asked, Problem):
            return asked
        if asked.to not in SIDES:
            return invalid(FieldError("to", f"is unknown; known are {', '.join(SIDES)}"))
        if wrong := _wrong_text("text", asked.text, LONGEST):
            return wrong
        done = await self._done(conversation, body, TeamText(Side(asked.to), asked.text))
        if not isinstance(done, Wrote):
            return _refused(done)
        answer = MessageAnswer(
            id=to_text(MESSAGE, done.message),
            author="supervisor",
            type="text",
            text=asked.text,
            received_at=done.at,
            status="held" if done.held else "sending",
            to=asked.to,
        )
        return json_answer(answer, 201)

    @document_headers(Headers)
    @document_request(TransferConversation)
    @document_response(TransferAnswer, 201)
    async def transfer(self, conversation: str) -> Response | Problem:
        """Ask another agent to take the conversation over."""
        body = await receive_body(request)
        asked = read_body(request, body, TransferConversation)
        if isinstance(asked, Problem):
            return asked
        if asked.note is not None and (wrong := _wrong_text("note", asked.note, LONGEST_OFFER)):
            return wrong
        who = _read_agent(asked.to)
        if isinstance(who, BadPhone):
            return invalid(
                FieldError("to", f"must be `{NEXT}`, an agent's id or a number in E.164")
            )
        done = await self._done(conversation, body, TeamTransfer(who, asked.note))
        if not isinstance(done, AgentAsked):
            return _refused(done)
        return json_answer(TransferAnswer(done.offer, to_text(CONTACT, done.agent), done.at), 201)

    async def _done(
        self, conversation: str, body: bytes, wanted: TeamNote | TeamText | TeamTransfer
    ) -> SupervisionAnswer | Problem:
        repeatable = read_repeatable(request, body)
        if isinstance(repeatable, Problem):
            return repeatable
        id = read_id(conversation)
        if id is None:
            return problem(NotFound)
        asked = Supervision(wanted, requester(), repeatable)
        answer = await self._desk.supervise(calling_key().workspace, id, asked)
        if isinstance(answer, SupervisionAnswer):
            return answer
        return refusal_problem(answer, self._clock())


def _refused(done: SupervisionAnswer | Problem) -> Problem:
    assert isinstance(done, Problem)  # every request has an answer of its own kind
    return done


def _wrong_text(field: str, text: str, longest: int) -> Problem | None:
    if not text.strip() or len(text) > longest:
        return invalid(FieldError(field, f"must have 1 to {longest} characters"))
    if "\0" in text:  # WhatsApp's servers take none, nor does PostgreSQL
        return invalid(FieldError(field, "must not hold the character NUL"))
    return None


def _read_agent(text: str) -> ContactId | Phone | BadPhone | None:
    if text == NEXT:
        return None
    id = from_text(CONTACT, text)
    return ContactId(id) if id is not None else parse(text, None)
