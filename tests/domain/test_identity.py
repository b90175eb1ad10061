"""Who a sender is when BSUIDs are learnt late and numbers change hands."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.identity import (
    By,
    Match,
    Merger,
    Recognised,
    Standing,
    merger,
    recognise,
)
from kaisa_relay.domain.ids import ContactId

A, B, C = ContactId(1), ContactId(2), ContactId(3)
BOTH = Sender("4670", "US.1")


@pytest.mark.parametrize(
    ("sender", "matches", "expected"),
    [
        (BOTH, [], Recognised()),
        (BOTH, [Match(A, By.BSUID)], Recognised((A,))),
        (BOTH, [Match(A, By.WA_ID), Match(B, By.PHONE)], Recognised((A,))),
        (BOTH, [Match(A, By.PHONE), Match(B, By.PHONE)], Recognised((A, B))),
        # one person under two contacts
        (BOTH, [Match(A, By.BSUID), Match(B, By.WA_ID)], Recognised((A, B), same=True)),
        (BOTH, [Match(A, By.BSUID), Match(B, By.PHONE)], Recognised((A, B), same=True)),
        (BOTH, [Match(A, By.BSUID), Match(A, By.WA_ID), Match(A, By.PHONE)], Recognised((A,))),
        # a guess makes nobody one
        (BOTH, [Match(A, By.BSUID), Match(B, By.PHONE), Match(C, By.PHONE)], Recognised((A,))),
        # the number belongs to somebody else now
        (BOTH, [Match(B, By.WA_ID, frozenset({"US.2"}))], Recognised((), left=(B,))),
        (
            BOTH,
            [Match(A, By.BSUID), Match(B, By.WA_ID, frozenset({"US.2"}))],
            Recognised((A,), left=(B,)),
        ),
        (BOTH, [Match(B, By.PHONE, frozenset({"US.2"}))], Recognised()),
        (BOTH, [Match(B, By.WA_ID, frozenset({"US.2", "US.1"}))], Recognised((B,))),
        # nothing speaks against who shows no BSUID
        (Sender("4670", None), [Match(B, By.WA_ID, frozenset({"US.2"}))], Recognised((B,))),
    ],
)
def test_who_wrote(sender: Sender, matches: Sequence[Match], expected: Recognised) -> None:
    """Case by case."""
    assert recognise(sender, matches) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Standing(A, False, False), Standing(B, False, False), Merger(A, B)),
        (Standing(B, False, False), Standing(A, False, False), Merger(A, B)),
        (Standing(A, False, False), Standing(B, True, False), Merger(B, A)),
        (Standing(A, False, False), Standing(B, False, True), Merger(B, A)),
        (Standing(A, False, False), Standing(B, False, False, known=True), Merger(B, A)),
        (Standing(A, True, False), Standing(B, False, False, known=True), Merger(A, B)),
        (Standing(A, True, False), Standing(B, False, True), None),
        (Standing(A, True, False), Standing(B, True, False), None),
    ],
)
def test_who_goes_on(one: Standing, other: Standing, expected: Merger | None) -> None:
    """Never one that somebody waits for, or that forms name; else the older."""
    assert merger(one, other) == expected


class People:
    """What really is: each person has a BSUID and a number, and both may change."""

    def __init__(self, count: int) -> None:
        self.bsuids = [f"US.{n}" for n in range(count)]
        self.numbers = [f"467{n}" for n in range(count)]
        self.born = count

    def new_number(self, who: int, number: str) -> str:
        """They change their number, and get a new BSUID; return the old number."""
        old, self.numbers[who] = self.numbers[who], number
        self.born += 1
        self.bsuids[who] = f"US.{self.born}"
        return old


class Book:
    """What is known: identities by value, as the directory keeps them."""

    def __init__(self) -> None:
        self.numbers: dict[str, ContactId] = {}
        self.bsuids: dict[str, ContactId] = {}
        self.persons: dict[ContactId, set[int]] = {}
        self.born = 0

    def meet(self, who: int, sender: Sender) -> ContactId | None:
        """Recognise and write down, as the router does; return who it was taken for."""
        found = recognise(sender, self._matches(sender))
        for left in found.left:
            self.numbers = {k: v for k, v in self.numbers.items() if (k, v) != (sender.wa_id, left)}
        if found.same:
            heir, absorbed = sorted(found.contacts)
            self._replace(absorbed, heir)
            return heir
        if len(found.contacts) > 1:
            return None
        return self._learn(who, sender, found.contacts[0] if found.contacts else None)

    def _matches(self, sender: Sender) -> list[Match]:
        found = []
        if sender.bsuid in self.bsuids:
            found.append(Match(self.bsuids[sender.bsuid], By.BSUID))
        if sender.wa_id in self.numbers:
            holder = self.numbers[sender.wa_id]
            own = frozenset(k for k, v in self.bsuids.items() if v == holder)
            found.append(Match(holder, By.WA_ID, own))
        return found

    def _learn(self, who: int, sender: Sender, contact: ContactId | None) -> ContactId:
        if contact is None:
            self.born += 1
            contact = ContactId(self.born)
        self.persons.setdefault(contact, set()).add(who)
        if sender.wa_id:
            self.numbers.setdefault(sender.wa_id, contact)
        if sender.bsuid:
            self.bsuids.setdefault(sender.bsuid, contact)
        return contact

    def _replace(self, absorbed: ContactId, heir: ContactId) -> None:
        for table in (self.numbers, self.bsuids):
            table |= {key: heir for key, value in table.items() if value == absorbed}
        self.persons.setdefault(heir, set()).update(self.persons.pop(absorbed, set()))


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["both", "both", "hidden", "moves", "takes the number of"]),
        st.integers(0, 2),
    ),
    max_size=25,
)


@settings(max_examples=400, deadline=None)
@given(STEPS)
def test_nobody_is_ever_taken_for_somebody_else(steps: list[tuple[int, str, int]]) -> None:
    """Numbers are changed and given out again, BSUIDs shown with and without a number.

    Every message shows its BSUID, as all have since 2026. No `system` message comes at all.
    """
    people, book, spare = People(3), Book(), 100
    for who, what, other in steps:
        if what == "moves" or what == "takes the number of":
            spare += 1
            free = f"467{spare}"
            if what == "moves" or other == who:
                people.new_number(who, free)
            else:
                people.new_number(who, people.new_number(other, free))
        number = None if what == "hidden" else people.numbers[who]
        contact = book.meet(who, Sender(number, people.bsuids[who]))
        assert contact is None or book.persons[contact] <= {who}


@given(st.permutations(["hidden", "number", "both"]))
def test_one_person_ends_as_one_contact(order: list[str]) -> None:
    """In whatever order their number and their BSUID are first seen, together at the end."""
    book = Book()
    shown = {"hidden": Sender(None, "US.1"), "number": Sender("4670", None), "both": BOTH}
    for each in order:
        book.meet(0, shown[each])
    last = book.meet(0, BOTH)
    assert {*book.numbers.values(), *book.bsuids.values()} == {last}
