"""`/_sim/…`: what Meta does by itself: time passes, numbers and accounts rise and fall."""

from datetime import datetime
from typing import Any

import msgspec
from attrs import evolve
from quart import Blueprint

from ..simulator import Simulator
from ..standing import TIERS
from .calls import ControlProblem, Shown, add_routes, find_channel, read_body

QUALITIES = ("GREEN", "YELLOW", "RED", "NA")
_UPGRADED, _UPGRADE_SECONDS = 1000, 60.0
_LONGEST_JUMP = 400 * 24 * 3600.0


class ClockBody(msgspec.Struct, forbid_unknown_fields=True):
    """How far the clock moves: by seconds, or to an instant (RFC 3339)."""

    advance: float | None = None
    to: datetime | None = None


class QualityBody(msgspec.Struct, forbid_unknown_fields=True):
    """What a number is told; `rating` and `limit` are what it has then."""

    event: str | None = None
    rating: str | None = None
    limit: str | None = None


class AccountBody(msgspec.Struct, forbid_unknown_fields=True):
    """What happens to an account: an event with its details, or whether it has a payment method."""

    event: str | None = None
    details: dict[str, Any] = {}
    seconds: float = 24 * 3600.0
    pays: bool | None = None


class MetaControl:
    """The handlers, over one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> Blueprint:
        """The blueprint to mount."""
        return add_routes(
            Blueprint("meta", __name__, url_prefix="/_sim"),
            (
                ("/clock", "GET", self.show_clock),
                ("/clock", "POST", self.move_clock),
                ("/channels/<name>/quality", "POST", self.quality),
                ("/accounts", "GET", self.accounts),
                ("/accounts/<waba>", "POST", self.account),
                ("/pricing", "GET", self.pricing),
            ),
        )

    async def show_clock(self) -> Shown:
        """The simulator's time, and how far it is ahead of the real one."""
        clock = self._simulator.world.clock
        return {
            "now": clock.now().isoformat(),
            "ahead_seconds": clock.ahead,
            "planned": self._simulator.agenda.planned(),
        }

    async def move_clock(self) -> Shown:
        """Move the clock forward by `advance` seconds or `to` an instant; what falls due on the
        way happens. Only a reset moves it back.
        """
        body, clock = await read_body(ClockBody), self._simulator.world.clock
        if (body.advance is None) == (body.to is None):
            raise ControlProblem(400, "give advance (seconds) or to (an instant)")
        if body.to is not None and body.to.tzinfo is None:
            raise ControlProblem(400, "to needs its offset from UTC")
        far = (body.to - clock.now()).total_seconds() if body.to is not None else body.advance
        if far is None or not 0 <= far <= _LONGEST_JUMP:
            raise ControlProblem(400, "the clock moves forward only, 400 days at most")
        self._simulator.agenda.advance(far)
        self._simulator.world.feed.tell("clock", now=clock.now().isoformat())
        return await self.show_clock()

    async def quality(self, name: str) -> Shown:
        """Change a number's `rating` or its portfolio's `limit`, or give it the `event`
        THROUGHPUT_UPGRADE; the business is told.
        """
        world, body = self._simulator.world, await read_body(QualityBody)
        channel = find_channel(world, name)
        if body.rating not in (None, *QUALITIES):
            raise ControlProblem(400, f"rating must be one of {', '.join(QUALITIES)}")
        if body.limit not in (None, *TIERS):
            raise ControlProblem(400, f"limit must be one of {', '.join(TIERS)}")
        number, portfolio = (
            world.numbers[channel.phone_number_id],
            world.portfolios[channel.portfolio],
        )
        event = body.event or _event(number.quality, body.rating)
        number.quality = body.rating or number.quality
        portfolio.tier = body.limit or portfolio.tier
        if event == "THROUGHPUT_UPGRADE":
            world.put_channel(evolve(channel, throughput=_UPGRADED))
            number.upgrading_until = world.clock.time() + _UPGRADE_SECONDS
        self._simulator.notices.quality(channel, event)
        return {"event": event, "rating": number.quality, "limit": portfolio.tier}

    async def accounts(self) -> Shown:
        """The standing of every account."""
        world = self._simulator.world
        wabas = sorted({channel.waba for channel in world.channels.values()})
        return {"accounts": [self._show(waba) for waba in wabas]}

    async def account(self, waba: str) -> Shown:
        """Let an `event` happen to an account (ACCOUNT_RESTRICTION for `seconds`,
        DISABLED_UPDATE, ACCOUNT_DELETED and ACCOUNT_REINSTATED have effects), or say whether it
        `pays`; the business is told of events.
        """
        world, body = self._simulator.world, await read_body(AccountBody)
        if not world.channels_of(waba):
            raise ControlProblem(404, f"there is no account {waba}")
        if body.pays is not None:
            world.accounts[waba].pays = body.pays
        if body.event is not None:
            details = self._take_effect(waba, body.event, body) | body.details
            self._simulator.notices.account(waba, body.event, details)
        return self._show(waba)

    def _take_effect(self, waba: str, event: str, body: AccountBody) -> Shown:
        world, account = self._simulator.world, self._simulator.world.accounts[waba]
        match event:
            case "ACCOUNT_RESTRICTION":
                account.restricted_until = world.clock.time() + body.seconds
                expiration = int(world.clock.now().timestamp() + body.seconds)
                kind = "RESTRICTED_BIZ_INITIATED_MESSAGING"
                return {"restriction_info": [{"restriction_type": kind, "expiration": expiration}]}
            case "DISABLED_UPDATE":
                account.locked = True
                day = world.clock.now().date().isoformat()
                return {"ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": day}}
            case "ACCOUNT_DELETED":
                account.locked = True
            case "ACCOUNT_REINSTATED" | "ACCOUNT_RECONNECTED":
                account.locked, account.restricted_until = False, 0.0
            case _:
                pass
        return {}

    def _show(self, waba: str) -> Shown:
        world, account = self._simulator.world, self._simulator.world.accounts[waba]
        return {
            "waba": waba,
            "locked": account.locked,
            "restricted_seconds": max(0.0, account.restricted_until - world.clock.time()),
            "pays": account.pays,
            "channels": [channel.phone_number_id for channel in world.channels_of(waba)],
        }

    async def pricing(self) -> Shown:
        """What was delivered, by number, month, category and type, and what of it is billed."""
        ledger = self._simulator.world.ledger
        charges = [
            {"channel": one.channel, "month": one.month} | one.pricing() | {"messages": messages}
            for one, messages in sorted(ledger.delivered.items(), key=lambda item: str(item[0]))
        ]
        billed = sum(one["messages"] for one in charges if one["billable"])
        return {"charges": charges, "billed": billed}


def _event(old: str, new: str | None) -> str:
    if new is None or new == old:
        return "ONBOARDING"
    return "FLAGGED" if new == "RED" else "UNFLAGGED" if old == "RED" else "QUALITY_CHANGE"
