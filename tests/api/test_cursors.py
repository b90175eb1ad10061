"""Cursors: text at the border, numbers inside."""

from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.api.cursors import Listing, read_cursor, write_cursor


@given(listing=st.sampled_from(Listing), number=st.integers(0, (1 << 63) - 1))
def test_a_cursor_is_read_by_its_own_list(listing: Listing, number: int) -> None:
    cursor = write_cursor(listing, number)
    assert read_cursor(listing, cursor) == number
    for other in Listing:
        assert other is listing or read_cursor(other, cursor) is None


@given(text=st.text(alphabet="AYZaz09-_+/=", min_size=16, max_size=20) | st.text())
def test_a_cursor_that_was_never_given_out_is_refused(text: str) -> None:
    for listing in Listing:
        number = read_cursor(listing, text)
        assert number is None or write_cursor(listing, number) == text
