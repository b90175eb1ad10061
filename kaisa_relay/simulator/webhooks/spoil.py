"""Faults in what a webhook says, as opposed to how it travels."""

import copy
from typing import Any

from attrs import evolve

from ..config import ChannelConfig
from ..errors import GraphError
from ..faults import Faults
from .payloads import Update, errors_value

Payload = dict[str, Any]

_EXTRA = {"simulated_extra": {"nested": [1, None, {"deep": True}]}, "simulated_flag": False}


def spoil(update: Update, channel: ChannelConfig, faults: Faults, *about: str) -> list[Update]:
    """The updates that go out in place of this one, with whatever the knobs add or take away."""
    value = copy.deepcopy(update.value)
    if faults.strikes("missing_context", *about) is not None:
        for message in value.get("messages", ()):
            message.pop("context", None)
    if faults.strikes("empty_phone", *about) is not None:
        _empty_phones(value)
    if faults.strikes("malformed_extra_fields", *about) is not None:
        for part in (
            value,
            *value.get("messages", ()),
            *value.get("statuses", ()),
            *value.get("contacts", ()),
        ):
            part.update(copy.deepcopy(_EXTRA))
    field = "standby" if faults.strikes("standby_field", *about) is not None else update.field
    updates = [evolve(update, value=value, field=field)]
    if faults.strikes("value_errors", *about) is not None:
        trouble = GraphError(130429, "Simulated trouble of the number")
        updates.insert(
            0, evolve(update, kind="errors", value=errors_value(channel, trouble), about="errors")
        )
    return updates


def _empty_phones(part: Payload) -> None:
    for message in part.get("messages", ()):
        message["from"] = ""
    for contact in part.get("contacts", ()):
        contact["wa_id"] = ""
    for status in part.get("statuses", ()):
        status["recipient_id"] = ""
