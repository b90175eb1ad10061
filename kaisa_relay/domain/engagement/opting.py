"""STOP and START: what a visitor writes to get no more outreach, or to get it again.

Rule 1: a word counts only as a whole message, so that nothing said in passing is an order.
Rule 2: the words of every language are understood, whatever language somebody is written to in.
"""

import re
from enum import StrEnum
from typing import Final

from kaisa_relay.domain.chat_commands import plain
from kaisa_relay.domain.content import ButtonTap, Content, Text
from kaisa_relay.domain.payloads import of_content

LONGEST: Final = 40
"""Characters of a message that may be such a word."""
MOST_SPACES: Final = 4
"""Spaces in one; most of what people write has more, and is read no further."""


class Opting(StrEnum):
    """What somebody wants of outreach."""

    OUT = "out"
    IN = "in"


def _words(text: str) -> frozenset[str]:
    return frozenset(plain(word) for word in text.split(", "))


# Not `cancel`, `end` or `quit`, which some countries ask of text messages: here people write them
# about their booking.
_OUT: Final = _words(
    "stop, stop all, stopall, stop promotions, stop messages, unsubscribe, opt out, optout, "
    "stopp, stoppa, avregistrera, avregistrera mig, avprenumerera, stoppa utskick, "
    "baja, dar de baja, darme de baja, dame de baja, parar, detener promociones"
)
_IN: Final = _words(
    "start, unstop, subscribe, opt in, optin, resume promotions, "
    "starta, börja om, prenumerera, "
    "alta, dar de alta, darme de alta, dame de alta, iniciar, reanudar promociones"
)
_SIGNS: Final = re.compile(r"[^\w ]+")


def opting_of(content: Content) -> Opting | None:
    """Read a message, or the label of a template's button; None is anything else."""
    match content:
        case Text(body=said):
            pass
        case ButtonTap(text=said) if of_content(content) is None:
            pass
        case _:
            return None
    if len(said) > LONGEST or said.count(" ") > MOST_SPACES:
        return None
    word = " ".join(_SIGNS.sub(" ", plain(said)).split())
    if word in _OUT:
        return Opting.OUT
    return Opting.IN if word in _IN else None
