"""What people send, and the days of the week, as each language names them."""

from collections.abc import Mapping
from typing import Final

_WEEKDAYS_EN: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_OTHER_EN: Final = "that kind of message"
_KINDS_EN: Final[Mapping[str, str]] = {
    "image": "your picture",
    "gif": "your picture",
    "video": "your video",
    "audio": "your audio file",
    "voice": "your voice message",
    "document": "your document",
    "sticker": "your sticker",
    "location": "your location",
    "contacts": "the contact you shared",
    "form": "your form",
    "reaction": "your reaction",
    "order": "your order",
    "edit": "your change to an earlier message",
    "deletion": "your deletion of an earlier message",
    "poll_creation": "your poll",
    "group_invite": "your group invitation",
    "text": "your message",
    "button": "your answer",
    "choice": "your answer",
    "interactive": "your answer",
}

_WEEKDAYS_SV: Final = (
    "måndag",
    "tisdag",
    "onsdag",
    "torsdag",
    "fredag",
    "lördag",
    "söndag",
)
_OTHER_SV: Final = "den sortens meddelande"
_KINDS_SV: Final[Mapping[str, str]] = {
    "image": "din bild",
    "gif": "din bild",
    "video": "din film",
    "audio": "din ljudfil",
    "voice": "ditt röstmeddelande",
    "document": "ditt dokument",
    "sticker": "ditt klistermärke",
    "location": "din plats",
    "contacts": "kontakten du delade",
    "form": "ditt formulär",
    "reaction": "din reaktion",
    "order": "din beställning",
    "edit": "din ändring av ett tidigare meddelande",
    "deletion": "din radering av ett tidigare meddelande",
    "poll_creation": "din omröstning",
    "group_invite": "din gruppinbjudan",
    "text": "ditt meddelande",
    "button": "ditt svar",
    "choice": "ditt svar",
    "interactive": "ditt svar",
}

_WEEKDAYS_ES: Final = (
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
)
_OTHER_ES: Final = "ese tipo de mensaje"
_KINDS_ES: Final[Mapping[str, str]] = {
    "image": "tu foto",
    "gif": "tu foto",
    "video": "tu vídeo",
    "audio": "tu archivo de audio",
    "voice": "tu mensaje de voz",
    "document": "tu documento",
    "sticker": "tu sticker",
    "location": "tu ubicación",
    "contacts": "el contacto que has compartido",
    "form": "tu formulario",
    "reaction": "tu reacción",
    "order": "tu pedido",
    "edit": "el cambio de un mensaje anterior",
    "deletion": "el borrado de un mensaje anterior",
    "poll_creation": "tu encuesta",
    "group_invite": "tu invitación a un grupo",
    "text": "tu mensaje",
    "button": "tu respuesta",
    "choice": "tu respuesta",
    "interactive": "tu respuesta",
}

WEEKDAYS: Final = {"en": _WEEKDAYS_EN, "sv": _WEEKDAYS_SV, "es": _WEEKDAYS_ES}
"""From Monday on."""
KINDS: Final = {
    "en": (_KINDS_EN, _OTHER_EN),
    "sv": (_KINDS_SV, _OTHER_SV),
    "es": (_KINDS_ES, _OTHER_ES),
}
"""Each kind of content to the person who sent it, and what any other is called."""
