"""Keys and settings that a workspace's own administrators manage, over HTTP on a real database."""

import json
from datetime import timedelta
from typing import Any

import pytest
from attrs import fields

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.commands import AddWorkspace, WorkspaceFacts, WorkspaceSettings
from kaisa_relay.accounts.managing import AccountsManaging
from kaisa_relay.accounts.settings_text import read_changes, write_settings
from kaisa_relay.domain.ids import WORKSPACE, WorkspaceId, from_text
from kaisa_relay.ports.keys import Scope
from tests.api.bench import READER, Answer, Bench


class Client:
    """The administrator of one workspace."""

    def __init__(self, administration: Administration, facts: WorkspaceFacts) -> None:
        id = from_text(WORKSPACE, facts.id)
        assert id is not None
        managing = AccountsManaging(administration)
        self.bench = Bench(managing=managing, workspace=WorkspaceId(id))

    async def call(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """Ask with a key that may do everything."""
        if body is None:
            return await self.bench.call(method, path, **more)
        sent, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        return await self.bench.call(method, path, sent, headers=headers, **more)


@pytest.fixture
async def acme(administration: Administration) -> Client:
    """A workspace's administrator."""
    facts = await administration.execute(AddWorkspace("acme"))
    assert isinstance(facts, WorkspaceFacts)
    return Client(administration, facts)


@pytest.fixture
async def other(administration: Administration) -> Client:
    """Another workspace's."""
    facts = await administration.execute(AddWorkspace("other"))
    assert isinstance(facts, WorkspaceFacts)
    return Client(administration, facts)


async def test_a_key_is_made_shown_once_and_revoked(acme: Client, other: Client) -> None:
    """Nobody else's administrator sees or revokes it."""
    asked = {"name": "crm", "scopes": ["conversations:read", "feed:read"], "lasts": "90d"}
    made = await acme.call("POST", "/keys", asked)
    assert made.status == 201
    assert made.json["text"].startswith("kr_")
    key = made.json["key"]
    assert (key["name"], key["scopes"]) == ("crm", asked["scopes"])
    listed = await acme.call("GET", "/keys")
    assert listed.json == {"items": [key], "scopes": [each.value for each in Scope]}
    assert made.json["text"] not in listed.body.decode()
    assert (await other.call("GET", "/keys")).json["items"] == []
    path = f"/keys/{key['id']}"
    assert (await other.call("DELETE", path)).problem == "not-found"
    assert (await acme.call("GET", "/keys")).json["items"][0]["revoked_at"] is None
    assert (await acme.call("DELETE", path)).status == 204
    assert (await acme.call("GET", "/keys")).json["items"][0]["revoked_at"] is not None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 500}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": "feed:read"}, "scopes"),
        ({"lasts": "soon"}, "lasts"),
        ({"lasts": 5}, "lasts"),
        ({"owner": "me"}, "owner"),
    ],
)
async def test_what_is_wrong_with_a_key_is_named(
    acme: Client, wrong: dict[str, Any], field: str
) -> None:
    """And no key is made."""
    asked = {"name": "crm", "scopes": ["feed:read"], **wrong}
    assert set((await acme.call("POST", "/keys", asked)).errors) == {field}
    assert (await acme.call("GET", "/keys")).json["items"] == []


async def test_nobody_gives_what_they_do_not_have(acme: Client) -> None:
    """Who may not manage may not make keys; who may gives only scopes of their own."""
    refused = await acme.call("GET", "/keys", key=READER)
    assert (refused.status, refused.json["scope"]) == (403, "workspace:manage")
    acme.bench = Bench(
        managing=acme.bench.managing,
        workspace=acme.bench.workspace,
        scopes=(Scope.MANAGE, Scope.READ),
    )
    asked = {"name": "crm", "scopes": ["conversations:read", "conversations:write"]}
    refused = await acme.call("POST", "/keys", asked)
    assert refused.errors == {"scopes": "you may give: conversations:read, workspace:manage"}


async def test_settings_are_shown_and_changed(acme: Client, other: Client) -> None:
    """All that are given or none; the other workspace's stay."""
    shown = (await acme.call("GET", "/workspace")).json
    assert (shown["name"], shown["settings"]["offer_time"]) == ("acme", "2m")
    assert shown["settings"].keys() == {each.name for each in fields(WorkspaceSettings)}
    hours = {"zone": "Europe/Stockholm", "week": "mon-fri 09:00-17:00", "days": ["2026-12-24"]}
    texts = [{"key": "seeking", "language": "en", "text": "One moment"}]
    changes = {
        "offer_time": "90s",
        "language": "sv",
        "queue_alert": 20,
        "read_receipts": False,
        "agent_fields": ["car"],
        "hours": hours,
        "texts": texts,
    }
    changed = await acme.call("PATCH", "/workspace", {"settings": changes})
    assert changed.status == 200
    assert changed.json["settings"] == {**shown["settings"], **changes}
    assert (await acme.call("GET", "/workspace")).json == changed.json
    assert (await other.call("GET", "/workspace")).json["settings"]["offer_time"] == "2m"
    cleared = await acme.call("PATCH", "/workspace", {"settings": {"hours": None}})
    assert cleared.json["settings"]["hours"] is None


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("offer_time", "0s"),
        ("offer_time", 90),
        ("offer_time", "soon"),
        ("queue_alert", -1),
        ("queue_alert", "many"),
        ("queue_alert", True),
        ("read_receipts", "yes"),
        ("language", "tlh"),
        ("language", 5),
        ("agent_fields", "car"),
        ("agent_fields", [5]),
        ("hours", {"zone": "Mars/Base", "week": "mon-fri 09:00-17:00"}),
        ("hours", {"zone": "Europe/Stockholm"}),
        ("texts", "x"),
        ("texts", [{"key": "seeking"}]),
        ("texts", [{"key": "no such", "language": "en", "text": "x"}]),
        ("colour", "red"),
    ],
)
async def test_what_is_wrong_with_a_setting_is_named(
    acme: Client, setting: str, value: Any
) -> None:
    """And nothing is changed, also not what was right."""
    before = (await acme.call("GET", "/workspace")).json
    asked = {"settings": {setting: value, "missed_pause": "2h"}}
    refused = await acme.call("PATCH", "/workspace", asked)
    assert set(refused.errors) == {f"settings.{setting}"}
    assert (await acme.call("GET", "/workspace")).json == before


async def test_a_body_that_is_no_change(acme: Client) -> None:
    """It says what is wanted instead."""
    bodies: list[Any] = [[], {}, {"settings": []}, {"settings": {}, "name": "x"}]
    for body in bodies:
        refused = await acme.call("PATCH", "/workspace", body)
        assert refused.status == 422, body


def test_every_setting_reads_the_same_again() -> None:
    """None is forgotten when there are more."""
    settings = WorkspaceSettings(offer_time=timedelta(seconds=90), broadcast_to=5)
    read = read_changes(WorkspaceSettings(), write_settings(settings))
    assert isinstance(read, dict), read
    assert WorkspaceSettings(**read) == settings
