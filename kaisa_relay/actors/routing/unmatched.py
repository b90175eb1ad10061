"""Messages that belong to no conversation: answered, noted, and decided in one commit."""

from functools import partial

import structlog

from kaisa_relay.actors.addresses import recipient
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.recent import SenderKey
from kaisa_relay.actors.routing.destinations import Homeless
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation.messages import MessageUnmatched
from kaisa_relay.domain.courtesy import Courtesy, courtesy
from kaisa_relay.domain.ids import CHANNEL, CONTACT, MessageId, SendId, to_text
from kaisa_relay.domain.inbound import Inbound
from kaisa_relay.domain.outgoing import AskNumber
from kaisa_relay.domain.sending import Purpose
from kaisa_relay.domain.texts import TextKey, render
from kaisa_relay.ports import (
    Append,
    Change,
    Done,
    InboxItem,
    NewSend,
    Send,
    StoreContent,
    TouchPair,
)

logger = structlog.get_logger()


async def answer_unmatched(
    context: Context, item: InboxItem, inbound: Inbound, homeless: Homeless
) -> None:
    """Say to its writer that nobody reads this message, and why, unless they heard it enough."""
    contact, text, at = homeless.person.contact, homeless.answer.text, context.wall()
    key = _key(context, item, inbound)
    before = context.courtesies.get(key) or Courtesy()
    after = courtesy(before, text, at)
    silent = after.silent and not homeless.events
    send = None if silent else _answer(context, item, homeless)
    answer, sent = (send.message, send.id) if send is not None else (None, None)
    event = MessageUnmatched(item.id, item.channel, contact, answer, sent, text, at)
    changes: tuple[Change, ...] = (
        Done((item.id,)),
        *homeless.changes,
        TouchPair(item.channel, contact, min(inbound.sent_at, at)),
        StoreContent(item.id, None, contact, None, inbound.content, inbound.wamid),
    )
    if send is not None:
        kept = StoreContent(send.message, None, contact, None, send.outgoing)
        changes = (*changes, kept, NewSend(send))
    events = (event, *homeless.events)
    append = Append(item.workspace, f"message/{item.id}", 0, events, changes)
    context.exchange.forget_changed(changes)  # the router waits, so nobody reads meanwhile
    if await context.patiently(partial(context.journal.append, append)) is not None:
        return  # decided before
    context.courtesies.put(key, after)
    if send is not None:
        context.exchange.ring((send,))
    elif not before.silent:
        where, who = to_text(CHANNEL, item.channel), to_text(CONTACT, contact)
        logger.warning("no longer answered", channel=where, contact=who)


def _key(context: Context, item: InboxItem, inbound: Inbound) -> SenderKey:
    channel = context.accounts.channel(item.workspace, item.channel)
    portfolio = channel.portfolio if channel is not None else ""
    return (item.workspace, portfolio, inbound.sender.bsuid, inbound.sender.wa_id)


def _answer(context: Context, item: InboxItem, homeless: Homeless) -> Send:
    person, texts = homeless.person, context.accounts.workspace(item.workspace).texts
    asks = homeless.answer.text is TextKey.ASK_NUMBER
    said = render(homeless.answer.text, person.language, {"url": homeless.url}, texts)
    return Send(
        workspace=item.workspace,
        id=SendId(context.new_id()),
        channel=item.channel,
        conversation=None,
        message=MessageId(context.new_id()),
        contact=person.contact,
        recipient=recipient(person),
        outgoing=AskNumber(said) if asks else Text(said),
        purpose=Purpose.NOTICE,
    )
