"""What the world saw: phones, WhatsApp's own record, the relay's API and its log.

Rule 1: every check returns one sentence per problem; nothing is a problem only by timing.
Rule 2: what the relay calls unconfirmed may have arrived or not, but never twice.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Final

import trio
from sqlalchemy import Engine

from kaisa_relay.cli.demo.people import Arrival, Phone
from kaisa_relay.cli.demo.relay import Message
from kaisa_relay.domain.ids import MESSAGE, to_text
from kaisa_relay.domain.payloads import SendAgain, decode
from tests.e2e import ledger
from tests.e2e.house import House
from tests.e2e.play import SURNAME, Chat, Voice, heard_of

QUIET_WITHIN: Final = 60.0
"""Seconds; the pair limit refused three times in a row waits 1 + 4 + 16 of them."""
AGAIN_WITHIN: Final = 10.0
STILL: Final = 3
"""How many looks in a row must find nothing to do before it counts as quiet."""
LOOK_AGAIN: Final = 0.05
ALLOWED_LEVELS: Final = frozenset({"info", "warning"})
_PHONE: Final = re.compile(r"(?<!\d)467017406\d\d(?!\d)")


async def quiet(house: House) -> list[str]:
    """Wait until the relay has nothing left to do; returns what it still has after that long."""
    engine = ledger.engine_of(house.config.database_url)
    left: list[str] = []
    still = 0
    try:
        with trio.move_on_after(QUIET_WITHIN):
            while still < STILL:
                await trio.sleep(LOOK_AGAIN)
                left = await trio.to_thread.run_sync(_left, engine)
                queues = (await house.clients.simulator.webhooks(1 << 40)).queues
                # A webhook that a dead relay did not take comes again, later than a few looks.
                still = 0 if left or queues.coming or queues.retrying else still + 1
            return []
        left = left or ["a webhook on its way"]
    finally:
        engine.dispose()
    return [f"I9: after {QUIET_WITHIN:.0f} s there is still {each}" for each in left]


def _left(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return ledger.unsettled(connection)


async def database_problems(house: House) -> list[str]:
    """Return what the database shows; best once the relay has stopped."""

    def look() -> list[str]:
        engine = ledger.engine_of(house.config.database_url)
        try:
            with engine.connect() as connection:
                return ledger.problems(connection, house.starts)
        finally:
            engine.dispose()

    return await trio.to_thread.run_sync(look)


# --- messages


async def message_problems(house: House, chats: Sequence[Chat]) -> list[str]:
    """Say which message of which chat is lost, doubled, out of order or wrongly reported."""
    problems: list[str] = []
    for chat in chats:
        listed = await house.clients.api.messages(chat.conversation.id)
        for voice, author in zip(chat.voices, ("visitor", "agent"), strict=True):
            listener = chat.other(voice).phone
            await listener.refresh()
            mine = [message for message in listed if message.author == author]
            problems += [
                f"{voice.sign}: {problem}"
                for problem in _of_voice(voice, mine, heard_of(voice, listener))
            ]
    return problems


def _of_voice(voice: Voice, listed: Sequence[Message], heard: Sequence[Arrival]) -> Iterator[str]:
    wanted = list(voice.written.values())
    mine = [message for message in listed if message.text in wanted]
    shown = Counter(message.text or "" for message in mine)
    if shown != Counter(wanted):
        missing = sorted(Counter(wanted) - shown)
        yield f"the transcript has {len(mine)} of {len(wanted)} messages, and not {missing}"
    if [message.id for message in mine] != sorted(message.id for message in mine):
        yield "the transcript is not in the order of arrival"
    if voice.ahead == 1 and [message.text for message in mine] != wanted:
        yield "the transcript is not in the order of writing"
    yield from _arrivals(mine, [arrival.text for arrival in heard])


def _arrivals(mine: Sequence[Message], heard: Sequence[str]) -> Iterator[str]:
    doubtful = {message.text for message in mine if message.status == "unconfirmed"}
    yield from (f"{text} came twice" for text, times in Counter(heard).items() if times > 1)
    certain = [message.text for message in mine if message.text not in doubtful]
    came = [text for text in heard if text not in doubtful]
    for text in certain:
        if text not in came:
            yield f"{text} never came"
    if came != [text for text in certain if text in came]:
        yield f"they came in another order: {came}"
    for message in mine:
        if message.text not in doubtful and message.status != "read":
            yield f"{message.text} is shown as {message.status}, and was read"


def unconfirmed(messages: Sequence[Message]) -> list[Message]:
    """Return what the transcript says may not have arrived."""
    return [message for message in messages if message.status == "unconfirmed"]


async def ask_again(house: House, chats: Sequence[Chat]) -> list[str]:
    """Have agents tap the button of every doubtful message; says what does not work."""
    problems: list[str] = []
    for chat in chats:
        listed = await house.clients.api.messages(chat.conversation.id)
        doubtful = unconfirmed(listed)
        notices = [message for message in doubtful if message.author == "system"]
        for message in doubtful:
            button = next(
                (each for each in chat.agent.phone.arrivals if _asks(each, message)), None
            )
            if message.author == "system":
                continue
            if button is not None:
                problems += await _ask_again(chat, message, button)
            elif not notices:  # which may be the one that says so
                problems.append(f"{message.text} is in doubt and the agent was not told")
    return problems


async def _ask_again(chat: Chat, message: Message, button: Arrival) -> list[str]:
    listener = _listener(chat, message)
    before = len(listener.arrivals)
    await chat.agent.phone.tap(button, 0)
    with trio.move_on_after(AGAIN_WITHIN):
        await listener.wait_for(lambda each: each.text == message.text, before)
        return []
    return [f"{message.text} was asked for again and did not come"]


def _asks(arrival: Arrival, message: Message) -> bool:
    """Whether this is the notice with which to have a message sent again."""
    payloads = [decode(button.payload) for button in arrival.buttons]
    return any(
        isinstance(each, SendAgain) and to_text(MESSAGE, each.message) == message.id
        for each in payloads
    )


def _listener(chat: Chat, message: Message) -> Phone:
    return (chat.agent if message.author == "visitor" else chat.visitor).phone


# --- what WhatsApp saw


async def call_problems(house: House) -> list[str]:
    """I7: say which send was accepted by WhatsApp more than once."""
    answer = await house.clients.graph.get("/_sim/log", params={"kind": "send"})
    accepted = Counter(
        entry["opaque"] for entry in answer.json()["entries"] if entry["outcome"] == "accepted"
    )
    return [f"I7: send {id} was accepted {n} times" for id, n in accepted.items() if n > 1]


# --- what must not be seen


def canary_problems(chats: Sequence[Chat]) -> list[str]:
    """I8: say where one party's number or full name reached the other."""
    return [problem for chat in chats for problem in _canaries(chat)]


def _canaries(chat: Chat) -> Iterator[str]:
    visitor, agent = chat.visitor.phone, chat.agent.phone
    for listener, other in ((visitor, agent), (agent, visitor)):
        number = other.person.number.lstrip("+")
        for arrival in listener.arrivals:
            if number in re.sub(r"[\s+()-]", "", arrival.text):
                yield f"I8: {listener.person.name} got the other one's number"
    for arrival in visitor.arrivals:
        if SURNAME in arrival.text:
            yield f"I8: {visitor.person.name} got the agent's full name"


async def log_problems(
    house: House, chats: Sequence[Chat], expected: Collection[str] = ()
) -> list[str]:
    """I8, and no surprises: say which line of the relay's log should not be there."""
    text = await trio.to_thread.run_sync(partial(house.log.read_text, encoding="utf-8"))
    signs = [voice.sign + "." for chat in chats for voice in chat.voices]
    secrets = (SURNAME, "wamid.", "sim-token", house.clients.key, "sim-app-secret", *signs)
    problems = [f"I8: the log says {word}" for word in secrets if word in text]
    if _PHONE.search(text):
        problems.append("I8: the log has a phone number")
    return problems + [problem for line in text.splitlines() for problem in _line(line, expected)]


def _line(line: str, expected: Collection[str]) -> Iterator[str]:
    try:
        said = json.loads(line)
    except ValueError:
        said = {}
    usual = said.get("level") in ALLOWED_LEVELS or said.get("event") in expected
    if "exception" in said or not usual:
        yield f"the log says: {line[:1500]}"


# --- all of it


async def verdict(house: House, chats: Sequence[Chat], expected: Collection[str] = ()) -> list[str]:
    """Return everything that is wrong, once all is quiet; stops the relay on the way.

    `expected` are events of the log that may be there at error level.
    """
    problems = await quiet(house)
    problems += await message_problems(house, chats)
    problems += await call_problems(house)
    problems += await ask_again(house, chats)
    problems += await quiet(house)
    problems += await call_problems(house)
    problems += canary_problems(chats)
    code = await house.stop()
    if code != 0:
        problems.append(f"the relay stopped with code {code}")
    problems += await database_problems(house)
    return problems + await log_problems(house, chats, expected)
