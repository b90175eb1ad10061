"""The operators' commands on a real database: done, or refused without a trace."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from kaisa_relay.accounts import rows
from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.changes import TextOverride
from kaisa_relay.accounts.cipher import TokenCipher
from kaisa_relay.accounts.commands import (
    AddChannel,
    AddKey,
    AddWorkspace,
    ChannelFacts,
    Channels,
    Command,
    Facts,
    Inspect,
    KeyAdded,
    KeyFacts,
    Keys,
    ListChannels,
    ListKeys,
    ListWorkspaces,
    Refused,
    ReleaseConversation,
    Released,
    Result,
    RevokeKey,
    Why,
    WorkspaceFacts,
    Workspaces,
    WorkspaceSettings,
)
from kaisa_relay.domain.ids import CHANNEL, CONVERSATION, from_text, to_text
from kaisa_relay.store import Store, tables
from kaisa_relay.store.instants import to_micros
from tests.accounts.conftest import CIPHER, EPOCH, WallClock

TOKEN = "EAAcanarytoken"
CHANNEL_1 = AddChannel("acme", "1001", "+46700000001", TOKEN, waba="77", throughput=250)
KEY = AddKey("acme", ("conversations:write",), "web", timedelta(days=90))


async def done(administration: Administration, *commands: Command) -> list[Result]:
    results = [await administration.execute(command) for command in commands]
    assert not [each for each in results if isinstance(each, Refused)]
    return results


async def refused(administration: Administration, command: Command) -> Refused:
    result = await administration.execute(command)
    assert isinstance(result, Refused)
    return result


async def test_a_workspace_is_added_and_listed(administration: Administration) -> None:
    """With all that was set."""
    settings = WorkspaceSettings(
        language="sv",
        offer_time=timedelta(seconds=90),
        agent_fields=("topic",),
        texts=(TextOverride("seeking", "sv", "Ett ögonblick, {name}"),),
    )
    (added,) = await done(administration, AddWorkspace("acme", settings))
    assert isinstance(added, WorkspaceFacts)
    assert (added.name, added.settings) == ("acme", settings)
    assert await administration.execute(ListWorkspaces()) == Workspaces((added,))


async def test_a_channel_is_added_listed_and_sealed(
    administration: Administration, store: Store
) -> None:
    """Its token is in the database only encrypted."""
    _, added = await done(administration, AddWorkspace("acme"), CHANNEL_1)
    assert isinstance(added, ChannelFacts)
    assert (added.workspace, added.number, added.waba) == ("acme", "+46700000001", "77")
    assert await administration.execute(ListChannels()) == Channels((added,))
    (row,) = await store.read(rows.channels)
    assert TOKEN.encode() not in row.sealed_token
    assert CIPHER.open(row.sealed_token) == TOKEN


async def test_a_key_is_shown_once_and_stored_as_a_hash(
    administration: Administration, store: Store
) -> None:
    """Neither list nor table has its text."""
    _, added = await done(administration, AddWorkspace("acme"), KEY)
    assert isinstance(added, KeyAdded)
    assert added.key.expires_at == EPOCH + timedelta(days=90)
    assert await administration.execute(ListKeys("acme")) == Keys((added.key,))
    everything = await store.read(
        lambda connection: connection.execute(select(tables.api_key)).all()
    )
    assert added.text not in repr(everything)
    assert added.text not in repr(added)


async def test_a_revoked_key_stays_revoked(
    administration: Administration, clock: WallClock
) -> None:
    """The second time changes nothing."""
    _, added = await done(administration, AddWorkspace("acme"), KEY)
    assert isinstance(added, KeyAdded)
    clock.pass_(minutes=1)
    (first,) = await done(administration, RevokeKey(added.key.id))
    clock.pass_(minutes=1)
    (second,) = await done(administration, RevokeKey(added.key.id))
    assert isinstance(first, KeyFacts)
    assert first.revoked_at == EPOCH + timedelta(minutes=1)
    assert second == first


async def test_lists_are_of_one_workspace_or_of_all(administration: Administration) -> None:
    """By name or by id."""
    results = await done(
        administration,
        AddWorkspace("acme"),
        AddWorkspace("other"),
        CHANNEL_1,
        KEY,
    )
    other = results[1]
    assert isinstance(other, WorkspaceFacts)
    assert await administration.execute(ListChannels("other")) == Channels(())
    assert await administration.execute(ListKeys(other.id)) == Keys(())
    everyones = await administration.execute(ListKeys())
    assert isinstance(everyones, Keys)
    assert [key.workspace for key in everyones.keys] == ["acme"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # the rules know no database
@pytest.mark.parametrize(
    ("command", "why", "says"),
    [
        (AddWorkspace("acme"), Why.DUPLICATE, "already"),
        (AddWorkspace(""), Why.INVALID, "name"),
        (AddWorkspace(" x"), Why.INVALID, "name"),
        (AddWorkspace("a\nb"), Why.INVALID, "printable"),
        (AddWorkspace("x" * 65), Why.INVALID, "64"),
        (AddWorkspace("wsp_01jd3v8k2m4qa"), Why.INVALID, "look like an id"),
        (AddWorkspace("b", WorkspaceSettings(language="?")), Why.INVALID, "tag"),
        (AddWorkspace("b", WorkspaceSettings(language="xx")), Why.INVALID, "known are: en, es, sv"),
        (AddWorkspace("b", WorkspaceSettings(queue_time=timedelta(0))), Why.INVALID, "queue time"),
        (AddWorkspace("b", WorkspaceSettings(offer_template="A b")), Why.INVALID, "template"),
        (AddWorkspace("b", WorkspaceSettings(agent_fields=("",))), Why.INVALID, "agent fields"),
        (
            AddWorkspace("b", WorkspaceSettings(texts=(TextOverride("nope", "en", "x"),))),
            Why.INVALID,
            "known are: agent_card",
        ),
        (
            AddWorkspace("b", WorkspaceSettings(texts=(TextOverride("queued", "en", "{x}"),))),
            Why.INVALID,
            "{x} is not known here",
        ),
        (
            AddWorkspace("b", WorkspaceSettings(texts=(TextOverride("queued", "en", "x"),) * 2)),
            Why.INVALID,
            "twice",
        ),
        (
            AddWorkspace("b", WorkspaceSettings(texts=(TextOverride("queued", "?", "x"),))),
            Why.INVALID,
            "language",
        ),
        (AddChannel("nope", "1002", "+46700000002", TOKEN), Why.UNKNOWN, "there are: acme"),
        (AddChannel("acme", "1001", "+46700000002", TOKEN), Why.DUPLICATE, "phone number id"),
        (AddChannel("acme", "1002", "+46 70-000 00 01", TOKEN), Why.DUPLICATE, "this number"),
        (AddChannel("acme", "1002", "0700000002", TOKEN), Why.INVALID, "international prefix"),
        (AddChannel("acme", "../me", "+46700000002", TOKEN), Why.INVALID, "phone number id"),
        (AddChannel("acme", "1002", "+46700000002", ""), Why.INVALID, "access token"),
        (AddChannel("acme", "1002", "+46700000002", "a b"), Why.INVALID, "access token"),
        (AddChannel("acme", "1002", "+46700000002", TOKEN, throughput=0), Why.INVALID, "1 to 1000"),
        (AddChannel("acme", "1002", "+46700000002", TOKEN, app="9"), Why.UNKNOWN, "no app"),
        (AddKey("nope", ("conversations:read",)), Why.UNKNOWN, "no workspace"),
        (AddKey("acme", ()), Why.INVALID, "at least one scope"),
        (AddKey("acme", ("everything",)), Why.INVALID, "conversations:write"),
        (AddKey("acme", ("conversations:read",), "\x00"), Why.INVALID, "name"),
        (AddKey("acme", ("conversations:read",), "", timedelta(0)), Why.INVALID, "lasts"),
        (RevokeKey("key_0000000000001"), Why.UNKNOWN, "no key"),
        (RevokeKey("nonsense"), Why.UNKNOWN, "no key"),
        (ReleaseConversation("cnv_0000000000001"), Why.UNKNOWN, "no conversation"),
        (ReleaseConversation("nonsense"), Why.UNKNOWN, "no conversation"),
        (ListChannels("nope"), Why.UNKNOWN, "no workspace"),
        (ListKeys("nope"), Why.UNKNOWN, "no workspace"),
    ],
)
async def test_what_cannot_be_is_refused_without_a_trace(
    administration: Administration, store: Store, command: Command, why: Why, says: str
) -> None:
    """The reason says what to do, and repeats no token."""
    await done(administration, AddWorkspace("acme"), CHANNEL_1)
    before = await store.read(rows.version)
    answer = await refused(administration, command)
    assert answer.why is why
    assert says in answer.reason
    assert TOKEN not in answer.reason
    assert await store.read(rows.version) == before


async def test_a_token_sealed_with_another_secret_is_refused(
    administration: Administration, store: Store
) -> None:
    """It would be of no use to the running serve."""
    await done(administration, AddWorkspace("acme"), CHANNEL_1)
    stranger = Administration(store, lambda: TokenCipher.of(b"x" * 32), store.new_id)
    answer = await refused(stranger, AddChannel("acme", "1002", "+46700000002", TOKEN))
    assert "KAISA_SECRET_KEY" in answer.reason


async def test_release_makes_parked_rows_new_again(
    administration: Administration, store: Store
) -> None:
    """Those of this conversation only, and every node hears of it."""
    workspace, channel = await done(administration, AddWorkspace("acme"), CHANNEL_1)
    assert isinstance(workspace, WorkspaceFacts)
    assert isinstance(channel, ChannelFacts)
    await store.write(lambda connection: _quarantine(connection, workspace.id, channel.id))
    before = await store.read(rows.version)
    (released,) = await done(administration, ReleaseConversation(to_text(CONVERSATION, 500)))
    assert released == Released(to_text(CONVERSATION, 500), 2)
    states = await store.read(
        lambda connection: connection.execute(
            select(tables.inbox.c.id, tables.inbox.c.state).order_by(tables.inbox.c.id)
        ).all()
    )
    assert [tuple(row) for row in states] == [(1, "new"), (2, "new"), (3, "parked"), (4, "parked")]
    assert await store.read(rows.version) > before


async def test_the_facts_name_what_waits(administration: Administration, store: Store) -> None:
    """Parked rows by reason and conversation, unrouted ones by reason, with counts."""
    results = await done(administration, AddWorkspace("acme"), CHANNEL_1, KEY)
    workspace, channel = results[0], results[1]
    assert isinstance(workspace, WorkspaceFacts)
    assert isinstance(channel, ChannelFacts)
    await store.write(lambda connection: _quarantine(connection, workspace.id, channel.id))
    (facts,) = await done(administration, Inspect())
    assert isinstance(facts, Facts)
    assert facts.serving
    assert (facts.workspaces, facts.usable_keys, facts.waiting_rows) == (1, 1, 0)
    assert [each.channel for each in facts.channels] == [channel]
    assert {(each.stream, each.reason, each.rows) for each in facts.parked} == {
        (f"conversation/{to_text(CONVERSATION, 500)}", "quarantined", 2),
        (f"conversation/{to_text(CONVERSATION, 501)}", "quarantined", 1),
        (None, "no such channel", 1),
    }
    assert {each.oldest for each in facts.parked} == {EPOCH}


def _quarantine(connection: Connection, workspace: str, channel: str) -> None:
    workspace_id, channel_id = from_text("wsp", workspace), from_text(CHANNEL, channel)
    conversation = {
        "workspace": workspace_id,
        "phase": "active",
        "channel": channel_id,
        "visitor": 1,
        "created_at": 0,
        "version": 1,
        "snapshot": "{}",
    }
    for id in (500, 501):
        connection.execute(insert(tables.conversation).values(id=id, **conversation))
    row = {"kind": "message", "body": b"{}", "received_at": to_micros(EPOCH), "state": "parked"}
    ours = {**row, "workspace": workspace_id, "channel": channel_id, "reason": "quarantined"}
    for id, stream in ((1, 500), (2, 500), (3, 501)):
        connection.execute(
            insert(tables.inbox).values(id=id, stream=f"conversation/{stream}", **ours)
        )
    unrouted = {**row, "kind": "unrouted", "reason": "no such channel"}
    connection.execute(insert(tables.inbox).values(id=4, **unrouted))
