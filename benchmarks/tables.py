"""The figures of a whole run as tables in Markdown, beside what is aimed at."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

Document = Mapping[str, Any]
Show = Callable[[Document], str]
MISSING: Final = "–"


@frozen
class Row:
    """A figure: what it is called, what is aimed at, whose document has it, and how it is shown."""

    figure: str
    target: str
    document: str
    show: Show


def number(*names: str, unit: str = "", times: float = 1.0) -> Show:
    """Return what shows one figure, found by its names from the outside in."""

    def show(document: Document) -> str:
        found: Any = document
        for name in names:
            found = found[name]
        value = found * times
        return f"{value:,.3g}{unit}" if abs(value) < 10 else f"{value:,.0f}{unit}"

    return show


def several(*shows: Show) -> Show:
    """Return what shows figures with a slash between them."""
    return lambda document: " / ".join(show(document) for show in shows)


ROWS: Final = (
    Row("relayed messages/s, three statuses each", "3,000", "relay", number("messages_per_second")),
    Row(
        "the same without statuses",
        "5,000",
        "relay",
        number("without_statuses", "messages_per_second"),
    ),
    Row(
        "the same, statuses in POSTs of 10 / 100",
        "",
        "relay",
        several(
            number("statuses_in_tens", "messages_per_second"),
            number("statuses_in_hundreds", "messages_per_second"),
        ),
    ),
    Row("CPU per relayed message", "230 µs", "relay", number("cpu_us_per_message", unit=" µs")),
    Row(
        "share of the limit: messages/s / CPU",
        "40 %",
        "relay",
        several(
            number("share_of_limit", unit=" %", times=100),
            number("share_of_limit_by_cpu", unit=" %", times=100),
        ),
    ),
    Row(
        "the limit: messages/s / CPU",
        "",
        "relay",
        several(
            number("limit", "messages_per_second"),
            number("limit", "cpu_us_per_message", unit=" µs"),
        ),
    ),
    Row(
        "share of its core that the relay had",
        "",
        "relay",
        number("full_load", "relay_core_share", unit=" %", times=100),
    ),
    Row(
        "ack at half load, p50 / p99",
        "5 / 50 ms",
        "relay",
        several(number("ack_p50_ms", unit=" ms"), number("ack_p99_ms", unit=" ms")),
    ),
    Row(
        "webhook in to Graph request out at half load, p50 / p99",
        "– / 100 ms",
        "relay",
        several(number("relay_p50_ms", unit=" ms"), number("relay_p99_ms", unit=" ms")),
    ),
    Row("longest collection of garbage", "", "relay", number("longest_pause_ms", unit=" ms")),
    Row("file growth per message", "1,500 B", "relay", number("file_bytes_per_message", unit=" B")),
    Row(
        "first words of a sleeping conversation: CPU",
        "",
        "relay",
        number("waking", "cpu_us_per_message", unit=" µs"),
    ),
    Row(
        "dearer among the most live conversations than among 100",
        "25 %",
        "shapes",
        number("cpu_growth_with_live_conversations", unit=" %", times=100),
    ),
    Row(
        "memory per live / passivated conversation",
        "12,288 / 600 B",
        "memory",
        several(
            number("bytes_per_live_conversation", unit=" B"),
            number("bytes_per_passivated_conversation", unit=" B"),
        ),
    ),
    Row(
        "ready again with 1,000,000 open conversations",
        "5,000 ms",
        "restart",
        number("ready_milliseconds", unit=" ms"),
    ),
    Row(
        "CPU per message among 1,000,000 open",
        "",
        "restart",
        number("relaying", "cpu_us_per_message", unit=" µs"),
    ),
    Row(
        "live feed: events/s times dashboards, p99 from commit to frame under 250 ms",
        "",
        "feed",
        number("events_per_second_times_dashboards"),
    ),
    Row("live feed: memory of a dashboard", "", "feed", number("bytes_per_dashboard", unit=" B")),
    Row(
        "`webhooks`: CPU of a POST that is only stored / of one text, decided",
        "",
        "webhooks",
        several(
            number("unrouted", "cpu_us_per_message", unit=" µs"),
            number("batch_1", "cpu_us_per_message", unit=" µs"),
        ),
    ),
    Row(
        "`webhooks`: CPU per text in POSTs of 10 / 100 / 1,000",
        "",
        "webhooks",
        several(
            *(number(f"batch_{n}", "cpu_us_per_message", unit=" µs") for n in (10, 100, 1_000))
        ),
    ),
)


def targets(documents: Mapping[str, Document]) -> str:
    """Return the table of what is aimed at; what was not measured is a dash."""
    lines = ["| figure | target | SQLite | PostgreSQL |", "|---|---|---|---|"]
    for row in ROWS:
        sqlite = _shown(row.show, documents.get(row.document))
        postgresql = _shown(row.show, documents.get(f"{row.document} on PostgreSQL"))
        lines.append(f"| {row.figure} | {row.target} | {sqlite} | {postgresql} |")
    return "\n".join(lines)


def _shown(show: Show, document: Document | None) -> str:
    try:
        return show(document) if document is not None else MISSING
    except KeyError:
        return MISSING
