"""Whatever the bytes: rows, each with an item or a reason, and never an exception."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.whatsapp.rows import read_item
from tests.whatsapp.bodies import NAMES, golden, rows_of

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def check(body: bytes) -> None:
    """Split a body and hold each row to its promise."""
    for row in rows_of(body):
        assert (row.item is None) == (row.reason is not None) == (row.workspace is None)
        if row.item is not None:
            assert read_item(row.kind, row.body) == row.item


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Put junk in the place of one value of a golden body, or take it away."""
    body = json.loads(golden(draw(st.sampled_from(NAMES))))
    places: list[tuple[Any, Any]] = []
    _collect(body, places)
    container, key = draw(st.sampled_from(places))
    if draw(st.booleans()):
        container[key] = draw(JUNK)
    else:
        del container[key]
    return json.dumps(body, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


def _collect(value: Any, places: list[tuple[Any, Any]]) -> None:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        places.append((value, key))
        if isinstance(inner, dict | list):
            _collect(inner, places)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Overwrite a few bytes of a golden body, or cut it short."""
    body = bytearray(golden(draw(st.sampled_from(NAMES))))
    for _ in range(draw(st.integers(0, 4))):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return bytes(body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body)


@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    """Bytes that are no webhook are kept."""
    check(body)


@given(mutated())
def test_any_wrong_value(body: bytes) -> None:
    """One wrong or missing value anywhere never raises."""
    check(body)


@given(damaged())
def test_any_damage(body: bytes) -> None:
    """Overwritten bytes never raise."""
    check(body)


@given(st.binary(max_size=200) | mutated() | damaged() | st.sampled_from(NAMES).map(golden))
def test_the_usual_way_and_the_long_one_lead_to_the_same_rows(body: bytes) -> None:
    """Most POSTs are read in one step; that it is a short cut may not show."""
    short = rows_of(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kaisa_relay.whatsapp.inbound._usual", lambda *_: None)
        assert rows_of(body) == short


def test_the_usual_way_is_taken() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kaisa_relay.whatsapp.inbound._entry", lambda *_: pytest.fail("long way"))
        assert rows_of(golden("text"))[0].item is not None
