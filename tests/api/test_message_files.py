"""The file of a message: whole, in part, gone; and never more than bytes to a browser."""

from typing import Any

import pytest
from attrs import evolve

from kaisa_relay.api.conversations.message_files import disposition
from kaisa_relay.api.ranges import Part, read_range
from kaisa_relay.domain.content import Media, MediaKind
from kaisa_relay.domain.ids import ChannelId, ContactId, MessageId
from kaisa_relay.ports.faces import MessageView
from kaisa_relay.ports.files import FileRow, FileState
from tests.api.bench import STRANGER, Answer, Bench
from tests.api.fakes import EPOCH, OURS

ID = "cnv_0000000000034"
BYTES = b"0123456789"
MESSAGE = MessageId(5)
ADDRESS = f"/conversations/{ID}/messages/msg_0000000000005/file"
PICTURE = Media(MediaKind.IMAGE, "meta", "image/jpeg", filename='Été "x"\n.jpg')


def row(**changes: Any) -> FileRow:
    """A file that was passed on."""
    file = FileRow(
        workspace=OURS,
        message=MESSAGE,
        channel=ChannelId(7),
        contact=ContactId(11),
        kind=MediaKind.IMAGE,
        mime_type="image/jpeg",
        inbound_id="meta",
        sha256=None,
        voice=False,
        wanted_at=EPOCH,
        state=FileState.UPLOADED,
        size=10,
    )
    return evolve(file, **changes)


async def kept(bench: Bench, file: FileRow | None, media: Media = PICTURE) -> Bench:
    """A conversation with a message that brought this file."""
    await bench.create()
    bench.rows.media[MESSAGE] = (media, file)
    bench.rows.bytes[MESSAGE] = BYTES
    return bench


async def ranged(bench: Bench, asked: str) -> Answer:
    """Ask for some bytes."""
    headers = {"Range": asked}
    return await bench.call("GET", ADDRESS, headers=headers)


async def test_the_whole_file(bench: Bench) -> None:
    """With its type, its name as a browser may use it, and nothing that could run."""
    answer = await (await kept(bench, row())).get(ADDRESS)
    assert (answer.status, answer.body) == (200, BYTES)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == "10"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"] == (
        "inline; filename=\"_t_ _x__.jpg\"; filename*=UTF-8''%C3%89t%C3%A9%20%22x%22%0A.jpg"
    )


@pytest.mark.parametrize(
    ("asked", "body", "shown"),
    [
        ("bytes=2-5", b"2345", "bytes 2-5/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
async def test_some_of_it(bench: Bench, asked: str, body: bytes, shown: str) -> None:
    """So that a player can jump."""
    answer = await ranged(await kept(bench, row()), asked)
    assert (answer.status, answer.body) == (206, body)
    assert answer.headers["content-range"] == shown
    assert answer.headers["content-length"] == str(len(body))


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=5-2", "bytes=-0"])
async def test_bytes_that_it_does_not_have(bench: Bench, asked: str) -> None:
    """Are refused with how many there are."""
    answer = await ranged(await kept(bench, row()), asked)
    assert answer.problem == "range-beyond"
    assert answer.status == 416
    assert answer.headers["content-range"] == "bytes */10"


@pytest.mark.parametrize("asked", [None, "items=1-2", "bytes=1-2,4-5", "bytes=-", "bytes=x-"])
def test_what_is_no_range_asks_for_all(asked: str | None) -> None:
    """As RFC 9110 has it."""
    assert read_range(asked, 10) == Part(0, 10, 10)


@pytest.mark.parametrize(
    ("file", "status", "slug"),
    [
        (None, 404, "file-not-kept"),
        (row(state=FileState.WANTED), 404, "file-not-kept"),
        (row(state=FileState.FAILED), 404, "file-not-kept"),
        (row(state=FileState.DELETED), 410, "file-deleted"),
    ],
)
async def test_what_is_not_kept(bench: Bench, file: FileRow | None, status: int, slug: str) -> None:
    """Never was, or is not any more."""
    answer = await (await kept(bench, file)).get(ADDRESS)
    assert (answer.status, answer.problem) == (status, slug)


async def test_bytes_that_vanished(bench: Bench) -> None:
    """Somebody tidied the disk by hand."""
    await kept(bench, row())
    bench.rows.bytes.clear()
    assert (await bench.get(ADDRESS)).problem == "file-not-kept"


@pytest.mark.parametrize(
    "address",
    [
        f"/conversations/{ID}/messages/msg_0000000000006/file",
        f"/conversations/{ID}/messages/5/file",
        "/conversations/cnv_0000000000035/messages/msg_0000000000005/file",
        "/conversations/nonsense/messages/msg_0000000000005/file",
    ],
)
async def test_there_is_no_such_message(bench: Bench, address: str) -> None:
    """In this conversation."""
    assert (await (await kept(bench, row())).get(address)).problem == "not-found"


async def test_nobody_elses_file(bench: Bench) -> None:
    """Another workspace's key finds nothing."""
    assert (await (await kept(bench, row())).get(ADDRESS, STRANGER)).problem == "not-found"


@pytest.mark.parametrize(
    ("claimed", "served", "how"),
    [
        ("image/svg+xml", "image/svg+xml", "attachment"),
        ("text/html", "text/html", "attachment"),
        ("application/pdf", "application/pdf", "attachment"),
        ("audio/ogg; codecs=opus", "audio/ogg; codecs=opus", "inline"),
        ("text/html\r\nSet-Cookie: a=b", "application/octet-stream", "attachment"),
        ("", "application/octet-stream", "attachment"),
    ],
)
async def test_a_type_is_only_what_it_can_be(
    bench: Bench, claimed: str, served: str, how: str
) -> None:
    """Its sender chose it: what could hold a script is a download, nonsense is just bytes."""
    await kept(bench, row(mime_type=claimed), evolve(PICTURE, filename=None))
    answer = await bench.get(ADDRESS)
    assert answer.headers["content-type"] == served
    assert answer.headers["content-disposition"] == how
    assert "set-cookie" not in answer.headers


def test_a_name_of_nothing_that_is_safe_is_still_one() -> None:
    """No name is a path."""
    assert disposition("image/png", "../..").startswith('inline; filename="_"')
    assert disposition("image/png", "...").startswith('inline; filename="file"')


async def test_the_transcript_says_how_files_stand(bench: Bench) -> None:
    """With type, name and size."""
    await bench.create()
    for number, file in enumerate((None, row(), row(state=FileState.DELETED)), 1):
        view = MessageView(
            MessageId(number), "visitor", None, PICTURE, "image", EPOCH, "held", None, file
        )
        bench.rows.messages.append((number, view))
    items = (await bench.get(f"/conversations/{ID}/messages")).json["items"]
    assert [each["file"]["state"] for each in items] == ["none", "kept", "deleted"]
    assert items[1]["file"] == {
        "state": "kept",
        "type": "image/jpeg",
        "name": PICTURE.filename,
        "size": 10,
    }
