"""How a transaction ends without a trace when the operator's wish cannot be met."""

from collections.abc import Iterable

from kaisa_relay.accounts.commands import Refused, Why


class Refusal(Exception):
    """Rolls the transaction back; `answer` is what the operator is told."""

    def __init__(self, why: Why, reason: str) -> None:
        super().__init__(reason)
        self.answer = Refused(why, reason)


def require_valid(problems: Iterable[str]) -> None:
    """Raise a `Refusal` that names every problem, if there is one."""
    found = "; ".join(problems)
    if found:
        raise Refusal(Why.INVALID, found)
