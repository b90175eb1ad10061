"""A wrong app secret is said, to the log and to doctor; it is the one fault that shows nowhere."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import define
from structlog.testing import capture_logs

from kaisa_relay.accounts.commands import Facts, Inspect
from kaisa_relay.accounts.signed import Signed
from kaisa_relay.app import relay
from kaisa_relay.app.signatures import SAY_EVERY, Signatures
from kaisa_relay.metrics import Metrics
from kaisa_relay.settings import load
from tests.store.databases import sqlite_database


@define
class Clock:
    """A wall clock that is set by hand."""

    now: datetime = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_the_log_hears_of_it_now_and_then() -> None:
    """Once, and again ten minutes later, however often a stranger tries."""
    clock = Clock()
    signatures = Signatures(Metrics(), clock)
    with capture_logs() as logged:
        for _ in range(3):
            signatures.on_webhook("refused", 0)
        clock.now += SAY_EVERY - timedelta(seconds=1)
        signatures.on_webhook("refused", 0)
        assert [each["event"] for each in logged] == ["webhook refused"]
        clock.now += timedelta(seconds=1)
        signatures.on_webhook("refused", 0)
    assert len(logged) == 2
    assert "KAISA_APP_SECRET" in logged[0]["advice"]


def test_what_is_right_is_counted_and_passed_on() -> None:
    """A webhook that the database could not take was signed rightly all the same."""
    metrics = Metrics()
    signatures = Signatures(metrics, Clock())
    with capture_logs() as logged:
        for outcome in ("stored", "unavailable"):
            signatures.on_webhook(outcome, 1)
        assert (signatures.signed(), logged) == (Signed(2, 0), [])
        signatures.on_webhook("refused", 0)
    assert signatures.signed() == Signed(2, 1)
    value = metrics.registry.get_sample_value
    assert value("kaisa_webhooks_total", {"outcome": "refused"}) == 1


async def test_doctor_is_told_by_a_running_relay(tmp_path: Path) -> None:
    with sqlite_database() as url:
        given = {"KAISA_DATABASE_URL": url, "KAISA_FILES_DIR": str(tmp_path)}
        secrets = {"KAISA_APP_SECRET": "a", "KAISA_VERIFY_TOKEN": "v", "KAISA_SECRET_KEY": "k" * 32}
        async with relay(load(given | secrets, None)) as built:
            answers: list[object] = []
            built.webhooks().receive_nowait("", "sha256=00", b"{}", answers.append)
            facts = await built.administration().execute(Inspect())
    assert answers == [(401, b"bad signature")]
    assert isinstance(facts, Facts)
    assert facts.signed == Signed(0, 1)
