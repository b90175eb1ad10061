"""Short texts that wait for one person, in one message instead of several.

Rule 1: only whole plain texts of one conversation that follow each other, in their order.
Rule 2: nothing is joined that was ever begun, and nothing is cut.
"""

from collections.abc import Sequence
from typing import Final

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.crossing import LONGEST_TEXT
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.outgoing import Joined, Outgoing

MOST: Final = 50
"""Messages in one: when it fails, each of their writers' notes is a message of its own."""


def joinable(outgoing: Outgoing) -> bool:
    """Say whether this may share a message with others."""
    return isinstance(outgoing, Text)


def joined(texts: Sequence[tuple[MessageId, Outgoing]]) -> Joined | None:
    """Return as many of the texts, from the first on, as fit into one; None if less than two do.

    Two parts of one message stay apart: each message stands in a send once.
    """
    bodies: dict[MessageId, str] = {}
    length = -1
    for message, text in texts[:MOST]:
        if not isinstance(text, Text) or message in bodies:
            break
        length += 1 + len(text.body)
        if length > LONGEST_TEXT:
            break
        bodies[message] = text.body
    if len(bodies) < 2:
        return None
    return Joined(tuple(bodies), "\n".join(bodies.values()))
