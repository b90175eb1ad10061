"""What is opened before anything runs, and closed after everything: databases, and the ways out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from kaisa_relay.actors.outages import Outages
from kaisa_relay.app.health import noting
from kaisa_relay.engagement import Outlets, open_outlets
from kaisa_relay.explore import Shelf, open_shelf
from kaisa_relay.metrics import Metrics
from kaisa_relay.settings import Settings
from kaisa_relay.store import Concealing, Store, open_store
from kaisa_relay.whatsapp.curl_transport import CurlTransport, open_curl_transport
from kaisa_relay.whatsapp.media import GraphMedia, open_media
from kaisa_relay.whatsapp.media_disk import MediaDisk
from kaisa_relay.whatsapp.transport import Limits


@asynccontextmanager
async def databases(
    settings: Settings, metrics: Metrics, outages: Outages
) -> AsyncIterator[tuple[Store, Shelf]]:
    """Open the relay's rows, with their writer at work, and what is read from beside them."""
    wall, on_outage = outages.wall, noting(outages, metrics)
    url = settings.database_url
    opened = open_store(url, wall=wall, on_commit=metrics.on_commit, on_outage=on_outage)
    async with opened as store, trio.open_nursery() as tasks:
        store.concealing = Concealing(settings.derived_keys("erased addresses"))
        await tasks.start(store.run)
        async with open_shelf(url) as shelf:
            yield store, shelf
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def outward(settings: Settings) -> AsyncIterator[tuple[CurlTransport, GraphMedia, Outlets]]:
    """Open the ways out: to WhatsApp, to its files, and to others' servers."""
    disk, ca_file = MediaDisk(settings.files_dir), settings.graph_ca_file
    files = open_media(disk, settings.graph_url, settings.graph_version, ca_file)
    leaving = open_outlets(settings.private_networks)
    limits = Limits(whole=settings.graph_timeout)
    async with open_curl_transport(ca_file, limits) as wire, files as carrier, leaving as outlets:
        yield wire, carrier, outlets
