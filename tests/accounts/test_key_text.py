"""API keys as text: what is made is read back, and nothing else passes."""

from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.accounts.key_text import new_key, read_key


def test_a_key_is_read_back_with_the_hash_that_is_stored() -> None:
    """The id finds it, the hash proves it."""
    key = new_key(42, lambda n: bytes(range(n)))
    presented = read_key(key.text)
    assert presented is not None
    assert (presented.id, presented.hash) == (42, key.hash)


def test_the_text_has_its_form_and_stays_out_of_repr() -> None:
    """`kr_<id>_<secret>`: of one length, whatever the random bytes are."""
    low, high = new_key(1, bytes), new_key((1 << 63) - 1, lambda n: b"\xff" * n)
    assert len(low.text) == len(high.text) == 66
    assert low.text.startswith("kr_0000000000001_")
    assert low.text not in repr(low)
    assert str(low.hash) not in repr(low)


@given(position=st.integers(0, 65), character=st.sampled_from("09AZaz_-é\x00"))
def test_one_wrong_character_is_no_key(position: int, character: str) -> None:
    """A typing error costs no look-up."""
    text = new_key(7, lambda n: b"k" * n).text
    changed = text[:position] + character + text[position + 1 :]
    assert (read_key(changed) is None) == (changed != text)


@given(st.text(max_size=200))
def test_junk_is_no_key(text: str) -> None:
    """Anything may stand behind `Bearer`."""
    assert read_key(text) is None
