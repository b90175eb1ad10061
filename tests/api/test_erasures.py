"""Erasing somebody over HTTP."""

from collections.abc import Sequence

import pytest
from attrs import define, evolve, field

from kaisa_relay.domain.ids import (
    CONTACT,
    CONVERSATION,
    ERASURE,
    ContactId,
    ConversationId,
    ErasureId,
    WorkspaceId,
    to_text,
)
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports.erasing import AgentToo, Erasure, ErasureAnswer, StillTalking
from kaisa_relay.ports.faces import NotFound
from kaisa_relay.ports.keys import Scope
from kaisa_relay.ports.views import PersonView
from tests.api.bench import READER, Bench
from tests.api.fakes import EPOCH, OURS

VERA = PersonView(ContactId(7), "Vera", Phone("+46701234567"))
WHO, RECEIPT = to_text(CONTACT, 7), to_text(ERASURE, 9)
DONE = Erasure(ErasureId(9), OURS, VERA.contact, EPOCH, "key_x", EPOCH, {"messages": 2})


@define
class Told:
    """Answers what a test says, and remembers what it was asked."""

    answer: ErasureAnswer = DONE
    asked: list[tuple[ContactId, bool]] = field(factory=list)

    async def erase(
        self, workspace: WorkspaceId, contact: ContactId, by: Requester | None, *, force: bool
    ) -> ErasureAnswer:
        """Note it."""
        assert workspace == OURS
        assert by is not None
        self.asked.append((contact, force))
        return self.answer

    async def receipt(self, workspace: WorkspaceId, erasure: ErasureId) -> Erasure | None:
        """Return the one that there is."""
        return DONE if (workspace, erasure) == (OURS, DONE.id) else None

    async def visitors(self, workspace: WorkspaceId, phone: Phone) -> Sequence[PersonView]:
        """Return the one that there is."""
        return [VERA] if phone == VERA.phone else []


@pytest.fixture
def told() -> Told:
    """Who is asked."""
    return Told()


@pytest.fixture
def erasing(told: Told) -> Bench:
    """An API that asks them."""
    return Bench(erasing=told)


async def test_erased_with_a_receipt(erasing: Bench, told: Told) -> None:
    done = await erasing.call("DELETE", f"/visitors/{WHO}")
    assert done.status == 200
    assert (done.json["id"], done.json["contact"]) == (RECEIPT, WHO)
    assert (done.json["removed"], done.json["asked_by"]) == ({"messages": 2}, "key_x")
    assert (await erasing.get(f"/erasures/{RECEIPT}")).json == done.json
    told.answer = evolve(DONE, done_at=None)
    later = await erasing.call("DELETE", f"/visitors/{WHO}?force=true")
    assert (later.status, later.json["done_at"]) == (202, None)
    assert told.asked == [(7, False), (7, True)]


async def test_found_by_number(erasing: Bench) -> None:
    found = (await erasing.get("/visitors?phone=%2B46701234567")).json
    assert found == {"items": [{"contact": WHO, "name": "Vera", "phone": "+46701234567"}]}
    assert (await erasing.get("/visitors?phone=%2B46701234568")).json == {"items": []}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(NotFound(), "not-found"), (AgentToo(), "agent-too")],
)
async def test_refused(erasing: Bench, told: Told, answer: ErasureAnswer, kind: str) -> None:
    told.answer = answer
    assert (await erasing.call("DELETE", f"/visitors/{WHO}")).problem == kind


async def test_a_talk_is_named(erasing: Bench, told: Told) -> None:
    told.answer = StillTalking(ConversationId(5))
    refused = await erasing.call("DELETE", f"/visitors/{WHO}")
    assert (refused.status, refused.problem) == (409, "still-talking")
    assert refused.json["conversation"] == to_text(CONVERSATION, 5)


@pytest.mark.parametrize("path", ["/visitors/anna", f"/visitors/{RECEIPT}"])
async def test_nobody(erasing: Bench, told: Told, path: str) -> None:
    assert (await erasing.call("DELETE", path)).problem == "not-found"
    assert (await erasing.get(f"/erasures/{WHO}")).problem == "not-found"
    assert (await erasing.get(f"/erasures/{to_text(ERASURE, 1)}")).problem == "not-found"
    assert told.asked == []


@pytest.mark.parametrize(
    ("method", "path", "wrong"),
    [
        ("GET", "/visitors", "phone"),
        ("GET", "/visitors?phone=0", "phone"),
        ("GET", "/visitors?name=x", "name"),
        ("DELETE", f"/visitors/{WHO}?force=yes", "force"),
        ("DELETE", f"/visitors/{WHO}?gently=1", "gently"),
    ],
)
async def test_what_is_wrong_is_said(erasing: Bench, method: str, path: str, wrong: str) -> None:
    assert wrong in (await erasing.call(method, path)).errors


async def test_it_has_a_scope_of_its_own(erasing: Bench, told: Told) -> None:
    """Whoever may do everything else may not do this."""
    rest = Bench(erasing=told, scopes=tuple(set(Scope) - {Scope.ERASE}))
    assert (await rest.call("DELETE", f"/visitors/{WHO}")).status == 403
    assert (await erasing.get(f"/erasures/{RECEIPT}", READER)).status == 403
    assert told.asked == []
