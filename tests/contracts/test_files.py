"""What every store promises of files: a row per message, moved from one known state to another."""

from datetime import timedelta

from attrs import evolve

from kaisa_relay.domain.contact import Side
from kaisa_relay.domain.content import Media, MediaKind, Text
from kaisa_relay.domain.conversation.events import MessageReceived
from kaisa_relay.domain.files import FileProblem
from kaisa_relay.domain.ids import ChannelId, MessageId, WorkspaceId
from kaisa_relay.ports import (
    Append,
    Change,
    Conflict,
    FileRow,
    FileState,
    MoveFile,
    StoreContent,
    WantFile,
)
from tests import fakes
from tests.contracts.world import World

AT = fakes.EPOCH
ANA = fakes.person(1).contact


def picture(world: World, message: int = 7) -> FileRow:
    return FileRow(
        workspace=world.workspace,
        message=MessageId(message),
        channel=world.channel.id,
        contact=ANA,
        kind=MediaKind.IMAGE,
        mime_type="image/jpeg",
        inbound_id="in-7",
        sha256=None,
        voice=False,
        wanted_at=AT,
    )


async def append(world: World, *changes: Change) -> Conflict | None:
    return await world.store.journal.append(Append(world.workspace, "file/7", 0, (), changes))


async def test_a_file_is_wanted_once(world: World) -> None:
    """Sent again, its message has it already."""
    files, first = world.store.files, picture(world)
    assert await files.file(world.workspace, first.message) is None
    again = evolve(first, inbound_id="in-8", kind=MediaKind.VIDEO)
    await world.must(WantFile(first), WantFile(again))
    await world.must(WantFile(again), WantFile(picture(world, 8)))
    assert await files.file(world.workspace, first.message) == first
    assert await files.file(WorkspaceId(world.workspace + 1), first.message) is None
    found = await files.files(world.workspace, [MessageId(7), MessageId(8), MessageId(9)])
    assert found == {MessageId(7): first, MessageId(8): picture(world, 8)}
    assert await files.files(world.workspace, []) == {}


async def test_a_file_moves_from_where_it_is_expected(world: World) -> None:
    row = picture(world)
    await world.must(WantFile(row))
    stored = evolve(
        row,
        state=FileState.STORED,
        kind=MediaKind.DOCUMENT,
        mime_type="image/webp",
        sha256="aGFzaA==",
        size=1 << 33,
        voice=True,
        attempts=2,
        due_at=AT + timedelta(seconds=5),
    )
    await world.must(MoveFile(stored, (FileState.WANTED, FileState.STORED)))
    assert await world.store.files.file(world.workspace, row.message) == stored
    late = MoveFile(evolve(stored, state=FileState.FAILED), (FileState.WANTED,))
    assert await append(world, late) == Conflict(late)
    uploaded = evolve(
        stored, state=FileState.UPLOADED, media_id="out-1", uploaded_at=AT, due_at=None
    )
    uploaded = evolve(uploaded, uploaded_by=ChannelId(7))
    await world.must(MoveFile(uploaded, (FileState.STORED,)))
    assert await world.store.files.file(world.workspace, row.message) == uploaded
    nobodys = MoveFile(picture(world, 9), tuple(FileState))
    assert await append(world, nobodys) == Conflict(nobodys)


async def test_what_lies_on_disk_is_listed_until_it_is_deleted(world: World) -> None:
    """The oldest first, and nothing that is still to come."""
    rows = [evolve(picture(world, n), wanted_at=AT + timedelta(days=n)) for n in range(1, 6)]
    await world.must(*(WantFile(row) for row in reversed(rows)))
    moved = [
        evolve(rows[0], state=FileState.STORED),
        evolve(rows[1], state=FileState.UPLOADED),
        evolve(rows[2], state=FileState.FAILED, code=FileProblem.EXPIRED),
        evolve(rows[3], state=FileState.DELETED),
    ]
    await world.must(*(MoveFile(row, (FileState.WANTED,)) for row in moved))
    files, later = world.store.files, AT + timedelta(days=9)
    assert await files.kept(world.workspace, later, 9) == moved[:3]
    assert await files.kept(world.workspace, later, 2) == moved[:2]
    assert await files.kept(world.workspace, AT + timedelta(days=2), 9) == moved[:1]


async def test_the_file_of_a_message_is_its_conversations(world: World) -> None:
    """With how our copy stands, if there is one; nobody else's conversation has it."""
    started = await world.start(fakes.person(1, "Ana"), fakes.person(2, "Bo"))
    other = await world.start(fakes.person(3, "Cleo"), fakes.person(4, "Dan"))
    media = Media(MediaKind.IMAGE, "in-7", "image/jpeg", filename="a.jpg")
    for message, content in ((7, media), (8, Text("no file"))):
        kept = StoreContent(MessageId(message), started.id, ANA, Side.VISITOR, content)
        await world.must(kept)
    archive, workspace = world.store.archive, world.workspace
    assert await archive.media(workspace, started.id, MessageId(7)) == (media, None)
    row = picture(world)
    received = MessageReceived(MessageId(7), Side.VISITOR, "image", AT, AT)
    assert await world.append(started.stream, 1, [received], WantFile(row)) is None
    assert await archive.media(workspace, started.id, MessageId(7)) == (media, row)
    assert await archive.media(workspace, started.id, MessageId(8)) is None
    assert await archive.media(workspace, started.id, MessageId(9)) is None
    assert await archive.media(workspace, other.id, MessageId(7)) is None
    elsewhere = WorkspaceId(workspace + 1)
    assert await archive.media(elsewhere, started.id, MessageId(7)) is None
    [(_, view)] = await archive.messages(workspace, started.id, 0, 9)
    assert view.file == row
