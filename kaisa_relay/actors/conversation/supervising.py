"""A request in the team's name: as the conversation takes it, with its rows and its answer.

Rule 1: facts only; what is refused, and why, is decided in the domain.
"""

from functools import partial
from typing import Final, assert_never

import msgspec
from attrs import frozen

from kaisa_relay.actors.conversation.handing_over import facts
from kaisa_relay.actors.conversation.wording import Wording
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.workspace.reservation import KEEP_ANSWER
from kaisa_relay.domain.contact import Team
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation import windows
from kaisa_relay.domain.conversation.orders import HandOver, KeepNote, Order, WriteTo
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.conversation.terms import EndedBy
from kaisa_relay.domain.conversation.transferring import choose
from kaisa_relay.domain.ids import ContactId, MessageId
from kaisa_relay.domain.phone import Phone, candidates
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.ports import Change, KeyReused, SaveAnswer, StoreContent
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

_encode: Final = msgspec.json.Encoder().encode


def ended_by(requester: Requester | None) -> EndedBy:
    """Say who ends a conversation from outside: a person of the team, or a program."""
    person = requester is not None and requester.kind is RequesterKind.USER
    return EndedBy.SUPERVISOR if person else EndedBy.API


@frozen
class Ordered:
    """An order with what is committed beside it, and what its requester is answered."""

    order: Order
    changes: tuple[Change, ...]
    answer: SupervisionAnswer


async def ordered(
    context: Context, state: State, wording: Wording, request: Supervision
) -> Ordered | SupervisionAnswer | KeyReused:
    """Return what to decide, or the answer that this very request had before."""
    earlier = await _earlier(context, state, request)
    if earlier is not None:
        return earlier
    order = await _order(context, state, wording, request)
    answer = _answer(state, order)
    return Ordered(order, _changes(state, request, order, answer), answer)


async def _earlier(
    context: Context, state: State, request: Supervision
) -> SupervisionAnswer | KeyReused | None:
    repeatable = request.repeatable
    if repeatable is None:
        return None
    read = partial(context.directory.answer, state.workspace, repeatable.key, context.wall())
    kept = await context.patiently(read)
    if kept is None:
        return None
    if kept[0] != repeatable.request_hash:
        return KeyReused()
    return msgspec.json.decode(kept[1], type=_shape(request))


def _shape(request: Supervision) -> type[SupervisionAnswer]:
    match request.wanted:
        case TeamNote():
            return Noted
        case TeamText():
            return Wrote
        case TeamTransfer():
            return AgentAsked
        case _:
            assert_never(request.wanted)


async def _order(context: Context, state: State, wording: Wording, request: Supervision) -> Order:
    message, at, by = MessageId(context.new_id()), context.wall(), request.by
    match request.wanted:
        case TeamNote(text=text):
            return KeepNote(message, Text(text), by, at)
        case TeamText(to=to, text=text):
            return WriteTo(message, to, Text(text), by, at)
        case TeamTransfer(to=who, note=note):
            known = await facts(context, state, _named(state, wording, who), noted=note is not None)
            return HandOver(known, message, Text(note) if note is not None else None, by, at)
        case _:
            assert_never(request.wanted)


def _named(
    state: State, wording: Wording, who: ContactId | Phone | None
) -> tuple[ContactId, ...] | None:
    if who is None:
        return None
    agents = [each.contact for each in state.agents]
    if not isinstance(who, str):
        return (who,) if who in agents else ()
    forms = candidates(who)
    people = wording.people
    return tuple(each for each in agents if each in people and people[each].phone in forms)


def _answer(state: State, order: Order) -> SupervisionAnswer:
    """Return what is answered unless the order is refused."""
    match order:
        case KeepNote(message=message, at=at):
            return Noted(message, at)
        case WriteTo(message=message, to=to, at=at):
            return Wrote(message, at, held=not windows.reachable(state, to, at))
        case HandOver(handover=handover, at=at):
            agent = choose(state, handover)
            return AgentAsked(agent or state.visitor, state.offers + 1, at)
        case _:
            assert_never(order)


def _changes(
    state: State, request: Supervision, order: Order, answer: SupervisionAnswer
) -> tuple[Change, ...]:
    changes: list[Change] = []
    if order.content is not None:
        # It speaks of the visitor, so that it goes when they are erased.
        about = state.visitor
        changes.append(StoreContent(order.message, state.id, about, Team.TEAM, order.content))
    if (repeatable := request.repeatable) is not None:
        key, request_hash = repeatable.key, repeatable.request_hash
        until = order.at + KEEP_ANSWER
        changes.append(SaveAnswer(key, request_hash, _encode(answer), until))
    return tuple(changes)
