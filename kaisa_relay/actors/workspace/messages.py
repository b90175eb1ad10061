"""What a workspace's actor is asked and told.

Rule 1: nothing told here is the only copy: the journal has it.
"""

from attrs import field, frozen

from kaisa_relay.domain.contact_events import BlockedBy
from kaisa_relay.domain.ids import ContactId
from kaisa_relay.ports import (
    ChannelAsPerson,
    ListBlocked,
    ListUnblocked,
    NewConversation,
    NotFound,
    Reservation,
    ReserveRefusal,
    Whom,
)
from kaisa_relay.runtime.ask import Ask

ReserveAnswer = Reservation | ReserveRefusal


@frozen
class ReserveConversation(Ask[ReserveAnswer]):
    """A form was filled in."""

    request: NewConversation = field(repr=False)


BlockAnswer = ListBlocked | NotFound | ChannelAsPerson


@frozen
class BlockPerson(Ask[BlockAnswer]):
    """Somebody outside puts a person on the block list."""

    whom: Whom = field(repr=False)
    by: BlockedBy


UnblockAnswer = ListUnblocked | NotFound


@frozen
class UnblockPerson(Ask[UnblockAnswer]):
    """Somebody outside takes a person off the block list."""

    whom: Whom = field(repr=False)
    by: BlockedBy


@frozen
class PersonBlocked:
    """An agent has blocked this person, who may be in other conversations too."""

    contact: ContactId


ToWorkspace = ReserveConversation | BlockPerson | UnblockPerson | PersonBlocked
