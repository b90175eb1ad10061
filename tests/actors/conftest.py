"""What every house of this folder shares."""

import pytest


@pytest.fixture(autouse=True)
def _rarely_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for added channels twice a minute: at twice a second, hours of simulated time cost
    more in looks than in everything that is tested."""
    monkeypatch.setattr("kaisa_relay.actors.tree.LOOK_EVERY", 30.0)
