"""Message links with a QR code: `/{phone_number_id}/message_qrdls`."""

from random import Random
from typing import Any

from attrs import evolve, frozen

MOST_CODES = 2000
LONGEST_MESSAGE = 140
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@frozen
class QrCode:
    """A code of a channel, with the text it puts into the person's draft."""

    code: str
    channel: str
    prefilled_message: str

    @property
    def link(self) -> str:
        """What a person opens."""
        return f"https://wa.me/message/{self.code}"

    def shown(self) -> dict[str, Any]:
        """The entry that Graph lists."""
        return {
            "code": self.code,
            "prefilled_message": self.prefilled_message,
            "deep_link_url": self.link,
        }


class QrCodes:
    """All codes of all channels."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._codes: dict[str, QrCode] = {}

    def create(self, channel: str, message: str) -> QrCode | None:
        """A new code, or None when the channel has as many as it may have."""
        if len(self.of(channel)) >= MOST_CODES:
            return None
        made = QrCode("".join(self._rng.choices(_LETTERS, k=14)), channel, message)
        self._codes[made.code] = made
        return made

    def change(self, code: QrCode, message: str) -> QrCode:
        """Give a code another text; its link stays."""
        self._codes[code.code] = evolve(code, prefilled_message=message)
        return self._codes[code.code]

    def of(self, channel: str) -> list[QrCode]:
        """The codes of a channel, oldest first."""
        return [one for one in self._codes.values() if one.channel == channel]

    def find(self, code: str) -> QrCode | None:
        """The code of this name."""
        return self._codes.get(code)

    def remove(self, code: QrCode) -> None:
        """Delete a code; its link leads nowhere then."""
        self._codes.pop(code.code, None)
