"""What an export may be asked for, beside its filter."""

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
        Meta(description="`csv`, which is usual, `jsonl` (an object a line) or `xlsx`."),
    ] = None
    columns: Annotated[
        str | None,
        Meta(
            description="Names with commas between, in the order wanted: those of an export "
            "without this, or `metadata.` and a key."
        ),
    ] = None
