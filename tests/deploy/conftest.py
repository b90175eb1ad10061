"""Says at the end what this machine could not check."""

import pytest

from tests.deploy.tools import NOT_CHECKED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the checks that need a program which is not here."""
    for missed in NOT_CHECKED:
        terminalreporter.write_line(f"deploy/ not fully checked: {missed}")
