"""Notes, the team's texts and transfers over HTTP: what is asked, answered and refused."""

import pytest

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.conversation.messages import AlreadyEnded
from kaisa_relay.domain.conversation.orders import (
    AgentNotFree,
    NoAgent,
    NobodyToAsk,
    NotStarted,
    TransferUnderWay,
    UnknownAgent,
)
from kaisa_relay.domain.ids import CONTACT, ContactId, to_text
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.requester import Requester, RequesterKind
from kaisa_relay.ports.supervising import SupervisionRefusal, TeamNote, TeamText, TeamTransfer
from tests.api.bench import READER, STRANGER, Bench
from tests.api.fakes import EPOCH

KEY = Requester(RequesterKind.KEY, 1)
ANNA = ContactId(12)
PATHS = ["notes", "messages", "transfer"]
ASKED = {
    "notes": {"text": "wants red"},
    "messages": {"to": "agent", "text": "offer him ten per cent"},
    "transfer": {"to": "next"},
}


async def made(bench: Bench) -> str:
    """Make a conversation; returns its address."""
    return f"/conversations/{(await bench.create()).json['id']}"


async def test_a_note_is_kept(bench: Bench) -> None:
    """And answered as the transcript shows it."""
    answer = await bench.post(f"{await made(bench)}/notes", {"text": "wants red"})
    assert answer.status == 201
    assert answer.json["from"] == "supervisor"
    assert (answer.json["type"], answer.json["text"]) == ("note", "wants red")
    assert answer.json["status"] == "received"
    assert "to" not in answer.json
    [asked] = bench.desk.supervised
    assert (asked.wanted, asked.by) == (TeamNote("wants red"), KEY)


@pytest.mark.parametrize(("to", "status"), [("visitor", "sending"), ("agent", "held")])
async def test_a_text_to_one_side(bench: Bench, to: str, status: str) -> None:
    """On its way, or held."""
    answer = await bench.post(f"{await made(bench)}/messages", {"to": to, "text": " hi\nyou "})
    assert (answer.status, answer.json["to"], answer.json["status"]) == (201, to, status)
    assert bench.desk.supervised[0].wanted == TeamText(Side(to), " hi\nyou ")


@pytest.mark.parametrize(
    ("to", "who"),
    [
        ("next", None),
        (to_text(CONTACT, ANNA), ANNA),
        ("+46 70 123 45 68", Phone("+46701234568")),
    ],
)
async def test_a_transfer(bench: Bench, to: str, who: ContactId | Phone | None) -> None:
    """To whoever is next, an agent's id, or their number."""
    answer = await bench.post(f"{await made(bench)}/transfer", {"to": to, "note": "knows red"})
    assert answer.status == 201
    assert answer.json == {
        "offer": 1,
        "agent": to_text(CONTACT, ANNA),
        "offered_at": "2026-11-22T08:00:00Z",
    }
    assert bench.desk.supervised[0].wanted == TeamTransfer(who, "knows red")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("notes", {"text": " \n "}, "text"),
        ("notes", {"text": "x" * 4001}, "text"),
        ("notes", {"text": "a\0b"}, "text"),
        ("messages", {"to": "both", "text": "hi"}, "to"),
        ("messages", {"to": "agent", "text": ""}, "text"),
        ("messages", {"text": "hi"}, "to"),
        ("transfer", {"to": "Anna"}, "to"),
        ("transfer", {"to": ""}, "to"),
        ("transfer", {"to": "next", "note": ""}, "note"),
        ("transfer", {"to": "next", "note": "x" * 501}, "note"),
        ("transfer", {"to": "next", "sudo": 1}, "sudo"),
    ],
)
async def test_what_is_wrong_is_named(bench: Bench, path: str, body: object, field: str) -> None:
    """And nothing is done."""
    answer = await bench.post(f"{await made(bench)}/{path}", body)
    assert list(answer.errors) == [field]
    assert not bench.desk.supervised


@pytest.mark.parametrize(
    ("refusal", "status", "slug"),
    [
        (AlreadyEnded(EPOCH), 409, "already-ended"),
        (NotStarted(), 409, "not-started"),
        (NoAgent(), 409, "no-agent"),
        (TransferUnderWay(ANNA), 409, "transfer-under-way"),
        (AgentNotFree(ANNA), 409, "agent-not-free"),
        (NobodyToAsk(), 409, "nobody-free"),
        (UnknownAgent(), 422, "invalid-request"),
    ],
)
async def test_refusals_are_problems(
    bench: Bench, refusal: SupervisionRefusal, status: int, slug: str
) -> None:
    """Each with its own type, and who is meant where somebody is."""
    address = await made(bench)
    bench.desk.no = refusal
    answer = await bench.post(f"{address}/transfer", {"to": "next"})
    assert (answer.status, answer.problem) == (status, slug)
    if isinstance(refusal, TransferUnderWay | AgentNotFree):
        assert answer.json["agent"] == to_text(CONTACT, ANNA)


@pytest.mark.parametrize("path", PATHS)
async def test_the_same_key_gets_the_same_answer(bench: Bench, path: str) -> None:
    """Another body with it is refused, and so is a key that is none."""
    address = await made(bench)
    answers = [
        await bench.post(f"{address}/{path}", ASKED[path], Idempotency_Key="once") for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert len(bench.desk.supervised) == 1
    other = {**ASKED[path], "text": "other"} if path != "transfer" else {"to": "+46701234568"}
    reused = await bench.post(f"{address}/{path}", other, Idempotency_Key="once")
    assert reused.problem == "idempotency-key-reused"
    elsewhere = await bench.post(f"{await made(bench)}/{path}", ASKED[path], Idempotency_Key="once")
    assert elsewhere.problem == "idempotency-key-reused"
    wrong = await bench.post(f"{address}/{path}", ASKED[path], Idempotency_Key="é")
    assert list(wrong.errors) == ["Idempotency-Key"]


@pytest.mark.parametrize("path", PATHS)
async def test_whose_it_is(bench: Bench, path: str) -> None:
    """A key that may only read is refused; another workspace's conversation does not exist."""
    address = await made(bench)
    assert (await bench.post(f"{address}/{path}", ASKED[path], READER)).problem == "forbidden"
    assert (await bench.post(f"{address}/{path}", ASKED[path], STRANGER)).problem == "not-found"
    nonsense = await bench.post(f"/conversations/cnv_what/{path}", ASKED[path])
    assert nonsense.problem == "not-found"
    assert not bench.desk.supervised


async def test_who_closes_is_told_to_the_desk(bench: Bench) -> None:
    """So that the event can say it."""
    await bench.post(f"{await made(bench)}/close", {})
    assert bench.desk.ended_by == [KEY]
