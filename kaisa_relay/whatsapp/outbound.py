"""An outgoing message as the body of a call (reference, section 4).

Rule 1: numbers always carry `+`; without it Meta may add the business's own country code.
Rule 2: a limit that Meta would refuse is an error here: callers split and cut, this does not.
"""

from collections.abc import Sequence
from typing import Final, assert_never

import msgspec

from kaisa_relay.domain.content import ContactCard, ContactCards, Location, MediaKind, Text
from kaisa_relay.domain.crossing import LONGEST_CAPTION, LONGEST_TEXT, MOST_CARDS
from kaisa_relay.domain.outgoing import (
    AskNumber,
    Button,
    Buttons,
    Emoji,
    File,
    Joined,
    Labelled,
    Outgoing,
    Quoting,
    Recipient,
    Template,
)
from kaisa_relay.domain.templates import LONGEST_BODY, clean_parameter

LONGEST_BUTTONS_BODY: Final = 1024
MOST_BUTTONS: Final = 3
LONGEST_TITLE: Final = 20
LONGEST_PAYLOAD: Final = 256
LONGEST_OPAQUE: Final = 512


class Unsendable(ValueError):
    """WhatsApp would refuse this; the text names the limit and never what was to be sent."""


Json = dict[str, object]

_ENCODER: Final = msgspec.json.Encoder()


def encode(recipient: Recipient, outgoing: Outgoing, opaque: str) -> bytes:
    """Return the body that sends this; `Unsendable` when WhatsApp would refuse it."""
    _check("opaque id", opaque, LONGEST_OPAQUE)
    body: Json = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_address(recipient),
        **_message(outgoing),
        "biz_opaque_callback_data": opaque,
    }
    return _ENCODER.encode(body)


def encode_read(wamid: str) -> bytes:
    """Return the body that marks an inbound message, and all before it, as read."""
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    return _ENCODER.encode(body)


def _address(recipient: Recipient) -> Json:
    if recipient.phone is not None:
        return {"to": recipient.phone}
    if recipient.bsuid:
        return {"recipient": recipient.bsuid}
    raise Unsendable("a recipient has neither phone nor BSUID")


def _message(outgoing: Outgoing) -> Json:
    match outgoing:
        case Text(body) | Labelled(body) | Joined(body=body):
            _check("text", body, LONGEST_TEXT)
            return {"type": "text", "text": {"body": body}}
        case Quoting(outgoing=inner, wamid=wamid):
            context = {} if wamid is None else {"context": {"message_id": wamid}}
            return {**_message(inner), **context}
        case File():
            return {"type": outgoing.kind.value, outgoing.kind.value: _file(outgoing)}
        case Location():
            return {"type": "location", "location": _location(outgoing)}
        case ContactCards(cards=cards):
            return {"type": "contacts", "contacts": _cards(cards)}
        case Emoji(emoji=emoji, wamid=wamid):
            if wamid is None:
                raise Unsendable("a reaction without the message that it is on")
            return {"type": "reaction", "reaction": {"message_id": wamid, "emoji": emoji or ""}}
        case Buttons():
            return {"type": "interactive", "interactive": _interactive(outgoing)}
        case AskNumber(body):
            _check("text of the request", body, LONGEST_BUTTONS_BODY)
            asked = {"type": "request_contact_info", "body": {"text": body}}
            action = {"action": {"name": "request_contact_info"}}
            return {"type": "interactive", "interactive": asked | action}
        case Template():
            return {"type": "template", "template": _template(outgoing)}
        case _:
            assert_never(outgoing)


def _file(file: File) -> Json:
    if file.media_id is None:
        raise Unsendable("a file that was not uploaded")
    json: Json = {"id": file.media_id}
    if file.caption and not file.kind.captionless:
        _check("caption", file.caption, LONGEST_CAPTION)
        json["caption"] = file.caption
    if file.kind is MediaKind.DOCUMENT and file.filename:
        json["filename"] = file.filename
    if file.voice:
        json["voice"] = True
    return json


def _location(place: Location) -> Json:
    json: Json = {"latitude": place.latitude, "longitude": place.longitude}
    named = (("name", place.name), ("address", place.address))
    return json | {key: text for key, text in named if text}


def _cards(cards: Sequence[ContactCard]) -> list[Json]:
    if not 1 <= len(cards) <= MOST_CARDS:
        raise Unsendable(f"there are {len(cards)} contacts, not 1 to {MOST_CARDS}")
    return [_card(card) for card in cards]


def _card(card: ContactCard) -> Json:
    """Return a contact; WhatsApp wants a name, and one part of it beside the whole."""
    name = card.name.strip() or next(iter(card.phones), "-")
    phones = [
        {"phone": phone, **({"wa_id": card.wa_ids[at]} if at < len(card.wa_ids) else {})}
        for at, phone in enumerate(card.phones)
    ]
    json: Json = {"name": {"formatted_name": name, "first_name": name}}
    return json | ({"phones": phones} if phones else {})


def _interactive(buttons: Buttons) -> Json:
    _check("text of the buttons", buttons.body, LONGEST_BUTTONS_BODY)
    if not 1 <= len(buttons.buttons) <= MOST_BUTTONS:
        raise Unsendable(f"there are {len(buttons.buttons)} buttons, not 1 to {MOST_BUTTONS}")
    for part in ("payload", "title"):
        if len({getattr(each, part) for each in buttons.buttons}) < len(buttons.buttons):
            raise Unsendable(f"two buttons have the same {part}")
    return {
        "type": "button",
        "body": {"text": buttons.body},
        "action": {"buttons": [_button(each) for each in buttons.buttons]},
    }


def _button(button: Button) -> Json:
    _check("payload", button.payload, LONGEST_PAYLOAD)
    _check("title", button.title, LONGEST_TITLE)
    return {"type": "reply", "reply": {"id": button.payload, "title": button.title}}


def _template(template: Template) -> Json:
    components = [_quick_reply(n, payload) for n, payload in enumerate(template.payloads)]
    if template.parameters:
        clean = [clean_parameter(each) for each in template.parameters]
        _check("body", "".join(clean), LONGEST_BODY)
        texts = [{"type": "text", "text": each} for each in clean]
        components.insert(0, {"type": "body", "parameters": texts})
    return {
        "name": template.name,
        "language": {"code": template.language},
        "components": components,
    }


def _quick_reply(index: int, payload: str) -> Json:
    _check("payload", payload, LONGEST_PAYLOAD)
    return {
        "type": "button",
        "sub_type": "quick_reply",
        "index": str(index),
        "parameters": [{"type": "payload", "payload": payload}],
    }


def _check(what: str, text: str, limit: int) -> None:
    """Refuse an empty or overlong text, by its length and never by what it says."""
    if not text.strip():
        raise Unsendable(f"the {what} is empty")
    if len(text) > limit:
        raise Unsendable(f"the {what} has {len(text)} characters; at most {limit} are possible")
