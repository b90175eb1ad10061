"""A bar chart as SVG: names, bars, and what each bar says."""

from collections.abc import Sequence
from html import escape
from typing import Final

from attrs import frozen

ROW: Final = 26
LEFT: Final = 250
BARS: Final = 380
RIGHT: Final = 250
TOP: Final = 48


@frozen
class Bar:
    """One row; `note` stands behind the bar's number."""

    name: str
    value: float
    note: str = ""


def svg(title: str, bars: Sequence[Bar]) -> str:
    """Return the chart; the longest bar is the largest value, which must not be negative."""
    most = max((bar.value for bar in bars), default=0.0) or 1.0
    width, height = LEFT + BARS + RIGHT, TOP + ROW * len(bars) + 12
    rows = [_row(bar, TOP + ROW * place, most) for place, bar in enumerate(bars)]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="12" y="28" font-size="16" fill="#1c1c1c">{escape(title)}</text>',
        *rows,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _row(bar: Bar, y: int, most: float) -> str:
    length = max(1.0, BARS * bar.value / most)
    text = f"{bar.value:,.0f} {bar.note}".strip()
    return (
        f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end" fill="#1c1c1c">'
        f"{escape(bar.name)}</text>"
        f'<rect x="{LEFT}" y="{y + 2}" width="{length:.1f}" height="16" fill="#2f6f8f"/>'
        f'<text x="{LEFT + length + 8:.1f}" y="{y + 14}" fill="#4a4a4a">{escape(text)}</text>'
    )
