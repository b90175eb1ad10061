"""What an erasure asks of the actors (`ports.erasing.Parting`)."""

from collections.abc import Sequence
from functools import partial

from attrs import define

from kaisa_relay.actors.addresses import Left
from kaisa_relay.actors.desk import ActorsDesk
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.workspace.blocking import contact_stream
from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.contact_events import ContactErased
from kaisa_relay.domain.ids import ContactId, ConversationId, ErasureId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.ports import Append, Change, ForgetNumbers, UnblockContact


@define(eq=False)
class ActorsParting:
    """Says good-bye, and has everybody in this process forget who it was."""

    context: Context

    async def end(self, workspace: WorkspaceId, conversation: ConversationId) -> None:
        """Have its actor close it."""
        await ActorsDesk(self.context).end(workspace, conversation)

    def leave(self, people: Sequence[Person], phones: Sequence[Phone]) -> None:
        """Nothing leads to them from now on."""
        for person in people:
            nobody = Person(person.contact, "", person.language, None, None)
            left = Left(frozenset(phones), person.bsuid)
            self.context.exchange.addresses.leaving(left, nobody)
        self._forget(people, phones)

    def left(self, people: Sequence[Person]) -> None:
        """Whatever was read before now is too old."""
        for person in people:
            self.context.exchange.addresses.gone(person.contact, self.context.new_id())
        self._forget(people, [each.phone for each in people if each.phone])

    async def record(self, workspace: WorkspaceId, contact: ContactId, erasure: ErasureId) -> None:
        """Append to the contact's stream; whoever was faster is read again."""
        stream = contact_stream(contact)
        while True:
            read = partial(self.context.journal.read, workspace, stream)
            history = await self.context.at_once(read)
            told = [each.event for each in history]
            if any(isinstance(each, ContactErased) and each.erasure == erasure for each in told):
                return
            version = history[-1].version if history else 0
            event = ContactErased(contact, erasure, self.context.wall())
            append = Append(workspace, stream, version, (event,), ())
            if await self.context.at_once(partial(self.context.journal.append, append)) is None:
                return

    def _forget(self, people: Sequence[Person], phones: Sequence[Phone]) -> None:
        changes: list[Change] = []
        for person in people:
            changes += [
                ForgetNumbers(person.contact, tuple(phones)),
                UnblockContact(person.contact),
            ]
        self.context.exchange.forget_changed(changes)
