"""Open alerts over HTTP."""

from kaisa_relay.domain.alerts import AlertKind, AlertRaised, Level
from kaisa_relay.domain.ids import AlertId
from tests.api.bench import READER, STRANGER, Bench
from tests.api.fakes import EPOCH
from tests.api.rows import CHANNEL


async def test_what_is_open(bench: Bench) -> None:
    """With what it is about; another workspace sees nothing of it."""
    stopped = AlertRaised(
        AlertId(1),
        AlertKind.TEMPLATE_STOPPED,
        Level.WARNING,
        EPOCH,
        CHANNEL.id,
        "kaisa_offer",
        "en",
        "paused",
    )
    long = AlertRaised(AlertId(2), AlertKind.QUEUE_LONG, Level.WARNING, EPOCH, count=12)
    bench.rows.alerts = [stopped, long]
    first, second = (await bench.get("/alerts", READER)).json["items"]
    assert first == {
        "id": "alr_0000000000001",
        "kind": "template_stopped",
        "level": "warning",
        "subject": {
            "channel": "chn_0000000000007",
            "template": "kaisa_offer",
            "language": "en",
        },
        "reason": "paused",
        "count": None,
        "since": "2026-11-22T08:00:00Z",
    }
    assert (second["subject"]["channel"], second["count"]) == (None, 12)
    assert (await bench.get("/alerts", STRANGER)).json == {"items": [], "next": None}
    assert list((await bench.get("/alerts?x=1")).errors) == ["x"]
