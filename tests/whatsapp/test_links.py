"""Links open the right chat with the right text, and codes hold exactly the link."""

from base64 import b64decode
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.texts import LANGUAGES, TextKey, render
from kaisa_relay.whatsapp.links import png_data_uri, qr_png, qr_svg, svg_data_uri, wa_me

CHANNEL = Phone("+15550001111")


def test_link() -> None:
    """Digits without the plus; spaces are %20, never a plus, and every sign is quoted."""
    link = wa_me(CHANNEL, "¡Hola! 1+1 & /x?")
    assert link == "https://wa.me/15550001111?text=%C2%A1Hola%21%201%2B1%20%26%20%2Fx%3F"
    assert wa_me(CHANNEL, "") == "https://wa.me/15550001111"


@given(st.text(min_size=1, max_size=120))
def test_any_text_comes_back(text: str) -> None:
    """Whatever is prefilled is read back from the link unchanged."""
    assert parse_qs(urlsplit(wa_me(CHANNEL, text)).query, strict_parsing=True) == {"text": [text]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_stay_small(language: str) -> None:
    """The shipped sentences give a code that a phone reads from a screen: at most version 10."""
    sentence = render(TextKey.PREFILLED_LINK, language, {"token": "k7dm3p9qw2"})
    version = segno.make_qr(wa_me(CHANNEL, sentence), error="m").version
    assert isinstance(version, int)
    assert version <= 10


def test_svg() -> None:
    """With a size it has that width; without one it scales; the background is its own."""
    url = wa_me(CHANNEL, "Hi")
    sized = ElementTree.fromstring(qr_svg(url, size=300))
    assert float(sized.attrib["width"]) == pytest.approx(300, abs=0.5)
    free = ElementTree.fromstring(qr_svg(url))
    assert "width" not in free.attrib
    assert "viewBox" in free.attrib
    assert b"#fff" in qr_svg(url)


@pytest.mark.parametrize(("size", "border"), [(400, 4), (200, 0), (10, 4), (1000, 10)])
def test_png(size: int, border: int) -> None:
    """It is as wide as whole pixels allow, one per module at the least."""
    url = wa_me(CHANNEL, "Hi")
    png = qr_png(url, size, border)
    width = int.from_bytes(png[16:20])
    modules = segno.make_qr(url, error="m").symbol_size(border=border)[0]
    assert width % modules == 0
    assert width <= max(size, modules) < width + modules


def test_data_uris() -> None:
    """They hold the very bytes."""
    head, _, data = svg_data_uri(b"<svg/>").partition(",")
    assert (head, b64decode(data)) == ("data:image/svg+xml;base64", b"<svg/>")
    head, _, data = png_data_uri(b"\x89PNG").partition(",")
    assert (head, b64decode(data)) == ("data:image/png;base64", b"\x89PNG")
