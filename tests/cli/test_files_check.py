"""The doctor's look at the directory for files."""

from collections import namedtuple
from pathlib import Path

import pytest

from kaisa_relay.cli.files_check import LITTLE, check_files
from kaisa_relay.cli.finding import Level

Usage = namedtuple("Usage", "total used free")


def roomy(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(free, 0, free))


def test_a_directory_that_is_not_there_yet_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is not made by looking."""
    roomy(monkeypatch, LITTLE)
    found = check_files(tmp_path / "new" / "files")
    assert (found.level, found.says.endswith("1 GB of room")) == (Level.OK, True)
    assert not (tmp_path / "new").exists()


def test_what_cannot_be_written_stands_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    for path in (tmp_path / "taken", tmp_path / "taken" / "files"):
        assert check_files(path).level is Level.PROBLEM


def test_little_room_is_worth_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roomy(monkeypatch, LITTLE - 1)
    assert check_files(tmp_path).level is Level.WARNING
