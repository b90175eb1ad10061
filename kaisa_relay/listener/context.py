"""What the connections of one listener have in common."""

from collections import Counter

from attrs import define, field

from kaisa_relay.listener.answers import Refuse
from kaisa_relay.listener.limits import Limits
from kaisa_relay.listener.messages import Handler, Refusal
from kaisa_relay.listener.reader import Budget
from kaisa_relay.listener.readiness import Readiness


@define(eq=False)
class Context:
    """What all connections of a listener share; `now` and `date` are renewed every second."""

    handler: Handler
    refuse: Refuse
    limits: Limits
    budget: Budget
    now: float = 0.0
    date: bytes = b""
    stopping: bool = False
    requests: int = 0
    refused: Counter[Refusal] = field(factory=Counter)
    readiness: Readiness = field(factory=Readiness)
