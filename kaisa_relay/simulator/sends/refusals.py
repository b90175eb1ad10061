"""Why Meta does not take a well-formed send: the account's standing, the person, the window.

Rule 1: the first that holds is told; the account comes before the person, the person before the
message.
Rule 2: nothing is used up here but the portfolio's count of people written to unasked.
"""

from collections.abc import Iterator
from typing import Any

from attrs import define, frozen

from ..config import ChannelConfig
from ..errors import GraphError
from ..media.store import DAY, Medium
from ..people.numbers import digits, spellings
from ..people.person import Person
from ..templates.rendering import Rendered
from ..world import Heard, Sent, World
from .outgoing import Outgoing
from .targets import Target

_REACTION_SECONDS = 30 * DAY


@frozen
class Attempt:
    """A send with everything found out about it."""

    channel: ChannelConfig
    outgoing: Outgoing
    target: Target
    rendered: Rendered | None = None
    attached: Medium | GraphError | None = None

    @property
    def category(self) -> str:
        """What Meta bills it as."""
        return self.rendered.category if self.rendered is not None else "service"


@define
class Refusals:
    """Looks for reasons not to take a send."""

    world: World

    def first(self, attempt: Attempt) -> GraphError | None:
        """The first reason, or None."""
        if attempt.target.silent:
            return None
        return next(self._all(attempt), None)

    def _all(self, attempt: Attempt) -> Iterator[GraphError]:
        yield from self._of_account(attempt)
        person = attempt.target.person
        if person is None:
            yield GraphError(
                131026,
                f"No WhatsApp user for the recipient; it was read as {attempt.target.addressed}",
            )
            return
        yield from self._of_person(attempt, person)
        yield from self._of_window(attempt, person)
        if attempt.outgoing.kind == "reaction":
            yield from self._of_reaction(attempt, person)
        if isinstance(attempt.attached, GraphError):
            yield attempt.attached

    def _of_account(self, attempt: Attempt) -> Iterator[GraphError]:
        channel, now = attempt.channel, self.world.clock.time()
        number = self.world.numbers[channel.phone_number_id]
        account = self.world.accounts[channel.waba]
        if account.locked:
            yield GraphError(131031, "The account is locked")
        if now < account.restricted_until:
            yield GraphError(368, "The account is restricted for violating a policy")
        if not number.registered:
            yield GraphError(133010, "The phone number is not registered")
        if now < number.upgrading_until:
            yield GraphError(131057, "The throughput of this number is being upgraded")
        if not account.pays and self._would_cost(attempt):
            yield GraphError(131042, "There is no payment method, and this message is not free")

    def _would_cost(self, attempt: Attempt) -> bool:
        month = self.world.clock.now().strftime("%Y-%m")
        left = self.world.ledger.free_left(attempt.channel.phone_number_id, month)
        return attempt.category != "service" or not left

    def _of_person(self, attempt: Attempt, person: Person) -> Iterator[GraphError]:
        channel = attempt.channel
        allowed = channel.test_recipients
        if allowed is not None and person.wa_id not in _all_spellings(allowed):
            yield GraphError(131030, "The recipient is not in the list of this test number")
        if person.wa_id in self.world.numbers[channel.phone_number_id].blocked:
            yield GraphError(131026, "The business has blocked this user")
        if attempt.category == "authentication" and not attempt.target.to_phone:
            yield GraphError(131062, "Authentication templates go to phone numbers only")
        if attempt.category == "marketing" and not person.marketing:
            yield GraphError(131050, "The user has stopped marketing messages of this business")

    def _of_window(self, attempt: Attempt, person: Person) -> Iterator[GraphError]:
        if self.world.window_open(attempt.channel, person):
            return
        if attempt.rendered is None:
            yield GraphError(
                131047,
                "More than 24 hours have passed since the recipient last wrote to this number",
            )
            return
        portfolio = self.world.portfolios[attempt.channel.portfolio]
        if not portfolio.may_reach(person.wa_id, self.world.clock.time()):
            yield GraphError(131064, f"The messaging limit {portfolio.tier} is reached")

    def _of_reaction(self, attempt: Attempt, person: Person) -> Iterator[GraphError]:
        wamid: Any = attempt.outgoing.body["message_id"]
        target: Heard | Sent | None = self.world.heard.get(wamid) or self.world.sent.get(wamid)
        if target is None or not _in_chat(target, attempt.channel, person):
            yield GraphError(131009, "reaction.message_id is not a message of this chat")
        elif target.kind == "reaction":
            yield GraphError(131009, "reaction.message_id is a reaction")
        elif self.world.clock.time() - target.at > _REACTION_SECONDS:
            yield GraphError(131009, "reaction.message_id is older than 30 days")


def _in_chat(message: Heard | Sent, channel: ChannelConfig, person: Person) -> bool:
    if message.channel != channel.phone_number_id:
        return False
    if isinstance(message, Sent):
        return message.person is person
    return message.wa_id == person.wa_id


def _all_spellings(numbers: tuple[str, ...]) -> set[str]:
    return {spelling for number in numbers for spelling in spellings(digits(number))}
