"""What a message is about, and whose number it tells."""

import pytest

from kaisa_relay.domain.contact import Sender
from kaisa_relay.domain.content import (
    ContactCard,
    ContactCards,
    Content,
    Edit,
    Reaction,
    Revocation,
    Text,
)
from kaisa_relay.domain.inbound import Inbound, refers_to, showing_number
from tests.domain.builders import after

HIDDEN = Sender(None, "SE.1")


def said(content: Content, sender: Sender = HIDDEN) -> Inbound:
    """A message that quotes another."""
    return Inbound("wamid.2", sender, after(), content, quotes="wamid.1")


@pytest.mark.parametrize(
    ("content", "wamid"),
    [
        (Reaction("wamid.0", "👍"), "wamid.0"),
        (Edit("wamid.0", Text("no")), "wamid.0"),
        (Revocation("wamid.0"), "wamid.0"),
        (Text("yes"), "wamid.1"),
    ],
)
def test_what_it_is_about(content: Content, wamid: str) -> None:
    """What it changes, before what it quotes."""
    assert refers_to(said(content)) == wamid


def card(*numbers: str, requested: bool = True) -> ContactCard:
    """A card with these numbers on WhatsApp."""
    return ContactCard("Vera", wa_ids=numbers, requested=requested)


@pytest.mark.parametrize(
    ("cards", "number"),
    [
        ((card("46700000001"),), "46700000001"),
        ((card("46700000001", requested=False),), None),
        ((card("46700000001", "46700000002"),), None),
        ((card(""),), None),
        ((), None),
    ],
)
def test_the_answer_to_our_request_shows_the_number(
    cards: tuple[ContactCard, ...], number: str | None
) -> None:
    """One number alone; a card that was shared by hand says nothing of its sender."""
    assert showing_number(said(ContactCards(cards))).sender == Sender(number, "SE.1")


def test_a_number_that_is_shown_stays() -> None:
    """Whatever a card says."""
    known = said(ContactCards((card("46700000001"),)), Sender("46700000009", "SE.1"))
    assert showing_number(known) is known
    text = said(Text("hi"))
    assert showing_number(text) is text
