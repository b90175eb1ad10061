"""What every test shares. Nothing is opened here."""

import os

import pytest
from hypothesis import settings

# On the build server a failure must mean the same thing twice; at the desk new examples are good.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start this test's programs without coverage, which costs them nearly half their time.

    For programs that are killed, and so write no coverage down, and for those of benchmarks and of
    long plays whose lines other tests reach.
    """
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
