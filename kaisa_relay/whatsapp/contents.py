"""What a message holds: Meta's object of each type, as the domain's content.

Rule 1: every type of the Cloud API is read here; a type without a reader is `Unknown`.
Rule 2: a known type whose object is missing or malformed is `Empty` and says why.
"""

from collections.abc import Callable, Mapping
from typing import Final

from kaisa_relay.domain.content import (
    ButtonTap,
    Choice,
    ContactCard,
    ContactCards,
    Content,
    Edit,
    Empty,
    FormAnswer,
    Location,
    Media,
    MediaKind,
    Order,
    OrderLine,
    Reaction,
    Revocation,
    Text,
    Unknown,
    Unsupported,
)
from kaisa_relay.whatsapp.reading import Reader
from kaisa_relay.whatsapp.shapes import (
    CardObject,
    InteractiveObject,
    MediaObject,
    MessageObject,
    OrderObject,
)

MESSAGE: Final = Reader(MessageObject)


def content_of(message: MessageObject, malformed: tuple[str, ...]) -> Content:
    """Return what a message says; `malformed` names the fields that could not be read."""
    kind = message.type
    if kind == "text" and message.text is not None:
        return Text(message.text.body)
    read = _READERS.get(kind or "")
    if kind is None or read is None:
        return Unknown(kind)
    return read(message) or Empty(kind, _problem(message, kind, malformed))


def _problem(message: MessageObject, kind: str, malformed: tuple[str, ...]) -> str:
    if message.errors:
        return f"error {message.errors[0].code}"
    return "malformed object" if kind in malformed else "missing object"


def _media(kind: MediaKind, media: MediaObject | None) -> Media | None:
    if media is None or not media.id:
        return None
    return Media(
        kind=kind,
        media_id=media.id,
        mime_type=media.mime_type or "application/octet-stream",
        sha256=media.sha256,
        url=media.url,
        caption=media.caption or None,
        filename=media.filename,
        voice=bool(media.voice),
        animated=bool(media.animated),
    )


def _location(message: MessageObject) -> Location | None:
    place = message.location
    if place is None:
        return None
    return Location(place.latitude, place.longitude, place.name, place.address, place.url)


def _cards(message: MessageObject) -> ContactCards | None:
    if not message.contacts:
        return None
    return ContactCards(tuple(_card(card, message.origin) for card in message.contacts))


def _card(card: CardObject, origin: str | None) -> ContactCard:
    phones = sorted(card.phones or (), key=lambda each: not each.wa_id)
    return ContactCard(
        name=(card.name.formatted_name if card.name else None) or "",
        phones=tuple(each.phone or f"+{each.wa_id}" for each in phones if each.phone or each.wa_id),
        wa_ids=tuple(each.wa_id for each in phones if each.wa_id),
        requested=(card.origin or origin) == "contact_request",
    )


def _button(message: MessageObject) -> ButtonTap | None:
    tap = message.button
    if tap is None or not (tap.payload or tap.text):
        return None
    return ButtonTap(tap.payload or tap.text or "", tap.text or "")


def _interactive(message: MessageObject) -> Content | None:
    return _choice(message.interactive) if message.interactive else None


def _choice(answer: InteractiveObject) -> Content | None:
    reply = answer.button_reply or answer.list_reply
    if reply is not None:
        return Choice(reply.id, reply.title or "", reply.description)
    if answer.nfm_reply is not None:
        return FormAnswer(answer.nfm_reply.name or "", answer.nfm_reply.response_json)
    known = answer.type in (None, "button_reply", "list_reply", "nfm_reply")
    return None if known else Unknown(answer.type)


def _reaction(message: MessageObject) -> Reaction | None:
    reaction = message.reaction
    if reaction is None or not reaction.message_id:
        return None
    return Reaction(reaction.message_id, reaction.emoji or None)


def _order(message: MessageObject) -> Order | None:
    return _lines(message.order) if message.order else None


def _lines(order: OrderObject) -> Order:
    lines = tuple(
        OrderLine(line.product_retailer_id, line.quantity, line.item_price, line.currency)
        for line in order.product_items
    )
    return Order(order.catalog_id, lines, order.text or None)


def _unsupported(message: MessageObject) -> Unsupported:
    kind = message.unsupported.type if message.unsupported else None
    return Unsupported(kind or None, message.errors[0].code if message.errors else None)


def _edit(message: MessageObject) -> Edit | None:
    edit = message.edit
    if edit is None or not edit.original_message_id:
        return None
    inner = MESSAGE.read(edit.message)
    if inner is None:
        return None
    version, malformed = inner
    if version.type in ("edit", "revoke"):  # never seen; would let a body nest without end
        return Edit(edit.original_message_id, Unknown(version.type))
    return Edit(edit.original_message_id, content_of(version, malformed))


def _revoke(message: MessageObject) -> Revocation | None:
    if message.revoke is None or not message.revoke.original_message_id:
        return None
    return Revocation(message.revoke.original_message_id)


_READERS: Final[Mapping[str, Callable[[MessageObject], Content | None]]] = {
    "text": lambda message: None,  # one with its object was read before
    "image": lambda message: _media(MediaKind.IMAGE, message.image),
    "video": lambda message: _media(MediaKind.VIDEO, message.video),
    "audio": lambda message: _media(MediaKind.AUDIO, message.audio),
    "document": lambda message: _media(MediaKind.DOCUMENT, message.document),
    "sticker": lambda message: _media(MediaKind.STICKER, message.sticker),
    "location": _location,
    "contacts": _cards,
    "button": _button,
    "interactive": _interactive,
    "reaction": _reaction,
    "order": _order,
    "unsupported": _unsupported,
    "edit": _edit,
    "revoke": _revoke,
}
