"""The demo's verdict: what it must find, and what it must leave alone."""

from collections.abc import Sequence

import pytest
from attrs import evolve

from kaisa_relay.cli.demo import plan
from kaisa_relay.cli.demo.cast import AGENTS, RESCUES, TAKES, Chat, Ending, chats
from kaisa_relay.cli.demo.relay import Event, Message
from kaisa_relay.cli.demo.verdict import (
    WAY_BACK,
    Heard,
    compare,
    course_problems,
    phone_problems,
    relayed_problems,
)

CHAT = chats(5)[0]
GONE = "conversation.offer_declined", "conversation.offer_expired", "conversation.agent_accepted"


def transcript(chat: Chat) -> tuple[Message, ...]:
    """What the relay says when all went well."""
    said = [("visitor", text) for text in chat.says] + [("agent", text) for text in chat.answers]
    return tuple(
        Message(id=f"msg_{at}", author=author, type="text", status="read", text=text)
        for at, (author, text) in enumerate(said)
    )


def faultless(chat: Chat) -> Heard:
    """What is seen of a chat when all went well."""
    closed = Event("conversation.closed", {"by": chat.ending.value})
    return Heard(
        to_visitor=plan.visitor_gets(chat),
        to_agent=plan.agent_gets(TAKES, chat),
        transcript=transcript(chat),
        events=(*(Event(each, {}) for each in GONE), closed),
        status="closed",
    )


def swapped(texts: Sequence[str], first: str, second: str) -> tuple[str, ...]:
    """The same texts with two of them in each other's place."""
    places = {first: second, second: first}
    return tuple(places.get(text, text) for text in texts)


def test_a_faultless_chat_has_no_problem() -> None:
    assert relayed_problems(CHAT, faultless(CHAT)) == ()
    assert course_problems(CHAT, faultless(CHAT)) == ()


@pytest.mark.parametrize(
    ("expected", "seen", "problems"),
    [
        ("abc", "abc", []),
        ("abc", "ac", ["“b” is lost"]),
        ("abc", "abbc", ["“b” came 1 time too often"]),
        ("abc", "abbbc", ["“b” came 2 times too often"]),
        ("abc", "acb", ["“c” came where “b” was due"]),
        ("abc", "abcd", ["“d” is unexpected"]),
        ("aba", "aab", ["“a” came where “b” was due"]),
        ("abcd", "dbb", ["“a” is lost", "“c” is lost", "“b” came 1 time too often"]),
        ("", "", []),
    ],
)
def test_what_is_compared(expected: str, seen: str, problems: list[str]) -> None:
    """Lost, doubled, unexpected and swapped are told apart, and found together."""
    found = compare(expected, seen)
    assert list(found[: len(problems)]) == problems
    assert len(found) == len(problems) + (seen == "dbb")  # that one is out of order too


def spoilings(shown: Sequence[str], one: str, two: str) -> list[tuple[str, ...]]:
    """A phone with one message lost, doubled, and in another's place."""
    return [
        tuple(text for text in shown if text != one),
        (*shown, one),
        swapped(shown, one, two),
    ]


def test_a_lost_doubled_or_swapped_message_on_the_visitors_phone_is_found() -> None:
    good = faultless(CHAT)
    for shown in spoilings(good.to_visitor, *CHAT.answers[1:3]):
        (problem,) = relayed_problems(CHAT, evolve(good, to_visitor=shown))
        assert problem.startswith(f"{CHAT.visitor.name}, on the visitor's phone: ")
        assert CHAT.answers[1] in problem


def test_a_lost_doubled_or_swapped_message_on_the_agents_phone_is_found() -> None:
    good = faultless(CHAT)
    for shown in spoilings(good.to_agent, *CHAT.says[1:3]):
        (problem,) = relayed_problems(CHAT, evolve(good, to_agent=shown))
        assert problem.startswith(f"{CHAT.visitor.name}, on the agent's phone: ")
        assert CHAT.says[1] in problem


def test_a_transcript_that_differs_from_the_phones_is_found() -> None:
    good = faultless(CHAT)
    first, *rest = good.transcript
    for spoiled in (tuple(rest), (*good.transcript, first), (*rest[:1], first, *rest[1:])):
        (problem,) = relayed_problems(CHAT, evolve(good, transcript=spoiled))
        assert "transcript of the visitor" in problem


@pytest.mark.parametrize(
    "seen",
    [
        evolve(faultless(CHAT), status="active"),
        evolve(faultless(CHAT), events=faultless(CHAT).events[:3]),
        evolve(faultless(CHAT), events=faultless(CHAT).events[1:]),
        evolve(
            faultless(CHAT),
            events=(*faultless(CHAT).events, Event("conversation.queued", {})),
        ),
        evolve(
            faultless(CHAT),
            transcript=(
                Message("msg_1", "agent", "text", "sent", "x"),
                *faultless(CHAT).transcript,
            ),
        ),
    ],
    ids=["not closed", "ended by nobody", "not declined", "queued", "not delivered"],
)
def test_a_chat_that_went_another_way_is_found(seen: Heard) -> None:
    (problem,) = course_problems(CHAT, seen)
    assert problem.startswith(f"{CHAT.visitor.name}: ")


def test_an_automatic_text_too_many_is_found_on_whichever_phone() -> None:
    """Every text of every phone is in the plan, or is a problem."""
    all_chats = chats(3)
    channels = {all_chats[0].visitor.name: "1", all_chats[1].visitor.name: "2"}
    channels |= {chat.visitor.name: "1" for chat in all_chats[2:]}
    planned = plan.phones(all_chats, channels)
    assert phone_problems(planned, planned) == ()
    assert {name for name, _ in planned} == {
        each.name for each in (*AGENTS, RESCUES, *(chat.visitor for chat in all_chats))
    }
    for phone, texts in planned.items():
        (problem,) = phone_problems(planned, {**planned, phone: [*texts, "Hello?"]})
        assert problem == f"{phone[0]} on channel {phone[1]}: “Hello?” is unexpected"
    (problem,) = phone_problems(planned, {**planned, ("Nobody", "1"): ["Hello?"]})
    assert problem.startswith("Nobody on channel 1")


def test_every_line_of_the_play_is_said_once() -> None:
    """However many messages there are, none can be taken for another."""
    said = [text for chat in chats(40) for text in (*chat.says, *chat.answers)]
    assert len(said) == 4 * 2 * 40
    assert len(set(said)) == len(said)


def test_the_plan_knows_who_ends_a_chat() -> None:
    assert plan.closed_agent(CHAT) != plan.closed_agent(evolve(CHAT, ending=Ending.API))


def test_a_way_back_that_is_not_as_planned_is_found() -> None:
    """Whoever never scanned is won back once, and nobody else is."""
    lost = chats(5)[3]
    assert lost.unscanned
    taken = Event("conversation.agent_accepted", {})
    closed = Event("conversation.closed", {"by": lost.ending.value})
    way = tuple(Event(each, {}) for each in WAY_BACK)
    seen = evolve(faultless(lost), events=(*way, taken, closed))
    assert course_problems(lost, seen) == ()
    for events in (way[:3], way[1:], (*way, way[-1])):
        (problem,) = course_problems(lost, evolve(seen, events=(*events, taken, closed)))
        assert problem.startswith(f"{lost.visitor.name}: the way back")
    one = faultless(CHAT)
    (problem,) = course_problems(CHAT, evolve(one, events=(*one.events, way[0])))
    assert problem.startswith(f"{CHAT.visitor.name}: the way back")
