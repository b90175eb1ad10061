"""Whose message is it? The identity ladder (product, section 1, step 4).

Rule 1: the first rung that holds decides; when none does we answer, we never guess.
Rule 2: a token tells apart what numbers cannot, and never overrules a live conversation.
"""

from datetime import datetime
from typing import Final

from attrs import field, frozen

from kaisa_relay.domain import chat_commands
from kaisa_relay.domain.chat_commands import PresenceCommand
from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId
from kaisa_relay.domain.texts import FALLBACK, TextKey


@frozen
class Pair:
    """A person on a channel: the live conversation they are in, and when they last wrote.

    `role` stays after the conversation has ended: it is the last one they had here.
    """

    channel: ChannelId
    contact: ContactId
    conversation: ConversationId | None
    role: Side | None
    last_conversation: ConversationId | None = None
    inbound_at: datetime | None = None


@frozen
class Token:
    """What a link's token stands for; `live` while its reservation or conversation is.

    `link` is the number of a link that was made later, which leads back also after the end;
    `newer` is the latest link to the same conversation where it is another.
    """

    value: str = field(repr=False)
    conversation: ConversationId
    channel: ChannelId
    until: datetime
    visitor: ContactId
    used_by: ContactId | None
    live: bool
    url: str = field(repr=False, default="")
    link: int | None = None
    newer: str | None = field(repr=False, default=None)


@frozen
class Facts:
    """What is known of one message: `contacts` are all that may be its sender, best match first.

    `pairs` are those of `contacts` on this channel; `token` is the known one found in the text;
    `named` is the conversation that a button of ours names.
    `said` is the text, empty for anything else; `agents` are those of `contacts` known as agents;
    `hidden` says that the sender shows no number; `moved` is what they are in that went over to
    another channel; `outcome` is an ended one whose agent says by a button how it went; `blocked`
    are those of `contacts` that are on the block list.
    """

    channel: ChannelId
    contacts: tuple[ContactId, ...]
    pairs: tuple[Pair, ...]
    token: Token | None
    named: ConversationId | None
    at: datetime
    said: str = field(default="", repr=False)
    agents: frozenset[ContactId] = frozenset()
    ended: "ToConversation | None" = None
    hidden: bool = False
    blocked: frozenset[ContactId] = frozenset()
    moved: ConversationId | None = None
    outcome: "ToConversation | None" = None


@frozen
class ToConversation:
    """It belongs to this live conversation; `duplicate` is a reservation that it makes needless."""

    conversation: ConversationId
    contact: ContactId
    duplicate: ConversationId | None = None


@frozen
class Binds:
    """The token binds the sender to its reservation; `contact` is None for someone new."""

    token: Token
    contact: ContactId | None


@frozen
class Answer:
    """It belongs nowhere: say so. `link` names the conversation whose link is the right one."""

    text: TextKey
    contact: ContactId | None
    link: ConversationId | None = None


@frozen
class OfAgent:
    """An agent's command that concerns themselves and no conversation, live or not."""

    command: PresenceCommand
    contact: ContactId


@frozen
class Blocked:
    """It reaches nobody. `conversation` is what they are in all the same, and has to end;
    `scanned` says that they came by a link."""

    contact: ContactId
    conversation: ConversationId | None
    scanned: bool


Route = ToConversation | Binds | OfAgent | Blocked | Answer


def route(facts: Facts) -> Route:
    """Walk the ladder."""
    live = [pair for pair in facts.pairs if pair.conversation is not None]
    sender = facts.contacts[0] if len(facts.contacts) == 1 else None
    command = presence_command(facts.said)
    if command is not None and (agent := _agent(facts, live, sender)) is not None:
        return OfAgent(command, agent)
    if facts.blocked and not _spared(facts, live):
        conversation = live[0].conversation if live else None
        return Blocked(min(facts.blocked), conversation, facts.token is not None)
    if facts.outcome is not None:
        return facts.outcome
    if len(live) == 1:
        return _live(facts, live[0])
    if facts.named is not None and sender is not None:
        return ToConversation(facts.named, sender)
    if facts.ended is not None and _goes_on(facts.ended, facts.token):
        return facts.ended
    if facts.moved is not None:
        return Answer(TextKey.RIGHT_LINK, sender, facts.moved)
    if facts.token is not None:
        return _by_token(facts, facts.token, sender)
    return Answer(_out_of_session(facts, sender), sender)


OPT_IN: Final = "/on"
"""What the button of an invitation carries: the command that it stands for."""


def presence_command(said: str) -> PresenceCommand | None:
    """Read what an agent may say of themselves; None is anything else."""
    typed = chat_commands.parse(said, FALLBACK) if said.lstrip().startswith("/") else None
    return typed if isinstance(typed, PresenceCommand) else None


def _agent(facts: Facts, live: list[Pair], sender: ContactId | None) -> ContactId | None:
    """Return who writes as an agent; whoever is a visitor here just now does not."""
    if live:
        return live[0].contact if len(live) == 1 and live[0].role is Side.AGENT else None
    asked = any(pair.role is Side.AGENT and pair.contact == sender for pair in facts.pairs)
    return sender if asked or sender in facts.agents else None


def _spared(facts: Facts, live: list[Pair]) -> bool:
    """Say whether a live conversation is theirs as an agent, or somebody's who is not blocked."""
    return any(pair.role is Side.AGENT or pair.contact not in facts.blocked for pair in live)


def _goes_on(ended: ToConversation, token: Token | None) -> bool:
    """Say whether the visitor means the conversation that has just ended: no other link does."""
    return token is None or (token.conversation == ended.conversation and not token.live)


def _live(facts: Facts, pair: Pair) -> Route:
    assert pair.conversation is not None
    token = facts.token
    if token is None or token.conversation == pair.conversation or not token.live:
        return ToConversation(pair.conversation, pair.contact)
    if pair.role is Side.AGENT:
        return Answer(TextKey.BUSY_AS_AGENT, pair.contact)
    duplicate = token.conversation if token.used_by is None else None
    return ToConversation(pair.conversation, pair.contact, duplicate)


def _by_token(facts: Facts, token: Token, sender: ContactId | None) -> Route:
    # Several contacts may share a number; the token tells which of them is meant.
    meant = (each for each in (token.used_by, token.visitor) if each in facts.contacts)
    sender = next(meant, sender)
    if token.used_by is not None and token.used_by != sender:
        return Answer(TextKey.LINK_USED, sender)
    if not (token.live or token.link is not None) or facts.at >= token.until:
        return Answer(TextKey.LINK_ENDED, sender)
    if token.link is not None and token.newer is not None and sender != token.visitor:
        return Answer(TextKey.RIGHT_LINK, sender, token.conversation)  # the newest wins
    if token.channel != facts.channel:
        return Answer(TextKey.RIGHT_LINK, sender, token.conversation)
    return Binds(token, sender)


def _out_of_session(facts: Facts, sender: ContactId | None) -> TextKey:
    roles = {pair.role for pair in facts.pairs if pair.contact == sender}
    if facts.hidden and not facts.contacts:
        return TextKey.ASK_NUMBER  # once: from here on we know them
    return _to_agent(facts.said) if Side.AGENT in roles else TextKey.OUT_OF_SESSION_VISITOR


def _to_agent(said: str) -> TextKey:
    match chat_commands.parse(said, FALLBACK):
        case chat_commands.Help():
            return TextKey.HELP_AGENT
        case _:
            return TextKey.NO_CONVERSATION_AGENT
