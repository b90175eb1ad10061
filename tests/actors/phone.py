"""What stands on somebody's phone."""

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.outgoing import Joined
from kaisa_relay.ports import FormPerson
from tests.actors.house import House


def said(house: House, who: FormPerson, since: int) -> list[str]:
    """Return the lines that somebody's phone has got since, also of texts that went as one."""
    got = [each for each in house.sent(who)[since:] if isinstance(each, Text | Joined)]
    return [line for each in got for line in each.body.split("\n")]
