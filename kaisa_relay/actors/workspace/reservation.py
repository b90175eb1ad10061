"""The rows and the answer of one reservation. Pure."""

from datetime import timedelta
from typing import Final

import msgspec
from attrs import field, frozen

from kaisa_relay.actors.conversation.changes import wake_at
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Person, Side
from kaisa_relay.domain.conversation.deadlines import expires_at
from kaisa_relay.domain.conversation.messages import Candidate, ConversationCreated
from kaisa_relay.domain.conversation.state import created
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.domain.phone import candidates
from kaisa_relay.ports import (
    Change,
    ClaimPair,
    KnowAgent,
    NewConversation,
    Reservation,
    SamePerson,
    SaveAnswer,
    SaveContact,
    SaveConversation,
    SaveMetadata,
    SaveToken,
)

KEEP_ANSWER: Final = timedelta(hours=24)
KEEP_TOKEN: Final = timedelta(days=7)
"""How long a token is known after its link has lapsed."""

_encode: Final = msgspec.json.Encoder().encode
decode_reservation: Final = msgspec.json.Decoder(Reservation).decode
"""Reads an answer that was kept under an idempotency key."""


@frozen
class People:
    """The persons of a request: the visitor, then the agents in their order.

    `visitor_may_be` are all who are known by the visitor's number; `as_of` is an id from before
    they were looked up.
    """

    visitor: Person = field(repr=False)
    agents: tuple[Person, ...] = field(repr=False)
    visitor_may_be: tuple[ContactId, ...] = ()
    as_of: int = 0

    @property
    def contacts(self) -> list[ContactId]:
        """Everybody's contact."""
        return [self.visitor.contact, *(agent.contact for agent in self.agents)]

    def twins(self) -> SamePerson | None:
        """Say which two are one person by what we know of them, if any are."""
        seen: dict[ContactId, int] = {}
        for index, contact in enumerate(self.contacts, start=-1):
            if contact in seen:
                return SamePerson(seen[contact], index)
            seen[contact] = index
        return None

    def candidates(self, request: NewConversation) -> tuple[Candidate, ...]:
        """Return the agents as the conversation knows them."""
        return tuple(
            Candidate(person.contact, person.language, form.priority)
            for form, person in zip(request.agents, self.agents, strict=True)
        )


@frozen
class Link:
    """The token of a reservation, the wa.me link that carries it, and whose BSUIDs come by it."""

    token: str = field(repr=False)
    url: str = field(repr=False)
    portfolio: str


def reservation_of(
    request: NewConversation, event: ConversationCreated, channel: Channel, link: Link
) -> Reservation:
    """Return what the request is answered with."""
    lapses = expires_at(created(event))
    assert lapses is not None
    chosen = [agent.contact for agent in event.agents].index(event.chosen)
    return Reservation(
        conversation=event.conversation,
        channel=channel.id,
        channel_phone=channel.phone,
        url=link.url,
        visitor=request.visitor,
        agent=request.agents[chosen],
        metadata=request.metadata,
        created_at=event.at,
        expires_at=lapses,
    )


def reservation_rows(
    request: NewConversation,
    people: People,
    event: ConversationCreated,
    reservation: Reservation,
    link: Link,
) -> tuple[Change, ...]:
    """Return what is committed with `conversation.created`; what may lose a race comes first."""
    conversation, channel, state = event.conversation, event.channel, created(event)
    until = reservation.expires_at + KEEP_TOKEN
    rows: list[Change] = [
        ClaimPair(channel, event.visitor, conversation, Side.VISITOR),
        SaveToken(link.token, conversation, channel, until, link.url),
    ]
    if request.repeatable is not None:
        key, request_hash = request.repeatable.key, request.repeatable.request_hash
        rows.append(SaveAnswer(key, request_hash, _encode(reservation), event.at + KEEP_ANSWER))
    for person in (people.visitor, *people.agents):
        phones = candidates(person.phone) if person.phone else ()
        rows.append(SaveContact(person, link.portfolio, phones))
    rows += [
        KnowAgent(agent.contact, named.capacity)
        for agent, named in zip(people.agents, request.agents, strict=True)
    ]
    rows.append(SaveMetadata(conversation, event.visitor, request.metadata))
    rows.append(SaveConversation(state, 1, wake_at(state, event.at)))
    return tuple(rows)
