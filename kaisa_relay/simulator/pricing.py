"""What messages cost: the category of each, whether it is billed, and a count by month.

Since October 2026 free-form messages are billed too, after 1,000 free ones per number and month;
72 hours after a click on an advertisement everything is free.
"""

from collections import Counter
from typing import Any

from attrs import field, frozen

FREE_PER_MONTH = 1000
FREE_ENTRY_SECONDS = 72 * 3600.0


@frozen
class Charge:
    """One kind of message of one number in one month."""

    channel: str
    month: str
    type: str
    category: str

    @property
    def billable(self) -> bool:
        """Whether Meta bills it."""
        return self.type == "regular"

    def pricing(self) -> dict[str, Any]:
        """The `pricing` of a status."""
        return {
            "billable": self.billable,
            "pricing_model": "PMP",
            "type": self.type,
            "category": self.category,
        }


@frozen
class Ledger:
    """What has been promised free, and what has been delivered."""

    free_used: Counter[tuple[str, str]] = field(factory=Counter)
    delivered: Counter[Charge] = field(factory=Counter)
    entries: dict[tuple[str, str], float] = field(factory=dict)

    def price(self, channel: str, month: str, category: str, free_entry: bool) -> Charge:
        """The price of the next message; a free one is used up."""
        if free_entry:
            return Charge(channel, month, "free_entry_point", "referral_conversion")
        if category != "service" or not self.free_left(channel, month):
            return Charge(channel, month, "regular", category)
        self.free_used[channel, month] += 1
        return Charge(channel, month, "free_customer_service", category)

    def free_left(self, channel: str, month: str) -> int:
        """How many free-form messages of this month are still free."""
        return max(0, FREE_PER_MONTH - self.free_used[channel, month])

    def enters_free(self, channel: str, wa_id: str, now: float) -> bool:
        """Whether the person came by an advertisement in the last 72 hours."""
        since = self.entries.get((channel, wa_id))
        return since is not None and now - since < FREE_ENTRY_SECONDS
