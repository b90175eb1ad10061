"""Bodies of calls, as the Graph API documents them, and the limits it would refuse."""

import json

import pytest

from kaisa_relay.domain.content import ContactCard, ContactCards, Location, MediaKind, Text
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.outgoing import (
    AskNumber,
    Button,
    Buttons,
    Emoji,
    File,
    Outgoing,
    Quoting,
    Recipient,
    Template,
)
from kaisa_relay.domain.phone import Phone
from kaisa_relay.whatsapp.outbound import Unsendable, encode, encode_read

ANA = Recipient(Phone("+46701234567"), None)
HIDDEN = Recipient(None, "SE.13491208655302741918")
BOTH = Recipient(Phone("+46701234567"), "SE.13491208655302741918")
COMMON = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "biz_opaque_callback_data": "1.2.3",
}
YES_NO = (Button("offer:1:yes", "Accept"), Button("offer:1:no", "Decline"))


def body(recipient: Recipient, outgoing: Outgoing) -> object:
    """Encode and read back."""
    return json.loads(encode(recipient, outgoing, "1.2.3"))


def test_text() -> None:
    """A text to a number, always with its plus."""
    assert body(ANA, Text("Hej 👋")) == {
        **COMMON,
        "to": "+46701234567",
        "type": "text",
        "text": {"body": "Hej 👋"},
    }


def test_to_a_bsuid() -> None:
    """Without a number the BSUID goes into `recipient`, and there is no `to`."""
    assert body(HIDDEN, Text("Hi")) == {
        **COMMON,
        "recipient": "SE.13491208655302741918",
        "type": "text",
        "text": {"body": "Hi"},
    }


def test_the_number_wins() -> None:
    """One path per person keeps statuses predictable."""
    assert body(BOTH, Text("Hi")) == body(ANA, Text("Hi"))


def test_buttons() -> None:
    """Quick replies inside the window."""
    assert body(ANA, Buttons("Can you take it?", YES_NO)) == {
        **COMMON,
        "to": "+46701234567",
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": "Can you take it?"},
            "action": {
                "buttons": [
                    {"type": "reply", "reply": {"id": "offer:1:yes", "title": "Accept"}},
                    {"type": "reply", "reply": {"id": "offer:1:no", "title": "Decline"}},
                ]
            },
        },
    }


def test_template() -> None:
    """Parameters are cleaned, payloads are numbered by strings."""
    template = Template("offer", "sv", ("Ana\n\tLind", ""), ("offer:1:yes", "offer:1:no"))
    assert body(ANA, template) == {
        **COMMON,
        "to": "+46701234567",
        "type": "template",
        "template": {
            "name": "offer",
            "language": {"code": "sv"},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": "Ana Lind"},
                        {"type": "text", "text": "-"},
                    ],
                },
                *(
                    {
                        "type": "button",
                        "sub_type": "quick_reply",
                        "index": index,
                        "parameters": [{"type": "payload", "payload": payload}],
                    }
                    for index, payload in (("0", "offer:1:yes"), ("1", "offer:1:no"))
                ),
            ],
        },
    }


def test_template_without_parts() -> None:
    """A template with nothing to fill has no components."""
    assert body(ANA, Template("waiting", "es")) == {
        **COMMON,
        "to": "+46701234567",
        "type": "template",
        "template": {"name": "waiting", "language": {"code": "es"}, "components": []},
    }


def test_read_mark() -> None:
    """It needs the wamid only."""
    assert json.loads(encode_read("wamid.IN-1")) == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.IN-1",
    }


@pytest.mark.parametrize(
    ("outgoing", "problem"),
    [
        (Text("x" * 4097), "4097 characters; at most 4096"),
        (Text(" \n"), "text is empty"),
        (Buttons("x" * 1025, YES_NO), "at most 1024"),
        (Buttons("x", ()), "0 buttons"),
        (Buttons("x", tuple(Button(str(n), str(n)) for n in range(4))), "4 buttons"),
        (Buttons("x", (Button("a", "x" * 21),)), "at most 20"),
        (Buttons("x", (Button("a" * 257, "x"),)), "at most 256"),
        (Buttons("x", (Button("a", " "),)), "title is empty"),
        (Buttons("x", (Button("a", "x"), Button("a", "y"))), "same payload"),
        (Buttons("x", (Button("a", "x"), Button("b", "x"))), "same title"),
        (Template("t", "en", (), ("a" * 257,)), "at most 256"),
    ],
)
def test_what_whatsapp_would_refuse(outgoing: Outgoing, problem: str) -> None:
    """The error names the limit and never the text."""
    with pytest.raises(Unsendable, match=problem):
        encode(ANA, outgoing, "1.2.3")


def test_limits_are_reachable() -> None:
    """The longest text, title and payload pass."""
    encode(ANA, Text("x" * 4096), "x" * 512)
    encode(ANA, Buttons("x" * 1024, (Button("a" * 256, "x" * 20),)), "1")


def test_nobody_and_no_opaque_id() -> None:
    """A recipient without any address, or an id too long to be echoed, is refused."""
    with pytest.raises(Unsendable, match="neither phone nor BSUID"):
        encode(Recipient(None, None), Text("Hi"), "1.2.3")
    with pytest.raises(Unsendable, match="at most 512"):
        encode(ANA, Text("Hi"), "x" * 513)


def test_a_template_with_too_much_in_it() -> None:
    """Is refused by us: Meta would, and only after it was handed over."""
    fits = Template("news", "en", ("x" * 1000, "y" * 24))
    assert encode(ANA, fits, "1.2.3")
    with pytest.raises(Unsendable, match="body has 1025 characters"):
        encode(ANA, Template("news", "en", ("x" * 1000, "y" * 25)), "1.2.3")


PLACE = Location(59.3, 18.1, "Slussen", None)
CARDS = ContactCards((ContactCard("Ola Ek", ("+46700000001",), ("46700000001",)),))


@pytest.mark.parametrize(
    ("outgoing", "expected"),
    [
        (
            PLACE,
            {
                "type": "location",
                "location": {"latitude": 59.3, "longitude": 18.1, "name": "Slussen"},
            },
        ),
        (
            CARDS,
            {
                "type": "contacts",
                "contacts": [
                    {
                        "name": {"formatted_name": "Ola Ek", "first_name": "Ola Ek"},
                        "phones": [{"phone": "+46700000001", "wa_id": "46700000001"}],
                    }
                ],
            },
        ),
        (
            ContactCards((ContactCard(""),)),
            {
                "type": "contacts",
                "contacts": [{"name": {"formatted_name": "-", "first_name": "-"}}],
            },
        ),
        (
            Emoji(MessageId(1), "👍", "wamid.x"),
            {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}},
        ),
        (
            Emoji(MessageId(1), None, "wamid.x"),
            {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": ""}},
        ),
        (
            Quoting(MessageId(1), Text("yes"), "wamid.x"),
            {"type": "text", "text": {"body": "yes"}, "context": {"message_id": "wamid.x"}},
        ),
        (Quoting(MessageId(1), Text("yes")), {"type": "text", "text": {"body": "yes"}}),
        (
            File(MessageId(1), MediaKind.IMAGE, "image/jpeg", "look", media_id="7"),
            {"type": "image", "image": {"id": "7", "caption": "look"}},
        ),
        (
            File(MessageId(1), MediaKind.DOCUMENT, "text/plain", None, "a.txt", media_id="7"),
            {"type": "document", "document": {"id": "7", "filename": "a.txt"}},
        ),
        (
            File(MessageId(1), MediaKind.AUDIO, "audio/ogg", "odd", voice=True, media_id="7"),
            {"type": "audio", "audio": {"id": "7", "voice": True}},
        ),
        (
            File(MessageId(1), MediaKind.STICKER, "image/webp", filename="a", media_id="7"),
            {"type": "sticker", "sticker": {"id": "7"}},
        ),
    ],
)
def test_what_is_no_text(outgoing: Outgoing, expected: dict[str, object]) -> None:
    assert body(ANA, outgoing) == {**COMMON, "to": "+46701234567", **expected}


@pytest.mark.parametrize(
    "outgoing",
    [
        Emoji(MessageId(1), "👍"),
        File(MessageId(1), MediaKind.IMAGE, "image/jpeg"),
        File(MessageId(1), MediaKind.IMAGE, "image/jpeg", "x" * 1025, media_id="7"),
        ContactCards(()),
        ContactCards((ContactCard("x"),) * 6),
    ],
)
def test_what_is_no_text_has_limits_too(outgoing: Outgoing) -> None:
    with pytest.raises(Unsendable):
        encode(ANA, outgoing, "1.2.3")


def test_a_request_for_the_number() -> None:
    """An interactive message with its own action (reference, section 3)."""
    asked = body(ANA, AskNumber("Your number?"))
    assert isinstance(asked, dict)
    assert asked["interactive"] == {
        "type": "request_contact_info",
        "body": {"text": "Your number?"},
        "action": {"name": "request_contact_info"},
    }
