"""Faults in what a webhook says, as opposed to how it travels."""

import copy
from typing import Any

from attrs import evolve

from ..config import ChannelConfig
from ..errors import GraphError
from ..faults import Faults
from .payloads import Update, errors_value

Payload = dict[str, Any]

_SPOILING = (
    "missing_context",
    "empty_phone",
    "malformed_extra_fields",
    "standby_field",
    "value_errors",
)
_LISTS = ("messages", "statuses", "contacts")
_EXTRA = {"simulated_extra": {"nested": [1, None, {"deep": True}]}, "simulated_flag": False}


def spoil(update: Update, channel: ChannelConfig, faults: Faults, *about: str) -> list[Update]:
    """The updates that go out in place of this one, with whatever the knobs add or take away."""
    struck = {name for name in _SPOILING if faults.strikes(name, *about) is not None}
    usual_field = update.field
    if struck & {"missing_context", "empty_phone", "malformed_extra_fields"}:
        # What was written is shown on the phone too, and stays there as it was.
        update = evolve(update, value=_spoilt(copy.deepcopy(update.value), struck))
    if "standby_field" in struck:
        update = evolve(update, field="standby")
    if "value_errors" not in struck:
        return [update]
    trouble = GraphError(130429, "Simulated trouble of the number")
    errors = errors_value(channel, trouble)
    first = evolve(update, kind="errors", value=errors, about="errors", field=usual_field)
    return [first, update]


def _spoilt(value: Payload, struck: set[str]) -> Payload:
    if "missing_context" in struck:
        for message in value.get("messages", ()):
            message.pop("context", None)
    if "empty_phone" in struck:
        _empty_phones(value)
    if "malformed_extra_fields" in struck:
        parts = [one for name in _LISTS for one in value.get(name, ())]
        for part in (value, *parts):
            part.update(copy.deepcopy(_EXTRA))
    return value


def _empty_phones(part: Payload) -> None:
    for message in part.get("messages", ()):
        message["from"] = ""
    for contact in part.get("contacts", ()):
        contact["wa_id"] = ""
    for status in part.get("statuses", ()):
        status["recipient_id"] = ""
