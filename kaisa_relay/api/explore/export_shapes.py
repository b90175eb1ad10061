"""What an export may be asked for, beside its filter."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct


class ExportQuery(Struct, frozen=True):
    """Of what, in which form, with which columns."""

    rows: Annotated[
        str | None,
        Meta(
            description="What a row is of: `conversations`, which is usual, `messages`, `offers`."
        ),
    ] = None
    format: Annotated[
        str | None,
        Meta(description="`csv`, which is usual, `jsonl` (an object a line), `xlsx` or `parquet`."),
    ] = None
    columns: Annotated[
        str | None,
        Meta(
            description="Names with commas between, in the order wanted: those of an export "
            "without this, or `metadata.` and a key."
        ),
    ] = None


class ExportRequest(Struct, frozen=True, kw_only=True):
    """A file that is made in the background."""

    rows: Annotated[
        str | None, Meta(description="`conversations`, which is usual, `messages` or `offers`.")
    ] = None
    format: Annotated[
        str | None, Meta(description="`csv`, which is usual, `jsonl`, `xlsx` or `parquet`.")
    ] = None
    columns: Annotated[
        str | None, Meta(description="Names with commas between, in the order wanted.")
    ] = None
    filter: Annotated[
        str | None,
        Meta(
            description="Which conversations, as the part after `?` of the list's address: "
            "`status=closed&created_at[gte]=2026-11-01T00:00:00Z`."
        ),
    ] = None


class ExportAnswer(Struct, frozen=True, kw_only=True):
    """A job. `state` is `queued`, `running`, `done`, `failed`, `cancelled` or `expired`.

    `reason` says why it failed (`interrupted`, `disk`, `slow`), or lost its file before its time
    (`erasure`). `done` of `total` conversations are in the file, which has `written` rows in
    `bytes` bytes. `url` fetches the file without a key until `expires_at`; null where there is
    none. What was wanted is null once the file is gone.
    """

    id: str
    rows: str | None
    format: str | None
    columns: list[str] | None
    filter: str | None
    state: str
    reason: str | None
    asked_at: datetime
    asked_by: str | None
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    done: int
    total: int | None
    written: int
    bytes: int
    url: str | None


class ExportList(Struct, frozen=True, kw_only=True):
    """Jobs, the newest first."""

    items: list[ExportAnswer]
    next: str | None
