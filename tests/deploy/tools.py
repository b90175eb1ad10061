"""The programs that can check a deployment file, as far as this machine has them."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"

NOT_CHECKED: list[str] = []
"""What only a parser of ours has looked at, for the summary at the end of the run."""


def need(program: str, about: str) -> str:
    """The program's path; without it the test is skipped and the summary says what was missed."""
    found = shutil.which(program)
    if found is None:
        NOT_CHECKED.append(f"{about}: {program} is not installed, only its text was checked")
        pytest.skip(NOT_CHECKED[-1])
    return found


def run(command: Sequence[str], environ: Mapping[str, str] | None = None) -> str:
    """What the program says; fails with it when the program does."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=30, env=environ and dict(environ)
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def read(name: str) -> str:
    """A file of deploy/."""
    return (DEPLOY / name).read_text(encoding="utf-8")
