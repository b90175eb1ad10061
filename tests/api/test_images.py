"""A conversation's link as an image, drawn once."""

import struct

import pytest
import trio
from attrs import define, evolve, field

from kaisa_relay.api.qr import QrCodes
from kaisa_relay.domain.ids import ConversationId
from kaisa_relay.whatsapp import links
from tests.api.bench import Bench
from tests.api.fakes import OURS

ID = "cnv_0000000000034"


async def test_the_svg_fills_its_place_or_has_a_size(bench: Bench) -> None:
    await bench.create()
    free = await bench.get(f"/conversations/{ID}/qr.svg")
    assert free.headers["content-type"] == "image/svg+xml"
    assert b"viewBox" in free.body
    assert b'width="' not in free.body.partition(b">")[0]
    sized = await bench.get(f"/conversations/{ID}/qr.svg?size=300&border=0")
    assert sized.body == links.qr_svg("https://wa.me/46850000001?text=Hej%20100", 300, 0)


async def test_the_png_is_at_most_as_wide_as_asked(bench: Bench) -> None:
    await bench.create()
    for query, most in (("", 400), ("?size=200", 200), ("?size=1000&border=2", 1000)):
        answer = await bench.get(f"/conversations/{ID}/qr.png{query}")
        assert answer.headers["content-type"] == "image/png"
        (width,) = struct.unpack(">I", answer.body[16:20])
        assert most / 2 < width <= most


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("size=63", "size", "must be a whole number from 64 to 2048"),
        ("size=1e3", "size", "must be a whole number from 64 to 2048"),
        ("border=21", "border", "must be a whole number from 0 to 20"),
        ("border=-1", "border", "must be a whole number from 0 to 20"),
        ("color=red", "color", "is unknown; known are size, border"),
    ],
)
@pytest.mark.parametrize("form", ["svg", "png"])
async def test_a_wrong_size_is_named(
    bench: Bench, form: str, query: str, field: str, message: str
) -> None:
    await bench.create()
    answer = await bench.get(f"/conversations/{ID}/qr.{form}?{query}")
    assert answer.errors == {field: message}


async def test_a_link_that_is_gone_has_no_image(bench: Bench) -> None:
    await bench.create()
    key = OURS, ConversationId(100)
    bench.rows.views[key] = evolve(bench.rows.views[key], url=None)
    assert (await bench.get(f"/conversations/{ID}/qr.svg")).status == 404


@define
class CountingMaker:
    """Draws nothing, and says how often and in which threads."""

    drawn: list[str] = field(factory=list)

    def qr_svg(self, url: str, size: int | None, border: int) -> bytes:
        """Note an SVG."""
        # Raises in a thread that has no event loop of its own but can reach ours: a worker.
        trio.from_thread.check_cancelled()
        self.drawn.append(f"svg {url} {size} {border}")
        return b"<svg/>"

    def qr_png(self, url: str, size: int, border: int) -> bytes:
        """Note a PNG."""
        trio.from_thread.check_cancelled()
        self.drawn.append(f"png {url} {size} {border}")
        return b"png"


async def test_a_code_is_drawn_once_and_off_the_loop() -> None:
    maker = CountingMaker()
    codes = QrCodes(maker)
    for _ in range(3):
        await codes.data_uris("u")
    assert maker.drawn == ["svg u None 4", "png u 400 4"]
    await codes.svg("u", 300)
    assert maker.drawn[2:] == ["svg u 300 4"]


async def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    maker = CountingMaker()
    codes = QrCodes(maker, most_kept=2)
    for url in ("a", "b", "a", "c", "a", "b"):
        await codes.svg(url)
    assert [each.split()[1] for each in maker.drawn] == ["a", "b", "c", "b"]
    assert len(codes) == 2
