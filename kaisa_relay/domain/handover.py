"""To whom a conversation is to go: the name in an agent's command, and the note after it.

Rule 1: names are read as hurried thumbs write them: without case and accents, the first is enough.
Rule 2: an agent can hand over to the other agents of the conversation, and to nobody else.
"""

from collections.abc import Mapping
from typing import Final

from kaisa_relay.domain.chat_commands import Transfer, parse, plain
from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ContactId

NEXT: Final = frozenset(map(plain, ("next", "anyone", "nästa", "någon", "siguiente", "cualquiera")))
"""Words for whoever is free."""
_MARKS: Final = ".,!?:;…"


def agent_names(state: State, people: Mapping[ContactId, Person]) -> dict[ContactId, str]:
    """Return who else could have the conversation, by contact; an erased name is empty."""
    others = (agent.contact for agent in state.agents)
    return {
        other: people[other].name if other in people else ""
        for other in others
        if other not in (state.visitor, state.agent)
    }


def read(rest: str, names: Mapping[ContactId, str]) -> tuple[tuple[ContactId, ...] | None, str]:
    """Return whom a command names (None: whoever is next; empty: nobody here) and its note.

    Several have the name where it is not clear which of them is meant.
    """
    words = [plain(word.strip(_MARKS)) for word in rest.split()]
    if not words:
        return None, ""
    if words[0] in NEXT:
        return None, _after(rest, 1)
    lengths = {contact: _named(words, name) for contact, name in names.items()}
    longest = max(lengths.values(), default=0)
    if longest == 0:
        return (), ""
    named = tuple(contact for contact, length in lengths.items() if length == longest)
    return named, _after(rest, longest)


def note_of(body: str, names: Mapping[ContactId, str]) -> str:
    """Return the note in a command that hands over; empty where there is none."""
    typed = parse(body, "en")
    return read(typed.rest, names)[1] if isinstance(typed, Transfer) else ""


def _named(words: list[str], name: str) -> int:
    """Return how many words name this person: all of their name, or the first part of it."""
    own = [plain(word) for word in name.split()]
    if own and words[: len(own)] == own:
        return len(own)
    return 1 if own and words[0] == own[0] else 0


def _after(rest: str, words: int) -> str:
    parts = rest.split(maxsplit=words)
    return parts[words].strip() if len(parts) > words else ""
