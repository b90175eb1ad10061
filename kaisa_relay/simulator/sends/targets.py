"""Whom a send is for."""

from attrs import define, frozen

from ..config import ChannelConfig
from ..errors import GraphError
from ..faults import Faults
from ..people.numbers import is_bsuid, read_recipient, spellings
from ..people.person import Person
from ..world import World
from .outgoing import Outgoing


@frozen
class Target:
    """Whom a send is for.

    `person` None is nobody with WhatsApp; `silent` sends are accepted and lost.
    """

    addressed: str
    to_phone: bool
    person: Person | None
    silent: bool = False

    @property
    def number(self) -> str:
        """What limits and message ids go by."""
        return self.person.wa_id if self.person is not None else self.addressed

    def contact(self, outgoing: Outgoing) -> dict[str, str | None]:
        """The entry of `contacts` in the answer."""
        if self.to_phone:
            return {"input": outgoing.to, "wa_id": self.addressed}
        return {"input": outgoing.recipient, "user_id": self.addressed}


@define
class Targets:
    """Finds the target of a send as Meta reads `to` and `recipient`; `to` wins."""

    world: World
    faults: Faults

    def of(self, channel: ChannelConfig, outgoing: Outgoing) -> Target | GraphError:
        """The target, or why there can be none."""
        if not outgoing.to:
            return self._by_user_id(channel, outgoing.recipient or "")
        if is_bsuid(outgoing.to.strip()):
            if self.faults.switches.bsuid_in_to == "refuse":
                return GraphError(100, "to is not a phone number; a user id goes into recipient")
            return Target(outgoing.to, to_phone=True, person=None, silent=True)
        number = read_recipient(outgoing.to, channel.number)
        if not number:
            return GraphError(131009, "to is not a phone number")
        if channel.number in spellings(number):
            return GraphError(131021, "The sender and the recipient are the same number")
        person = self.world.people.by_number(number)
        return Target(person.wa_id if person is not None else number, to_phone=True, person=person)

    def _by_user_id(self, channel: ChannelConfig, user_id: str) -> Target | GraphError:
        if not is_bsuid(user_id):
            return GraphError(131009, "recipient is not a business-scoped user id")
        person = self.world.people.by_user_id(user_id, channel.portfolio)
        return Target(user_id, to_phone=False, person=person)
