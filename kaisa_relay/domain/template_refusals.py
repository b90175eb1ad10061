"""What an operator does about a template that WhatsApp refuses to send (reference, section 4.12).

Rule 1: the send ends as failed and what it was for goes the other way; nothing waits for a person.
"""

from typing import Final

_PUSH: Final = "it is missing in that language or not approved: kaisa-relay templates push|status"
_SHAPE: Final = "it has other parameters than ours: kaisa-relay templates status"
_POLICY: Final = "Meta finds it against its policy: mend its text in Meta Business"

TEMPLATE_ADVICE: Final = {
    132000: _SHAPE,
    132001: _PUSH,
    132005: "its text with the parameters is too long: shorten it in Meta Business",
    132007: _POLICY,
    132008: _SHAPE,
    132012: _SHAPE,
    132015: "paused for its quality: Meta lets it go on after some hours; see Meta Business",
    132016: "disabled for its quality: appeal in Meta Business, or use one of another name",
    132018: _SHAPE,
}
"""What to do, by Meta's code; whatever is not here is not about the template."""
