"""The whole configuration at one version: immutable, indexed for the hot lanes.

Rule 1: it is replaced as a whole, so nobody ever sees half a change.
Rule 2: a token that does not open concerns its own channel only.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from attrs import field, frozen
from sqlalchemy import Connection

from kaisa_relay.accounts import app_rows, rows
from kaisa_relay.accounts.app_rows import AppRow
from kaisa_relay.accounts.cipher import TokenCipher, WrongSecretKey
from kaisa_relay.accounts.commands import WorkspaceSettings
from kaisa_relay.accounts.rows import ChannelRow, KeyRow, WorkspaceRow
from kaisa_relay.domain.channel import Channel
from kaisa_relay.domain.conversation.messages import Terms
from kaisa_relay.domain.ids import ChannelId, WorkspaceId
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.schedule import Schedule, read_schedule
from kaisa_relay.ports import ChannelAccess, Workspace


@frozen
class Configuration:
    """Workspaces, channels, tokens and keys at `version`."""

    version: int
    workspaces: Mapping[WorkspaceId, Workspace]
    channels: Mapping[WorkspaceId, Sequence[Channel]]
    by_id: Mapping[ChannelId, Channel]
    by_meta: Mapping[tuple[str, str], Channel]
    by_phone: Mapping[tuple[WorkspaceId, Phone], Channel]
    access: Mapping[ChannelId, ChannelAccess] = field(repr=False)
    keys: Mapping[int, KeyRow] = field(repr=False)
    apps: Mapping[str, tuple[bytes, ...]] = field(repr=False)
    """The secrets of the apps beside the default one."""
    shut_apps: frozenset[str]
    """The apps whose secrets did not open."""

    @property
    def unreadable(self) -> list[ChannelId]:
        """The channels whose tokens did not open."""
        return [channel for channel in self.by_id if channel not in self.access]


@frozen
class Rows:
    """The configuration as one transaction read it."""

    version: int
    workspaces: tuple[WorkspaceRow, ...]
    channels: tuple[ChannelRow, ...]
    keys: tuple[KeyRow, ...]
    apps: tuple[AppRow, ...]


def read_rows(connection: Connection) -> Rows:
    """Read everything; the version first, so that a change in between is read once more."""
    return Rows(
        version=rows.version(connection),
        workspaces=rows.workspaces(connection),
        channels=rows.channels(connection),
        keys=rows.keys(connection),
        apps=app_rows.apps(connection),
    )


def configuration(read: Rows, cipher: TokenCipher) -> Configuration:
    """Index the rows and open the tokens."""
    channels = [row.channel for row in read.channels]
    apps = app_rows.opened(read.apps, cipher)
    return Configuration(
        version=read.version,
        workspaces=MappingProxyType({row.id: _workspace(row) for row in read.workspaces}),
        channels=_by_workspace(read.workspaces, channels),
        by_id=MappingProxyType({each.id: each for each in channels}),
        by_meta=MappingProxyType({(each.app, each.phone_number_id): each for each in channels}),
        by_phone=MappingProxyType({(each.workspace, each.phone): each for each in channels}),
        access=_access(read.channels, cipher),
        keys=MappingProxyType({row.id: row for row in read.keys}),
        apps=MappingProxyType(apps),
        shut_apps=frozenset({row.name for row in read.apps} - apps.keys()),
    )


def _by_workspace(
    workspaces: Sequence[WorkspaceRow], channels: Sequence[Channel]
) -> Mapping[WorkspaceId, Sequence[Channel]]:
    grouped: dict[WorkspaceId, list[Channel]] = {row.id: [] for row in workspaces}
    for channel in channels:
        grouped[channel.workspace].append(channel)
    return MappingProxyType({workspace: tuple(each) for workspace, each in grouped.items()})


def _access(
    channels: Sequence[ChannelRow], cipher: TokenCipher
) -> Mapping[ChannelId, ChannelAccess]:
    opened = {}
    for row in channels:
        try:
            token = cipher.open(row.sealed_token)
        except WrongSecretKey:
            continue  # shown by its absence: `unreadable`
        opened[row.channel.id] = ChannelAccess(row.channel.phone_number_id, token)
    return MappingProxyType(opened)


def _workspace(row: WorkspaceRow) -> Workspace:
    settings = row.settings
    return Workspace(
        id=row.id,
        name=row.name,
        terms=_terms(settings),
        texts={(each.key, each.language): each.text for each in settings.texts},
        agent_fields=settings.agent_fields,
        offer_template=settings.offer_template,
        language=settings.language,
        unknown_grace=settings.unknown_grace,
        read_receipts=settings.read_receipts,
        broadcast_to=settings.broadcast_to,
        hours=_hours(settings),
        agent_opt_in=settings.agent_opt_in,
        pause_after_missed=settings.pause_after_missed,
        queue_alert=settings.queue_alert,
        missed_pause=settings.missed_pause,
        keep_files=settings.keep_files,
        keep_texts=settings.keep_texts,
        keep_metadata=settings.keep_metadata,
        recovery_link_time=settings.recovery_link_time,
        reuse_media=settings.reuse_media,
    )


def _hours(settings: WorkspaceSettings) -> Schedule | None:
    """Return the business hours; a zone that this machine does not know closes nobody's shop."""
    text = settings.hours
    read = read_schedule(text.zone, text.week, text.days) if text is not None else None
    return read if isinstance(read, Schedule) else None


def _terms(settings: WorkspaceSettings) -> Terms:
    return Terms(
        link_expires_after=settings.link_expires_after,
        expires_after=settings.expires_after,
        offer_time=settings.offer_time,
        queue_time=settings.queue_time,
        first_reply_time=settings.first_reply_time,
        resume_time=settings.resume_time,
    )
