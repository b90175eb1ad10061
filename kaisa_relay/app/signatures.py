"""Webhooks that are signed wrongly: a wrong app secret shows nowhere else, and nothing is relayed.

Rule 1: strangers post too, so the log hears of it at most every ten minutes.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog
from attrs import define, field

from kaisa_relay.accounts.signed import Signed
from kaisa_relay.runtime.clock import WallClock
from kaisa_relay.whatsapp.webhook import Observer

SAY_EVERY: Final = timedelta(minutes=10)

logger = structlog.get_logger()


@define
class Signatures:
    """Counts for `doctor` what the webhook lanes take and refuse, and passes every count on."""

    counts: Observer
    clock: WallClock
    _right: int = field(default=0, init=False)
    _wrong: int = field(default=0, init=False)
    _said_at: datetime | None = field(default=None, init=False)

    def on_webhook(self, outcome: str, items: int) -> None:
        """One POST ended as `stored`, `refused` or `unavailable`, with so many new rows."""
        self.counts.on_webhook(outcome, items)
        if outcome == "refused":
            self._wrong += 1
            self._say()
        else:
            self._right += 1

    def signed(self) -> Signed:
        """Return how many were signed rightly and wrongly since the start."""
        return Signed(self._right, self._wrong)

    def _say(self) -> None:
        now = self.clock()
        if self._said_at is not None and abs(now - self._said_at) < SAY_EVERY:
            return
        self._said_at = now
        logger.warning(
            "webhook refused",
            reason="its signature is not made with our app secret",
            advice="compare KAISA_APP_SECRET with the app secret in Meta's App Dashboard",
        )
