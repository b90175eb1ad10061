"""What `doctor` finds: one line about one thing, and what to do about it."""

from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen


class Level(StrEnum):
    """How much it matters; only a problem makes `doctor` fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@frozen
class Finding:
    """`about` names the thing, `says` what was seen, `advice` what to do ("" when nothing)."""

    level: Level
    about: str
    says: str
    advice: str = ""


def ok(about: str, says: str) -> Finding:
    """Nothing to do."""
    return Finding(Level.OK, about, says)


def warning(about: str, says: str, advice: str) -> Finding:
    """It works, but somebody should look."""
    return Finding(Level.WARNING, about, says, advice)


def problem(about: str, says: str, advice: str) -> Finding:
    """Something does not work until somebody acts."""
    return Finding(Level.PROBLEM, about, says, advice)


def healthy(findings: Iterable[Finding]) -> bool:
    """Say whether none of them is a problem."""
    return all(finding.level is not Level.PROBLEM for finding in findings)
