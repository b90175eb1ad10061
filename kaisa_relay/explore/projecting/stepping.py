"""Makes of a batch of events what is to be written: reads what it concerns, and folds it in."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

import trio
from attrs import define, field

from kaisa_relay.domain.contact_events import ContactErased, ContactMerged
from kaisa_relay.domain.conversation import events as happened
from kaisa_relay.domain.conversation.events import Event
from kaisa_relay.domain.ids import ConversationId, MessageId, WorkspaceId
from kaisa_relay.domain.tracking import MessageStatus
from kaisa_relay.explore.model.shelf import Shelf
from kaisa_relay.explore.projecting import reading, writing
from kaisa_relay.explore.projecting.folding import Folding, MessageKey, Rows
from kaisa_relay.explore.projecting.reading import Decode, Sources
from kaisa_relay.explore.projecting.writing import Label, Said, Step
from kaisa_relay.ports import Recorded
from kaisa_relay.store import Browsing
from kaisa_relay.store.instants import to_micros

MOST_ROWS: Final = 5_000
"""Conversations and messages of a workspace in memory, about 2 MB; all are dropped when full."""

BEGINS_ONE: Final = frozenset(
    {
        happened.MessageReceived,
        happened.AgentOffered,
        happened.Notified,
        happened.ReopenAsked,
        happened.OutreachSent,
        happened.TeamWrote,
        happened.NoteKept,
    }
)
"""Events that a message begins with: nothing is known of it yet."""

Heard = tuple[ConversationId, Event]
"""An event, and the conversation that it is of."""


@define(eq=False)
class Recent:
    """The rows that a workspace's last events concerned, as they are at `at` of the cursor."""

    workspace: WorkspaceId
    at: int
    rows: Rows = field(factory=Rows)

    def move_to(self, step: Step) -> None:
        """Stand where a step led that was written; rows that it changed otherwise are dropped."""
        self.at = step.after
        full = len(self.rows.messages) + len(self.rows.conversations) > MOST_ROWS
        if full or step.mergers or step.erased:
            self.rows = Rows()


async def step_of(
    shelf: Shelf, store: Browsing, decode: Decode, recent: Recent, events: Sequence[Recorded]
) -> Step:
    """Return what the next events come to; the recent rows are changed as if it were written."""
    heard = [(of, each.event) for each in events if (of := each.conversation) is not None]
    await _load(shelf, recent, heard)
    sources = await _sources(store, decode, recent.workspace, heard)
    changed, said, labels = await trio.to_thread.run_sync(_fold, recent.rows, heard, sources)
    last = events[-1]
    return Step(
        recent.workspace,
        recent.at,
        last.seq,
        to_micros(last.event.at),
        changed,
        said,
        labels,
        [each.event for each in events if isinstance(each.event, ContactMerged)],
        [each.event.contact for each in events if isinstance(each.event, ContactErased)],
    )


async def _load(shelf: Shelf, recent: Recent, heard: Iterable[Heard]) -> None:
    """Read the rows that are wanted and not at hand."""
    conversations = {of for of, event in heard if type(event) is not MessageStatus}
    messages: dict[MessageKey, bool] = {}
    for conversation, event in heard:
        if (message := getattr(event, "message", None)) is not None:
            messages.setdefault((conversation, message), type(event) in BEGINS_ONE)
    conversations -= recent.rows.conversations.keys()
    old = {key for key, begun in messages.items() if not begun} - recent.rows.messages.keys()
    if conversations or old:
        wanted = partial(writing.load, conversations=conversations, messages=old)
        await shelf.read(partial(wanted, of=recent.workspace, into=recent.rows))


async def _sources(
    store: Browsing, decode: Decode, workspace: WorkspaceId, heard: Iterable[Heard]
) -> Sources:
    messages = list(_written(heard))
    created = [of for of, event in heard if isinstance(event, happened.ConversationCreated)]
    if not messages and not created:
        return Sources({}, {})
    read = partial(reading.read, of=workspace, messages=messages, created=created)
    return await store.browse(partial(read, decode=decode))


def _written(heard: Iterable[Heard]) -> Iterator[MessageId]:
    """Return the messages whose words are wanted: what people wrote, and what closed one."""
    for _, event in heard:
        match event:
            case happened.MessageReceived(message=message) | happened.TeamWrote(message=message):
                yield message
            case (
                happened.ConversationClosed(outcome=int(message))
                | happened.OutcomeNamed(message=message)
            ):
                yield MessageId(message)
            case _:
                pass


def _fold(
    rows: Rows, heard: Iterable[Heard], sources: Sources
) -> tuple[Rows, list[Said], list[Label]]:
    folding = Folding(rows)
    said: list[Said] = []
    labels: list[Label] = []
    for conversation, event in heard:
        folding.take(conversation, event)
        match event:
            case happened.MessageReceived(message=message) | happened.TeamWrote(message=message):
                words = reading.words_of(sources, conversation, message)
                said += () if words is None else (words,)
            case (
                happened.ConversationClosed(outcome=int(message))
                | happened.OutcomeNamed(message=message)
            ):
                row = rows.conversations.get(conversation)
                if row is not None:
                    reading.note_outcome(row, sources, MessageId(message))
            case happened.ConversationCreated():
                data = sources.metadata.get(conversation)
                labels += reading.labels_of(conversation, data) if data is not None else ()
            case _:
                pass
    return folding.changed, said, labels
