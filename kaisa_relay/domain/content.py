"""What a message can hold: the vocabulary between WhatsApp's JSON and everything else.

Rule 1: every inbound type of the Cloud API has a class here, and whatever has none is `Unknown`.
Rule 2: content is personal data; it lives in content rows, never in events or logs.
"""

from enum import StrEnum

from attrs import frozen


@frozen
class Text:
    """Plain text."""

    body: str


class MediaKind(StrEnum):
    """The five kinds of file that WhatsApp carries; a voice note is `audio` with `voice` set."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"

    @property
    def captionless(self) -> bool:
        """Whether it goes without words (Cloud API, "Media")."""
        return self in (MediaKind.AUDIO, MediaKind.STICKER)


@frozen
class Media:
    """A file that waits at Meta: the id lives 7 days, the URL 5 minutes."""

    kind: MediaKind
    media_id: str
    mime_type: str
    sha256: str | None = None
    url: str | None = None
    caption: str | None = None
    filename: str | None = None
    voice: bool = False
    animated: bool = False


@frozen
class Location:
    """A place, in degrees."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None


@frozen
class ContactCard:
    """One shared contact: its display name and numbers as written in the card.

    The first numbers are those that are on WhatsApp, each with its place in `wa_ids`.
    """

    name: str
    phones: tuple[str, ...] = ()
    wa_ids: tuple[str, ...] = ()
    requested: bool = False


@frozen
class ContactCards:
    """Contacts that somebody shared, or the answer to our request for their number."""

    cards: tuple[ContactCard, ...]


@frozen
class ButtonTap:
    """A tap on a quick reply of a template; the payload is ours, or the label."""

    payload: str
    text: str


@frozen
class Choice:
    """A tap on a button or list row of an interactive message; the id is ours."""

    choice_id: str
    title: str
    description: str | None = None


@frozen
class FormAnswer:
    """The answer to a WhatsApp Flow, as the JSON text that Meta hands on."""

    name: str
    response_json: str


@frozen
class Reaction:
    """An emoji on one of our messages (by wamid); None takes it back."""

    target: str
    emoji: str | None


@frozen
class OrderLine:
    """One product of an order."""

    product: str
    quantity: int
    price: float
    currency: str


@frozen
class Order:
    """A catalogue order."""

    catalog_id: str
    lines: tuple[OrderLine, ...]
    note: str | None = None


@frozen
class Edit:
    """A new version of an earlier message (by wamid)."""

    original: str
    content: "Content"


@frozen
class Revocation:
    """An earlier message (by wamid) was deleted for everyone."""

    original: str


@frozen
class Unsupported:
    """A type that WhatsApp itself does not hand on; `kind` is Meta's word for it where given."""

    kind: str | None
    code: int | None


@frozen
class Unknown:
    """A type that this version does not know; the raw slice stays in the inbox."""

    type: str | None


@frozen
class Empty:
    """A known type whose object was missing or malformed; `problem` says what was wrong."""

    type: str
    problem: str


Content = (
    Text
    | Media
    | Location
    | ContactCards
    | ButtonTap
    | Choice
    | FormAnswer
    | Reaction
    | Order
    | Edit
    | Revocation
    | Unsupported
    | Unknown
    | Empty
)


def kind_of(content: Content) -> str:
    """Name a content as the API and the automatic texts do, e.g. `image`, `voice`, `contacts`."""
    match content:
        case Media(voice=True):
            return "voice"
        case Media(kind=kind):
            return kind.value
        case Unsupported(kind=kind):
            return kind or "unsupported"
        case Unknown():
            return "unknown"
        case Empty(type=kind):
            return kind
        case _:
            return _NAMES[type(content)]


_NAMES: dict[type, str] = {
    Text: "text",
    Location: "location",
    ContactCards: "contacts",
    ButtonTap: "button",
    Choice: "choice",
    FormAnswer: "form",
    Reaction: "reaction",
    Order: "order",
    Edit: "edit",
    Revocation: "deletion",
}
