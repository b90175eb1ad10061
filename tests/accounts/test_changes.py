"""What is there already is changed: a workspace's settings, tokens, the key that seals them."""

from datetime import timedelta

import pytest
from attrs import evolve

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.changes import (
    ResealTokens,
    SetChannel,
    SetChannelToken,
    SetWorkspace,
    TextOverride,
)
from kaisa_relay.accounts.cipher import TokenCipher, WrongSecretKey
from kaisa_relay.accounts.commands import (
    AddChannel,
    AddWorkspace,
    ChannelFacts,
    Refused,
    Resealed,
    Why,
    WorkspaceFacts,
    WorkspaceSettings,
)
from kaisa_relay.accounts.configured import ConfiguredAccounts
from kaisa_relay.domain.ids import CHANNEL, ChannelId, from_text
from kaisa_relay.store import Store
from tests.accounts.conftest import CIPHER

TOKEN, NEW = "EAAcanarytoken", "EAAcanaryother"
NEWER = TokenCipher.of(b"n" * 32, b"k" * 32)
NEWEST_ALONE = TokenCipher.of(b"n" * 32)


async def _channel(administration: Administration, number: int = 1) -> ChannelFacts:
    """Add a channel to acme."""
    command = AddChannel("acme", f"100{number}", f"+4670000000{number}", TOKEN)
    added = await administration.execute(command)
    assert isinstance(added, ChannelFacts)
    return added


def _id(channel: ChannelFacts) -> ChannelId:
    return ChannelId(from_text(CHANNEL, channel.id) or 0)


async def test_a_workspace_is_changed_in_what_is_named(
    administration: Administration, accounts: ConfiguredAccounts
) -> None:
    """By id or name; what is not named stays, and serve knows at once."""
    own = (TextOverride("seeking", "en", "Hold on"), TextOverride("queued", "en", "Soon"))
    added = await administration.execute(AddWorkspace("acme", WorkspaceSettings(texts=own)))
    assert isinstance(added, WorkspaceFacts)
    texts = (TextOverride("seeking", "en", ""), TextOverride("queued", "sv", "Snart"))
    changed = await administration.execute(
        SetWorkspace(added.id, offer_time=timedelta(seconds=90), agent_fields=(), texts=texts)
    )
    assert isinstance(changed, WorkspaceFacts)
    assert changed.settings == WorkspaceSettings(
        offer_time=timedelta(seconds=90), texts=(own[1], texts[1])
    )
    (workspace,) = accounts.workspaces()
    assert accounts.workspace(workspace).terms.offer_time == timedelta(seconds=90)
    assert dict(accounts.workspace(workspace).texts) == {
        ("queued", "en"): "Soon",
        ("queued", "sv"): "Snart",
    }


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # the rules know no database
@pytest.mark.parametrize(
    ("command", "why", "says"),
    [
        (SetWorkspace("other", "sv"), Why.UNKNOWN, "there are: acme"),
        (SetWorkspace("acme", "?"), Why.INVALID, "tag"),
        (SetWorkspace("acme", queue_time=timedelta(0)), Why.INVALID, "queue time"),
        (SetWorkspace("acme", texts=(TextOverride("no", "en", "x"),)), Why.INVALID, "no such"),
        (SetChannel("nonsense", waba="77"), Why.UNKNOWN, "channel list"),
        (SetChannel("nonsense", waba="7 7"), Why.INVALID, "WABA id"),
        (SetChannel("nonsense", phone_number_id=""), Why.INVALID, "phone number id"),
        (SetChannel("nonsense", number="070"), Why.INVALID, "--number"),
        (SetChannel("nonsense", throughput=0), Why.INVALID, "throughput"),
        (SetChannelToken("chn_01jd3v8k2m4qa", NEW), Why.UNKNOWN, "channel list"),
        (SetChannelToken("nonsense", NEW), Why.UNKNOWN, "channel list"),
        (SetChannelToken("nonsense", "two words"), Why.INVALID, "access token"),
    ],
)
async def test_what_cannot_be_is_refused(
    administration: Administration,
    command: SetWorkspace | SetChannel | SetChannelToken,
    why: Why,
    says: str,
) -> None:
    await administration.execute(AddWorkspace("acme"))
    answer = await administration.execute(command)
    assert isinstance(answer, Refused)
    assert (answer.why, says in answer.reason) == (why, True)
    assert "canary" not in repr(command) + answer.reason


async def test_a_channel_is_corrected_for_the_next_webhook(
    administration: Administration, accounts: ConfiguredAccounts
) -> None:
    """Its token stays; what is another channel's is refused."""
    await administration.execute(AddWorkspace("acme"))
    one, other = await _channel(administration, 1), await _channel(administration, 2)
    answer = await administration.execute(SetChannel(one.id, phone_number_id="1009", waba="77"))
    assert answer == evolve(one, phone_number_id="1009", waba="77")
    found = accounts.by_phone_number_id("", "1009")
    assert found is not None
    assert (found.id, found.waba) == (_id(one), "77")
    assert accounts.by_phone_number_id("", "1001") is None
    assert accounts.access(_id(one)).token == TOKEN
    missing = await administration.execute(SetChannel(one.id, app="partner"))
    assert isinstance(missing, Refused)
    assert "no app 'partner'" in missing.reason
    for taken in (
        SetChannel(one.id, phone_number_id=other.phone_number_id),
        SetChannel(one.id, number=other.number),
    ):
        refused = await administration.execute(taken)
        assert isinstance(refused, Refused)
        assert refused.why is Why.DUPLICATE
    assert await administration.execute(SetChannel(one.id, number=one.number)) == answer


async def test_a_token_is_replaced_for_the_next_call(
    administration: Administration, accounts: ConfiguredAccounts
) -> None:
    await administration.execute(AddWorkspace("acme"))
    one, other = await _channel(administration, 1), await _channel(administration, 2)
    assert await administration.execute(SetChannelToken(one.id, NEW)) == one
    assert [accounts.access(_id(each)).token for each in (one, other)] == [NEW, TOKEN]


async def test_a_token_that_does_not_open_any_more_is_replaced(
    administration: Administration, store: Store
) -> None:
    """That is the way out for a lost secret key and one channel; others must open, or it lies."""
    await administration.execute(AddWorkspace("acme"))
    one = await _channel(administration)
    other = Administration(store, lambda: NEWEST_ALONE, store.new_id)
    assert await other.execute(SetChannelToken(one.id, NEW)) == one
    loaded = await ConfiguredAccounts.load(store, NEWEST_ALONE)
    assert loaded.access(_id(one)).token == NEW
    answer = await administration.execute(AddChannel("acme", "1002", "+46700000002", TOKEN))
    assert isinstance(answer, Refused)


async def test_the_secret_key_is_rotated(administration: Administration, store: Store) -> None:
    """With both keys everything opens; once all is sealed anew, the first one alone does."""
    await administration.execute(AddWorkspace("acme"))
    channels = [await _channel(administration, 1), await _channel(administration, 2)]
    await ConfiguredAccounts.load(store, NEWER)
    with pytest.raises(WrongSecretKey):
        await ConfiguredAccounts.load(store, NEWEST_ALONE)
    rotating = Administration(store, lambda: NEWER, store.new_id)
    assert await rotating.execute(ResealTokens()) == Resealed(2)
    loaded = await ConfiguredAccounts.load(store, NEWEST_ALONE)
    assert [loaded.access(_id(each)).token for each in channels] == [TOKEN, TOKEN]
    answer = await Administration(store, lambda: CIPHER, store.new_id).execute(ResealTokens())
    assert isinstance(answer, Refused)
    assert "KAISA_SECRET_KEY" in answer.reason


@pytest.mark.parametrize("name", ["keep_texts", "keep_metadata"])
@pytest.mark.parametrize(
    ("time", "taken"),
    [
        (timedelta(), True),
        (timedelta(hours=23), False),
        (timedelta(days=1), True),
        (timedelta(days=3651), False),
    ],
)
async def test_how_long_is_kept(
    administration: Administration, name: str, time: timedelta, taken: bool
) -> None:
    """Not at all is nobody's wish; nothing is for ever."""
    await administration.execute(AddWorkspace("acme"))
    done = await administration.execute(SetWorkspace("acme", **{name: time}))  # type: ignore[arg-type] # one of these two
    assert isinstance(done, WorkspaceFacts) is taken
