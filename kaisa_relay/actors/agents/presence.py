"""Agents' own commands, obeyed for whoever has no conversation to say them to, or has one.

Rule 1: an agent's stream is written by whoever acts for the agent, guarded by its version.
Rule 2: the pool hears of a change after the commit; the row is what it goes by.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from attrs import frozen

from kaisa_relay.actors.addresses import recipient
from kaisa_relay.actors.agents.chats import Chats, chats_of, held, told
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import AgentChanged, AgentWrote
from kaisa_relay.actors.routing.destinations import FromAgent
from kaisa_relay.domain import presence
from kaisa_relay.domain.chat_commands import Off, On, Pause, PresenceCommand, Status
from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation.messages import Event, MessageUnmatched
from kaisa_relay.domain.durations import write_duration
from kaisa_relay.domain.ids import ChannelId, ContactId, MessageId, SendId, WorkspaceId
from kaisa_relay.domain.inbound import Inbound
from kaisa_relay.domain.outgoing import Button, Buttons
from kaisa_relay.domain.payloads import PassOn, encode
from kaisa_relay.domain.presence import Agent, Presence, PresenceEvent
from kaisa_relay.domain.sending import Purpose
from kaisa_relay.domain.texts import Overrides, TextKey, render
from kaisa_relay.ports import (
    Append,
    Change,
    CountMiss,
    Done,
    InboxItem,
    NewSend,
    SavePresence,
    Send,
    StoreContent,
    TouchPair,
)


@frozen
class Said:
    """What an agent is told: a text with its values, and the chats that stay with them."""

    text: TextKey
    values: dict[str, str]
    chats: Chats | None = None


def agent_stream(agent: ContactId) -> str:
    """Return the name of an agent's stream."""
    return f"agent/{agent}"


async def read_agent(context: Context, workspace: WorkspaceId, contact: ContactId) -> Agent:
    """Return how an agent stands; one without a row is available."""
    read = partial(context.directory.agents, workspace, [contact])
    return (await context.patiently(read)).get(contact, Agent(contact))


async def obey_agent(context: Context, item: InboxItem, inbound: Inbound, asked: FromAgent) -> None:
    """Do what an agent asks for themselves, and tell them, in the commit that decides it."""
    contact = asked.person.contact
    while True:
        at = context.wall()
        agent = await read_agent(context, item.workspace, contact)
        events = _decide(agent, asked.command, item.id, at)
        said = await _said(context, item.workspace, agent, asked.command)
        send = notice(context, item.workspace, item.channel, asked.person, said)
        kept = StoreContent(item.id, None, contact, None, inbound.content, inbound.wamid)
        touched = TouchPair(item.channel, contact, min(inbound.sent_at, at))
        hears = await told(context, item.workspace, contact, events)
        changes = (Done((item.id,)), *asked.changes, touched, kept, *sending(send), *hears)
        heard = MessageUnmatched(
            item.id, item.channel, contact, send.message, send.id, said.text, at
        )
        append = (
            presence_append(item.workspace, agent, events, changes)
            if events
            else Append(item.workspace, f"message/{item.id}", 0, (heard,), changes)
        )
        context.exchange.forget_changed(changes)  # the router waits, so nobody reads meanwhile
        conflict = await context.patiently(partial(context.journal.append, append))
        if conflict is None:
            break
        if isinstance(conflict.change, Done):
            return  # decided before
    context.exchange.ring((send,))
    await _tell_where_they_wrote(context, item, contact, min(inbound.sent_at, at))
    if events:
        tell_pool(context, item.workspace, contact)


def _decide(
    agent: Agent, command: PresenceCommand, said: MessageId, at: datetime
) -> tuple[PresenceEvent, ...]:
    return () if isinstance(command, Status) else presence.obey(agent, command, said, at)


def presence_append(
    workspace: WorkspaceId,
    agent: Agent,
    events: Sequence[PresenceEvent],
    changes: Sequence[Change] = (),
) -> Append:
    """Return the commit of what happened to an agent; it loses if something else did first."""
    after = agent
    for event in events:
        after = presence.evolve(after, event)
    own: tuple[Event, ...] = tuple(events)
    forgiven = (CountMiss(agent.contact, missed=False),) if presence.begins_anew(events) else ()
    rows = (*changes, SavePresence(after), *forgiven)
    return Append(workspace, agent_stream(agent.contact), agent.version, own, rows)


def tell_pool(context: Context, workspace: WorkspaceId, contact: ContactId) -> None:
    """Tell the pool that an agent comes or goes."""
    if pool := context.exchange.pools.get(workspace):
        pool.tell(AgentChanged(contact))


async def _tell_where_they_wrote(
    context: Context, item: InboxItem, contact: ContactId, sent_at: datetime
) -> None:
    """Tell the conversation that they have on this channel: what waits for them can go out."""
    for pair in await held(context, item.workspace, contact):
        assert pair.conversation is not None
        if pair.channel == item.channel:
            wrote = AgentWrote(contact, sent_at)
            context.exchange.tell_conversation(item.workspace, pair.conversation, wrote)


# --- what they are told


async def _said(
    context: Context, workspace: WorkspaceId, agent: Agent, command: PresenceCommand
) -> Said:
    match command:
        case On():
            return Said(TextKey.ON_AGENT, {})
        case Off():
            return Said(TextKey.OFF_AGENT, {}, await chats_of(context, workspace, agent.contact))
        case Pause(time=time):
            if time is None:
                return Said(TextKey.PAUSE_HOW, {})
            chats = await chats_of(context, workspace, agent.contact)
            return Said(TextKey.PAUSED_AGENT, {"time": write_duration(time)}, chats)
        case Status():
            return await _status(context, workspace, agent)


async def _status(context: Context, workspace: WorkspaceId, agent: Agent) -> Said:
    at = context.wall()
    chats = (await chats_of(context, workspace, agent.contact)).shown
    match agent.presence_at(at):
        case Presence.AVAILABLE if not chats:
            return Said(TextKey.STATUS_FREE, {})
        case Presence.AVAILABLE:
            return Said(TextKey.STATUS_AVAILABLE, {"chats": chats})
        case Presence.AWAY:
            return Said(TextKey.STATUS_AWAY, {"chats": chats})
        case Presence.PAUSED:
            assert agent.paused_until is not None
            time = whole_minutes(agent.paused_until - at)
            return Said(TextKey.STATUS_PAUSED, {"chats": chats, "time": time})


def whole_minutes(left: timedelta) -> str:
    """Write what is left of a pause, the minute that has begun included."""
    minutes = -(-left // timedelta(minutes=1))
    return write_duration(timedelta(minutes=minutes))


def notice(
    context: Context, workspace: WorkspaceId, channel: ChannelId, person: Person, said: Said
) -> Send:
    """Return a text of ours to an agent, outside any conversation."""
    return Send(
        workspace=workspace,
        id=SendId(context.new_id()),
        channel=channel,
        conversation=None,
        message=MessageId(context.new_id()),
        contact=person.contact,
        recipient=recipient(person),
        outgoing=_worded(context.accounts.workspace(workspace).texts, channel, person, said),
        purpose=Purpose.NOTICE,
    )


def _worded(texts: Overrides, channel: ChannelId, person: Person, said: Said) -> Text | Buttons:
    """Return the words; with a button that hands over the conversation they have here, if any."""
    language, chats = person.language, said.chats or Chats()
    body = render(said.text, language, said.values, texts)
    if chats.shown:
        body += "\n" + render(TextKey.STILL_YOURS, language, {"chats": chats.shown}, texts)
    conversation = chats.to_hand_over(channel)
    if conversation is None:
        return Text(body)
    label = render(TextKey.HAND_OVER, language, {}, texts)
    return Buttons(body, (Button(encode(PassOn(conversation)), label),))


def sending(send: Send) -> tuple[Change, ...]:
    """Return the rows of such a text."""
    return (
        StoreContent(send.message, None, send.contact, None, send.outgoing),
        NewSend(send),
    )
