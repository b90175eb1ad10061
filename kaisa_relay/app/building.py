"""The relay's parts, put together: nothing runs yet but the store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import SystemRandom
from secrets import token_bytes

import trio
from attrs import evolve, frozen
from quart_trio import QuartTrio
from sqlalchemy import text

from kaisa_relay.accounts.administration import Administration
from kaisa_relay.accounts.cipher import PURPOSE, TokenCipher
from kaisa_relay.accounts.configured import ConfiguredAccounts
from kaisa_relay.accounts.managing import AccountsManaging
from kaisa_relay.accounts.sessions import StoredUsers
from kaisa_relay.actors.conversation.outreach import ChannelCourier
from kaisa_relay.actors.desk import ActorsDesk
from kaisa_relay.actors.exchange import Context
from kaisa_relay.actors.outages import Outages
from kaisa_relay.actors.tree import Actors
from kaisa_relay.actors.workspace.parting import ActorsParting
from kaisa_relay.api.application import create_api
from kaisa_relay.api.dependencies import Dependencies
from kaisa_relay.api.feed.seats import Bounds
from kaisa_relay.api.workspace.standing import StandingFrames
from kaisa_relay.app import exploring
from kaisa_relay.app.health import StoreReadiness
from kaisa_relay.app.opening import databases, outward
from kaisa_relay.app.signatures import Signatures
from kaisa_relay.dashboard import built_page
from kaisa_relay.directory import SqlDirectory
from kaisa_relay.domain.engagement.quota import Quotas
from kaisa_relay.domain.outage import Outage
from kaisa_relay.engagement import (
    Engine,
    Handover,
    LeadingBack,
    Outlets,
    Tools,
    Unsubscribing,
)
from kaisa_relay.explore import Exploring, Exporting, Jobs, Projector, Reporting, SavedViews
from kaisa_relay.feed import Feed, Hub
from kaisa_relay.journal.codec import decode_content
from kaisa_relay.journal.sql import SqlRooms, on_store
from kaisa_relay.metrics import Gauges, Metrics, Sources, TimedLane, count_rows
from kaisa_relay.privacy import Audit, Eraser, Given, Keeping, Ledger
from kaisa_relay.runtime.clock import WallClock, system_clock
from kaisa_relay.runtime.garbage import GarbageCollection
from kaisa_relay.settings import Settings
from kaisa_relay.store import Store
from kaisa_relay.whatsapp import links
from kaisa_relay.whatsapp.client import graph_client
from kaisa_relay.whatsapp.links import wa_me
from kaisa_relay.whatsapp.media_disk import MediaDisk
from kaisa_relay.whatsapp.rows import read_item
from kaisa_relay.whatsapp.webhook import WebhookLane


@frozen
class Relay:
    """What runs, put together."""

    settings: Settings
    store: Store
    rooms: SqlRooms
    accounts: ConfiguredAccounts
    context: Context
    actors: Actors
    metrics: Metrics
    gauges: Gauges
    garbage: GarbageCollection
    hub: Hub
    engagement: Engine
    explore: Projector
    exports: Jobs
    eraser: Eraser
    signatures: Signatures

    def api(self) -> QuartTrio:
        """Return the HTTP API over this relay."""
        return create_api(
            Dependencies(
                desk=ActorsDesk(self.context),
                archive=self.rooms.archive,
                keys=self.accounts,
                channels=self.accounts,
                webhooks=self.webhooks(),
                feed=self.feed(),
                qr=links,
                readiness=self.readiness(),
                files=MediaDisk(self.settings.files_dir),
                boards=self.rooms.boards,
                registry=self.metrics.registry,
                clock=self.context.wall,
                users=StoredUsers(self.store, clock=self.context.wall),
                engagement=self.engagement.builder,
                erasing=self.eraser,
                audit=Audit(self.store),
                managing=AccountsManaging(evolve(self.administration(), noted=False)),
                explore=Exploring(self.explore.shelf),
                exports=Exporting(self.explore.shelf),
                export_jobs=self.exports,
                views=SavedViews(self.store),
                reports=Reporting(self.explore.shelf),
                page=built_page(),
                public_url=self.settings.public_url,
                watchers=Bounds(*self.settings.feed_watchers),
            )
        )

    def feed(self) -> Feed:
        """Return what serves dashboards."""
        accounts, boards = self.accounts, self.rooms.boards
        desk, wall = ActorsDesk(self.context), self.context.wall
        frames = StandingFrames(accounts, boards, desk, links, wall)
        return Feed(self.hub, self.rooms.following, frames, sent=self.metrics.feed.count)

    def keeping(self) -> Keeping:
        """Return what takes out what is kept no longer."""
        return exploring.keeping(self.store, self.rooms, self.explore.shelf, self.accounts)

    def readiness(self) -> StoreReadiness:
        """Return what /readyz asks."""
        return StoreReadiness(
            touch=lambda: self.store.write(lambda connection: connection.execute(text("select 1"))),
            drained=self.context.exchange.drained.is_set,
        )

    def webhooks(self) -> TimedLane:
        """Return the webhook lane; the app without a name has its secrets from the settings."""
        secrets = tuple(secret.encode() for secret in self.settings.app_secrets)
        lane = WebhookLane(
            inbox=self.rooms.inbox,
            accounts=self.accounts,
            secrets=lambda app: secrets if app == "" else self.accounts.app_secrets(app),
            verify_token=self.settings.verify_token,
            dedup_key=self.settings.derived_key("inbox dedup"),
            observer=self.signatures,
        )
        return TimedLane(lane, self.metrics.acknowledged)

    async def changed(self) -> None:
        """An operator changed something: read it, start who was added, let go who was released."""
        await self.accounts.reload()
        self.actors.start_added()
        await self.actors.router.reread_quarantine()

    async def follow_changes(self) -> None:
        """Hear of changes that other processes made to the configuration; for ever."""
        bell = trio.Event()

        def ring() -> None:
            bell.set()

        self.accounts.subscribe(ring)
        while True:
            await bell.wait()
            bell = trio.Event()
            await self.actors.router.reread_quarantine()

    def administration(self) -> Administration:
        """Return what executes the operators' commands in this process."""
        return Administration(
            store=self.store,
            cipher=lambda: cipher_of(self.settings),
            new_id=self.store.new_id,
            clock=self.context.wall,
            serving=True,
            changed=self.changed,
            desk=ActorsDesk(self.context),
            erasing=self.eraser,
            signed=self.signatures.signed,
        )


def cipher_of(settings: Settings) -> TokenCipher:
    """Return what opens the channels' tokens."""
    return TokenCipher.of(*settings.derived_keys(PURPOSE))


@asynccontextmanager
async def relay(settings: Settings, wall: WallClock = system_clock) -> AsyncIterator[Relay]:
    """Open what must be open before the actors start: the store, the way to WhatsApp."""
    metrics, outages = Metrics(), Outages(wall)
    opened, leaving = databases(settings, metrics, outages), outward(settings)
    async with opened as (store, shelf), leaving as (wire, carrier, outlets):
        accounts = await _owned_accounts(store, settings, wall)
        if (alive := store.last_alive()) is not None:
            outages.record(None, Outage(alive, wall()))
        rooms = on_store(store, read_item)
        rooms.journal.subscribe(metrics.on_events)
        hub = _hub(rooms, metrics)
        context = Context(
            inbox=rooms.inbox,
            journal=rooms.journal,
            sends=rooms.sends,
            files=rooms.files,
            carrier=carrier,
            directory=SqlDirectory(store, decode_content),
            boards=rooms.boards,
            accounts=accounts,
            gateway=graph_client(wire, settings.graph_url, settings.graph_version),
            wall=wall,
            new_id=store.new_id,
            rng=SystemRandom(),
            link=wa_me,
            outages=outages,
            button_key=settings.derived_key("offer buttons"),
            meter=metrics,
        )
        actors = Actors(context)
        explore = exploring.projector(shelf, store, rooms, accounts)
        garbage = GarbageCollection(lambda: store.statistics().units)
        gauges = _gauges(store, actors, metrics, garbage, explore)
        parts = (settings, store, rooms, accounts, context, actors, metrics, gauges, garbage)
        tools = _tools(store, rooms, outlets, context, settings)
        engine = _engagement(tools, rooms, accounts, settings, metrics)
        exports = exploring.exports(store, shelf, accounts, settings)
        eraser = _eraser(context, store, rooms, settings, exports)
        yield Relay(*parts, hub, engine, explore, exports, eraser, Signatures(metrics, wall))


def _eraser(
    context: Context, store: Store, rooms: SqlRooms, settings: Settings, exports: Jobs
) -> Eraser:
    parting, ledger = ActorsParting(context), Ledger(settings.erasures)
    disk, mine = context.carrier, context.accounts.workspaces
    return Eraser(Given(store, rooms.journal, disk, exports, parting, ledger, mine))


def _tools(
    store: Store, rooms: SqlRooms, outlets: Outlets, context: Context, settings: Settings
) -> Tools:
    keys = settings.derived_keys("unsubscribe links")
    links, reading = Unsubscribing.of(settings.public_url, *keys), (rooms.following, rooms.archive)
    back = LeadingBack(ActorsDesk(context), settings.public_url)
    quotas = Quotas(**settings.outreach_quotas)
    handover = Handover(store, ChannelCourier(context), quotas)
    wall, rng = context.wall, context.rng
    return Tools(store, *reading, outlets, links, back, handover, wall, rng, quotas)


def _engagement(
    tools: Tools,
    rooms: SqlRooms,
    accounts: ConfiguredAccounts,
    settings: Settings,
    metrics: Metrics,
) -> Engine:
    tools = evolve(tools, on_try=metrics.deliveries.count)
    cipher, plain = cipher_of(settings), bool(settings.private_networks)
    engine = Engine(tools, cipher, accounts.workspaces, token_bytes, plain)
    rooms.journal.subscribe(engine.take)
    return engine


def _hub(rooms: SqlRooms, metrics: Metrics) -> Hub:
    hub = Hub()
    rooms.journal.subscribe(hub.take)
    metrics.feed.watch(lambda: hub.statistics().watchers)
    return hub


async def _owned_accounts(store: Store, settings: Settings, wall: WallClock) -> ConfiguredAccounts:
    """Take every workspace over, then read them; later ones are owned before they are seen."""
    await store.own()
    accounts = await ConfiguredAccounts.load(store, cipher_of(settings), wall)
    accounts.prepare_with(store.own_new)
    return accounts


def _gauges(
    store: Store,
    actors: Actors,
    metrics: Metrics,
    garbage: GarbageCollection,
    explore: Projector,
) -> Gauges:
    return metrics.watch(
        Sources(
            router=actors.router.statistics,
            store=store.statistics,
            mailboxes=actors.mailboxes,
            channels=actors.health.statistics,
            rows=lambda: store.browse(count_rows),
            longest_pause=lambda: garbage.longest_pause,
            unread=lambda: explore.statistics().waiting,
            behind=lambda: explore.statistics().behind,
        )
    )
