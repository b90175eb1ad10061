"""What is written into the audit log, and who may read it."""

from datetime import UTC

import pytest

from kaisa_relay.api.audited import AUDITED
from kaisa_relay.domain.ids import KEY, AuditId, to_text
from kaisa_relay.ports.auditing import Action, Deed
from tests.api.bench import READER, STRANGER, VISITOR, Bench
from tests.api.fakes import EPOCH, OURS, THEIRS

_JSON = {"Content-Type": "application/json"}
FULL_KEY, READING_KEY = to_text(KEY, 1), to_text(KEY, 2)


async def test_a_transcript_is_written_down_before_it_is_shown(bench: Bench) -> None:
    made = (await bench.create()).json["id"]
    assert (await bench.get(f"/conversations/{made}/messages", READER)).status == 200
    [entry] = bench.audit.kept.values()
    assert (entry.by, entry.action, entry.subject) == (READING_KEY, Action.TRANSCRIPT_READ, made)
    bench.audit.away = True
    assert (await bench.get(f"/conversations/{made}/messages", READER)).status == 503


@pytest.mark.parametrize("path", ["/conversations/cnv_0000000000009/messages", "/conversations"])
async def test_what_shows_no_words_is_not(bench: Bench, path: str) -> None:
    await bench.get(path)
    assert not bench.audit.kept


async def test_looking_for_words_is_and_the_words_are_not(bench: Bench) -> None:
    await bench.get("/conversations?text=zeppelin")
    [entry] = bench.audit.kept.values()
    assert (entry.action, entry.subject) == (Action.TEXT_SEARCHED, None)


async def test_a_change_says_what_came_of_it(bench: Bench) -> None:
    made = (await bench.create()).json["id"]
    await bench.call("POST", f"/conversations/{made}/notes", b"not json")
    await bench.call("POST", f"/conversations/{made}/notes", b'{"text": "zeppelin"}', headers=_JSON)
    wrong, right = bench.audit.kept.values()
    assert (wrong.action, wrong.subject, wrong.by) == (Action.NOTE_ADDED, made, FULL_KEY)
    assert wrong.outcome is not None
    assert right.outcome is not None
    assert wrong.outcome >= 400 > right.outcome
    assert "zeppelin" not in str(bench.audit.kept)


async def test_what_cannot_be_written_down_is_not_done(bench: Bench) -> None:
    made = (await bench.create()).json["id"]
    bench.audit.away = True
    path = f"/conversations/{made}/notes"
    done = await bench.call("POST", path, b'{"text": "zeppelin"}', headers=_JSON)
    assert done.status == 503
    assert not bench.desk.supervised


async def test_what_is_typed_is_no_subject(bench: Bench) -> None:
    await bench.call("DELETE", "/blocks/vera@customers.example")
    [entry] = bench.audit.kept.values()
    assert (entry.subject, entry.outcome) == (None, 404)


async def test_what_is_made_is_the_subject(bench: Bench) -> None:
    done = await bench.post("/blocks", {"phone": VISITOR["phone"]})
    [entry] = bench.audit.kept.values()
    assert entry.action is Action.BLOCK_ADDED
    assert (entry.subject, entry.outcome) == (done.json["contact"], done.status)


async def _filled(bench: Bench) -> None:
    for number in range(5):
        of = THEIRS if number == 2 else OURS
        action = Action.KEY_ADDED if number else Action.EXPORT_MADE
        await bench.audit.asked(Deed(of, FULL_KEY, action, to_text(KEY, number)))


async def test_pages_of_ones_own_the_newest_first(bench: Bench) -> None:
    await _filled(bench)
    first = (await bench.get("/audit?limit=3")).json
    rest = (await bench.get(f"/audit?limit=3&cursor={first['next']}")).json
    found = [each["subject"] for each in (*first["items"], *rest["items"])]
    assert found == [to_text(KEY, number) for number in (4, 3, 1, 0)]
    assert rest["next"] is None
    assert first["items"][0] == {
        "id": to_text("aud", AuditId(5)), "at": EPOCH.astimezone(UTC).isoformat()[:19] + "Z",
        "by": FULL_KEY, "action": "key.added", "subject": to_text(KEY, 4), "outcome": None,
    }  # fmt: skip


async def test_filtered(bench: Bench) -> None:
    await _filled(bench)
    assert len((await bench.get("/audit?action=export.made")).json["items"]) == 1
    assert len((await bench.get(f"/audit?subject={to_text(KEY, 4)}")).json["items"]) == 1
    assert not (await bench.get("/audit?by=key_x")).json["items"]
    assert set((await bench.get("/audit?action=flown&since=now&x=1")).errors) == {
        "action", "since", "x",
    }  # fmt: skip


async def test_as_csv(bench: Bench) -> None:
    await _filled(bench)
    lines = (await bench.get("/audit.csv?action=key.added")).body.decode().splitlines()
    assert lines[0] == "id,at,by,action,subject,outcome"
    assert len(lines) == 4
    assert list(bench.audit.kept.values())[-1].action is Action.AUDIT_EXPORTED
    assert (await bench.get("/audit.csv?limit=3")).status == 422


@pytest.mark.parametrize("key", [READER, STRANGER])
async def test_it_is_for_administrators(bench: Bench, key: str) -> None:
    assert (await bench.get("/audit", key)).status == 403
    assert (await bench.get("/audit.csv", key)).status == 403


async def test_everything_in_the_table_is_an_address_of_ours(bench: Bench) -> None:
    served = {
        (method, rule.rule)
        for rule in bench.app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    assert set(AUDITED) <= served
