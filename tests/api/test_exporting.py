"""Exports as they are asked for and go out; `tests/explore` has what is in them."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, cast

import httpx
import pytest
import trio
from attrs import define, field
from hypercorn.config import Config
from hypercorn.trio import serve

from kaisa_relay.api.explore import exporting
from kaisa_relay.domain.explore.columns import Rows, usual
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.ports.exports import Format, Wanted
from kaisa_relay.ports.journal import StoreUnavailable
from tests.api.bench import FULL, Bench
from tests.api.rows import OURS

EXPORT = "/explore/export"


@define
class Pieces:
    """Gives these pieces, then fails if it is told to, and keeps what it was asked."""

    given: tuple[bytes, ...] = (b"one\n", b"two\n")
    fails: bool = False
    fitting: bool = True
    asked: list[tuple[WorkspaceId, Wanted]] = field(factory=list)

    def offers(self, format: Format) -> bool:
        """Say that everything but Parquet is installed."""
        return format is not Format.PARQUET

    async def fits(self, of: WorkspaceId, wanted: Wanted) -> bool:
        """Say what it is told to say."""
        return self.fitting

    async def pieces(self, of: WorkspaceId, wanted: Wanted) -> AsyncIterator[bytes]:
        """Yield them one by one."""
        self.asked.append((of, wanted))
        for each in self.given:
            yield each
        if self.fails:
            raise StoreUnavailable


async def test_a_file_goes_out_under_its_name() -> None:
    exports = Pieces()
    answer = await Bench(exports=exports).get(EXPORT)
    assert (answer.status, answer.body) == (200, b"one\ntwo\n")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="conversations.csv"'
    assert answer.headers["cache-control"] == "no-store"
    ((of, wanted),) = exports.asked
    assert of == OURS
    assert (wanted.rows, wanted.format) == (Rows.CONVERSATIONS, Format.CSV)
    assert wanted.columns == usual(Rows.CONVERSATIONS)
    assert not wanted.which.pairs()


async def test_filter_rows_columns_and_form_are_as_asked() -> None:
    exports = Pieces()
    asked = "rows=messages&format=jsonl&columns=id,at,id&status=closed&value[gte]=5&text=a b"
    answer = await Bench(exports=exports).get(f"{EXPORT}?{asked}")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"] == 'attachment; filename="messages.jsonl"'
    ((_, wanted),) = exports.asked
    assert [each.name for each in wanted.columns] == ["id", "at"]
    assert wanted.which.pairs() == (("status", "closed"), ("value[gte]", "5"), ("text", "a b"))


async def test_what_is_wrong_is_said_at_once() -> None:
    bench = Bench(exports=Pieces())
    answer = await bench.get(f"{EXPORT}?format=pdf&columns=id,x&limit=5&rows=")
    assert list(answer.errors) == ["limit", "format", "columns"]
    assert answer.errors["columns"].startswith("has 1 that are unknown; known are id, status")
    answer = await bench.get(f"{EXPORT}?rows=people")
    assert list(answer.errors) == ["rows"]


async def test_too_much_for_a_workbook_is_refused() -> None:
    answer = await Bench(exports=Pieces(fitting=False)).get(f"{EXPORT}?format=xlsx")
    assert "csv or jsonl" in answer.errors["format"]


async def test_what_is_not_installed_is_refused() -> None:
    answer = await Bench(exports=Pieces()).get(f"{EXPORT}?format=parquet")
    assert "kaisa-relay[parquet]" in answer.errors["format"]


async def test_nothing_is_an_empty_file() -> None:
    answer = await Bench(exports=Pieces(())).get(f"{EXPORT}?format=jsonl")
    assert (answer.status, answer.body) == (200, b"")


async def test_a_store_that_is_away_is_a_problem_and_no_file() -> None:
    answer = await Bench(exports=Pieces((), fails=True)).get(EXPORT)
    assert (answer.status, answer.problem) == (503, "unavailable")


async def test_only_who_may_read_exports() -> None:
    assert (await Bench(exports=Pieces()).get(EXPORT, None)).status == 401


def test_a_large_file_has_time_to_go_out() -> None:
    assert exporting.WITHIN >= 3600


async def _read(bench: Bench) -> bytes:
    """Export over a real connection."""
    config = Config()
    config.bind, config.accesslog, config.errorlog = ["127.0.0.1:0"], None, None
    app = cast(Any, bench.app)
    async with trio.open_nursery() as nursery:
        [url] = await nursery.start(partial(serve, app, config, mode="asgi"))
        try:
            return await _get(f"{url}{EXPORT}")
        finally:
            nursery.cancel_scope.cancel()


async def _get(url: str) -> bytes:
    headers = {"Authorization": f"Bearer {FULL}"}
    async with httpx.AsyncClient(trust_env=False, timeout=50) as client:
        answer = await client.get(url, headers=headers)
    assert (answer.status_code, answer.headers.get("content-length")) == (200, None)
    return answer.content


async def test_over_a_real_connection_everything_arrives() -> None:
    assert await _read(Bench(exports=Pieces())) == b"one\ntwo\n"


async def test_a_store_that_leaves_halfway_breaks_the_connection() -> None:
    """A file that is not whole never looks like one."""
    with pytest.raises(BaseExceptionGroup) as failed:
        await _read(Bench(exports=Pieces(fails=True)))
    broken, rest = failed.value.split(httpx.RemoteProtocolError)
    assert broken is not None
    assert rest is None
