"""The fault knobs: what may go wrong, how often, and a seeded die that decides.

Rule 1: every misbehaviour of the simulator is asked for here by name, so a test can turn it on
and count it.
Rule 2: a countdown fires on the next occasions; a probability fires by the injected random numbers.
"""

from random import Random
from typing import Any

import msgspec
from attrs import evolve, frozen

from .errors import TABLE

# knob: (what it does, seconds it takes where that means something)
KNOBS: dict[str, tuple[str, float]] = {
    "duplicate_webhook": ("the same POST goes out twice", 0.0),
    "reorder_webhook": (
        "an update is held back for up to `seconds`, so later ones overtake it",
        0.2,
    ),
    "delay_webhook": ("an update is held back for `seconds`", 1.0),
    "drop_first_attempt": ("the first attempt of a POST is lost; the retry brings it", 0.0),
    "malformed_extra_fields": ("unknown fields at every level of the update", 0.0),
    "value_errors": ("a change with `value.errors` precedes the update", 0.0),
    "missing_context": ("an inbound message loses its `context`", 0.0),
    "empty_phone": ('phone fields of an update hold "" instead of a number', 0.0),
    "standby_field": ("the update comes under the field `standby`", 0.0),
    "status_before_answer": ("the `sent` status is posted before the send is answered", 0.0),
    "drop_answer": ("the send is accepted, then the connection closes without a response", 0.0),
    "error_before_accept": ("HTTP 500 without an error body, nothing accepted", 0.0),
    "error_after_accept": ("HTTP 500 without an error body, although the send was accepted", 0.0),
    "downtime": ("HTTP 503 with Graph error code 2, nothing accepted", 0.0),
    "slow_answer": ("the send is accepted at once and answered `seconds` later", 2.0),
    "stall": (
        "a send gets no answer; after `seconds` the connection closes, nothing accepted",
        60.0,
    ),
    "expired_token": ("HTTP 401 with Graph error code 190, nothing accepted", 0.0),
    "throughput": ("Graph error 130429, nothing accepted", 0.0),
    "pair_limit": ("Graph error 131056, nothing accepted", 0.0),
    "refuse_send": ("a send is refused with Graph error `code`", 0.0),
    "fail_send": ("a send is accepted, then a status `failed` says `code`", 0.0),
    "refuse_call": ("any call but a send is refused with Graph error `code`", 0.0),
    "missing_media_url": ("a person's medium comes without `url`, only with its id", 0.0),
    "lost_media": ("a person's medium comes with error 131052 instead of an id", 0.0),
}


@frozen
class Knob:
    """How often a fault strikes. `only` limits it to one phone (digits) or one phone_number_id;
    `code` is the Graph error of the knobs that name one.
    """

    probability: float = 0.0
    times: int = 0
    seconds: float = 0.0
    only: str | None = None
    code: int = 131000
    struck: int = 0


class KnobPatch(msgspec.Struct, forbid_unknown_fields=True):
    """A knob as the control API writes it."""

    probability: float = 0.0
    times: int = 0
    seconds: float | None = None
    only: str | None = None
    code: int = 131000


class Switches(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The behaviours that Meta leaves open, and the webhook style."""

    batch: int = 1
    escapes: str = "mixed"
    window_refusal: str = "sync"
    unknown_refusal: str = "sync"
    bsuid_in_to: str = "silence"
    media_refusal: str = "sync"
    media_check: str = "strict"
    inbound_media: str = "refuse"
    reaction_removal: str = "omitted"
    review: str = "approve"
    calls_per_hour: int = 5000


_CHOICES = {
    "escapes": ("mixed", "ascii", "utf8"),
    "window_refusal": ("sync", "async"),
    "unknown_refusal": ("sync", "async"),
    "bsuid_in_to": ("silence", "refuse"),
    "media_refusal": ("sync", "async"),
    "media_check": ("strict", "off"),
    "inbound_media": ("refuse", "allow"),
    "reaction_removal": ("omitted", "empty"),
    "review": ("approve", "reject", "manual"),
}


class Faults:
    """The knobs and switches as they stand now."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.knobs: dict[str, Knob] = {}
        self.switches = Switches()
        self.clear()

    def clear(self) -> None:
        """Turn everything off and every switch back."""
        self.knobs = {name: Knob(seconds=seconds) for name, (_, seconds) in KNOBS.items()}
        self.switches = Switches()

    def strikes(self, name: str, *about: str) -> Knob | None:
        """The knob if the fault happens this time, to a thing that concerns `about` (numbers and
        channel ids).
        """
        knob = self.knobs[name]
        if knob.only is not None and knob.only not in about:
            return None
        if knob.times > 0:
            knob = evolve(knob, times=knob.times - 1)
        elif knob.probability == 0.0 or self._rng.random() >= knob.probability:
            return None
        self.knobs[name] = evolve(knob, struck=knob.struck + 1)
        return self.knobs[name]

    def patch(self, changes: dict[str, Any]) -> None:
        """Apply a PATCH body.

        Raises ValueError saying what is wrong with it; nothing is changed then.
        """
        knobs = {name: _read_knob(name, value) for name, value in changes.items() if name in KNOBS}
        rest = {name: value for name, value in changes.items() if name not in KNOBS}
        seed = rest.pop("seed", None)
        switches = _read_switches(msgspec.to_builtins(self.switches) | rest)
        for name, knob in knobs.items():
            self.knobs[name] = evolve(knob, struck=self.knobs[name].struck)
        self.switches = switches
        if seed is not None:
            self._rng.seed(seed)

    def shown(self) -> dict[str, Any]:
        """What `GET /_sim/faults` answers."""
        knobs = {
            name: {
                "does": KNOBS[name][0],
                "probability": knob.probability,
                "times": knob.times,
                "seconds": knob.seconds,
                "only": knob.only,
                "code": knob.code,
                "struck": knob.struck,
            }
            for name, knob in self.knobs.items()
        }
        return {"knobs": knobs, "switches": msgspec.to_builtins(self.switches)}


def _read_knob(name: str, value: object) -> Knob:
    default_seconds = KNOBS[name][1]
    if value is None:
        return Knob(seconds=default_seconds)
    if isinstance(value, (int, float)):
        value = {"probability": float(value)}
    try:
        patch = msgspec.convert(value, KnobPatch)
    except msgspec.ValidationError as problem:
        raise ValueError(f"{name}: {problem}") from problem
    if not 0 <= patch.probability <= 1:
        raise ValueError(
            f'{name}: a probability is between 0 and 1; for the next n occasions say {{"times": n}}'
        )
    if patch.times < 0 or (patch.seconds or 0) < 0:
        raise ValueError(f"{name}: times and seconds cannot be negative")
    if patch.code not in TABLE:
        raise ValueError(f"{name}: {patch.code} is not a code in Meta's table of errors")
    seconds = default_seconds if patch.seconds is None else patch.seconds
    only = patch.only.lstrip("+") if patch.only else None
    return Knob(patch.probability, patch.times, seconds, only, patch.code)


def _read_switches(values: dict[str, Any]) -> Switches:
    unknown = sorted(set(values) - set(Switches.__struct_fields__))
    if unknown:
        known = ", ".join((*KNOBS, *Switches.__struct_fields__, "seed"))
        raise ValueError(f"unknown fault {unknown[0]!r}; known are {known}")
    try:
        switches = msgspec.convert(values, Switches)
    except msgspec.ValidationError as problem:
        raise ValueError(str(problem)) from problem
    for name, choices in _CHOICES.items():
        if getattr(switches, name) not in choices:
            raise ValueError(f"{name} must be one of {', '.join(choices)}")
    if not 1 <= switches.batch <= 1000:
        raise ValueError("batch must be between 1 and 1000")
    if switches.calls_per_hour < 1:
        raise ValueError("calls_per_hour must be at least 1")
    return switches
