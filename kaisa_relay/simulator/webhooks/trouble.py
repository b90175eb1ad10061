"""Says to who runs a simulator why nothing comes of what people write: nobody takes webhooks."""

import sys
from collections.abc import Callable
from typing import Final

from attrs import define, field

_WHY: Final = {401: "is its app secret another?", 404: "is the path right?"}


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@define
class Trouble:
    """Says when a callback stops taking webhooks and when it takes them again, once each."""

    say: Callable[[str], None] = _to_stderr
    _refusing: set[str] = field(factory=set, init=False)

    def note(self, url: str, outcome: int | str) -> None:
        """Take how an attempt ended: an HTTP status, or the name of what went wrong before one."""
        if outcome == 200:
            if url in self._refusing:
                self._refusing.remove(url)
                self.say(f"Webhooks are taken again at {url}.")
        elif url not in self._refusing:
            self._refusing.add(url)
            self.say(f"Webhooks are not taken at {url}: {_reason(outcome)} They are tried again.")


def _reason(outcome: int | str) -> str:
    if isinstance(outcome, str):
        return f"{outcome}; is the relay running there?"
    advice = _WHY.get(outcome)
    return f"HTTP {outcome}; {advice}" if advice else f"HTTP {outcome}."
