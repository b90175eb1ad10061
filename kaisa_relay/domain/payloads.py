"""What our buttons carry: they come back as text, and name what was tapped.

Rule 1: a payload names its conversation, so a tap finds its way without a look-up; it proves
nothing by that, since anybody can forge one.
Rule 2: anything that is not ours to the letter is None, never an error.
"""

import re
from typing import Final, assert_never

from attrs import frozen

from kaisa_relay.domain.content import ButtonTap, Choice, Content
from kaisa_relay.domain.ids import ConversationId, MessageId
from kaisa_relay.domain.outcomes import Outcome

_OFFER: Final = "offer"
_AGAIN: Final = "again"
_REOPEN: Final = "reopen"
_PASS_ON: Final = "pass_on"
_OUTCOME: Final = "outcome"
_OUTCOMES: Final = tuple(Outcome)
"""A payload has its place among them."""
_NUMBER: Final = re.compile("0|[1-9][0-9]{0,18}")
_LIMIT: Final = 1 << 63
"""Whoever changes their WhatsApp can send any payload, and a larger number is no id of ours."""


@frozen
class OfferAnswer:
    """Accept or Decline of one offer of one conversation.

    `proof` is a number that only the button we sent holds; 0 is none.
    """

    conversation: ConversationId
    offer: int
    accept: bool
    proof: int = 0


@frozen
class SendAgain:
    """A wish to send (or show) an unconfirmed message once more."""

    conversation: ConversationId
    message: MessageId


@frozen
class Reopen:
    """A wish to go on: the tap opens the window, and what waited for it follows."""

    conversation: ConversationId


@frozen
class PassOn:
    """An agent's wish that whoever is free takes this conversation over."""

    conversation: ConversationId


@frozen
class NameOutcome:
    """An agent's word for how this conversation ended."""

    conversation: ConversationId
    outcome: Outcome


Payload = OfferAnswer | SendAgain | Reopen | PassOn | NameOutcome


def encode(payload: Payload) -> str:
    """Return the text that the button carries (at most 256 characters, Cloud API)."""
    match payload:
        case OfferAnswer(conversation, offer, accept, proof):
            shown = f":{proof}" if proof else ""
            return f"{_OFFER}:{conversation}:{offer}:{int(accept)}{shown}"
        case SendAgain(conversation, message):
            return f"{_AGAIN}:{conversation}:{message}"
        case Reopen(conversation):
            return f"{_REOPEN}:{conversation}"
        case PassOn(conversation):
            return f"{_PASS_ON}:{conversation}"
        case NameOutcome(conversation, outcome):
            return f"{_OUTCOME}:{conversation}:{_OUTCOMES.index(outcome)}"
        case _:
            assert_never(payload)


def of_content(content: Content) -> Payload | None:
    """Return what a tap on one of our buttons says, or None for any other content."""
    match content:
        case ButtonTap(payload=text) | Choice(choice_id=text):
            return decode(text)
        case _:
            return None


def decode(text: str) -> Payload | None:
    """Return the payload in a button's text, or None when it is not one of ours."""
    kind, *fields = text.split(":")
    if not all(_NUMBER.fullmatch(field) for field in fields):
        return None
    numbers = [int(field) for field in fields]
    if any(number >= _LIMIT for number in numbers):
        return None
    match kind, numbers:
        case "offer", [conversation, offer, accept] if accept in (0, 1):
            return OfferAnswer(ConversationId(conversation), offer, bool(accept))
        case "offer", [conversation, offer, accept, proof] if accept in (0, 1) and proof:
            return OfferAnswer(ConversationId(conversation), offer, bool(accept), proof)
        case "reopen", [conversation]:
            return Reopen(ConversationId(conversation))
        case "pass_on", [conversation]:
            return PassOn(ConversationId(conversation))
        case "outcome", [conversation, place] if place < len(_OUTCOMES):
            return NameOutcome(ConversationId(conversation), _OUTCOMES[place])
        case "again", [conversation, message]:
            return SendAgain(ConversationId(conversation), MessageId(message))
        case _:
            return None
