"""An event of the feed as a line to read."""

from datetime import datetime
from typing import Any

import msgspec


class Shown(msgspec.Struct, frozen=True):
    """What of a CloudEvent is shown."""

    type: str
    time: datetime
    subject: str | None = None
    data: dict[str, Any] = {}


_decoder = msgspec.json.Decoder(Shown)


def event_line(event: bytes) -> str:
    """Return the time (UTC), the type, the conversation and what else the event says."""
    shown = _decoder.decode(event)
    told = (f"{name}={_value(value)}" for name, value in shown.data.items() if _says(value))
    of = (shown.subject,) if shown.subject else ()
    return "  ".join((f"{shown.time:%H:%M:%S}Z", f"{shown.type:<32}", *of, " ".join(told))).rstrip()


def _says(value: object) -> bool:
    return value is not None and value != [] and value != {}


def _value(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    # A terminal obeys control characters; a word without spaces needs no quotes.
    plain = text.isprintable() and " " not in text
    return text if plain else msgspec.json.encode(ascii(text)[1:-1]).decode()
