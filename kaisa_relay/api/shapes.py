"""What travels as JSON: request bodies and answers, the one source of reading and of OpenAPI.

Rule 1: a field that is not here is refused in a request and absent from an answer.
Rule 2: what is personal is null after its erasure, and the rest stays.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from kaisa_relay.api.conversations.choice_shapes import ChoiceAnswer
from kaisa_relay.api.conversations.file_shapes import FileAnswer
from kaisa_relay.domain.conversation.messages import Strategy
from kaisa_relay.domain.conversation.state import Phase

MOST_AGENTS = 50
LONGEST_NAME = 200
LARGEST_METADATA = 16 * 1024
MOST_PER_PAGE = 200
USUAL_PER_PAGE = 50


def _described(description: str, **schema: object) -> Meta:
    # Documentation only: what is wrong is said by `creation.py` in its own words.
    return Meta(description=description, extra_json_schema=dict(schema) or None)


Name = Annotated[str, _described("For people to read.", minLength=1, maxLength=LONGEST_NAME)]
PhoneText = Annotated[
    str, _described("In any usual form; E.164 (`+46701234567`) needs no `region`.")
]
Language = Annotated[str, _described("A tag such as `en`, `sv` or `es-MX`.", default="en")]
Duration = Annotated[str, _described("A whole number with s, m, h or d.", examples=["24h"])]


class Visitor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whoever filled in the form."""

    name: Name
    phone: PhoneText
    language: Language | None = None


class Agent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who may answer."""

    name: Name
    phone: PhoneText
    language: Language | None = None
    priority: Annotated[int | None, _described("The lower is asked first; absent: 0.")] = None
    capacity: Annotated[
        int | None, _described("Conversations at once on all channels; absent: as it was.")
    ] = None


class CreateConversation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A conversation to reserve; times that are absent are the workspace's."""

    visitor: Visitor
    agents: Annotated[list[Agent], _described("1 to 50, each another person.")]
    metadata: Annotated[
        dict[str, Any] | None, _described("Free JSON of at most 16 KiB, given back as it is.")
    ] = None
    region: Annotated[
        str | None, _described("Where numbers without prefix are from.", examples=["SE"])
    ] = None
    language: Annotated[Language | None, _described("For whoever has none of their own.")] = None
    strategy: Annotated[
        str | None,
        _described("Who is asked, and how many at once.", enum=[each.value for each in Strategy]),
    ] = None
    expires_after: Annotated[Duration | None, _described("Of silence; 1m to 30d.")] = None
    link_expires_after: Annotated[Duration | None, _described("Until used; 1m to 7d.")] = None


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """A body without fields; it may be left out."""


class Qr(Struct, frozen=True):
    """The link as data URIs, ready for the `src` of an image."""

    svg: str
    png: str


class ChannelAnswer(Struct, frozen=True):
    """The business number that the conversation goes through."""

    id: str
    phone: str | None


class PersonAnswer(Struct, frozen=True):
    """Somebody in the conversation; null after erasure.

    A visitor who hides their number from businesses writes without one: `phone` is null.
    """

    name: str | None
    phone: str | None


class ConversationAnswer(Struct, frozen=True, kw_only=True):
    """A conversation. `visitor` is who came by the link; `form` is who the form named.

    `agent` is who accepted, at `accepted_at`. While that is null it is who is asked now, or will
    be asked first, and null when that is nobody. `outcome` and `note` are what the agent said at
    the end (`/close sold on the phone`: `sold`, `on the phone`), null before and where nothing
    was said. `value` and `currency` are the price with which the note begins (`/close sold 12 000
    kr`). `expires_at` is the link's deadline while reserved, then that of silence. The
    windows are those in which WhatsApp lets us write freely to the two: null where nobody wrote.
    """

    id: str
    status: Phase
    reason: str | None
    outcome: str | None
    note: str | None
    value: float | None
    currency: str | None
    url: str | None
    qr: Qr | UnsetType | None = UNSET
    channel: ChannelAnswer
    form: PersonAnswer
    visitor: PersonAnswer
    agent: PersonAnswer | None
    metadata: Annotated[Raw, _described("As it was given.", type=["object", "null"])]
    created_at: datetime
    started_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    visitor_window_closes_at: datetime | None
    agent_window_closes_at: datetime | None


class ConversationDetail(ConversationAnswer, frozen=True, kw_only=True):
    """A conversation read by itself: also why it has this channel and these agents."""

    why: ChoiceAnswer | None


class ConversationPage(Struct, frozen=True):
    """Conversations, the newest first; `next` is the cursor of the page after this one."""

    items: list[ConversationAnswer]
    next: str | None


class MessageError(Struct, frozen=True):
    """Why a message failed: WhatsApp's code for it."""

    code: int


class TemplateAnswer(Struct, frozen=True, kw_only=True):
    """Which template, and what stood in the places of its body."""

    name: str
    language: str
    parameters: list[str]


class MessageAnswer(Struct, frozen=True, kw_only=True, rename={"author": "from"}):
    """One message; `from` is visitor, agent, system or supervisor.

    A `note` was kept with the conversation and sent to nobody, so that it has no `to`.
    `status` is received, held, sending, sent, delivered, read, failed or unconfirmed. `file` is
    there where the message brought one, `template` where it is one.
    """

    id: str
    author: str
    type: str
    text: str | UnsetType | None = UNSET
    received_at: datetime
    status: str
    to: str | UnsetType = UNSET
    error: MessageError | UnsetType = UNSET
    file: FileAnswer | UnsetType = UNSET
    template: TemplateAnswer | UnsetType = UNSET


class MessagePage(Struct, frozen=True):
    """Messages, the oldest first; `next` is the cursor of the page after this one."""

    items: list[MessageAnswer]
    next: str | None


class EventAnswer(Struct, frozen=True):
    """Something that happened, as a CloudEvent: the same in the feed (`/asyncapi.json` has `data`).

    `data` holds ids, codes and times; `subject` is the conversation.
    """

    specversion: str
    id: str
    source: str
    type: str
    time: datetime
    datacontenttype: str
    data: dict[str, Any]
    subject: str


class EventPage(Struct, frozen=True):
    """Events, the oldest first; `next` is the cursor of the page after this one."""

    items: list[EventAnswer]
    next: str | None


class FieldProblem(Struct, frozen=True):
    """What is wrong with one field, such as `agents[1].phone`."""

    field: str
    message: str


class ProblemAnswer(Struct, frozen=True):
    """An RFC 9457 problem; some types add members of their own (see the type's page)."""

    type: str
    title: str
    status: int
    detail: str | UnsetType = UNSET
    errors: list[FieldProblem] | UnsetType = UNSET


class Headers(Struct, frozen=True):
    """What a creation may say in headers."""

    idempotency_key: Annotated[
        str | None,
        _described(
            "1 to 255 printable ASCII characters. The same key and body within 24 hours get the "
            "same answer, another body gets 409. Bodies are compared byte for byte: send the one "
            "that you sent, since another order of fields or other white space is another body."
        ),
    ] = None


class QrQuery(Struct, frozen=True):
    """Whether to draw the link."""

    qr: Annotated[str | None, _described("`none` leaves the codes out.", enum=["none"])] = None


class ImageQuery(Struct, frozen=True):
    """How to draw the link."""

    size: Annotated[int | None, _described("Pixels.", minimum=64, maximum=2048)] = None
    border: Annotated[int | None, _described("Modules of white.", minimum=0, maximum=20)] = None


class NoQuery(Struct, frozen=True):
    """No parameters."""


class PageQuery(Struct, frozen=True):
    """Which part of a list."""

    limit: Annotated[
        int | None, _described("Items per page.", minimum=1, maximum=MOST_PER_PAGE, default=50)
    ] = None
    cursor: Annotated[str | None, _described("`next` of the page before.")] = None


class ListQuery(PageQuery, frozen=True):
    """Which conversations."""

    status: Annotated[
        str | None, _described("May be repeated, or several with commas between.")
    ] = None
    agent: Annotated[str | None, _described("The number of the agent who accepted, E.164.")] = None
    visitor: Annotated[str | None, _described("The visitor's number, E.164.")] = None
    channel: Annotated[str | None, _described("The channel's id.")] = None
    created_from: Annotated[str | None, _described("RFC 3339, included.")] = None
    created_before: Annotated[str | None, _described("RFC 3339, not included.")] = None
    text: Annotated[
        str | None,
        _described(
            "2 to 100 characters: in a name, or in a text that was written. It is looked for in "
            "the latest 100,000 conversations, people and texts of the workspace."
        ),
    ] = None
