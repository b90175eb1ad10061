"""The block list as the workspace's actor keeps it, for the API and operators.

Rule 1: a block is an event of the contact's stream, and its row, in one commit; then whatever
they are in as a visitor ends.
Rule 2: a repeat changes nothing and is no event.
"""

from collections.abc import Sequence
from functools import partial

from attrs import define

from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.messages import VisitorGone
from kaisa_relay.actors.workspace.messages import (
    BlockAnswer,
    UnblockAnswer,
)
from kaisa_relay.domain.contact import Person, Sender, Side
from kaisa_relay.domain.contact_events import BlockedBy, ContactBlocked, ContactUnblocked
from kaisa_relay.domain.ids import ContactId, WorkspaceId
from kaisa_relay.domain.phone import Phone, candidates
from kaisa_relay.ports import (
    Append,
    BlockContact,
    Change,
    ChannelAsPerson,
    ListBlocked,
    ListUnblocked,
    NotFound,
    SaveContact,
    UnblockContact,
    Whom,
)


def contact_stream(contact: ContactId) -> str:
    """Return the name of a contact's stream."""
    return f"contact/{contact}"


async def contact_version(context: Context, workspace: WorkspaceId, contact: ContactId) -> int:
    """Return the last version of a contact's stream; few contacts have one at all."""
    read = partial(context.journal.read, workspace, contact_stream(contact))
    history = await context.patiently(read)
    return history[-1].version if history else 0


@define(eq=False)
class BlockDesk:
    """Changes one workspace's block list."""

    context: Context
    workspace: WorkspaceId

    async def block(self, whom: Whom, by: BlockedBy) -> BlockAnswer:
        """Put somebody on the list; whoever may have this number, if several do."""
        if isinstance(whom, str) and self._is_channel(whom):
            return ChannelAsPerson(-1)
        contacts = tuple(await self._contacts(whom))
        saves: tuple[Change, ...] = ()
        if not contacts:
            if not isinstance(whom, str):
                return NotFound()
            contacts = (ContactId(self.context.new_id()),)
            saves = (self._new_contact(contacts[0], whom),)
        before = await self.context.directory.blocked(self.workspace, contacts)
        news = [contact for contact in contacts if contact not in before]
        for contact in news:
            at = self.context.wall()
            row = BlockContact(contact, by, at)
            await self._commit(contact, ContactBlocked(contact, by, at), (*saves, row))
        for contact in contacts:
            await self.end_conversations(contact)
        return ListBlocked(contacts, bool(news))

    async def unblock(self, whom: Whom, by: BlockedBy) -> UnblockAnswer:
        """Take somebody off the list."""
        contacts = await self._contacts(whom)
        blocked = await self.context.directory.blocked(self.workspace, contacts)
        for contact in sorted(blocked):
            event = ContactUnblocked(contact, by, self.context.wall())
            await self._commit(contact, event, (UnblockContact(contact),))
        return ListUnblocked(tuple(sorted(blocked))) if blocked else NotFound()

    async def end_conversations(self, contact: ContactId) -> None:
        """End what they are in as a visitor; what does not hear it ends at their next word."""
        for pair in await self.context.directory.pairs(self.workspace, [contact]):
            if pair.conversation is not None and pair.role is Side.VISITOR:
                tell = self.context.exchange.tell_conversation
                tell(self.workspace, pair.conversation, VisitorGone())

    def _is_channel(self, phone: Phone) -> bool:
        return self.context.accounts.by_phone(self.workspace, candidates(phone)) is not None

    async def _contacts(self, whom: Whom) -> Sequence[ContactId]:
        directory = self.context.directory
        if not isinstance(whom, str):
            return tuple(await directory.people(self.workspace, [whom]))
        nobody = Sender(wa_id=None, bsuid=None)
        return (await directory.find(self.workspace, "", nobody, candidates(whom))).contacts

    def _new_contact(self, contact: ContactId, phone: Phone) -> SaveContact:
        language = self.context.accounts.workspace(self.workspace).language
        return SaveContact(Person(contact, "", language, phone), "", candidates(phone))

    async def _commit(
        self,
        contact: ContactId,
        event: ContactBlocked | ContactUnblocked,
        rows: tuple[Change, ...],
    ) -> None:
        stream = contact_stream(contact)
        while True:
            version = await contact_version(self.context, self.workspace, contact)
            append = Append(self.workspace, stream, version, (event,), rows)
            try:
                conflict = await self.context.at_once(partial(self.context.journal.append, append))
            finally:
                self.context.exchange.forget_changed(rows)
            if conflict is None:
                return
