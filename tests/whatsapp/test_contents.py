"""Every inbound type of the Cloud API, one golden body each, as the domain's content."""

import json

import pytest

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
from kaisa_relay.domain.inbound import Inbound
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.whatsapp.outbound import encode
from tests.whatsapp.bodies import golden, rows_of

SHA = "3yZ9p0vU2sK7qT1nB5mX8cR4eW6aG0hJ2kL4oP6iD8U="


def media(kind: MediaKind, mime_type: str, **more: str | bool) -> Media:
    """Return the file that the golden bodies share."""
    return Media(kind, "700000000000001", mime_type, SHA, **more)  # type: ignore[arg-type]  # kwargs


def card(requested: bool) -> ContactCards:
    """Return the card that the golden bodies share."""
    numbers = ("+46 70 765 43 21", "046-12 34 56")
    return ContactCards((ContactCard("Bo Ek", numbers, ("46707654321",), requested),))


CONTENTS: list[tuple[str, Content]] = [
    ("text", Text("Hej, är den blå kvar? 👋")),
    ("text_without_object", Empty("text", "missing object")),
    ("text_malformed", Empty("text", "malformed object")),
    (
        "image",
        media(
            MediaKind.IMAGE,
            "image/jpeg",
            url="https://lookaside.fbsbx.com/whatsapp/1",
            caption="The blue one",
        ),
    ),
    ("image_too_large", Empty("image", "error 131052")),
    ("video", media(MediaKind.VIDEO, "video/mp4")),
    ("audio", media(MediaKind.AUDIO, "audio/mpeg")),
    ("voice", media(MediaKind.AUDIO, "audio/ogg; codecs=opus", voice=True)),
    (
        "document",
        media(MediaKind.DOCUMENT, "application/pdf", caption="As agreed", filename="offer.pdf"),
    ),
    ("sticker", media(MediaKind.STICKER, "image/webp", animated=True)),
    ("location", Location(55.70584, 13.19321, "Lund C", "Bangatan 1", "https://example.com")),
    ("location_bare", Location(-33.0, 151.2)),
    ("contacts_origin_inside", card(requested=True)),
    ("contacts_origin_beside", card(requested=True)),
    ("contacts_origin_other", card(requested=False)),
    ("contacts", ContactCards((*card(requested=False).cards, ContactCard("No Number")))),
    ("button", ButtonTap("offer:cnv_1:yes", "Accept")),
    ("button_without_context", ButtonTap("Accept", "Accept")),
    ("interactive_button", Choice("offer:1:yes", "Accept")),
    ("interactive_list", Choice("row-2", "Tomorrow", "Before noon")),
    ("interactive_flow", FormAnswer("flow", '{"size":"XL"}')),
    ("interactive_product", Unknown("product")),
    ("interactive_without_object", Empty("interactive", "missing object")),
    ("reaction", Reaction("wamid.OUT-5", "👍🏽")),
    ("reaction_removed", Reaction("wamid.OUT-5", None)),
    ("reaction_removed_old_form", Reaction("wamid.OUT-5", None)),
    (
        "order",
        Order(
            "800000000000001",
            (OrderLine("sku-7", 2, 199.5, "SEK"), OrderLine("sku-8", 1, 20.0, "SEK")),
            "Quickly please",
        ),
    ),
    ("unsupported", Unsupported("poll_creation", 131051)),
    ("unsupported_edit", Unsupported("edit", 131051)),
    ("unsupported_bare", Unsupported(None, 131051)),
    ("edit", Edit("wamid.IN-text", Text("The red one"))),
    (
        "edit_caption",
        Edit("wamid.IN-image", media(MediaKind.IMAGE, "image/jpeg", caption="Better")),
    ),
    ("edit_of_edit", Edit("wamid.IN-x", Unknown("edit"))),
    ("revoke", Revocation("wamid.IN-text")),
    ("hologram", Unknown("hologram")),
    ("no_type", Unknown(None)),
]


@pytest.mark.parametrize(("name", "content"), CONTENTS, ids=[name for name, _ in CONTENTS])
def test_content(name: str, content: Content) -> None:
    """The first row of the body is a message that says this."""
    item = rows_of(golden(name))[0].item
    assert isinstance(item, Inbound)
    assert item.content == content


def test_a_card_keeps_each_account_with_its_own_number() -> None:
    """A landline stands before the number that is on WhatsApp; the card must not say it is."""
    body = json.loads(golden("contacts_origin_other"))
    (shared,) = body["entry"][0]["changes"][0]["value"]["messages"][0]["contacts"]
    shared["phones"].reverse()
    item = rows_of(json.dumps(body).encode())[0].item
    assert isinstance(item, Inbound)
    assert isinstance(item.content, ContactCards)
    (sent,) = json.loads(encode(Recipient(Phone("+46702"), None), item.content, "x"))["contacts"]
    numbers = {each["phone"]: each.get("wa_id") for each in sent["phones"]}
    assert numbers == {"+46 70 765 43 21": "46707654321", "046-12 34 56": None}
