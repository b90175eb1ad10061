"""The signature over raw bytes, against vectors computed elsewhere."""

import pytest

from kaisa_relay.whatsapp.signature import verify

EMPTY = b'{"object":"whatsapp_business_account","entry":[]}'
SPACED = b'{"object": "whatsapp_business_account", "entry": []}'
VECTORS = [
    (
        b"test_app_secret",
        EMPTY,
        "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
    ),
    (
        b"test_app_secret",
        SPACED,
        "56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a",
    ),
    (
        b"otro_secreto",
        EMPTY,
        "769b03d8c2ae6498f2d1e1f7299c0ba55448c69d741e7b0bb243d852d8a8d8c7",
    ),
]
GOOD = "sha256=" + VECTORS[0][2]


@pytest.mark.parametrize(("secret", "body", "digest"), VECTORS)
def test_vectors(secret: bytes, body: bytes, digest: str) -> None:
    """Exact bytes under exact secrets, beside other secrets in either order."""
    header = f"sha256={digest}"
    assert verify(body, header, [secret])
    assert verify(body, header, [b"old", secret])
    assert verify(body, header, [secret, b"new"])
    assert verify(body, header.upper().replace("SHA256", "sha256"), [secret])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        GOOD[:-1],
        GOOD + "0",
        GOOD[7:],
        GOOD.replace("sha256", "sha1"),
        GOOD + "\n",
        " " + GOOD,
        GOOD.replace("d", "g", 1),
        "sha256=" + "\u0660" * 64,
        "sha256=" + "0" * 64,
    ],
)
def test_other_headers_are_refused(header: str | None) -> None:
    """A header of another form, or with another digest, signs nothing."""
    assert not verify(EMPTY, header, [b"test_app_secret"])


def test_other_bytes_and_secrets_are_refused() -> None:
    """One space more, another secret or none at all: refused."""
    assert not verify(SPACED, GOOD, [b"test_app_secret"])
    assert not verify(EMPTY, GOOD, [b"other"])
    assert not verify(EMPTY, GOOD, [])
