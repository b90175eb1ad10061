"""Channel tokens at rest: sealed, opened, rotated."""

import pytest

from kaisa_relay.accounts.cipher import TokenCipher, WrongSecretKey

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
TOKEN = "EAAcanarytoken"


def test_a_sealed_token_is_unreadable_and_opens_again() -> None:
    """The same token never seals to the same bytes twice."""
    cipher = TokenCipher.of(NEW)
    first, second = cipher.seal(TOKEN), cipher.seal(TOKEN)
    assert first != second
    assert TOKEN.encode() not in first
    assert cipher.open(first) == cipher.open(second) == TOKEN


def test_after_rotation_the_old_key_opens_and_the_new_one_seals() -> None:
    """A new key in front needs no other change."""
    sealed_before = TokenCipher.of(OLD).seal(TOKEN)
    rotated = TokenCipher.of(NEW, OLD)
    assert rotated.open(sealed_before) == TOKEN
    assert TokenCipher.of(NEW).open(rotated.seal(TOKEN)) == TOKEN


@pytest.mark.parametrize(
    "sealed", [b"", b"junk", TokenCipher.of(OTHER).seal(TOKEN)], ids=["nothing", "junk", "other"]
)
def test_what_we_did_not_seal_does_not_open(sealed: bytes) -> None:
    """The error names the setting and shows neither token nor key."""
    with pytest.raises(WrongSecretKey, match="KAISA_SECRET_KEY") as caught:
        TokenCipher.of(NEW).open(sealed)
    assert TOKEN not in str(caught.value)
