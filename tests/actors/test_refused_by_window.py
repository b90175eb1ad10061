"""WhatsApp calls a window closed while more waits for its reader: all of it keeps its order."""

import pytest
from trio.testing import MockClock

from kaisa_relay.domain.outgoing import Template
from kaisa_relay.domain.sending import Rejected
from kaisa_relay.ports import FormPerson
from tests.actors.house import AGENT, VISITOR, open_house

CLOSED = Rejected(131047, "re-engagement message")
WORDS = ["one", "two", "three", "four"]


@pytest.mark.parametrize(("writer", "reader"), [(VISITOR, AGENT), (AGENT, VISITOR)])
@pytest.mark.parametrize("before", [0, 1])
async def test_what_is_behind_a_refused_message_stays_behind_it(
    autojump_clock: MockClock, writer: FormPerson, reader: FormPerson, before: int
) -> None:
    """One refusal, and by the next call the window would be open."""
    async with open_house() as house:
        await house.talking()
        house.gateway.latency = 5.0
        house.gateway.answer_next(reader.phone, *[None] * before, CLOSED)
        await house.arrive(*(house.item(writer, word) for word in WORDS))
        await house.pass_time(60)
        templates = [each.name for each in house.sent(reader) if isinstance(each, Template)]
        assert sum(name.startswith("kaisa_reopen") for name in templates) == 1
        assert [text for text in house.texts(reader) if text in WORDS] == WORDS[:before]
        await house.write(reader, "I am back")
        await house.pass_time(60)
        heard = "\n".join(house.texts(reader)).split("\n")
        assert [line for line in heard if line in WORDS] == WORDS
        house.check_finished()
