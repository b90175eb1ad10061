"""The table of guarantees names tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_every_test_in_the_table_is_there() -> None:
    named = re.findall(r"`tests/([\w/]+\.py)::(\w+)`", (TESTS / "README.md").read_text())
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not re.search(rf"def {name}\(", (TESTS / path).read_text())
    ]
    assert len(named) > 20
    assert missing == []
