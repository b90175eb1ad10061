"""Messages of people on the block list: they reach nobody and are not kept, only counted.

Rule 1: silence is the answer; who tries a link is told once a day that it leads nowhere.
Rule 2: a conversation that they are in all the same ends: the block came while it was made, or
whoever blocked them could not tell it.
"""

from functools import partial

from kaisa_relay.actors.agents.presence import Said, notice, sending
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import VisitorGone
from kaisa_relay.actors.recent import SenderKey, sender_key
from kaisa_relay.actors.routing.destinations import TurnedAway
from kaisa_relay.domain.conversation.events import MessageBlocked
from kaisa_relay.domain.courtesy import Courtesy, blocked_courtesy
from kaisa_relay.domain.inbound import Inbound
from kaisa_relay.domain.texts import TextKey
from kaisa_relay.ports import Append, Done, InboxItem, Send


async def turn_away(context: Context, item: InboxItem, inbound: Inbound, who: TurnedAway) -> None:
    """Note that they wrote, and nothing of what."""
    at, key = context.wall(), _key(context, item, inbound)
    after = blocked_courtesy(context.courtesies.get(key) or Courtesy(), at)
    send = _answer(context, item, who) if who.scanned and not after.silent else None
    answer, sent = (send.message, send.id) if send is not None else (None, None)
    event = MessageBlocked(item.id, item.channel, who.contact, at, answer, sent)
    changes = (Done((item.id,)), *who.changes, *(sending(send) if send is not None else ()))
    append = Append(item.workspace, f"message/{item.id}", 0, (event,), changes)
    context.exchange.forget_changed(changes)  # the router waits, so nobody reads meanwhile
    if await context.patiently(partial(context.journal.append, append)) is not None:
        return  # decided before
    if send is not None:
        context.courtesies.put(key, after)
        context.exchange.ring((send,))
    if who.conversation is not None:
        context.exchange.tell_conversation(item.workspace, who.conversation, VisitorGone())


def _key(context: Context, item: InboxItem, inbound: Inbound) -> SenderKey:
    channel = context.accounts.channel(item.workspace, item.channel)
    assert channel is not None  # else nobody is addressed
    return sender_key(channel, inbound.sender)


def _answer(context: Context, item: InboxItem, who: TurnedAway) -> Send:
    said = Said(TextKey.BLOCKED_VISITOR, {})
    return notice(context, item.workspace, item.channel, who.person, said)
