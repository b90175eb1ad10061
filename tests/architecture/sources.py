"""The files the rules are about, read once."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
CODE = ("kaisa_relay", "tests", "benchmarks", "build_backend")
FOLDERS = (*CODE, "deploy", "docs", ".ci")
UNREAD = {"__pycache__", ".hypothesis", "node_modules", "generated", "built"}
"""Folders of what tools made."""


def code_files() -> list[PurePosixPath]:
    """Every Python file of ours, relative to the root."""
    return [path for path in text_files() if path.suffix == ".py" and path.parts[0] in CODE]


def text_files() -> list[PurePosixPath]:
    """Every file that people read: the folders named above, and the root's own files."""
    return sorted(PurePosixPath(path.relative_to(ROOT).as_posix()) for path in _walk())


def read(path: PurePosixPath) -> str:
    """The file's text; empty for one that is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def _walk() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.name != ".git")
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not UNREAD & set(path.parts):
                yield path
