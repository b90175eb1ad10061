"""Admin messages on the wire: everything comes back as it was, nonsense is named."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from kaisa_relay.accounts.agents import (
    AddAgent,
    AgentFacts,
    Agents,
    HoursText,
    ListAgents,
    SetAgent,
    SetHours,
)
from kaisa_relay.accounts.apps import AddApp, AppFacts, Apps, ListApps, SetApp
from kaisa_relay.accounts.audited import AuditFacts, AuditLog, ListAudit
from kaisa_relay.accounts.blocks import (
    AddBlock,
    BlockFacts,
    Blocks,
    ListBlocks,
    RemoveBlock,
    Unblocked,
)
from kaisa_relay.accounts.changes import (
    DrainChannel,
    ResealTokens,
    SetChannel,
    SetChannelToken,
    SetWorkspace,
    TextOverride,
)
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
    Parked,
    Refused,
    ReleaseConversation,
    Released,
    Resealed,
    Result,
    RevokeKey,
    SealedChannel,
    Why,
    WorkspaceFacts,
    Workspaces,
    WorkspaceSettings,
)
from kaisa_relay.accounts.replaced import ReplaceChannel, Replaced, Stayed
from kaisa_relay.accounts.suppressions import (
    AddSuppression,
    Allowed,
    ListSuppressions,
    RemoveSuppression,
    SuppressionFacts,
    Suppressions,
)
from kaisa_relay.accounts.users import AddUser, ListUsers, RemoveUser, SetUser, UserFacts, Users
from kaisa_relay.accounts.visitors import EraseVisitor, VisitorErased
from kaisa_relay.accounts.wire import NotUnderstood, decode_command, decode_result, encode

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = WorkspaceSettings(
    "sv",
    offer_time=timedelta(seconds=90),
    agent_fields=("topic",),
    texts=(TextOverride("seeking", "sv", "Hej"),),
)
WORKSPACE = WorkspaceFacts("wsp_1", "acme", SETTINGS)
CHANNEL = ChannelFacts("chn_1", "acme", "1001", "+46700000001", "2", "", "", 80)
KEY = KeyFacts("key_1", "acme", "", ("conversations:write",), AT, None, AT, None)

AGENT = AgentFacts(
    id="ctc_1",
    name="Anna Berg",
    number="+46700000009",
    presence="away",
    paused_until=None,
    missed=1,
    load=2,
    capacity=3,
    schedule="UTC mon 09:00-17:00",
    on_call=True,
    invited_at=None,
    opted_in_at=None,
)
BLOCK = BlockFacts("ctc_1", "", "+46700000009", "agent", AT, "ctc_2", "cnv_1")
SUPPRESSION = SuppressionFacts("sup_1", "sms", "+46700000009", "chat", AT)
USER = UserFacts("usr_1", "acme", "maria", "viewer", AT, None, False)
COMMANDS: tuple[Command, ...] = (
    AddWorkspace("acme", SETTINGS),
    ListWorkspaces(),
    SetWorkspace("acme", "sv", offer_time=timedelta(seconds=9), texts=SETTINGS.texts),
    AddChannel("acme", "1001", "+46700000001", "token", waba="2"),
    SetChannel("chn_1", "1002", "+46700000002", waba="2"),
    SetChannelToken("chn_1", "token"),
    DrainChannel("chn_1"),
    ReplaceChannel("chn_1", "chn_2", "cnv_1"),
    ResealTokens(),
    ListChannels(),
    AddKey("acme", ("conversations:write",), "web", timedelta(days=90)),
    ListKeys("acme"),
    RevokeKey("key_1"),
    ReleaseConversation("cnv_1"),
    Inspect(),
    ListAgents("acme"),
    AddAgent("acme", "+46700000009", "Anna Berg"),
    SetAgent("acme", "+46700000009", 2, on_call=True),
    SetHours("acme", HoursText("UTC", "mon 09:00-17:00", ("2026-12-24",))),
    AddApp("partner", ("secret-canary",)),
    SetApp("partner", ("secret-canary", "new-canary")),
    ListApps(),
    AddBlock("acme", "+46700000009"),
    RemoveBlock("acme", "ctc_1"),
    ListBlocks("acme"),
    AddSuppression("acme", "sms", "+46700000009"),
    RemoveSuppression("acme", "sms", "+46700000009"),
    ListSuppressions("acme", "sup_1"),
    ListAudit("acme", by="key_x"),
    EraseVisitor("acme", "+46700000009", force=True),
    AddUser("acme", "maria", "viewer", "$argon2id$"),
    SetUser("maria", "admin", disabled=True),
    RemoveUser("maria"),
    ListUsers("acme"),
)
RESULTS: tuple[Result, ...] = (
    Refused(Why.DUPLICATE, "there is one"),
    WORKSPACE,
    Workspaces((WORKSPACE,)),
    CHANNEL,
    Channels((CHANNEL,)),
    AGENT,
    Agents((AGENT,)),
    BLOCK,
    AppFacts("partner", 2),
    Apps((AppFacts("partner", 2),)),
    Blocks((BLOCK,)),
    Unblocked(1),
    SUPPRESSION,
    Suppressions((SUPPRESSION,), more=True),
    Allowed(2),
    AuditLog((AuditFacts("aud_1", AT, None, "key.added", "key_1", 201),), more=True),
    VisitorErased("ers_1", "ctc_1", AT, None, {"messages": 2}),
    KEY,
    Keys((KEY,)),
    KeyAdded(KEY, "kr_…"),
    USER,
    Users((USER,)),
    Released("cnv_1", 3),
    Resealed(2),
    Replaced(1, (Stayed("cnv_1", "busy"),), "cnv_2"),
    Facts(
        True,
        "0001",
        "0001",
        1,
        (SealedChannel(CHANNEL, b"\x00\xff"),),
        1,
        (Parked("unrouted", "not JSON", None, 1, AT),),
        0,
    ),
)


def test_the_tables_below_are_complete() -> None:
    """A new command or result cannot be forgotten here."""
    assert {type(each) for each in COMMANDS} == set(get_args(Command))
    assert {type(each) for each in RESULTS} == set(get_args(Result))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: type(each).__name__)
def test_a_command_comes_back_as_it_was(command: Command) -> None:
    """On one line."""
    line = encode(command)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode_command(line) == command


@pytest.mark.parametrize("result", RESULTS, ids=lambda each: type(each).__name__)
def test_a_result_comes_back_as_it_was(result: Result) -> None:
    """Bytes, instants and durations included."""
    assert decode_result(encode(result)) == result


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"junk",
        b"{}",
        b'{"kind":"Inspect"}',
        b'{"kind":"DropEverything","body":{}}',
        b'{"kind":"RevokeKey","body":{}}',
        b'{"kind":"RevokeKey","body":{"id":7}}',
        b'{"kind":"AddChannel","body":{"workspace":"a","phone_number_id":"1","number":"+1",'
        b'"token":["canary"]}}',
        b"\xff\xfe",
    ],
)
def test_nonsense_is_not_understood_and_not_repeated(line: bytes) -> None:
    """Never another error, and never a value in it."""
    with pytest.raises(NotUnderstood) as caught:
        decode_command(line)
    assert "canary" not in str(caught.value)
