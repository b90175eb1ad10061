"""Visitors who want no more outreach, or want it again: obeyed by the router.

Rule 1: who is in a talk is told beside it, and the talk goes on: their word is passed on as ever.
Rule 2: outside of one the word is all that they meant: it begins and resumes no conversation.
"""

from functools import partial
from typing import Final

from attrs import evolve, frozen

from kaisa_relay.actors.agents.presence import Said, notice, sending
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.routing.destinations import (
    Addressed,
    FromAgent,
    Homeless,
    Letter,
    TurnedAway,
)
from kaisa_relay.actors.workspace.suppressing import Stance, taken
from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.conversation.state import Phase, State
from kaisa_relay.domain.engagement.opting import Opting, opting_of
from kaisa_relay.domain.engagement.suppression import Source, by_telephone
from kaisa_relay.domain.ids import ContactId, ConversationId
from kaisa_relay.domain.phone import from_wa_id
from kaisa_relay.domain.routing import Answer
from kaisa_relay.domain.texts import TextKey
from kaisa_relay.ports import Append

Destination = Addressed | FromAgent | Homeless | TurnedAway

_TALKING: Final = frozenset({Phase.SEEKING, Phase.ACTIVE})
_TO_AGENTS: Final = frozenset(
    {TextKey.NO_CONVERSATION_AGENT, TextKey.HELP_AGENT, TextKey.BUSY_AS_AGENT}
)
_ANSWERS: Final = {Opting.OUT: TextKey.OPTED_OUT, Opting.IN: TextKey.OPTED_IN}


@frozen
class _Asked:
    """A message that is such a word, and who wrote it."""

    letter: Letter
    wish: Opting
    person: Person
    conversation: ConversationId | None = None

    @property
    def stance(self) -> Stance:
        """What it means for the list."""
        sender, person = self.letter.inbound.sender, self.person
        shown = from_wa_id(sender.wa_id) if sender.wa_id else None
        addresses = by_telephone(shown or person.phone, sender.bsuid or person.bsuid)
        return Stance(person.contact, addresses, Source.CHAT, self.wish, self.conversation)


async def obey_opting(context: Context, letter: Letter, where: Destination) -> Destination:
    """Do what a visitor says of outreach; returns where their message goes with that."""
    wish = opting_of(letter.inbound.content)
    if wish is None:
        return where
    match where:
        case Addressed(conversation=conversation, deliver=deliver):
            read = partial(context.journal.snapshot, letter.item.workspace, conversation)
            found = await context.patiently(read)
            contact = getattr(deliver.command, "contact", None)
            if found is None or found[0].visitor != contact:
                return where
            return await _in_conversation(context, letter, wish, where, found[0])
        case Homeless(answer=answer, person=person):
            if answer.text in _TO_AGENTS or await _is_agent(context, letter, person.contact):
                return where
            return await _outside(context, _Asked(letter, wish, person), where)
        case TurnedAway(person=person, changes=known):
            taken_in = await taken(
                context, letter.item.workspace, _Asked(letter, wish, person).stance
            )
            return evolve(where, changes=(*known, *taken_in.changes))  # obeyed, and not answered
        case FromAgent():
            return where


async def _in_conversation(
    context: Context, letter: Letter, wish: Opting, where: Addressed, state: State
) -> Destination:
    people = partial(context.directory.people, letter.item.workspace, [state.visitor])
    person = (await context.patiently(people)).get(state.visitor)
    if person is None:
        return where  # erased
    asked = _Asked(letter, wish, person, state.id)
    if state.phase in _TALKING:
        await _beside(context, asked)
        return where
    answer = Homeless(Answer(_ANSWERS[wish], person.contact), person, where.deliver.changes, "")
    return await _outside(context, asked, answer, otherwise=where)


async def _beside(context: Context, asked: _Asked) -> None:
    """Write it down and say so, in a commit of its own that is made once."""
    item = asked.letter.item
    news = await taken(context, item.workspace, asked.stance)
    if not news.events:
        return
    said = Said(_ANSWERS[asked.wish], {})
    send = notice(context, item.workspace, item.channel, asked.person, said)
    rows = (*news.changes, *sending(send))
    append = Append(item.workspace, f"message/{item.id}", 0, news.events, rows)
    if await context.patiently(partial(context.journal.append, append)) is None:
        context.exchange.ring((send,))


async def _outside(
    context: Context, asked: _Asked, where: Homeless, otherwise: Destination | None = None
) -> Destination:
    """Answer nothing but the word; who comes back without having left is answered as always."""
    news = await taken(context, asked.letter.item.workspace, asked.stance)
    if not news.events and asked.wish is Opting.IN:
        return otherwise or where
    answer = Answer(_ANSWERS[asked.wish], asked.person.contact)
    changes = (*where.changes, *news.changes)
    return Homeless(answer, where.person, changes, "", news.events)


async def _is_agent(context: Context, letter: Letter, contact: ContactId) -> bool:
    read = partial(context.directory.agents, letter.item.workspace, [contact])
    return bool(await context.patiently(read))
