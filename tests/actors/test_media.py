"""Files on their way across: both ways, in their place, and never in anybody else's way."""

from datetime import timedelta

import pytest
from attrs import evolve
from trio.testing import MockClock

from kaisa_relay.actors.channel.media import WORKERS
from kaisa_relay.domain.content import Media, MediaKind, Text
from kaisa_relay.domain.conversation.events import MessageFailed
from kaisa_relay.domain.files import LARGEST, MEGABYTE, FileProblem
from kaisa_relay.domain.outgoing import File, Outgoing, Quoting
from kaisa_relay.domain.sending import Rank, Rejected
from kaisa_relay.ports import FileRow, FileState, FormPerson
from kaisa_relay.ports.files import Broken
from tests import fakes
from tests.actors.carrier import JPEG, OPUS, PDF, PNG, FakeCarrier, Stalls
from tests.actors.house import AGENT, VISITOR, House, Plan, form, open_house

PICTURE = Media(MediaKind.IMAGE, "in1", "image/jpeg", caption="look")
TRY_AGAIN = Broken("HTTP 503")


def files(house: House, who: FormPerson) -> list[File]:
    """Return the files that somebody's phone got."""
    return [each for each in map(unquoted, house.sent(who)) if isinstance(each, File)]


def unquoted(outgoing: Outgoing) -> Outgoing:
    return outgoing.outgoing if isinstance(outgoing, Quoting) else outgoing


def notes(house: House, who: FormPerson) -> list[str]:
    """Return what somebody's phone got as text, quoting or not."""
    return [each.body for each in map(unquoted, house.sent(who)) if isinstance(each, Text)]


def row(house: House) -> FileRow:
    """Return the only file there is."""
    (found,) = house.store.rows.files.values()
    return found


@pytest.fixture
def carrier() -> FakeCarrier:
    return FakeCarrier({"in1": JPEG, "in2": PNG, "voice": OPUS, "pdf": PDF})


@pytest.mark.parametrize(
    ("content", "kind", "mime_type"),
    [
        (PICTURE, "image", "image/jpeg"),
        (Media(MediaKind.AUDIO, "voice", "audio/ogg; codecs=opus", voice=True), "audio", "ogg"),
        (Media(MediaKind.DOCUMENT, "pdf", "application/pdf", filename="o.pdf"), "document", "pdf"),
    ],
)
async def test_files_cross_both_ways(
    autojump_clock: MockClock, carrier: FakeCarrier, content: Media, kind: str, mime_type: str
) -> None:
    """As what they are: a voice note is one still, a document keeps its name."""
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        await house.write(VISITOR, content)
        await house.write(AGENT, content)
        for who, media_id in ((AGENT, "out-1"), (VISITOR, "out-2")):
            (file,) = files(house, who)
            assert (file.kind, file.media_id) == (kind, media_id)
            assert mime_type in file.mime_type
            assert (file.caption, file.filename, file.voice) == (
                content.caption,
                content.filename,
                content.voice,
            )
        assert carrier.uploaded["out-1"][1] == carrier.inbound[content.media_id]
        house.check_finished()


async def test_a_slow_file_holds_up_its_own_chat_only(
    autojump_clock: MockClock, carrier: FakeCarrier
) -> None:
    """Texts after it wait for it; other people's do not."""
    anna, bo = form(210, "Ana"), form(300, "Bo")
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        await house.talking(anna, bo)
        carrier.latency = 30.0
        await house.write(VISITOR, PICTURE)
        await house.write(VISITOR, "after it")
        await house.write(bo, "elsewhere")
        await house.write(AGENT, "the other way")
        assert "elsewhere" in house.texts(anna)
        assert "the other way" in house.texts(VISITOR)
        assert "after it" not in house.texts(AGENT)
        await house.pass_time(61)
        last = house.sent(AGENT)[-2:]
        assert isinstance(last[0], File)
        assert last[1] == Text("after it")
        house.check_finished()


async def test_few_files_are_on_their_way_at_once(
    autojump_clock: MockClock, carrier: FakeCarrier
) -> None:
    carrier.latency = 5.0
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        for _ in range(WORKERS * 3):
            await house.write(VISITOR, PICTURE)
        await house.pass_time(300)
        assert carrier.most_busy == WORKERS
        assert len(files(house, AGENT)) == WORKERS * 3
        house.check_finished()


async def test_what_answers_badly_is_tried_again(
    autojump_clock: MockClock, carrier: FakeCarrier
) -> None:
    """An upload that fails with 5xx and then succeeds, a download that stalls, and so on."""
    carrier.fail_fetch("in1", TRY_AGAIN, Stalls(10_000), TRY_AGAIN)
    carrier.fail_upload("in1", TRY_AGAIN, Broken("HTTP 500"))
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        await house.write(VISITOR, PICTURE)
        await house.pass_time(400)
        assert len(files(house, AGENT)) == 1
        assert (len(carrier.fetches), len(carrier.uploads)) == (4, 3)
        assert (row(house).state, row(house).attempts) == (FileState.UPLOADED, 0)
        house.check_finished()


FAILURES = [
    (FileProblem.TOO_LARGE, "too large"),
    (FileProblem.EXPIRED, "send it again"),
    (FileProblem.NOT_TAKEN, "of this type"),
]


@pytest.mark.parametrize(("code", "told"), FAILURES)
@pytest.mark.parametrize("writer", [VISITOR, AGENT], ids=["visitor", "agent"])
async def test_a_file_that_cannot_cross_is_told_to_its_writer(
    autojump_clock: MockClock,
    carrier: FakeCarrier,
    code: FileProblem,
    told: str,
    writer: FormPerson,
) -> None:
    """Once, and what they wrote after it goes on."""
    carrier.fail_fetch("in1", Broken("", code))
    reader = AGENT if writer is VISITOR else VISITOR
    async with open_house(Plan(carrier=carrier)) as house:
        reservation = await house.talking()
        await house.write(writer, PICTURE)
        await house.write(writer, "and this")
        await house.pass_time(60)
        assert not files(house, reader)
        assert "and this" in house.texts(reader)
        assert sum(told in note for note in notes(house, writer)) == 1
        failed = [e for e in house.events(reservation.conversation) if isinstance(e, MessageFailed)]
        assert [each.code for each in failed] == [code]
        assert (row(house).state, row(house).code) == (FileState.FAILED, code)
        house.check_finished()


async def test_who_waits_for_a_file_hears_within_minutes(
    autojump_clock: MockClock, carrier: FakeCarrier
) -> None:
    """What answers badly for ten minutes is given up."""
    carrier.fail_fetch("in1", *[TRY_AGAIN] * 1000)
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        await house.write(VISITOR, PICTURE)
        await house.pass_time(timedelta(minutes=9))
        assert row(house).state is FileState.WANTED
        await house.pass_time(timedelta(minutes=3))
        assert row(house).code == FileProblem.TIMED_OUT
        assert len(carrier.fetches) < 30
        house.check_finished()


async def test_an_outage_is_waited_out(autojump_clock: MockClock, carrier: FakeCarrier) -> None:
    """No file fails because WhatsApp is away for an hour: texts do not either."""
    carrier.away = True
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        await house.write(VISITOR, PICTURE)
        await house.pass_time(timedelta(hours=1))
        assert row(house).attempts == 0
        carrier.away = False
        await house.pass_time(timedelta(minutes=2))
        assert len(files(house, AGENT)) == 1
        house.check_finished()


async def test_a_file_that_comes_in_other_bytes_is_given_up(
    autojump_clock: MockClock, carrier: FakeCarrier
) -> None:
    damaged = Broken("other bytes", FileProblem.DAMAGED)
    carrier.fail_fetch("in1", damaged, damaged)
    carrier.fail_fetch("in2", *[damaged] * 9)
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        await house.write(VISITOR, PICTURE)
        await house.pass_time(60)
        assert len(files(house, AGENT)) == 1
        await house.write(VISITOR, evolve(PICTURE, media_id="in2"))
        await house.pass_time(60)
        assert carrier.fetches.count("in2") == 3
        assert any("send it again" in note for note in notes(house, VISITOR))
        house.check_finished()


NOT_A_VOICE = Media(MediaKind.AUDIO, "in1", "audio/ogg", voice=True)
LARGE = Media(MediaKind.DOCUMENT, "pdf", "a/b", filename="x")


@pytest.mark.parametrize(
    ("content", "size", "goes"),
    [
        (PICTURE, 5 * MEGABYTE + 1, (MediaKind.DOCUMENT, "file.jpg")),
        (evolve(PICTURE, media_id="in2"), 10, (MediaKind.IMAGE, None)),
        (evolve(PICTURE, media_id="pdf"), 10, (MediaKind.DOCUMENT, "file.pdf")),
        (NOT_A_VOICE, 10, (MediaKind.DOCUMENT, "file.jpg")),
        (LARGE, LARGEST, (MediaKind.DOCUMENT, "x")),
    ],
)
async def test_what_is_not_taken_as_it_came_goes_as_what_it_is(
    autojump_clock: MockClock,
    carrier: FakeCarrier,
    content: Media,
    size: int,
    goes: tuple[MediaKind, str | None],
) -> None:
    """A large picture is a document, and so is a document that says it is a picture."""
    carrier.sizes[content.media_id] = size
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        await house.write(VISITOR, content)
        (file,) = files(house, AGENT)
        assert ((file.kind, file.filename), file.voice) == (goes, False)


async def test_what_whatsapp_refuses_as_a_picture_is_sent_as_a_document(
    autojump_clock: MockClock,
    carrier: FakeCarrier,
) -> None:
    """At the upload, or when it is sent; refused as a document as well, its writer is told."""
    refused = Broken("refused", code=131053)
    carrier.fail_upload("in1", refused)
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        await house.write(VISITOR, PICTURE)
        house.gateway.answer_next(AGENT.phone, Rejected(131053, "no"))
        await house.write(VISITOR, evolve(PICTURE, media_id="in2"))
        await house.write(VISITOR, "after it")
        await house.pass_time(60)
        assert [file.kind for file in files(house, AGENT)] == [MediaKind.DOCUMENT] * 2
        assert house.sent(AGENT)[-1] == Text("after it")
        house.gateway.answer_next(AGENT.phone, *[Rejected(131053, "no")] * 2)
        await house.write(VISITOR, PICTURE)
        await house.pass_time(60)
        assert len(files(house, AGENT)) == 2
        assert any("of this type" in note for note in notes(house, VISITOR))
        house.check_finished()


async def test_a_picture_that_is_refused_late_is_sent_as_a_document(
    autojump_clock: MockClock, carrier: FakeCarrier
) -> None:
    """By a status, once, also through a restart; refused again, its writer is told, once."""
    async with open_house(Plan(carrier=carrier)) as house:
        await house.talking()
        await house.write(VISITOR, PICTURE)
        await house.write(VISITOR, "after it")
        await house.status(Rank.FAILED, index=-2, code=131053)
        await house.pass_time(60)
        assert [file.kind for file in files(house, AGENT)] == [PICTURE.kind, MediaKind.DOCUMENT]
        assert not any("of this type" in note for note in notes(house, VISITOR))
        await house.status(Rank.FAILED, code=131053)
        await house.pass_time(60)
        assert len(files(house, AGENT)) == 2
        assert sum("of this type" in note for note in notes(house, VISITOR)) == 1
        house.check_finished()


async def test_the_copy_that_came_in_is_sent_on_where_that_is_wanted(
    autojump_clock: MockClock, carrier: FakeCarrier
) -> None:
    """And fetched after all where WhatsApp does not take it."""
    async with open_house(Plan(carrier=carrier)) as house:
        house.accounts.add(evolve(fakes.workspace(), reuse_media=True))
        await house.talking()
        await house.write(VISITOR, PICTURE)
        house.gateway.answer_next(AGENT.phone, Rejected(131009, "no such id"))
        await house.write(VISITOR, evolve(PICTURE, media_id="in2"))
        await house.pass_time(60)
        assert [file.media_id for file in files(house, AGENT)] == ["in1", "out-1"]
        assert carrier.fetches == ["in2"]
        house.check_finished()
