"""Webhook objects as Meta writes them; only the fields that we read (reference, section 2).

Rule 1: every field of an item is optional here, so that one malformed field spoils no other.
Rule 2: inside an object of one type, what it cannot do without is required.
"""

from typing import Annotated

from msgspec import Meta, Raw, Struct, field

Code = Annotated[int, Meta(ge=0, lt=1 << 31)]
"""Meta's number for an error; a larger one is none, and no column holds it."""


class Envelope(Struct):
    """One POST."""

    object: str | None = None
    entry: list[Raw] | None = None


class Entry(Struct):
    """What concerns one business account."""

    changes: list[Raw] | None = None


class Metadata(Struct):
    """Which of our numbers it concerns."""

    phone_number_id: str


class Change(Struct):
    """One subscribed field's news; `value` is kept as written until its channel is known."""

    field: str | None = None
    value: Raw = Raw(b"null")


class Value(Struct):
    """The value of the field `messages`; any mix of its arrays is possible."""

    metadata: Metadata | None = None
    contacts: list[Raw] | None = None
    messages: list[Raw] | None = None
    statuses: list[Raw] | None = None
    errors: list[Raw] | None = None


class UsualChange(Struct):
    """A change whose value has the shape of the field `messages`."""

    field: str
    value: Value


class UsualEntry(Struct):
    """An entry of such changes."""

    changes: list[UsualChange]


class UsualEnvelope(Struct):
    """Nearly every POST: read in one step, where `Envelope` takes one for each level."""

    object: str
    entry: list[UsualEntry]


class Profile(Struct):
    """How a person calls themselves."""

    name: str | None = None
    username: str | None = None


class ContactObject(Struct):
    """A person in `contacts`; `wa_id` is absent, or empty, when they hide their number."""

    wa_id: str | None = None
    user_id: str | None = None
    profile: Profile | None = None


class ErrorData(Struct):
    """The part of an error that explains."""

    details: str | None = None


class ErrorObject(Struct):
    """An error in a value, a message or a status."""

    code: Code = 0
    title: str | None = None
    error_data: ErrorData | None = None


class StatusObject(Struct):
    """A status of one of our sends."""

    id: str | None = None
    status: str | None = None
    timestamp: int | None = None
    recipient_id: str | None = None
    recipient_user_id: str | None = None
    biz_opaque_callback_data: str | None = None
    errors: list[ErrorObject] | None = None


class Context(Struct):
    """What a message refers to."""

    id: str | None = None
    forwarded: bool | None = None
    frequently_forwarded: bool | None = None


class TextObject(Struct):
    """`text`."""

    body: str


class MediaObject(Struct):
    """`image`, `video`, `audio`, `document` and `sticker`."""

    id: str
    mime_type: str | None = None
    sha256: str | None = None
    url: str | None = None
    caption: str | None = None
    filename: str | None = None
    voice: bool | None = None
    animated: bool | None = None


class LocationObject(Struct):
    """`location`."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None


class CardName(Struct):
    """The name on a contact card."""

    formatted_name: str | None = None


class CardPhone(Struct):
    """A number on a contact card."""

    phone: str | None = None
    wa_id: str | None = None


class CardObject(Struct):
    """One of `contacts` inside a message; `origin` may stand here or beside the array."""

    name: CardName | None = None
    phones: list[CardPhone] | None = None
    origin: str | None = None


class ButtonObject(Struct):
    """`button`: a tap on a template's quick reply."""

    payload: str | None = None
    text: str | None = None


class ReplyObject(Struct):
    """`button_reply` and `list_reply`."""

    id: str
    title: str | None = None
    description: str | None = None


class FlowObject(Struct):
    """`nfm_reply`: the answer to a Flow."""

    response_json: str
    name: str | None = None


class InteractiveObject(Struct):
    """`interactive`."""

    type: str | None = None
    button_reply: ReplyObject | None = None
    list_reply: ReplyObject | None = None
    nfm_reply: FlowObject | None = None


class ReactionObject(Struct):
    """`reaction`; without an emoji, or with an empty one, it takes the reaction back."""

    message_id: str
    emoji: str | None = None


class ProductItem(Struct):
    """One line of an order."""

    product_retailer_id: str
    quantity: int = 1
    item_price: float = 0.0
    currency: str = ""


class OrderObject(Struct):
    """`order`."""

    catalog_id: str = ""
    text: str | None = None
    product_items: list[ProductItem] = []


class UnsupportedObject(Struct):
    """`unsupported`."""

    type: str | None = None


class EditObject(Struct):
    """`edit`; the new version is a message without id or sender."""

    original_message_id: str
    message: Raw


class RevokeObject(Struct):
    """`revoke`."""

    original_message_id: str


class SystemObject(Struct):
    """`system`: a person's number or BSUID has changed."""

    type: str | None = None
    wa_id: str | None = None
    user_id: str | None = None
    previous_user_id: str | None = None


class MessageObject(Struct):
    """One of `messages`: the common fields, and one object named like its type."""

    id: str | None = None
    type: str | None = None
    from_: str | None = field(default=None, name="from")
    from_user_id: str | None = None
    timestamp: int | None = None
    context: Context | None = None
    group_id: str | None = None
    text: TextObject | None = None
    image: MediaObject | None = None
    video: MediaObject | None = None
    audio: MediaObject | None = None
    document: MediaObject | None = None
    sticker: MediaObject | None = None
    location: LocationObject | None = None
    contacts: list[CardObject] | None = None
    origin: str | None = None
    button: ButtonObject | None = None
    interactive: InteractiveObject | None = None
    reaction: ReactionObject | None = None
    order: OrderObject | None = None
    unsupported: UnsupportedObject | None = None
    edit: EditObject | None = None
    revoke: RevokeObject | None = None
    system: SystemObject | None = None
    errors: list[ErrorObject] | None = None
