"""How much of the Engagement Builder one workspace may use.

Rule 1: what is beyond is refused where it is asked for, or waits, or is dead with the reason: it
never just vanishes.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final, assert_never

from attrs import fields_dict, frozen

from kaisa_relay.domain.engagement.suppression import Way

_NAMED: Final = {Way.EMAIL: "mails", Way.SMS: "text messages", Way.WHATSAPP: "WhatsApp templates"}


@frozen
class Quotas:
    """Of one workspace: how many there may be, may wait at once, and may leave on one day (UTC)."""

    triggers: int = 200
    endpoints: int = 200
    waiting: int = 100_000
    """Deliveries that are not sent yet."""
    email: int = 10_000
    sms: int = 1_000
    whatsapp: int = 1_000

    def per_day(self, way: Way) -> int:
        """Return how many may leave this way on one day."""
        match way:
            case Way.EMAIL:
                return self.email
            case Way.SMS:
                return self.sms
            case Way.WHATSAPP:
                return self.whatsapp
            case _:
                assert_never(way)

    def used_up(self, way: Way) -> str:
        """Say why a delivery waits until tomorrow."""
        most = f"{self.per_day(way)} {_NAMED[way]} a day"
        return f"the workspace's quota is used up: {most}; it waits until 00:00 UTC"

    @property
    def full(self) -> str:
        """Say why a delivery is dead before it was tried."""
        return f"the workspace's quota is used up: {self.waiting} deliveries wait already"


NAMES: Final = tuple(fields_dict(Quotas))


@frozen
class QuotaReached:
    """There may be no more than so many of these."""

    what: str
    most: int


def until_tomorrow(at: datetime) -> timedelta:
    """Return how long it is until the next day, in UTC."""
    day = at.astimezone(UTC).date() + timedelta(days=1)
    return datetime.combine(day, time(), UTC) - at
