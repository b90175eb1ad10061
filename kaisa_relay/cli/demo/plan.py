"""What each phone must show in the end, message by message, when all goes as planned."""

from collections.abc import Mapping, Sequence

from kaisa_relay.cli.demo.cast import Chat, Ending
from kaisa_relay.cli.demo.people import Arrival, Person
from kaisa_relay.domain.texts import TextKey, render


def offer_for(visitor: Person) -> str:
    """Return how an offer is written in plans; its real wording depends on the window."""
    return f"[offer for {visitor.first_name}]"


def reading(arrival: Arrival, visitors: Sequence[Person]) -> str:
    """Return an arrival as plans write it."""
    if arrival.buttons:
        for visitor in visitors:
            if visitor.first_name in arrival.text:
                return offer_for(visitor)
    return arrival.text


def seeking(visitor: Person) -> str:
    """Return the first text that a visitor gets."""
    return render(TextKey.SEEKING, visitor.language, {"name": visitor.first_name})


def queued(visitor: Person) -> str:
    """Return what a visitor is told when every agent is busy."""
    return render(TextKey.QUEUED, visitor.language, {})


def agent_found(chat: Chat) -> str:
    """Return what a visitor is told when somebody accepts."""
    return render(TextKey.AGENT_FOUND, chat.visitor.language, {"agent": chat.taker.first_name})


def agent_card(chat: Chat) -> str:
    """Return what the agent is told about the visitor."""
    return render(TextKey.AGENT_CARD, chat.taker.language, {"name": chat.visitor.name})


def closed_visitor(visitor: Person) -> str:
    """Return a visitor's closing text."""
    return render(TextKey.CLOSED_VISITOR, visitor.language, {})


def closed_agent(chat: Chat) -> str:
    """Return the agent's closing text."""
    if chat.ending is not Ending.AGENT:
        return render(TextKey.CLOSED_BY_SYSTEM_AGENT, chat.taker.language, {})
    keys = (TextKey.CLOSED_AGENT, TextKey.OUTCOME_ASKED)
    return " ".join(render(key, chat.taker.language, {}) for key in keys)


def visitor_gets(chat: Chat) -> tuple[str, ...]:
    """Return everything that a visitor's phone must show, in order."""
    wait = (queued(chat.visitor),) if chat.queued else ()
    beginning = (seeking(chat.visitor), *wait, agent_found(chat))
    return (*beginning, *chat.answers, closed_visitor(chat.visitor))


def agent_gets(agent: Person, chat: Chat) -> tuple[str, ...]:
    """Return everything that an agent's phone must show of one chat, in order."""
    offer = offer_for(chat.visitor)
    if agent != chat.taker:
        return (offer,)
    return (offer, agent_card(chat), *chat.says, closed_agent(chat))


def phones(chats: Sequence[Chat], channels: Mapping[str, str]) -> dict[tuple[str, str], list[str]]:
    """Return what must be on every phone, by (person, phone_number_id), in order.

    `channels` has each chat's phone_number_id by the visitor's name. On one channel the chats
    follow each other in the order of the plan.
    """
    shown: dict[tuple[str, str], list[str]] = {}
    for chat in chats:
        channel = channels[chat.visitor.name]
        shown[chat.visitor.name, channel] = list(visitor_gets(chat))
        for agent in chat.agents:
            shown.setdefault((agent.name, channel), []).extend(agent_gets(agent, chat))
    return shown
