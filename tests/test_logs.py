"""Log lines carry ids, classes and codes; never what a person wrote or a secret."""

import errno
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from kaisa_relay import logs


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """The set-up is the process's; each test gives back what it found."""
    root, httpx = logging.getLogger(), logging.getLogger("httpx")
    before = root.handlers[:], root.level, httpx.level
    yield
    root.handlers[:], root.level, httpx.level = before
    structlog.reset_defaults()


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one JSON line on stderr."""
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_our_lines_are_json_with_utc_time(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    structlog.get_logger().info("opened", conversation="17")
    line = logged(capsys)
    assert (line["event"], line["conversation"], line["level"]) == ("opened", "17", "info")
    assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)


def test_the_libraries_pass_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    logs.configure("json")
    logging.getLogger("hypercorn.error").warning("slow %s", "client")
    line = logged(capsys)
    assert (line["event"], line["logger"], line["level"]) == (
        "slow client",
        "hypercorn.error",
        "warning",
    )


def test_lines_below_the_level_are_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json", logging.WARNING)
    structlog.get_logger().info("quiet")
    logging.getLogger("alembic").info("quiet")
    assert capsys.readouterr().err == ""


def test_the_console_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("console")
    structlog.get_logger().info("opened", conversation="17")
    err = capsys.readouterr().err
    assert "opened" in err
    assert "conversation=17" in err


class Crash(ExceptionGroup[ValueError]):
    """A group of our own, so that the tests below catch what they can name."""


def crash() -> None:
    """Crash as code does: a group, with a cause, all of them quoting what they must not."""
    try:
        raise OSError(errno.ENOSPC, "hunter2")
    except OSError as cause:
        raise Crash("hunter2", [ValueError("hunter2")]) from cause


@pytest.mark.parametrize("log_format", ["console", "json"])
@pytest.mark.parametrize("ours", [True, False])
def test_a_crash_is_logged_without_its_text(
    capsys: pytest.CaptureFixture[str], log_format: Any, ours: bool
) -> None:
    logs.configure(log_format)
    try:
        crash()
    except Crash as group:
        if ours:
            structlog.get_logger().error("crashed", exc_info=group)
        else:
            logging.getLogger("hypercorn.error").exception("crashed")
    err = capsys.readouterr().err
    for said in ["Crash", "ValueError", f"OSError errno={errno.ENOSPC}", "in crash"]:
        assert said in err
    assert "hunter2" not in err


def test_the_exception_at_hand_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    try:
        crash()
    except Crash:
        structlog.get_logger().exception("crashed")
    assert "Crash" in logged(capsys)["exception"]
