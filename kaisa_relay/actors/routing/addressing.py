"""Whose message is it: turns the answer of `domain.routing` into a command, or into a reply.

Rule 1: the ladder itself is in the domain; here its facts are gathered and its answer carried out.
Rule 2: nobody is written to at a number that only a form claims to be theirs.
"""

from collections.abc import Callable, Sequence
from functools import partial

from attrs import define, evolve, field, frozen

from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import Deliver
from kaisa_relay.actors.recent import SenderKey, sender_key
from kaisa_relay.actors.routing.destinations import (
    Addressed,
    FromAgent,
    Homeless,
    Letter,
    TurnedAway,
)
from kaisa_relay.actors.routing.learning import Learning
from kaisa_relay.actors.routing.lookups import Lookups, Moved
from kaisa_relay.actors.routing.shifting import Shifting
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Person, Sender
from kaisa_relay.domain.content import ButtonTap, Content, Text
from kaisa_relay.domain.conversation.messages import MatchedBy, Receive
from kaisa_relay.domain.crossing import opens_window
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId
from kaisa_relay.domain.inbound import refers_to, showing_number
from kaisa_relay.domain.phone import Phone, candidates, from_wa_id
from kaisa_relay.domain.routing import (
    OPT_IN,
    Answer,
    Binds,
    Blocked,
    Facts,
    OfAgent,
    ToConversation,
    Token,
    presence_command,
    route,
)
from kaisa_relay.domain.texts import Overrides
from kaisa_relay.domain.tokens import is_untouched, strip_token
from kaisa_relay.ports import Change, SaveContact, UseToken


@frozen
class _Binding:
    """A sender who used a token with a message that is not decided yet."""

    item: MessageId
    conversation: ConversationId
    contact: ContactId


@define(eq=False)
class Addressing:
    """Finds the conversation of each inbound message."""

    context: Context
    lookups: Lookups
    shifting: Shifting
    learning: Learning
    binding: dict[SenderKey, _Binding] = field(factory=dict)

    def decided(self, item: MessageId) -> None:
        """This row needs no more attention: whom it bound is in the directory now."""
        for key in [key for key, each in self.binding.items() if each.item == item]:
            del self.binding[key]

    async def address(self, letter: Letter) -> Addressed | FromAgent | Homeless | TurnedAway:
        """Walk the identity ladder for one message."""
        shown = showing_number(letter.inbound)
        if shown is not letter.inbound:
            letter = evolve(letter, inbound=shown)
        channel, content = letter.channel, letter.inbound.content
        held = self.binding.get(sender_key(channel, letter.inbound.sender))
        if held is not None and held.item < letter.item.id:
            return self._addressed(letter, held.conversation, self._receive(letter, held.contact))
        who = await self.shifting.settled(channel, letter.inbound.sender)
        contacts = who.contacts
        blocked = await self.lookups.blocked(channel, contacts, letter.inbound.sender)
        pairs = await self.lookups.pairs(channel, contacts, letter.inbound.sender)
        if who.same and not any(pair.conversation for pair in pairs):
            contacts = contacts[:1]  # any of them is who writes; the better known is answered
        token = await self.lookups.token(channel, content)
        named = await self.lookups.named(channel, content)
        if not contacts and named is not None:
            contacts = await self.lookups.offered(channel, content)
        said, at = _said(content), self.context.wall()
        agents = await self._agents(letter, contacts, said)
        # A reaction to something old resumes nothing.
        ended = await self.lookups.ended(channel, pairs, at) if opens_window(content) else None
        outcome = await self.lookups.outcome(channel, content, contacts)
        moved = await self.lookups.moved(channel, pairs)
        facts = Facts(channel.id, contacts, pairs, token, named, at, said, agents, ended)
        went, hidden = moved.conversation if moved else None, letter.inbound.sender.wa_id is None
        match route(evolve(facts, blocked=blocked, moved=went, hidden=hidden, outcome=outcome)):
            case ToConversation() as chosen:
                return await self._deliver(letter, chosen, token, named)
            case Binds(token=bound, contact=known):
                return await self._bind(letter, bound, known)
            case Blocked(contact=contact, conversation=conversation, scanned=scanned):
                person, changes = await self._writer(letter, contact)
                return TurnedAway(contact, person, changes, conversation, scanned)
            case OfAgent(command=asked, contact=agent):
                person, changes = await self._writer(letter, agent)
                return FromAgent(asked, person, changes)
            case Answer() as answer:
                return await self._homeless(letter, answer, _link(answer, token, moved))

    async def _agents(
        self, letter: Letter, contacts: Sequence[ContactId], said: str
    ) -> frozenset[ContactId]:
        """Return who of these is an agent; asked only where it decides anything."""
        if presence_command(said) is None or not contacts:
            return frozenset()
        read = partial(self.context.directory.agents, letter.item.workspace, contacts)
        return frozenset(await self.context.patiently(read))

    async def _deliver(
        self,
        letter: Letter,
        chosen: ToConversation,
        token: Token | None,
        named: ConversationId | None,
    ) -> Addressed:
        command = self._receive(letter, chosen.contact)
        # A button's conversation may never have heard of who taps it, and answers all the same.
        stranger = chosen.conversation == named
        changes = await self._learnt(letter, chosen.contact, stranger)
        led = (chosen.conversation, chosen.duplicate)
        if token is not None and (token.conversation in led or token.link is not None):
            command = _without_token(command, token.value, self._texts(letter))
        if token is not None and token.conversation == chosen.conversation:
            command = evolve(command, link=token.link)
            changes = (*changes, UseToken(token.value, chosen.contact))
        if chosen.duplicate is not None:
            command = evolve(command, duplicate=chosen.duplicate)
        return self._addressed(letter, chosen.conversation, command, changes)

    async def _bind(self, letter: Letter, token: Token, known: ContactId | None) -> Addressed:
        """The token's conversation gets this sender, who may be somebody else than on its form."""
        if known is not None and token.used_by == known:
            return await self._lead_back(letter, token, known)
        form = await self.lookups.person(letter.channel, token.visitor)
        contact = known or ContactId(self.context.new_id())
        sender = letter.inbound.sender
        phone = _phone(sender)
        # Without a number to compare, nothing says that it is another person than on the form.
        mismatched = contact != token.visitor and phone is not None
        name = form.name if form is not None and not mismatched else ""
        if not name:
            # Not from the form: a name that another form gave them is better than their profile's.
            met = await self.lookups.person(letter.channel, known) if known is not None else None
            name = (met.name if met is not None else "") or sender.name or ""
        person = Person(
            contact, name, form.language if form else self._language(letter), phone, sender.bsuid
        )
        command = self._receive(letter, contact)
        command = _without_token(command, token.value, self._texts(letter))
        command = evolve(command, mismatched=mismatched, link=token.link)
        changes = (_save(letter.channel, person, sender), UseToken(token.value, contact))
        self._hold_together(letter, token.conversation, contact)
        return self._addressed(letter, token.conversation, command, changes)

    async def _lead_back(self, letter: Letter, token: Token, contact: ContactId) -> Addressed:
        """By a link that was made for them somebody comes back to where they were."""
        self._hold_together(letter, token.conversation, contact)
        chosen = ToConversation(token.conversation, contact)
        return await self._deliver(letter, chosen, token, None)

    def _hold_together(
        self, letter: Letter, conversation: ConversationId, contact: ContactId
    ) -> None:
        """What they write next may be routed before this is decided, and belongs with it."""
        key = sender_key(letter.channel, letter.inbound.sender)
        self.binding[key] = _Binding(letter.item.id, conversation, contact)

    async def _learnt(
        self, letter: Letter, contact: ContactId, stranger: bool
    ) -> tuple[Change, ...]:
        """Return who this message shows its sender to be, unless that is remembered.

        The conversation hears it even so when they may be a `stranger` to it.

        Only what the directory has already is remembered: what goes with this message is not
        saved if the conversation crashes on it or is quarantined.
        """
        channel, sender = letter.channel, letter.inbound.sender
        if not stranger and self.lookups.known_as(channel, sender) == contact:
            return ()
        person = await self.lookups.person(channel, contact, sender)
        updated = _updated(person, sender) if person else None
        if updated == person:
            self.lookups.remember(channel, sender, contact)
        return (_save(channel, updated, sender),) if updated else ()

    async def _homeless(self, letter: Letter, answer: Answer, url: str) -> Homeless:
        person, changes = await self._writer(letter, answer.contact)
        return Homeless(answer, person, changes, url)

    async def _writer(
        self, letter: Letter, contact: ContactId | None
    ) -> tuple[Person, tuple[Change, ...]]:
        """Return who wrote, with what saves them."""
        channel, sender = letter.channel, letter.inbound.sender
        known = await self.lookups.person(channel, contact) if contact else None
        person = _updated(known, sender) if known else self._stranger(letter)
        return person, (_save(channel, person, sender),)

    def _stranger(self, letter: Letter) -> Person:
        contact, sender = ContactId(self.context.new_id()), letter.inbound.sender
        language = self._language(letter)
        return Person(contact, sender.name or "", language, _phone(sender), sender.bsuid)

    def _language(self, letter: Letter) -> str:
        return self.context.accounts.workspace(letter.item.workspace).language

    def _texts(self, letter: Letter) -> Overrides:
        return self.context.accounts.workspace(letter.item.workspace).texts

    def _receive(self, letter: Letter, contact: ContactId) -> Receive:
        at, inbound = self.context.wall(), letter.inbound
        sent_at = min(inbound.sent_at, at)
        forwarded = inbound.forwarded
        return Receive(letter.item.id, contact, inbound.content, sent_at, at, forwarded=forwarded)

    def _addressed(
        self,
        letter: Letter,
        conversation: ConversationId,
        command: Receive,
        changes: tuple[Change, ...] = (),
    ) -> Addressed:
        inbound, item = letter.inbound, letter.item
        refers = refers_to(inbound)
        deliver = Deliver(item.id, command, changes, inbound.wamid, refers, item.channel)
        return Addressed(conversation, deliver)


def addressing(context: Context, ring: Callable[[], None]) -> Addressing:
    """Return the router's addressing, told of whatever concerns it; `ring` wakes the router."""
    lookups = Lookups(context)
    shifting = Shifting(context, lookups)
    learning = Learning(context, shifting, ring)
    context.inbox.overhear(learning.overhear)
    context.exchange.accepted = learning.accepted
    context.exchange.forget_pair = lookups.forget_pair
    context.exchange.forget_people = lookups.foreknown.changed
    return Addressing(context, lookups, shifting, learning)


def _link(answer: Answer, token: Token | None, moved: Moved | None) -> str:
    """Return the link that an answer shows, if it shows one."""
    if moved is not None and answer.link == moved.conversation:
        return moved.url
    if token is None or answer.link is None:
        return ""
    return token.newer or token.url


def _said(content: Content) -> str:
    """Return a text, or the command that the button of an invitation stands for."""
    match content:
        case Text(body=body):
            return body
        case ButtonTap(payload=payload) if payload == OPT_IN:
            return OPT_IN
        case _:
            return ""


def _phone(sender: Sender) -> Phone | None:
    return from_wa_id(sender.wa_id) if sender.wa_id else None


def _updated(person: Person, sender: Sender) -> Person:
    return evolve(person, phone=_phone(sender) or person.phone, bsuid=sender.bsuid or person.bsuid)


def _without_token(command: Receive, token: str, texts: Overrides) -> Receive:
    if not isinstance(command.content, Text):
        return command
    body = command.content.body
    stripped = strip_token(body, token)
    own = {language for _, language in texts}
    untouched = not stripped or any(
        is_untouched(body, token, language, texts) for language in ("en", *own)
    )
    return evolve(command, content=Text(stripped), untouched=untouched, matched_by=MatchedBy.TOKEN)


def _save(channel: Channel, person: Person, sender: Sender) -> SaveContact:
    phones = candidates(person.phone) if person.phone else ()
    return SaveContact(person, channel.portfolio, phones, sender.wa_id)
