"""The changes that operators make, each inside one transaction of the store's.

Rule 1: whoever would change configuration locks its version first, so checks hold to the commit.
Rule 2: what cannot be is a `Refusal`, which rolls everything back.
"""

from datetime import datetime

from attrs import asdict, evolve
from sqlalchemy import Connection, select, update

from kaisa_relay.accounts import app_rows, rows
from kaisa_relay.accounts.changes import DrainChannel, SetChannel, SetChannelToken, SetWorkspace
from kaisa_relay.accounts.cipher import TokenCipher, WrongSecretKey
from kaisa_relay.accounts.commands import (
    AddChannel,
    AddKey,
    AddWorkspace,
    ChannelFacts,
    KeyFacts,
    Released,
    Resealed,
    Why,
    WorkspaceFacts,
    WorkspaceSettings,
)
from kaisa_relay.accounts.facts import channel_facts, key_facts, workspace_facts
from kaisa_relay.accounts.key_text import PREFIX
from kaisa_relay.accounts.listing import find_workspace
from kaisa_relay.accounts.refusal import Refusal, require_valid
from kaisa_relay.accounts.rows import ChannelRow, KeyRow, WorkspaceRow
from kaisa_relay.accounts.validation import (
    channel_problems,
    correction_problems,
    key_problems,
    settings_problems,
    token_problems,
    workspace_problems,
)
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.ids import CHANNEL, CONVERSATION, KEY, ChannelId, WorkspaceId, from_text
from kaisa_relay.domain.phone import Phone, candidates, parse
from kaisa_relay.store import tables


def add_workspace(command: AddWorkspace, id: int, connection: Connection) -> WorkspaceFacts:
    """Add a workspace whose name is new."""
    require_valid(workspace_problems(command))
    rows.version(connection, lock=True)
    if any(row.name == command.name for row in rows.workspaces(connection)):
        raise Refusal(Why.DUPLICATE, f"there is a workspace {command.name!r} already")
    row = WorkspaceRow(WorkspaceId(id), command.name, command.settings)
    rows.add_workspace(connection, row)
    return workspace_facts(row)


def set_workspace(command: SetWorkspace, connection: Connection) -> WorkspaceFacts:
    """Change settings of a workspace; the whole of them must be right afterwards."""
    rows.version(connection, lock=True)
    row = find_workspace(connection, command.workspace)
    row = evolve(row, settings=_changed(row.settings, command))
    require_valid(settings_problems(row.settings))
    rows.set_workspace(connection, row)
    return workspace_facts(row)


def _changed(settings: WorkspaceSettings, command: SetWorkspace) -> WorkspaceSettings:
    given = asdict(command, recurse=False)
    texts = {(each.key, each.language): each for each in (*settings.texts, *command.texts)}
    own = {name: value for name, value in given.items() if name not in ("workspace", "texts")}
    return evolve(
        settings,
        **{name: value for name, value in own.items() if value is not None},
        texts=tuple(each for each in texts.values() if each.text),
    )


def add_channel(
    command: AddChannel, id: int, cipher: TokenCipher, connection: Connection
) -> ChannelFacts:
    """Add a channel whose number and Meta id are nobody's yet."""
    require_valid(channel_problems(command))
    rows.version(connection, lock=True)
    workspace = find_workspace(connection, command.workspace)
    phone = Phone(str(parse(command.number, None)))
    existing = rows.channels(connection)
    _require_app(connection, command.app)
    _require_new(existing, command.app, command.phone_number_id, phone)
    _require_same_secret(existing, cipher)
    channel = Channel(
        workspace=workspace.id,
        id=ChannelId(id),
        phone_number_id=command.phone_number_id,
        phone=phone,
        portfolio=command.portfolio,
        app=command.app,
        throughput=command.throughput,
        waba=command.waba,
    )
    row = ChannelRow(channel, command.waba, cipher.seal(command.token))
    rows.add_channel(connection, row)
    return channel_facts(row, workspace.name)


def _require_app(connection: Connection, app: str) -> None:
    known = connection.scalars(select(tables.app.c.id)).all()
    if app and app not in known:
        raise Refusal(
            Why.UNKNOWN,
            f"there is no app {app[:80]!r}: kaisa-relay app add makes one, and without --app it is "
            "the one of the settings",
        )


def _require_new(
    existing: tuple[ChannelRow, ...], app: str, phone_number_id: str, phone: Phone
) -> None:
    for row in existing:
        channel = row.channel
        if (channel.app, channel.phone_number_id) == (app, phone_number_id):
            raise Refusal(Why.DUPLICATE, "this phone number id is a channel already")
        if channel.phone in candidates(phone):
            raise Refusal(Why.DUPLICATE, "this number is a channel already")


def _require_same_secret(existing: tuple[ChannelRow, ...], cipher: TokenCipher) -> None:
    # Sealed with another secret than serve's, the token would be of no use to it.
    try:
        for row in existing:
            cipher.open(row.sealed_token)
    except WrongSecretKey as reason:
        raise Refusal(Why.INVALID, str(reason)) from None


def set_channel(command: SetChannel, connection: Connection) -> ChannelFacts:
    """Correct a channel; its ids and its number must be nobody else's."""
    require_valid(correction_problems(command))
    rows.version(connection, lock=True)
    existing = rows.channels(connection)
    row = _corrected(find_channel(existing, command.channel), command)
    channel = row.channel
    _require_app(connection, channel.app)
    others = tuple(each for each in existing if each.channel.id != channel.id)
    _require_new(others, channel.app, channel.phone_number_id, channel.phone)
    rows.set_channel(connection, row)
    names = {each.id: each.name for each in rows.workspaces(connection)}
    return channel_facts(row, names[channel.workspace])


def _corrected(row: ChannelRow, command: SetChannel) -> ChannelRow:
    given = asdict(command)
    said = {name: each for name, each in given.items() if name != "channel" and each is not None}
    if "number" in said:
        said["phone"] = Phone(str(parse(said.pop("number"), None)))
    channel = evolve(row.channel, **said)
    return evolve(row, channel=channel, waba=channel.waba)


def set_channel_token(
    command: SetChannelToken, cipher: TokenCipher, connection: Connection
) -> ChannelFacts:
    """Replace a channel's token, also one that does not open any more."""
    require_valid(token_problems(command.token))
    rows.version(connection, lock=True)
    existing = rows.channels(connection)
    row = find_channel(existing, command.channel)
    _require_same_secret(tuple(each for each in existing if each is not row), cipher)
    rows.set_channel_token(connection, row.channel, cipher.seal(command.token))
    names = {each.id: each.name for each in rows.workspaces(connection)}
    return channel_facts(row, names[row.channel.workspace])


def find_channel(existing: tuple[ChannelRow, ...], text: str) -> ChannelRow:
    """Return the channel that an operator names."""
    id = from_text(CHANNEL, text)
    row = next((each for each in existing if each.channel.id == id), None)
    if row is None:
        shown = text[:80]
        raise Refusal(Why.UNKNOWN, f"there is no channel {shown!r}: see kaisa-relay channel list")
    return row


def drain_channel(command: DrainChannel, connection: Connection) -> ChannelFacts:
    """Say whether a channel takes new conversations; those that it has go on."""
    rows.version(connection, lock=True)
    row = find_channel(rows.channels(connection), command.channel)
    rows.set_draining(connection, row.channel, command.draining)
    names = {each.id: each.name for each in rows.workspaces(connection)}
    changed = find_channel(rows.channels(connection), command.channel)
    return channel_facts(changed, names[row.channel.workspace])


def reseal_tokens(cipher: TokenCipher, connection: Connection) -> Resealed:
    """Seal every token anew with the cipher's first key; refuses if one does not open."""
    rows.version(connection, lock=True)
    existing = rows.channels(connection)
    _require_same_secret(existing, cipher)
    for row in existing:
        sealed = cipher.seal(cipher.open(row.sealed_token))
        rows.set_channel_token(connection, row.channel, sealed)
    return Resealed(len(existing) + app_rows.reseal(cipher, connection))


def add_key(
    command: AddKey, id: int, hash: bytes, at: datetime, connection: Connection
) -> KeyFacts:
    """Add a key that begins now."""
    require_valid(key_problems(command))
    rows.version(connection, lock=True)
    workspace = find_workspace(connection, command.workspace)
    row = KeyRow(
        id=id,
        workspace=workspace.id,
        name=command.name,
        hash=hash,
        scopes=tuple(dict.fromkeys(command.scopes)),
        created_at=at,
        expires_at=None if command.lasts is None else at + command.lasts,
    )
    rows.add_key(connection, row, PREFIX)
    return key_facts(row, workspace.name)


def revoke_key(text: str, at: datetime, connection: Connection) -> KeyFacts:
    """End a key; one that is revoked already stays as it was."""
    rows.version(connection, lock=True)
    id = from_text(KEY, text)
    if not any(row.id == id for row in rows.keys(connection)):
        raise Refusal(Why.UNKNOWN, f"there is no key {text[:80]!r}: see kaisa-relay key list")
    row = _key(connection, id)
    if row.revoked_at is None:
        rows.revoke_key(connection, row, at)
    names = {each.id: each.name for each in rows.workspaces(connection)}
    return key_facts(_key(connection, id), names[row.workspace])


def _key(connection: Connection, id: int | None) -> KeyRow:
    return next(row for row in rows.keys(connection) if row.id == id)


def release_conversation(text: str, connection: Connection) -> Released:
    """Make the conversation's parked inbox rows new again; nodes hear it as a change.

    `message/<id>` releases a single row that was parked on its own.
    """
    workspace, stream = _parked_stream(text, connection)
    if workspace is None:
        raise Refusal(Why.UNKNOWN, f"there is no conversation {text[:80]!r}")
    inbox = tables.inbox
    parked = (
        inbox.c.workspace == workspace,
        inbox.c.stream == stream,
        inbox.c.state == "parked",
    )
    freed = connection.execute(
        update(inbox).where(*parked).values(state="new", stream=None, reason=None)
    )
    rows.raise_version(connection)
    return Released(text, freed.rowcount)


def _parked_stream(text: str, connection: Connection) -> tuple[int | None, str]:
    kind, _, row = text.partition("/")
    if kind == "message" and row.isdecimal():
        inbox = tables.inbox.c
        parked = select(inbox.workspace).where(inbox.stream == text, inbox.state == "parked")
        return connection.scalar(parked), text
    id, table = from_text(CONVERSATION, text), tables.conversation.c
    return connection.scalar(select(table.workspace).where(table.id == id)), f"conversation/{id}"
