"""The relay and the simulator that tests of single features share."""

from collections.abc import Iterator

import pytest

from tests.e2e.running import Running, running


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return both programs; they start with the first test that wants them."""
    with running(tmp_path_factory.mktemp("shared")) as built:
        yield built
