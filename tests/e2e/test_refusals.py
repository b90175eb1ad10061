"""What must be refused, set aside or answered: over real HTTP, into a real database."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import trio
from sqlalchemy import select

from kaisa_relay.cli.demo.people import Person
from kaisa_relay.cli.demo.programs import APP_SECRET
from kaisa_relay.store.tables import inbox
from tests.e2e import ledger
from tests.e2e.house import LINES, WEBHOOK, House, house
from tests.e2e.play import CREATE, begin_all, pairs
from tests.e2e.verdict import log_problems, quiet
from tests.store.databases import sqlite_database

pytestmark = pytest.mark.timeout(240)

STRANGER: Final = Person("Stina Strangerson", "+46701740689")
FOREIGN: Final = "9999999"
"""A phone_number_id that is nobody's here."""


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[House]:
    with sqlite_database() as url:
        async with house(url, tmp_path) as opened:
            yield opened


async def test_refused_requests_leave_no_trace(built: House) -> None:
    """I12: wrong signature, wrong key, and bodies of which nothing can be made."""
    (pair,) = pairs(1)
    visitor, agent = (
        {"name": each.name, "phone": each.number} for each in (pair.visitor, pair.agent)
    )
    before = await rows(built)
    assert (await webhook(built, b'{"object": "x"}', "0" * 64)).status_code == 401
    assert (await built.clients.http.post(WEBHOOK, content=b"{}")).status_code == 401
    good = {"visitor": visitor, "agents": [agent]}
    cases: list[tuple[int, Any, str]] = [
        (401, good, "kaisa_wrong"),
        (400, b'{"visitor": ', built.clients.key),
        (422, good | {"agents": []}, built.clients.key),
        (422, good | {"agents": [agent, agent]}, built.clients.key),
        (422, good | {"agents": [agent | {"phone": LINES[0].number}]}, built.clients.key),
        (422, good | {"visitor": visitor | {"phone": "+46 1"}}, built.clients.key),
        (422, good | {"colour": "blue"}, built.clients.key),
        (413, b" " * 3_000_000, built.clients.key),
    ]
    for status, asked, key in cases:
        answer = await post(built, asked, key)
        assert (answer.status_code, answer.headers["content-type"]) == (
            status,
            "application/problem+json",
        ), answer.text
    assert await rows(built) == before
    assert await log_problems(built, []) == []


async def test_webhooks_that_fit_nobody_are_kept_and_shown(built: House, tmp_path: Path) -> None:
    """Signed but not JSON, and somebody else's number: 200, set aside, counted, in doctor."""
    body = json.dumps(foreign_message()).encode()
    for content in (b"not json", body, body):
        assert (await webhook(built, content, signed(content))).status_code == 200
    kept = await parked(built)
    assert [state for state, _ in kept] == ["parked"] * len(kept)
    assert {reason for _, reason in kept} == {"not_json", "unknown_channel"}
    await built.crash()  # they are durable, and rows are counted at the start
    metrics = (await built.clients.http.get("/metrics")).text
    assert f'kaisa_inbox_rows{{state="unrouted"}} {len(kept)}.0' in metrics
    found = await trio.to_thread.run_sync(doctor, built)
    assert any("unrouted" in each["about"] for each in found)


async def test_a_stranger_on_a_known_channel_is_answered(built: House) -> None:
    """And an agent who has nothing to answer hears that nobody was listening."""
    phone = await built.phone(STRANGER)
    await phone.write(LINES[0].number, "Hello?")
    answer = await phone.wait_for(lambda arrival: True)
    assert "no open chat" in answer.text
    (chat,) = await begin_all(built, 1)
    await chat.agent.write(built, "/close")
    await chat.visitor.phone.wait_for(lambda arrival: "ended" in arrival.text)
    before = len(chat.agent.phone.arrivals)
    await chat.agent.write(built, "Are you still there?")
    answer = await chat.agent.phone.wait_for(
        lambda arrival: "not passed on" in arrival.text, before
    )
    assert await quiet(built) == []
    assert "Are you still there?" not in [each.text for each in chat.visitor.phone.arrivals]
    assert await log_problems(built, [chat]) == []


# --- acts


def signed(content: bytes) -> str:
    """Sign as Meta does."""
    return hmac.new(APP_SECRET.encode(), content, hashlib.sha256).hexdigest()


async def webhook(built: House, content: bytes, signature: str) -> httpx.Response:
    """Post a webhook with this signature."""
    headers = {
        "X-Hub-Signature-256": f"sha256={signature}",
        "Content-Type": "application/json",
    }
    return await built.clients.http.post(WEBHOOK, content=content, headers=headers)


async def post(built: House, asked: Any, key: str) -> httpx.Response:
    """Ask for a conversation with any body."""
    content = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    return await built.clients.http.post(CREATE, content=content, headers=headers)


def foreign_message() -> dict[str, Any]:
    """Return a message to a number that nobody configured."""
    message = {
        "id": "wamid.foreign",
        "from": STRANGER.number[1:],
        "timestamp": "1700000000",
        "type": "text",
        "text": {"body": "Hello?"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "46701740699", "phone_number_id": FOREIGN},
        "contacts": [{"wa_id": STRANGER.number[1:], "profile": {"name": STRANGER.name}}],
        "messages": [message],
    }
    entry = {"id": "waba-9", "changes": [{"field": "messages", "value": value}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


# --- what is seen


async def rows(built: House) -> dict[str, int]:
    """Count the rows of the tables that a request might leave a trace in."""
    return await trio.to_thread.run_sync(_look, built, ledger.counts)


async def parked(built: House) -> list[tuple[str, str]]:
    """Return state and reason of every inbox row."""
    query = select(inbox.c.state, inbox.c.reason)
    return await trio.to_thread.run_sync(
        _look, built, lambda connection: [tuple(row) for row in connection.execute(query)]
    )


def _look(built: House, read: Any) -> Any:
    engine = ledger.engine_of(built.config.database_url)
    try:
        with engine.connect() as connection:
            return read(connection)
    finally:
        engine.dispose()


def doctor(built: House) -> list[dict[str, Any]]:
    """Run `doctor` beside the running relay and return its findings."""
    environment = {**os.environ, **built.child.program.environment}
    command = (sys.executable, "-m", "kaisa_relay", "doctor", "--json")
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    findings: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    return findings
