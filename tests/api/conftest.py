"""Fixtures of the API's tests."""

import pytest

from tests.api.bench import Bench


@pytest.fixture
def bench() -> Bench:
    """The API over fresh fakes."""
    return Bench()
