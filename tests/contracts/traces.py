"""Everything that can be read of a workspace, and one of every change."""

from datetime import timedelta
from typing import get_args

from attrs import define, evolve

from kaisa_relay.domain.channel_health import Health
from kaisa_relay.domain.contact import Person, Sender, Side
from kaisa_relay.domain.contact_events import BlockedBy
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.conversation.links import RecoveryStage
from kaisa_relay.domain.engagement.ids import SuppressionId
from kaisa_relay.domain.engagement.suppression import Address, Source, Way
from kaisa_relay.domain.ids import ContactId, ConversationId, MessageId, SendId
from kaisa_relay.domain.presence import Agent, Presence
from kaisa_relay.domain.sending import Purpose, Rank, SendState
from kaisa_relay.ports import (
    BlockContact,
    Change,
    ClaimPair,
    CountMiss,
    Done,
    DropSends,
    EndSend,
    FileState,
    Filter,
    ForgetNumbers,
    JoinSends,
    KnowAgent,
    MergeContacts,
    MoveFile,
    MoveSend,
    NewSend,
    NoteRecovery,
    Outcome,
    ParkItem,
    ReleasePair,
    SaveAnswer,
    SaveContact,
    SaveConversation,
    SaveMetadata,
    SavePresence,
    SaveToken,
    Send,
    StoreContent,
    Tell,
    TouchPair,
    UnblockContact,
    UseToken,
    WantFile,
)
from kaisa_relay.ports.health import SaveHealth
from kaisa_relay.ports.suppressing import Allow, Suppress
from tests import fakes
from tests.contracts.test_files import picture
from tests.contracts.world import Started, World

LISTED = Address(Way.WHATSAPP, "+12025550198")
NEWCOMER = Person(ContactId(300), "Nova", "sv", fakes.phone(300), "US.300")


@define
class Scene:
    """A world in which every kind of change has something to change."""

    world: World
    started: Started
    agent: ContactId
    to_decide: MessageId
    to_park: MessageId
    sending: Send
    ending: Send
    joining: tuple[Send, Send]
    dropping: Send

    @classmethod
    async def set_up(cls, world: World) -> "Scene":
        """Make something of everything."""
        visitor, agent = fakes.person(100), fakes.person(200)
        started = await world.start(visitor, agent)
        scene = cls(
            world=world,
            started=started,
            agent=agent.contact,
            to_decide=await world.arrive(),
            to_park=await world.arrive(),
            sending=await world.sent(),
            ending=await world.sent(Purpose.OFFER),
            joining=(await world.sent(), await world.sent()),
            dropping=await world.sent(),
        )
        pair = (world.channel.id, agent.contact, started.id)
        elsewhere = (world.channel.id, ContactId(400), ConversationId(99))
        await world.must(ClaimPair(*pair, Side.AGENT), ClaimPair(*elsewhere, Side.AGENT))
        await world.must(BlockContact(ContactId(400), BlockedBy.API, world.clock()))
        return scene

    def one_of_each(self) -> dict[type[Change], Change]:
        """Return a change of every kind, none of which loses."""
        world, state = self.world, self.started.state
        channel, at = world.channel.id, world.clock()
        outcome = Outcome(self.sending.id, MessageId(5), state.id, self.agent, Rank.SENT)
        wanted = picture(world)
        stored = evolve(wanted, state=FileState.STORED)
        changes: tuple[Change, ...] = (
            Done((self.to_decide,)),
            ParkItem((self.to_park,), self.started.stream, "crashed"),
            Tell(channel, outcome),
            StoreContent(MessageId(5), state.id, self.agent, Side.AGENT, Text("said"), "wamid-5"),
            NewSend(world.outgoing()),
            MoveSend(self.sending.id, (SendState.READY,), SendState.SENDING, 1),
            EndSend(self.ending.id, (SendState.READY,), Rank.SENT, at, "wamid-6"),
            JoinSends(self.joining[1].id, (self.joining[0].id,), Text("both")),
            DropSends((self.dropping.id,)),
            ClaimPair(channel, state.visitor, state.id, Side.VISITOR),
            ReleasePair(channel, self.agent, state.id),
            TouchPair(channel, state.visitor, at),
            SaveConversation(state, 5, at + timedelta(minutes=5)),
            SaveToken("fresh", state.id, channel, at),
            UseToken(self.started.token, state.visitor),
            NoteRecovery(state.id, 1, RecoveryStage.WROTE, at),
            SaveContact(NEWCOMER, fakes.PORTFOLIO, (fakes.phone(301),), "1301"),
            ForgetNumbers(self.agent, (fakes.phone(302),), "1302"),
            SaveMetadata(state.id, state.visitor, b'{"plan":"gold"}'),
            KnowAgent(self.agent),
            MergeContacts(ContactId(301), NEWCOMER.contact),
            BlockContact(NEWCOMER.contact, BlockedBy.API, at),
            UnblockContact(ContactId(400)),
            Suppress(SuppressionId(world.new_id()), LISTED, Source.CHAT, at),
            Allow(Address(Way.SMS, "+12025550199")),
            SavePresence(Agent(self.agent, Presence.AWAY, version=1)),
            CountMiss(self.agent, missed=True),
            SaveHealth(channel, Health(version=1)),
            WantFile(wanted),
            MoveFile(stored, (FileState.WANTED,)),
            SaveAnswer("key", b"hash", b"answer", at + timedelta(hours=24)),
        )
        by_class = {type(change): change for change in changes}
        assert by_class.keys() == set(get_args(Change))
        return by_class

    def losing(self) -> dict[str, Change]:
        """Return a change of every kind that can lose, each of which does."""
        world, state = self.world, self.started.state
        channel, at = world.channel.id, world.clock()
        return {
            "decided": Done((MessageId(1),)),
            "send_again": NewSend(self.sending),
            "move": MoveSend(self.sending.id, (SendState.UNKNOWN,), SendState.PARKED, 1),
            "move_gone": MoveSend(SendId(1), (SendState.READY,), SendState.SENDING, 1),
            "end": EndSend(self.ending.id, (SendState.SENDING,), Rank.SENT, at),
            "drop": DropSends((self.joining[0].id, SendId(1))),
            "pair": ClaimPair(channel, ContactId(400), state.id, Side.AGENT),
            "token": SaveToken(self.started.token, state.id, channel, at),
            "merger": MergeContacts(ContactId(400), self.agent),
        }


async def traces(world: World) -> tuple[object, ...]:
    """Read everything that a port shows of this workspace."""
    store, workspace = world.store, world.workspace
    found = await store.archive.conversations(workspace, Filter(), None, 100)
    contacts = [ContactId(id) for id in (100, 200, 300, 400)]
    sender = Sender("1301", "US.300")
    return (
        found,
        [await store.archive.messages(workspace, each.id, 0, 100) for each in found],
        [await store.archive.events(workspace, each.id, 0, 100) for each in found],
        [await store.journal.snapshot(workspace, each.id) for each in found],
        await store.journal.due([workspace], world.clock() + timedelta(minutes=10), 100),
        await world.waiting(),
        await store.inbox.parked_streams([workspace]),
        await store.sends.unfinished(workspace, world.channel.id, SendId(0), 100),
        await store.sends.by_wamid(workspace, ["wamid-6"]),
        await store.directory.find(workspace, fakes.PORTFOLIO, sender, [fakes.phone(301)]),
        await store.directory.people(workspace, contacts),
        await store.directory.pairs(workspace, contacts),
        await store.directory.load(workspace),
        await store.archive.blocks(workspace, None, 100),
        await store.directory.suppressed(workspace, [LISTED]),
        await store.directory.token(workspace, "fresh"),
        await store.directory.content(workspace, [MessageId(5)]),
        [await store.directory.token(workspace, f"token{each.id}") for each in found],
        [await store.directory.metadata(workspace, each.id) for each in found],
        await store.directory.answer(workspace, "key", world.clock()),
    )
