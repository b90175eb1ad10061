"""What every test shares. Nothing is opened here."""

import os

import pytest
from hypothesis import settings

# On the build server a failure must mean the same thing twice; at the desk new examples are good.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Have programs that tests start run at full speed: coverage counts what runs in the tests.

    The tests' own processes hear of coverage by this variable, and hand it on no further.
    """
    if hasattr(session.config, "workerinput"):
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
