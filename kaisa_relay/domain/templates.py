"""The templates that the relay needs: what Meta must approve before a closed window can be opened.

Rule 1: a template's name never gets another meaning; a new wording that needs other parameters is a
new name.
Rule 2: no text begins or ends with a variable (reference, section 4.3).
"""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import frozen

from kaisa_relay.domain.texts import language_of

LONGEST_BODY: Final = 1_024
"""Characters of a template's body with its parameters (Meta)."""
LONGEST_OF_OURS: Final = 60
"""Characters of a parameter of our own templates, so that a name cannot swamp them."""


class TemplateKey(StrEnum):
    """One template; its value is its name at Meta, but for the offer's, which a workspace sets."""

    OFFER = "kaisa_offer"
    REOPEN_AGENT = "kaisa_reopen_agent"
    REOPEN_VISITOR = "kaisa_reopen_visitor"
    OPT_IN = "kaisa_opt_in"
    MOVED = "kaisa_moved"


@frozen
class TemplateText:
    """What a template says in one language; `{{1}}` and so on are its parameters.

    `samples` are what Meta's reviewers see in their place. Buttons are quick replies of at most 25
    characters.
    """

    body: str
    buttons: tuple[str, ...]
    samples: tuple[str, ...] = ()


TEMPLATES: Final[Mapping[TemplateKey, Mapping[str, TemplateText]]] = {
    TemplateKey.OFFER: {
        "en": TemplateText(
            "Hello! {{1}} would like to chat: {{2}}. Can you take it?",
            ("Accept", "Decline"),
            ("Vera", "New enquiry"),
        ),
        "sv": TemplateText(
            "Hej! {{1}} vill chatta: {{2}}. Kan du ta det?",
            ("Acceptera", "Avböj"),
            ("Vera", "Ny förfrågan"),
        ),
        "es": TemplateText(
            "¡Hola! {{1}} quiere hablar contigo: {{2}}. ¿Puedes atender?",
            ("Aceptar", "Rechazar"),
            ("Vera", "Nueva consulta"),
        ),
    },
    TemplateKey.REOPEN_AGENT: {
        "en": TemplateText(
            "Your customer has written to you. Tap below to read it and answer.", ("Read it",)
        ),
        "sv": TemplateText(
            "Din kund har skrivit till dig. Tryck här nedanför för att läsa och svara.", ("Läs",)
        ),
        "es": TemplateText(
            "Tu cliente te ha escrito. Toca abajo para leerlo y responder.", ("Leer",)
        ),
    },
    TemplateKey.REOPEN_VISITOR: {
        "en": TemplateText(
            "There is an answer to your enquiry. Tap below to read it.", ("Read it",)
        ),
        "sv": TemplateText(
            "Det finns ett svar på din fråga. Tryck här nedanför för att läsa det.", ("Läs",)
        ),
        "es": TemplateText("Hay una respuesta a tu consulta. Toca abajo para leerla.", ("Leer",)),
    },
    TemplateKey.OPT_IN: {
        "en": TemplateText(
            "You have been named as somebody who answers customers in this chat. "
            "Tap below if you would like to, and we will write to you when somebody needs you.",
            ("Yes, I will",),
        ),
        "sv": TemplateText(
            "Du har angetts som en person som svarar kunder i den här chatten. "
            "Tryck nedan om du vill det, så skriver vi när någon behöver dig.",
            ("Ja, det gör jag",),
        ),
        "es": TemplateText(
            "Te han nombrado para atender a clientes en este chat. "
            "Toca abajo si quieres hacerlo y te escribiremos cuando alguien te necesite.",
            ("Sí, quiero",),
        ),
    },
    TemplateKey.MOVED: {
        "en": TemplateText(
            "Our number has changed. Your chat goes on here; tap below to continue it.",
            ("Continue",),
        ),
        "sv": TemplateText(
            "Vårt nummer har ändrats. Din chatt fortsätter här; tryck nedan för att gå vidare.",
            ("Fortsätt",),
        ),
        "es": TemplateText(
            "Nuestro número ha cambiado. Tu conversación sigue aquí; toca abajo para continuar.",
            ("Continuar",),
        ),
    },
}


def template_text(key: TemplateKey, language: str) -> TemplateText:
    """Return a template in the language that we speak for a tag."""
    return TEMPLATES[key][language_of(language)]


def clean_parameter(text: str) -> str:
    """Return a text that Meta takes as a template's parameter: one line, never empty.

    Newlines, tabs and four spaces in a row are refused there.
    """
    text = " ".join(text.split())  # first: tabs are control characters too
    kept = (each for each in text if unicodedata.category(each) not in ("Cc", "Cs"))
    return " ".join("".join(kept).split()) or "-"


def brief(text: str) -> str:
    """Return a parameter of a template of ours: clean and short."""
    line = clean_parameter(text)
    if len(line) <= LONGEST_OF_OURS:
        return line
    return line[: LONGEST_OF_OURS - 1].rstrip() + "…"
