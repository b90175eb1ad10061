"""What an agent can type: commands that begin with a slash, and yes or no to an offer.

Rule 1: a text that begins with a slash is never relayed as it stands; two slashes make one.
Rule 2: the names of every language are understood; the agent's own comes first.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from attrs import field, frozen

from kaisa_relay.domain.durations import BadDuration, read_duration
from kaisa_relay.domain.texts import LANGUAGES, language_of


@frozen
class Close:
    """End the conversation; `outcome` is one word of the agent's, `note` the rest."""

    outcome: str | None = None
    note: str | None = field(repr=False, default=None)


@frozen
class Help:
    """List the commands."""


@frozen
class Status:
    """Tell the agent where they stand."""


@frozen
class Who:
    """Tell the agent whom they talk to."""


@frozen
class Pause:
    """Get no offers for `time`; None is a time that cannot be read."""

    time: timedelta | None = None


@frozen
class On:
    """Get offers again."""


@frozen
class Off:
    """Get no offers until `On`."""


@frozen
class Note:
    """Keep `text` with the conversation; the visitor never sees it. None where nothing was said."""

    text: str | None = field(repr=False, default=None)


@frozen
class History:
    """Show what was said of late."""


@frozen
class Transfer:
    """Hand the conversation over; `rest` is to whom, and a note for them, as it was typed."""

    rest: str = field(repr=False, default="")


@frozen
class Block:
    """End the conversation, and hear no more of its visitor."""


@frozen
class Literal:
    """Ordinary text whose writer doubled the slash; `text` has one and is to be relayed."""

    text: str = field(repr=False)


@frozen
class UnknownCommand:
    """A slash with a name that is no command; `command` is what was typed, slash and all."""

    command: str


_Named = Close | Help | Status | Who | Note | History | Transfer | Block | Pause | On | Off
ChatCommand = _Named | Literal
PresenceCommand = Pause | On | Off | Status
"""What concerns the agent and no conversation: obeyed wherever they write it."""

USUAL_PAUSE: Final = timedelta(hours=1)
SHORTEST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(days=30)

LONGEST_SHOWN: Final = 30
"""Characters of an unknown command that are repeated to its writer."""

_NAMES: Final[Mapping[str, Mapping[str, type[_Named]]]] = {
    "en": {
        "close": Close,
        "end": Close,
        "help": Help,
        "status": Status,
        "who": Who,
        "pause": Pause,
        "on": On,
        "off": Off,
        "note": Note,
        "history": History,
        "transfer": Transfer,
        "block": Block,
    },
    "sv": {
        "avsluta": Close,
        "stäng": Close,
        "klar": Close,
        "hjälp": Help,
        "status": Status,
        "vem": Who,
        "paus": Pause,
        "pausa": Pause,
        "på": On,
        "av": Off,
        "anteckning": Note,
        "anteckna": Note,
        "historik": History,
        "överlämna": Transfer,
        "flytta": Transfer,
        "blockera": Block,
    },
    "es": {
        "cerrar": Close,
        "terminar": Close,
        "ayuda": Help,
        "estado": Status,
        "quién": Who,
        "pausa": Pause,
        "activar": On,
        "desactivar": Off,
        "nota": Note,
        "historial": History,
        "transferir": Transfer,
        "pasar": Transfer,
        "bloquear": Block,
    },
}
_COMMAND: Final = re.compile(r"/(\S*)\s*(.*)", re.DOTALL)
_TRAILING: Final = ".,!?:;…"


def parse(text: str, language: str) -> ChatCommand | UnknownCommand | None:
    """Read what an agent wrote; None is ordinary text. Case and accents do not count."""
    stripped = text.strip()
    if stripped.startswith("//"):
        return Literal(stripped[1:])
    match = _COMMAND.fullmatch(stripped)
    if match is None:
        return None
    command = _named(plain(match[1].rstrip(_TRAILING)), language)
    if command is None:
        return UnknownCommand("/" + match[1][: LONGEST_SHOWN - 1])
    if command is Close:
        return _close(match[2])
    if command is Note:
        return Note(match[2].strip() or None)
    if command is Transfer:
        return Transfer(match[2].strip())
    return _pause(match[2]) if command is Pause else command()


def _named(name: str, language: str) -> type[_Named] | None:
    for each in (language_of(language), *LANGUAGES):
        if found := _PLAIN_NAMES[each].get(name):
            return found
    return None


def _close(rest: str) -> Close:
    outcome, _, note = rest.strip().partition(" ")
    return Close(outcome or None, note.strip() or None)


def _pause(rest: str) -> Pause:
    text = "".join(rest.split()).casefold().rstrip(_TRAILING)
    time = read_duration(text, SHORTEST_PAUSE, LONGEST_PAUSE) if text else USUAL_PAUSE
    return Pause(None if isinstance(time, BadDuration) else time)


def plain(word: str) -> str:
    """Return a word without case and accents, as hurried thumbs write it."""
    letters = unicodedata.normalize("NFD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_PLAIN_NAMES: Final = {
    language: {plain(name): command for name, command in names.items()}
    for language, names in _NAMES.items()
}


def _words(text: str) -> frozenset[str]:
    return frozenset(plain(word) for word in text.split(", "))


_YES: Final = _words(
    "y, yes, yes please, yep, yeah, yup, ok, okay, okey, sure, accept, accepted, i accept, take, "
    "ja, ja tack, japp, jo, absolut, visst, acceptera, ta chatten, jag tar den, jag kan, "
    "si, claro, vale, acepto, aceptar, dale, 👍, ✅, ✔, 👌, 🆗"
)
_NO: Final = _words(
    "n, no, no thanks, nope, nah, not now, decline, declined, "
    "nej, nej tack, nä, inte nu, kan inte, avböj, avböja, "
    "no gracias, ahora no, no puedo, rechazar, rechazo, 👎, ❌, ✖, 🚫"
)
_VARIANT: Final = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
"""Emoji presentation and skin tones: a thumb is a thumb."""


def typed_answer(text: str) -> bool | None:
    """Read a whole message as yes or no to an offer; None when it is neither."""
    answer = plain(_VARIANT.sub("", text))
    answer = " ".join(re.sub(r"[.,!?:;…¡¿]+", " ", answer).split())
    if answer in _YES:
        return True
    if answer in _NO:
        return False
    return None
