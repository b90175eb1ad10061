"""Personal data taken out of what a provider answers."""

import json
import re
from typing import Final

HIDDEN: Final = "…"
_DIGITS: Final = re.compile(r"\d(?:[ ()./-]{0,2}\d)+", re.ASCII)
_TELLING: Final = 7
"""So many last digits tell whose number it is, however the rest is written."""


def masked(answer: str, number: str, text: str) -> str:
    """Return an answer without a number, however it is written, and without a text."""
    tail = number[-_TELLING:]

    def hide(digits: re.Match[str]) -> str:
        return HIDDEN if tail in re.sub(r"\D", "", digits[0]) else digits[0]

    for form in (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
        answer = answer.replace(form, HIDDEN) if form else answer
    return _DIGITS.sub(hide, answer)
