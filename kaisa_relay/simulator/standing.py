"""How Meta thinks of a number, an account and a portfolio, and what that forbids them."""

from typing import Any

from attrs import define, field

TIERS = {
    "TIER_250": 250, "TIER_2K": 2000, "TIER_10K": 10_000, "TIER_100K": 100_000,
    "TIER_UNLIMITED": None,
}  # fmt: skip


@define
class Number:
    """The standing of a number; times are on the simulator's clock.

    `blocked` are people's wa_ids; `registrations` the times of register and deregister.
    """

    quality: str = "GREEN"
    registered: bool = True
    pin: str | None = None
    upgrading_until: float = 0.0
    blocked: dict[str, None] = field(factory=dict)
    registrations: list[float] = field(factory=list)
    profile: dict[str, Any] = field(factory=dict)


@define
class Account:
    """The standing of a WhatsApp Business Account."""

    locked: bool = False
    restricted_until: float = 0.0
    pays: bool = True
    created: list[float] = field(factory=list)


@define
class Portfolio:
    """The messaging limit of a portfolio: `reached` holds when each wa_id was first written to
    outside its window.
    """

    tier: str = "TIER_UNLIMITED"
    reached: dict[str, float] = field(factory=dict)

    def may_reach(self, wa_id: str, now: float) -> bool:
        """Whether one more person can be written to unasked in these 24 hours; notes it if so."""
        limit = TIERS[self.tier]
        if limit is None:
            return True
        self.reached = {one: at for one, at in self.reached.items() if now - at < 24 * 3600}
        if wa_id not in self.reached and len(self.reached) >= limit:
            return False
        self.reached.setdefault(wa_id, now)
        return True
