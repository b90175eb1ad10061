"""The systemd unit: what it promises to give up, and that it leaves time to stop in order."""

import sys
from pathlib import Path

import pytest

from kaisa_relay.app import DRAIN_SECONDS, GRACEFUL_SECONDS
from kaisa_relay.store.engine import CLOSE_SECONDS
from tests.deploy.tools import need, read, run

UNIT = "kaisa-relay.service"
MOST_EXPOSED = 20
"""Tenths, on the scale of `systemd-analyze security`: 0 is sealed, 100 unprotected."""


def settings_of(text: str) -> dict[str, list[str]]:
    """Every setting as section.name with its values in order."""
    settings: dict[str, list[str]] = {}
    section = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            name, _, value = line.partition("=")
            settings.setdefault(f"{section}.{name}", []).append(value)
    return settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("User", "kaisa-relay"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("StateDirectory", "kaisa-relay"),
        ("CapabilityBoundingSet", ""),
        ("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"),
        ("Restart", "on-failure"),
    ],
)
def test_it_keeps_the_service_small(name: str, value: str) -> None:
    assert settings_of(read(UNIT))[f"Service.{name}"] == [value]


def test_it_filters_system_calls_and_bounds_restarts_and_memory() -> None:
    settings = settings_of(read(UNIT))
    assert settings["Service.SystemCallFilter"] == ["@system-service", "~@privileged @resources"]
    assert settings.keys() >= {"Service.MemoryMax", "Service.TasksMax", "Unit.StartLimitBurst"}


def test_process_metrics_can_be_read() -> None:
    """prometheus_client gives none at all where /proc holds nothing but processes."""
    assert "Service.ProcSubset" not in settings_of(read(UNIT))


def test_it_waits_until_the_relay_has_stopped_in_order() -> None:
    [patience] = settings_of(read(UNIT))["Service.TimeoutStopSec"]
    assert float(patience.removesuffix("s")) > GRACEFUL_SECONDS + DRAIN_SECONDS + 2 * CLOSE_SECONDS


def test_it_holds_no_secret_and_starts_the_program_directly() -> None:
    settings = settings_of(read(UNIT))
    assert settings["Service.EnvironmentFile"] == ["/etc/kaisa-relay/environment"]
    assert "KAISA_" not in " ".join(settings["Service.Environment"])
    assert settings["Service.ExecStart"] == ["/opt/kaisa-relay/bin/kaisa-relay serve"]


def test_systemd_understands_it(tmp_path: Path) -> None:
    systemd = need("systemd-analyze", UNIT)
    unit = tmp_path / UNIT
    # The program need not be installed here; any that exists will do.
    here = read(UNIT).replace("/opt/kaisa-relay/bin/kaisa-relay", sys.executable)
    unit.write_text(here, encoding="utf-8")
    assert run([systemd, "verify", "--man=no", str(unit)]) == ""
    run([systemd, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit)])


def test_systemd_would_complain(tmp_path: Path) -> None:
    """The check above must be able to fail."""
    systemd = need("systemd-analyze", UNIT)
    unit = tmp_path / UNIT
    unit.write_text(f"[Service]\nProtectSytem=strict\nExecStart={sys.executable}\n")
    assert "ProtectSytem" in run([systemd, "verify", "--man=no", str(unit)])
