"""What was said of late in a conversation, for an agent who asks, or who takes it over.

Rule 1: only what the two sides wrote counts, and only as far back as the state remembers.
"""

from collections.abc import Mapping, Sequence

from kaisa_relay.domain import history
from kaisa_relay.domain.contact import Person
from kaisa_relay.domain.conversation.messages import Event, Notified
from kaisa_relay.domain.conversation.state import State
from kaisa_relay.domain.ids import ContactId, MessageId, WorkspaceId
from kaisa_relay.domain.texts import TextKey
from kaisa_relay.ports import Said


def shows_past(events: Sequence[Event]) -> bool:
    """Say whether these events show what was said before."""
    return any(isinstance(each, Notified) and each.text is TextKey.HISTORY for each in events)


def past_of(state: State) -> tuple[WorkspaceId, Sequence[MessageId]]:
    """Return which messages may be shown; those that still wait for an agent come by themselves."""
    return state.workspace, [each for each in state.recent if each not in state.waiting]


def past_lines(past: Sequence[Said], state: State, people: Mapping[ContactId, Person]) -> str:
    """Return the latest messages, one to a line, each with the first name of its writer."""
    lines = []
    for said in past:
        person = people.get(said.contact)
        name = person.first_name if person is not None else ""
        shown = history.line(name, said.content)
        if shown is not None:
            lines.append(shown)
    return "\n".join(lines[-history.MOST_SHOWN :])
