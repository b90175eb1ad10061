"""A link that leads back into a conversation: its token, its rows, its answer.

Rule 1: facts only; whether there may be one is decided in the domain.
"""

from functools import partial
from typing import Final

import msgspec
from attrs import frozen

from kaisa_relay.actors.conversation.requests import TRIES, Decider
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import MakeLink
from kaisa_relay.actors.workspace.reservation import KEEP_ANSWER
from kaisa_relay.domain.conversation.links import GiveLink, GivenLink
from kaisa_relay.domain.conversation.recovering import made_by, next_number
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ChannelId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.texts import TextKey, render
from kaisa_relay.domain.tokens import new_token
from kaisa_relay.ports import Change, KeyReused, SaveAnswer, SaveToken
from kaisa_relay.ports.linking import LinkMade, NewLink

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(LinkMade).decode


@frozen
class _Wanted:
    """What to decide, what is committed with it, and what is answered."""

    order: GiveLink
    changes: tuple[Change, ...]
    answer: LinkMade


async def make_link(task: Decider, asked: MakeLink) -> None:
    """Have a link made, or say why not; a repeat has the one that it had."""
    if asked.reply.settled:
        return  # whoever asked has gone
    for _ in range(TRIES):
        task.raced = False
        earlier = await _earlier(task.context, task.state, asked.request)
        if earlier is not None:
            asked.reply.answer(earlier)
            return
        wanted = _wanted(task.context, task.state, asked.request)
        refusal = await task.apply(wanted.order, wanted.changes)
        if refusal is not None or not task.raced:
            asked.reply.answer(wanted.answer if refusal is None else refusal)
            return
    asked.reply.close()


async def _earlier(context: Context, state: State, request: NewLink) -> LinkMade | KeyReused | None:
    given = made_by(state, request.origin)
    if given is not None:
        return await _made(context, state, given)
    repeatable = request.repeatable
    if repeatable is None:
        return None
    read = partial(context.directory.answer, state.workspace, repeatable.key, context.wall())
    kept = await context.patiently(read)
    if kept is None:
        return None
    return _decode(kept[1]) if kept[0] == repeatable.request_hash else KeyReused()


async def _made(context: Context, state: State, given: GivenLink) -> LinkMade | None:
    read = partial(context.directory.link, state.workspace, state.id, given.number)
    token = await context.patiently(read)
    if token is None:
        return None
    return LinkMade(
        conversation=state.id,
        link=given.number,
        channel=token.channel,
        channel_phone=_phone(context, state, token.channel),
        url=token.url,
        token=token.value,
        created_at=given.at,
        expires_at=given.until,
    )


def _wanted(context: Context, state: State, request: NewLink) -> _Wanted:
    at, settings = context.wall(), context.accounts.workspace(state.workspace)
    until = at + (request.lasts or settings.recovery_link_time)
    channel = context.accounts.channel(state.workspace, state.channel)
    taking = channel is not None and not channel.draining
    order = GiveLink(until, at, request.origin, request.by, open=taking)
    number, token = next_number(state), new_token(context.rng)
    phone = _phone(context, state, state.channel)
    text = render(TextKey.PREFILLED_LINK, state.language, {"token": token}, settings.texts)
    url = context.link(phone, text) if phone is not None else ""
    answer = LinkMade(state.id, number, state.channel, phone, url, token, at, until)
    return _Wanted(order, _changes(state, request, answer), answer)


def _changes(state: State, request: NewLink, answer: LinkMade) -> tuple[Change, ...]:
    # Whoever has written before has a past here, which nobody else is shown into.
    bound = state.visitor if state.started_at is not None else None
    save = SaveToken(
        answer.token,
        state.id,
        state.channel,
        answer.expires_at,
        answer.url,
        answer.link,
        bound,
        request.origin,
    )
    repeatable = request.repeatable
    if repeatable is None:
        return (save,)
    until = answer.created_at + KEEP_ANSWER
    kept = SaveAnswer(repeatable.key, repeatable.request_hash, _encode(answer), until)
    return (save, kept)


def _phone(context: Context, state: State, channel: ChannelId) -> Phone | None:
    known = context.accounts.channel(state.workspace, channel)
    return known.phone if known is not None else None
