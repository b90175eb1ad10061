"""What WhatsApp takes as what: by the bytes, by the size, and by what they claim to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.content import MediaKind
from kaisa_relay.domain.files import (
    ANY_TYPE,
    HEAD,
    LARGEST,
    MEGABYTE,
    TYPES,
    FileProblem,
    Form,
    can_be_voice,
    document_name,
    form_of,
)

IMAGE, VIDEO, AUDIO = MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.AUDIO
STICKER, DOCUMENT = MediaKind.STICKER, MediaKind.DOCUMENT
JPEG, PNG, PDF = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7"
MP4, M4A, OGG = b"\0\0\0\x18ftypmp42", b"\0\0\0\x18ftypM4A ", b"OggS" + bytes(24) + b"OpusHead"
WEBP = b"RIFF\0\0\0\0WEBPVP8 "
MOVING = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02" + bytes(9)
ZIP = b"PK\x03\x04"


@pytest.mark.parametrize(
    ("kind", "claimed", "head", "form"),
    [
        (IMAGE, "image/jpeg", JPEG, Form(IMAGE, "image/jpeg")),
        (IMAGE, "image/png", JPEG, Form(IMAGE, "image/jpeg")),
        (IMAGE, "image/webp", WEBP, Form(DOCUMENT, "image/webp")),
        (IMAGE, "image/jpeg", PDF, Form(DOCUMENT, "application/pdf")),
        (IMAGE, "image/jpeg", b"what is it", Form(DOCUMENT, ANY_TYPE)),
        (VIDEO, "video/mp4", MP4, Form(VIDEO, "video/mp4")),
        (VIDEO, "video/3gpp", MP4, Form(VIDEO, "video/3gpp")),
        (VIDEO, "video/quicktime", MP4, Form(DOCUMENT, "video/quicktime")),
        (AUDIO, "audio/mp4", MP4, Form(AUDIO, "audio/mp4")),
        (AUDIO, "audio/mp4", M4A, Form(AUDIO, "audio/mp4")),
        (AUDIO, "audio/ogg; codecs=opus", OGG, Form(AUDIO, "audio/ogg; codecs=opus")),
        (AUDIO, "Audio/MPEG", b"ID3", Form(AUDIO, "audio/mpeg")),
        (STICKER, "image/webp", WEBP, Form(STICKER, "image/webp")),
        (DOCUMENT, "application/pdf", PDF, Form(DOCUMENT, "application/pdf")),
        (DOCUMENT, "text/plain", b"hello", Form(DOCUMENT, "text/plain")),
        (DOCUMENT, "application/vnd.ms-excel", ZIP, Form(DOCUMENT, "application/vnd.ms-excel")),
        (DOCUMENT, "", b"hello", Form(DOCUMENT, ANY_TYPE)),
        (DOCUMENT, "application/x-msdownload", b"MZ", Form(DOCUMENT, "application/x-msdownload")),
        (DOCUMENT, "application/pdf", b"MZ\x90", FileProblem.NOT_TAKEN),
        (IMAGE, "image/jpeg", b"\x7fELF", FileProblem.NOT_TAKEN),
    ],
)
def test_a_file_goes_as_what_its_bytes_show(
    kind: MediaKind, claimed: str, head: bytes, form: Form | FileProblem
) -> None:
    assert form_of(kind, claimed, head, 1000) == form


@pytest.mark.parametrize(
    ("kind", "head", "most"),
    [
        (IMAGE, JPEG, 5 * MEGABYTE),
        (VIDEO, MP4, 16 * MEGABYTE),
        (AUDIO, M4A, 16 * MEGABYTE),
        (STICKER, WEBP, 100 * 1024),
        (STICKER, MOVING, 500 * 1024),
    ],
)
def test_what_is_too_large_for_its_kind_is_a_document(
    kind: MediaKind, head: bytes, most: int
) -> None:
    claimed = {IMAGE: "image/jpeg", VIDEO: "video/mp4", AUDIO: "audio/mp4"}.get(kind, "image/webp")
    assert form_of(kind, claimed, head, most) == Form(kind, claimed)
    assert form_of(kind, claimed, head, most + 1) == Form(DOCUMENT, claimed)
    assert form_of(kind, claimed, head, LARGEST) == Form(DOCUMENT, claimed)
    assert form_of(kind, claimed, head, LARGEST + 1) is FileProblem.TOO_LARGE
    assert form_of(kind, claimed, b"", 0) is FileProblem.DAMAGED


@given(
    st.sampled_from(MediaKind),
    st.text(max_size=30),
    st.binary(max_size=64),
    st.integers(0, LARGEST),
)
def test_whatever_comes_is_taken_or_refused(
    kind: MediaKind, claimed: str, head: bytes, size: int
) -> None:
    """And never sent as a kind that does not take its type."""
    form = form_of(kind, claimed, head, size)
    if isinstance(form, Form):
        assert form.kind is DOCUMENT or form.mime_type.partition(";")[0].strip() in TYPES[form.kind]
        assert document_name(None, form.mime_type)


def test_a_voice_note_is_ogg_with_opus() -> None:
    assert can_be_voice("audio/ogg; codecs=opus", OGG)
    assert not can_be_voice("audio/ogg", b"OggS" + bytes(HEAD) + b"OpusHead")
    assert not can_be_voice("audio/mpeg", OGG)


@pytest.mark.parametrize(
    ("given", "mime_type", "name"),
    [
        ("my offer.pdf", "image/jpeg", "my offer.pdf"),
        (None, "image/jpeg", "file.jpg"),
        ("", "audio/ogg; codecs=opus", "file.ogg"),
        (None, ANY_TYPE, "file"),
        (None, "application/vnd.ms-excel", "file"),
    ],
)
def test_a_document_has_a_name(given: str | None, mime_type: str, name: str) -> None:
    assert document_name(given, mime_type) == name
