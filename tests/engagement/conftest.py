"""An Engagement Builder at work on each database, beside a customer's server."""

from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network
from pathlib import Path
from random import Random

import pytest
import trio
from cryptography.fernet import Fernet

from kaisa_relay.accounts.cipher import TokenCipher
from kaisa_relay.engagement import (
    Engine,
    Handover,
    LeadingBack,
    Tools,
    Unsubscribing,
    open_outlets,
)
from kaisa_relay.runtime.clock import system_clock
from tests import fakes
from tests.contracts.certificates import Authority
from tests.contracts.sql_stores import SqlStore
from tests.contracts.stores import openers
from tests.contracts.world import SetClock, World
from tests.engagement.link_desk import FakeLinkDesk
from tests.engagement.mail_box import MailBox, mail_box
from tests.engagement.outbox import OutboxCourier
from tests.engagement.receiver import Receiver, receiving
from tests.engagement.stage import Stage

LINKS = Unsubscribing.of("https://relay.example", bytes(32))
LOOPBACK = ip_network("127.0.0.0/8")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A customer's server."""
    with receiving() as serving:
        yield serving


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Signs the certificates that are trusted here."""
    return Authority.make(tmp_path)


@pytest.fixture
async def mail_server(authority: Authority, tmp_path: Path) -> AsyncIterator[MailBox]:
    """A mail server in its own process."""
    async with mail_box(authority.certificate(), tmp_path) as serving:
        yield serving


@pytest.fixture(params=["sqlite", "postgresql"])
async def stage(
    request: pytest.FixtureRequest, receiver: Receiver, authority: Authority
) -> AsyncIterator[Stage]:
    """The whole of it, with a workspace."""
    clock = SetClock(system_clock())  # for whoever verifies a signature looks at the real one
    new_id = fakes.id_source(clock)
    async with openers()[request.param](request, clock, new_id) as store:
        assert isinstance(store, SqlStore)
        workspace = await store.add_workspace()
        channel = await store.add_channel(workspace)
        world = World(store, clock, new_id, workspace, channel)
        async with open_outlets((LOOPBACK,), authority.trusting()) as outlets:
            reading = (store.following, store.archive)
            back = LeadingBack(FakeLinkDesk(clock), "https://relay.example/")
            courier = OutboxCourier(world)
            handover = Handover(store.store, courier)
            tools = Tools(store.store, *reading, outlets, LINKS, back, handover, clock, Random(7))
            cipher = TokenCipher.of(Fernet.generate_key()[:32])
            engine = Engine(tools, cipher, lambda: [workspace], Random(8).randbytes, True)
            store.journal.subscribe(engine.take)
            async with trio.open_nursery() as nursery:
                built = Stage(world, store, engine, receiver, courier, nursery)
                built.start()
                yield built
                nursery.cancel_scope.cancel()
