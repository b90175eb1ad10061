"""Erasing a visitor for operators.

Rule 1: an erasure ends conversations and is an event, so it needs the actors of a running `serve`.
"""

from functools import partial
from typing import Final

from sqlalchemy import Connection

from kaisa_relay.accounts.commands import Why
from kaisa_relay.accounts.listing import find_workspace
from kaisa_relay.accounts.refusal import Refusal
from kaisa_relay.accounts.transactions import Transactions
from kaisa_relay.accounts.visitors import EraseVisitor, VisitorErased
from kaisa_relay.domain.ids import (
    CONTACT,
    CONVERSATION,
    ERASURE,
    ContactId,
    WorkspaceId,
    from_text,
    to_text,
)
from kaisa_relay.domain.phone import BadPhone, Phone, parse
from kaisa_relay.ports import NotFound
from kaisa_relay.ports.erasing import AgentToo, Erasing, StillTalking

_NO_SERVE: Final = (
    "an erasure needs a running serve here: start it, or use the HTTP API "
    "(DELETE /visitors/<contact>)"
)


async def erase_visitor(
    store: Transactions, erasing: Erasing | None, command: EraseVisitor
) -> VisitorErased:
    """Have somebody erased. Raises `Refusal`."""
    of = await store.read(partial(_workspace, command.workspace))
    whom = _whom(command.who)
    if erasing is None:
        raise Refusal(Why.UNAVAILABLE, _NO_SERVE)
    contact = await _contact(erasing, of, whom)
    done = await erasing.erase(of, contact, None, force=command.force)
    match done:
        case NotFound():
            raise Refusal(Why.UNKNOWN, "there is nobody like that")
        case AgentToo():
            raise Refusal(Why.INVALID, "this is an agent, whose name and number are still needed")
        case StillTalking(conversation=id):
            talk = to_text(CONVERSATION, id)
            raise Refusal(Why.INVALID, f"they are in conversation {talk}: --force ends it first")
        case _:
            receipt, who = to_text(ERASURE, done.id), to_text(CONTACT, done.contact)
            return VisitorErased(receipt, who, done.asked_at, done.done_at, done.removed)


def _workspace(name: str, connection: Connection) -> WorkspaceId:
    return WorkspaceId(find_workspace(connection, name).id)


def _whom(text: str) -> ContactId | Phone:
    id = from_text(CONTACT, text)
    if id is not None:
        return ContactId(id)
    phone = parse(text, None)
    if isinstance(phone, BadPhone):
        raise Refusal(Why.INVALID, phone.reason)
    return phone


async def _contact(erasing: Erasing, of: WorkspaceId, whom: ContactId | Phone) -> ContactId:
    """Return who it is; a number of several people names none of them."""
    if not isinstance(whom, str):
        return whom
    found = [each.contact for each in await erasing.visitors(of, whom)]
    if len(found) > 1:
        several = ", ".join(to_text(CONTACT, each) for each in found)
        raise Refusal(Why.INVALID, f"this number leads to several: say which of {several}")
    if not found:
        raise Refusal(Why.UNKNOWN, "no visitor has this number")
    return found[0]
