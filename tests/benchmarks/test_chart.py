"""The chart is well-formed, and its bars are as long as their values."""

from xml.etree import ElementTree

import pytest

from benchmarks.chart import BARS, Bar, svg

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_in_proportion_and_names_are_text() -> None:
    drawn = ElementTree.fromstring(svg("Rates & more", [Bar("a <b>", 200, "µs"), Bar("c", 50)]))
    lengths = [float(each.attrib["width"]) for each in drawn.findall(f"{SVG}rect")[1:]]
    assert lengths == [BARS, BARS / 4]
    texts = [each.text for each in drawn.findall(f"{SVG}text")]
    assert texts == ["Rates & more", "a <b>", "200 µs", "c", "50"]


@pytest.mark.parametrize("bars", [[], [Bar("nothing", 0)]])
def test_nothing_can_be_drawn(bars: list[Bar]) -> None:
    assert ElementTree.fromstring(svg("Empty", bars)).tag == f"{SVG}svg"
