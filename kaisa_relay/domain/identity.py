"""Who a sender is, when a BSUID and a number may say different things, and who becomes one.

Rule 1: a BSUID is a person's for good, a number only lent: who writes with another BSUID than the
number's holder had is somebody else (reference, sections 3 and 7).
Rule 2: two contacts of one person become one only where nobody waits for the other: not while it
is in a live conversation, and never an agent, whom forms name.
"""

from collections.abc import Sequence
from enum import IntEnum, StrEnum

from attrs import frozen

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.ids import ContactId


class By(IntEnum):
    """What leads to a contact, the best first."""

    BSUID = 1
    WA_ID = 2
    PHONE = 3


class IdentityShift(StrEnum):
    """What became of somebody's identity while they were in a conversation."""

    NUMBER_CHANGED = "number_changed"
    USER_ID_CHANGED = "user_id_changed"
    NUMBER_LOST = "number_lost"
    NUMBER_LEARNT = "number_learnt"
    USER_ID_LEARNT = "user_id_learnt"
    MERGED = "merged"


@frozen
class Match:
    """A contact that one of a sender's identities leads to, and its BSUIDs in this portfolio."""

    contact: ContactId
    by: By
    bsuids: frozenset[str] = frozenset()


@frozen
class Recognised:
    """Who may have written, the best match first.

    With `same` all of them are the sender, met under different identities; otherwise more than
    one means that it is not certain. `left` held the sender's wa_id before and are others.
    """

    contacts: tuple[ContactId, ...] = ()
    same: bool = False
    left: tuple[ContactId, ...] = ()


@frozen
class Standing:
    """A contact that may be one with another: is it in a live conversation, and an agent?

    `known` says that it had a conversation, which names it for good.
    """

    contact: ContactId
    live: bool
    agent: bool
    known: bool = False


@frozen
class Merger:
    """`absorbed` is found as `heir` from now on."""

    heir: ContactId
    absorbed: ContactId


def recognise(sender: Sender, matches: Sequence[Match]) -> Recognised:
    """Say who wrote."""
    known = [each.contact for each in matches if each.by is By.BSUID]
    others = [each for each in matches if each.by is not By.BSUID and each.contact not in known]
    strangers = [each for each in others if _another(sender, each)]
    by_number = _best([each for each in others if each not in strangers])
    left = _unique([each.contact for each in strangers if each.by is By.WA_ID])
    if not known:
        return Recognised(by_number, left=left)
    # Several for one number are a guess, and a guess makes nobody one.
    contacts = _unique([*known[:1], *(by_number if len(by_number) == 1 else ())])
    return Recognised(contacts, same=len(contacts) > 1, left=left)


def merger(one: Standing, other: Standing) -> Merger | None:
    """Say which of two contacts of one person goes on; None while neither can be given up.

    Who had a conversation comes first, as what they come back to asks for them; then the older.
    """
    first, second = sorted((one, other), key=lambda each: (not each.known, each.contact))
    for heir, absorbed in ((first, second), (second, first)):
        if not absorbed.live and not absorbed.agent:
            return Merger(heir.contact, absorbed.contact)
    return None


def _another(sender: Sender, match: Match) -> bool:
    """Say whether the number's holder is known under another BSUID than the sender's."""
    return sender.bsuid is not None and bool(match.bsuids) and sender.bsuid not in match.bsuids


def _best(matches: Sequence[Match]) -> tuple[ContactId, ...]:
    by = min((each.by for each in matches), default=None)
    return _unique([each.contact for each in matches if each.by is by])


def _unique(contacts: Sequence[ContactId]) -> tuple[ContactId, ...]:
    return tuple(dict.fromkeys(contacts))
