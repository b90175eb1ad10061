"""The workspace actor: reservations, one after the other, each in one commit.

Rule 1: what must be unique (pair, token, key) is decided by the commit; a lost race is tried again.
Rule 2: a repeat of a request gets the answer of the first, word by word.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from attrs import define, evolve, field

from kaisa_relay.actors.channel.health import WELL, HealthDesk
from kaisa_relay.actors.conversation.slot import stream_of
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import AgentsNamed
from kaisa_relay.actors.workspace.blocking import BlockDesk
from kaisa_relay.actors.workspace.messages import (
    BlockPerson,
    PersonBlocked,
    ReserveAnswer,
    ReserveConversation,
    ToWorkspace,
    UnblockPerson,
)
from kaisa_relay.actors.workspace.reservation import (
    Link,
    People,
    decode_reservation,
    reservation_of,
    reservation_rows,
)
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.contact import Person, Sender
from kaisa_relay.domain.conversation.deadlines import expires_at
from kaisa_relay.domain.conversation.messages import (
    BusySide,
    ConversationCreated,
    NoPairFree,
    Strategy,
    Terms,
)
from kaisa_relay.domain.conversation.reserving import ChannelFacts, Reserve, reserve
from kaisa_relay.domain.ids import ContactId, ConversationId, WorkspaceId
from kaisa_relay.domain.phone import candidates
from kaisa_relay.domain.routing import Pair
from kaisa_relay.domain.texts import TextKey, render
from kaisa_relay.domain.tokens import new_token
from kaisa_relay.ports import (
    Append,
    ChannelAsPerson,
    Conflict,
    FormPerson,
    KeyReused,
    NewConversation,
    NoChannels,
    Reservation,
    SamePerson,
    StoreUnavailable,
    VisitorBlocked,
)
from kaisa_relay.runtime.mailbox import Mailbox

TRIES: Final = 5
MOST_ASKED: Final = 20
"""Conversations looked at to say when a pair may become free."""


@define(eq=False)
class WorkspaceTask:
    """One run of a workspace's actor."""

    context: Context
    workspace: WorkspaceId
    mailbox: Mailbox[ToWorkspace]
    health: HealthDesk
    _blocks: BlockDesk = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._blocks = BlockDesk(self.context, self.workspace)

    async def run(self) -> None:
        """Reserve until cancelled."""
        while True:
            message = await self.mailbox.receive()
            if isinstance(message, PersonBlocked):
                with suppress(StoreUnavailable):  # their next word ends what they are in
                    await self._blocks.end_conversations(message.contact)
                continue
            if message.reply.settled:
                continue  # whoever asked has gone
            try:
                await self._answer(message)
            except StoreUnavailable:
                message.reply.close()  # nothing was committed; the asker hears it at once

    async def _answer(self, message: ReserveConversation | BlockPerson | UnblockPerson) -> None:
        match message:
            case ReserveConversation(request=request):
                message.reply.answer(await self._reserve(request))
            case BlockPerson(whom=whom, by=by):
                message.reply.answer(await self._blocks.block(whom, by))
            case UnblockPerson(whom=whom, by=by):
                message.reply.answer(await self._blocks.unblock(whom, by))

    async def _reserve(self, request: NewConversation) -> ReserveAnswer:
        channels = self.context.accounts.channels(self.workspace)
        if not channels:
            return NoChannels()
        refusal = self._check_people(request)
        if refusal is not None:
            return refusal
        taking = [channel for channel in channels if not channel.draining]
        for _ in range(TRIES if taking else 0):
            answer = await self._try(request, taking)
            if answer is not None:
                return answer
        # Every channel is draining, or somebody else was faster every time.
        return NoPairFree(BusySide.CHANNELS, None)

    async def _try(
        self, request: NewConversation, channels: Sequence[Channel]
    ) -> ReserveAnswer | None:
        """Reserve, or say why not; None when a race was lost and it is worth another try."""
        earlier = await self._earlier(request)
        if earlier is not None:
            return earlier
        people = await self._people(request)
        twins = people.twins()
        if twins is not None:
            return twins
        if await self.context.directory.blocked(self.workspace, people.visitor_may_be):
            return VisitorBlocked()
        event = await self._decide(request, people, channels)
        if isinstance(event, NoPairFree):
            return event
        return await self._commit(request, people, event)

    async def _commit(
        self, request: NewConversation, people: People, event: ConversationCreated
    ) -> Reservation | None:
        channel = self.context.accounts.channel(self.workspace, event.channel)
        assert channel is not None
        token = new_token(self.context.rng)
        texts = self.context.accounts.workspace(self.workspace).texts
        text = render(TextKey.PREFILLED_LINK, event.language, {"token": token}, texts)
        link = Link(token, self.context.link(channel.phone, text), channel.portfolio)
        reservation = reservation_of(request, event, channel, link)
        rows = reservation_rows(request, people, event, reservation, link)
        rows = self.context.exchange.addresses.still(rows, people.as_of)
        append = Append(self.workspace, stream_of(event.conversation), 0, (event,), rows)
        try:
            if isinstance(await self.context.journal.append(append), Conflict):
                return None
        finally:
            # A commit that failed may be durable all the same.
            self.context.exchange.forget_changed(append.changes)
        self.context.exchange.deadline_in(event.terms.link_expires_after)
        if pool := self.context.exchange.pools.get(self.workspace):
            named = tuple(agent.contact for agent in event.agents)
            pool.tell(AgentsNamed(channel.id, named))
        return reservation

    def _check_people(self, request: NewConversation) -> SamePerson | ChannelAsPerson | None:
        seen: dict[str, int] = {}
        for index, person in enumerate((request.visitor, *request.agents), start=-1):
            phones = candidates(person.phone)
            if self.context.accounts.by_phone(self.workspace, phones) is not None:
                return ChannelAsPerson(index)
            for phone in phones:
                if phone in seen:
                    return SamePerson(seen[phone], index)
            seen |= dict.fromkeys(phones, index)
        return None

    async def _earlier(self, request: NewConversation) -> Reservation | KeyReused | None:
        repeatable = request.repeatable
        if repeatable is None:
            return None
        read = self.context.directory.answer
        kept = await read(self.workspace, repeatable.key, self.context.wall())
        if kept is None:
            return None
        return decode_reservation(kept[1]) if kept[0] == repeatable.request_hash else KeyReused()

    async def _people(self, request: NewConversation) -> People:
        as_of, known = self.context.new_id(), await self._known(request.visitor)
        visitor = await self._person(request.visitor, known)
        agents = [await self._person(each, await self._known(each)) for each in request.agents]
        return People(visitor, tuple(agents), (*known, visitor.contact), as_of)

    async def _known(self, form: FormPerson) -> Sequence[ContactId]:
        """Return who is known by this number."""
        nobody, find = Sender(wa_id=None, bsuid=None), self.context.directory.find
        return (await find(self.workspace, "", nobody, candidates(form.phone))).contacts

    async def _person(self, form: FormPerson, found: Sequence[ContactId]) -> Person:
        """Return who this is: somebody known by exactly this number, or a new contact."""
        directory = self.context.directory
        language = form.language or self.context.accounts.workspace(self.workspace).language
        if len(found) == 1:
            known = (await directory.people(self.workspace, found)).get(found[0])
            if known is not None:
                phone = known.phone or form.phone
                return evolve(known, name=form.name, language=language, phone=phone)
        contact = ContactId(self.context.new_id())
        return Person(contact, form.name, language, form.phone)

    async def _decide(
        self, request: NewConversation, people: People, channels: Sequence[Channel]
    ) -> ConversationCreated | NoPairFree:
        directory = self.context.directory
        pairs = await directory.pairs(self.workspace, people.contacts)
        load = await directory.load(self.workspace)
        health = await self.health.standing(self.workspace)
        taken = {(pair.channel, pair.contact) for pair in pairs if pair.conversation is not None}
        facts = tuple(
            ChannelFacts(
                channel.id,
                load.get(channel.id, 0),
                (channel.id, people.visitor.contact) not in taken,
                frozenset(
                    agent.contact
                    for agent in people.agents
                    if (channel.id, agent.contact) not in taken
                ),
                health.get(channel.id, WELL).burden,
            )
            for channel in channels
        )
        command = Reserve(
            workspace=self.workspace,
            conversation=ConversationId(self.context.new_id()),
            visitor=people.visitor.contact,
            language=people.visitor.language,
            agents=people.candidates(request),
            strategy=request.strategy,
            terms=self._terms(request),
            channels=facts,
            free_at=None,
            at=self.context.wall(),
            at_once=self._at_once(request.strategy),
        )
        outcome = reserve(command)
        if isinstance(outcome, NoPairFree):
            return evolve(outcome, free_at=await self._free_at(pairs))
        return outcome

    def _at_once(self, strategy: Strategy) -> int:
        """Return how many agents are asked at a time."""
        several = strategy is Strategy.BROADCAST
        return self.context.accounts.workspace(self.workspace).broadcast_to if several else 1

    def _terms(self, request: NewConversation) -> Terms:
        terms = self.context.accounts.workspace(self.workspace).terms
        return evolve(
            terms,
            expires_after=request.expires_after or terms.expires_after,
            link_expires_after=request.link_expires_after or terms.link_expires_after,
        )

    async def _free_at(self, pairs: Sequence[Pair]) -> datetime | None:
        """Return when the first of the conversations in the way ends if nobody writes."""
        taken = {pair.conversation for pair in pairs if pair.conversation is not None}
        instants = []
        for conversation in sorted(taken)[:MOST_ASKED]:
            snapshot = await self.context.journal.snapshot(self.workspace, conversation)
            at = expires_at(snapshot[0]) if snapshot else None
            instants += [at] if at else []
        return min(instants, default=None)
