"""Exports in the background as they are asked for, looked at and fetched."""

from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta

from attrs import define, evolve, field

from kaisa_relay.domain.explore.filtering import Filter
from kaisa_relay.domain.explore.wanted import Wanted
from kaisa_relay.domain.ids import EXPORT, KEY, ExportId, WorkspaceId, to_text
from kaisa_relay.domain.requester import Requester
from kaisa_relay.ports.auditing import Action
from kaisa_relay.ports.export_jobs import (
    Download,
    ExportJob,
    ExportState,
    Gone,
    Reason,
    TooManyExports,
)
from kaisa_relay.ports.keys import Scope
from tests.api.bench import READER, STRANGER, Bench
from tests.api.fakes import EPOCH, OURS
from tests.api.test_exporting import Pieces

EXPORTS = "/explore/exports"
FILE = b"id,status\r\n1,closed\r\n"


@define
class MemoryJobs:
    """Jobs that nobody does; files are all the same."""

    most: int = 10
    kept: dict[ExportId, ExportJob] = field(factory=dict)
    dropped: list[ExportId] = field(factory=list)

    async def ask(
        self, of: WorkspaceId, wanted: Wanted, by: Requester | None, id: ExportId | None = None
    ) -> ExportJob | TooManyExports:
        """Keep it, unless there are enough."""
        if len(self.kept) >= self.most:
            return TooManyExports(self.most)
        id = ExportId(len(self.kept) + 1)
        by_key = None if by is None else to_text(KEY, by.id)
        self.kept[id] = ExportJob(id, of, wanted, EPOCH, by_key)
        return self.kept[id]

    async def job(self, of: WorkspaceId, id: ExportId) -> ExportJob | None:
        """Return one of that workspace."""
        found = self.kept.get(id)
        return found if found is not None and found.workspace == of else None

    async def jobs(self, of: WorkspaceId, most: int, before: int | None) -> Sequence[ExportJob]:
        """Return those of a workspace."""
        mine = [each for each in self.kept.values() if each.workspace == of]
        older = [each for each in mine if before is None or each.id < before]
        return sorted(older, key=lambda each: -each.id)[:most]

    async def drop(self, of: WorkspaceId, id: ExportId) -> bool:
        """Note it."""
        self.dropped.append(id)
        return True

    def link(self, job: ExportJob) -> str | None:
        """Return a link to what is done."""
        done = job.state is ExportState.DONE
        return f"https://relay.example/downloads/{job.id}" if done else None

    async def open(self, token: str) -> Download | Gone | None:
        """Return what is done, by its number."""
        job = self.kept.get(ExportId(int(token))) if token.isdigit() else None
        if job is None:
            return None
        return Download(job, len(FILE), 1) if job.state is ExportState.DONE else Gone()

    async def read(self, download: Download, start: int = 0) -> AsyncGenerator[bytes, None]:
        """Yield the file in small pieces."""
        for at in range(start, len(FILE), 4):
            yield FILE[at : at + 4]

    def turn(self, id: int, state: ExportState, reason: Reason | None = None) -> None:
        """Have a job stand elsewhere."""
        until = EPOCH + timedelta(days=1) if state is ExportState.DONE else None
        job = self.kept[ExportId(id)]
        self.kept[job.id] = evolve(job, state=state, reason=reason, expires_at=until)


async def test_a_job_is_asked_for_as_a_list_is() -> None:
    jobs = MemoryJobs()
    asked = {
        "rows": "messages",
        "format": "jsonl",
        "columns": "id,at",
        "filter": "status=closed&status=failed&value%5Bgte%5D=5&text=a+b%26c",
    }
    answer = await Bench(exports=Pieces(), export_jobs=jobs).post(EXPORTS, asked)
    assert answer.status == 202
    (job,) = jobs.kept.values()
    assert job.wanted is not None
    assert job.wanted.which.pairs() == (
        ("status", "closed"), ("status", "failed"), ("value[gte]", "5"), ("text", "a b&c"),
    )  # fmt: skip
    shown = answer.json
    assert (shown["id"], shown["state"], shown["url"]) == (to_text(EXPORT, 1), "queued", None)
    assert shown["asked_by"] == to_text(KEY, 1)
    assert (shown["rows"], shown["format"], shown["columns"]) == ("messages", "jsonl", ["id", "at"])
    assert shown["filter"] == asked["filter"]
    read = await Bench(exports=Pieces(), export_jobs=jobs).get(f"{EXPORTS}/{shown['id']}")
    assert read.json == shown


async def test_without_a_word_it_is_everything() -> None:
    jobs = MemoryJobs()
    answer = await Bench(exports=Pieces(), export_jobs=jobs).post(EXPORTS, {})
    assert (answer.status, answer.json["filter"], answer.json["format"]) == (202, "", "csv")
    (job,) = jobs.kept.values()
    assert job.wanted is not None
    assert job.wanted.which == Filter()


async def test_what_is_wrong_is_said() -> None:
    bench = Bench(exports=Pieces(), export_jobs=MemoryJobs())
    answer = await bench.post(EXPORTS, {"format": "pdf", "filter": "colour=red&status=closed"})
    assert list(answer.errors) == ["colour", "format"]
    answer = await bench.post(EXPORTS, {"filter": "status=closed&format=csv"})
    assert answer.errors == {"filter": "has format, which is a field of its own"}
    answer = await bench.post(EXPORTS, {"rows": 5, "colour": "red"})
    assert set(answer.errors) == {"rows", "colour"}


async def test_what_is_not_installed_is_refused() -> None:
    bench = Bench(exports=Pieces(), export_jobs=MemoryJobs())
    answer = await bench.post(EXPORTS, {"format": "parquet"})
    assert "kaisa-relay[parquet]" in answer.errors["format"]


async def test_a_workspace_may_have_enough() -> None:
    answer = await Bench(exports=Pieces(), export_jobs=MemoryJobs(most=0)).post(EXPORTS, {})
    assert (answer.status, answer.problem, answer.json["most"]) == (409, "too-many-exports", 0)


async def test_jobs_are_listed_by_pages() -> None:
    jobs = MemoryJobs()
    bench = Bench(exports=Pieces(), export_jobs=jobs)
    for _ in range(3):
        await bench.post(EXPORTS, {})
    first = (await bench.get(f"{EXPORTS}?limit=2")).json
    rest = (await bench.get(f"{EXPORTS}?limit=2&cursor={first['next']}")).json
    ids = [each["id"] for page in (first, rest) for each in page["items"]]
    assert ids == [to_text(EXPORT, id) for id in (3, 2, 1)]
    assert rest["next"] is None
    assert (await bench.get(f"{EXPORTS}?cursor=x")).problem == "bad-cursor"


async def test_nothing_of_it_is_there_for_another_workspace() -> None:
    jobs = MemoryJobs()
    bench = Bench(exports=Pieces(), export_jobs=jobs)
    id = (await bench.post(EXPORTS, {})).json["id"]
    assert (await bench.get(f"{EXPORTS}/{id}", STRANGER)).status == 404
    assert (await bench.delete(f"{EXPORTS}/{id}", STRANGER)).status == 404
    assert (await bench.get(EXPORTS, STRANGER)).json["items"] == []
    assert (await bench.get(f"{EXPORTS}/{to_text(EXPORT, 9)}")).status == 404
    assert (await bench.get(f"{EXPORTS}/cnv_0000000000001")).status == 404
    assert (await bench.get(EXPORTS, None)).status == 401
    assert jobs.dropped == []


async def test_who_only_reads_takes_back_their_own_alone() -> None:
    jobs = MemoryJobs()
    bench = Bench(exports=Pieces(), export_jobs=jobs)
    theirs = (await bench.post(EXPORTS, {})).json["id"]
    own = (await bench.post(EXPORTS, {}, READER)).json["id"]
    refused = await bench.delete(f"{EXPORTS}/{theirs}", READER)
    assert (refused.status, refused.json["scope"]) == (403, Scope.WRITE)
    assert (await bench.delete(f"{EXPORTS}/{own}", READER)).status == 204
    assert (await bench.delete(f"{EXPORTS}/{theirs}")).status == 204
    assert jobs.dropped == [2, 1]


async def test_the_file_is_fetched_without_a_key() -> None:
    jobs = MemoryJobs()
    bench = Bench(exports=Pieces(), export_jobs=jobs)
    await bench.post(EXPORTS, {"rows": "offers"})
    jobs.turn(1, ExportState.DONE)
    url = (await bench.get(f"{EXPORTS}/{to_text(EXPORT, 1)}")).json["url"]
    whole = await bench.get(url.removeprefix("https://relay.example"), None)
    assert (whole.status, whole.body) == (200, FILE)
    assert whole.headers["content-length"] == str(len(FILE))
    assert whole.headers["content-type"] == "text/csv; charset=utf-8"
    name = f'attachment; filename="offers-{EPOCH:%Y-%m-%d}.csv"'
    assert whole.headers["content-disposition"] == name
    assert whole.headers["cache-control"] == "no-store"
    assert whole.headers["accept-ranges"] == "bytes"
    assert jobs.kept[ExportId(1)].workspace == OURS
    asked, fetched = bench.audit.kept.values()
    assert (asked.action, asked.outcome) == (Action.EXPORT_MADE, 202)
    assert (fetched.action, fetched.by) == (Action.EXPORT_DOWNLOADED, None)
    assert asked.subject == fetched.subject == to_text(EXPORT, 1)


async def test_a_download_goes_on_where_it_stopped() -> None:
    jobs = MemoryJobs()
    bench = Bench(exports=Pieces(), export_jobs=jobs)
    await bench.post(EXPORTS, {})
    jobs.turn(1, ExportState.DONE)
    part = await bench.get("/downloads/1", None, Range="bytes=5-9")
    assert (part.status, part.body) == (206, FILE[5:10])
    assert part.headers["content-range"] == f"bytes 5-9/{len(FILE)}"
    rest = await bench.get("/downloads/1", None, Range="bytes=10-")
    assert (rest.status, rest.body) == (206, FILE[10:])
    beyond = await bench.get("/downloads/1", None, Range="bytes=999-")
    assert (beyond.status, beyond.problem) == (416, "range-beyond")
    assert beyond.headers["content-range"] == f"bytes */{len(FILE)}"


async def test_a_link_is_good_ours_or_neither() -> None:
    jobs = MemoryJobs()
    bench = Bench(exports=Pieces(), export_jobs=jobs)
    await bench.post(EXPORTS, {})
    gone = await bench.get("/downloads/1", None)
    assert (gone.status, gone.problem) == (410, "export-gone")
    assert (await bench.get("/downloads/none", None)).problem == "not-found"


async def test_why_a_file_is_gone_is_said() -> None:
    jobs = MemoryJobs()
    bench = Bench(exports=Pieces(), export_jobs=jobs)
    await bench.post(EXPORTS, {})
    jobs.turn(1, ExportState.EXPIRED, Reason.ERASURE)
    jobs.kept[ExportId(1)] = evolve(jobs.kept[ExportId(1)], wanted=None)
    shown = (await bench.get(f"{EXPORTS}/{to_text(EXPORT, 1)}")).json
    assert (shown["state"], shown["reason"], shown["url"]) == ("expired", "erasure", None)
    assert (shown["filter"], shown["columns"]) == (None, None)
