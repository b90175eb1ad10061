"""Webhook values as Meta writes them: a person's message, a status, the envelope around them.

Rule 1: a field that Meta leaves out is left out, never null or empty.
Rule 2: nothing here decides whether something is sent; it only words it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from ..config import ChannelConfig
from ..errors import GraphError
from ..people.person import Identity

Payload = dict[str, Any]


@frozen
class Update:
    """One change to tell a business: a `value` with a single message, status or error.

    `about` names it in the log. Account webhooks have a `time`, and a value each of their own.
    """

    waba: str
    phone_number_id: str
    kind: str
    value: Payload
    about: str
    field: str = "messages"
    time: int | None = None


def contact_block(who: Identity, with_username: bool) -> Payload:
    """An entry of `contacts`."""
    profile: Payload = {"name": who.name}
    if with_username and who.username is not None:
        profile["username"] = who.username
    block: Payload = {"profile": profile}
    if who.wa_id is not None:
        block["wa_id"] = who.wa_id
    if who.user_id is not None:
        block["user_id"] = who.user_id
    return block


def message_value(channel: ChannelConfig, who: Identity, message: Payload) -> Payload:
    """The value for an inbound message; `message` has `id`, `timestamp`, `type` and the object
    of its type.
    """
    sender: Payload = {}
    if who.wa_id is not None:
        sender["from"] = who.wa_id
    value = _value(channel)
    if message["type"] != "system":
        # A notice about a person names them inside; it has no contacts and no other sender.
        if who.user_id is not None:
            sender["from_user_id"] = who.user_id
        value["contacts"] = [contact_block(who, with_username=True)]
    return value | {"messages": [sender | message]}


@frozen
class StatusFacts:
    """What a status says about one send. `to_phone` tells whether it was addressed to a number."""

    wamid: str
    status: str
    at: datetime
    to_phone: bool
    opaque: str | None = None
    pricing: Payload | None = None
    error: GraphError | None = None


def status_value(
    channel: ChannelConfig, who: Identity | None, addressed: str, facts: StatusFacts
) -> Payload:
    """The value for a status.

    `addressed` is the number or BSUID the send went to; `failed` has no contacts.
    """
    failed = facts.status == "failed"
    entry: Payload = {"id": facts.wamid, "status": facts.status, "timestamp": unix(facts.at)}
    if facts.to_phone:
        entry["recipient_id"] = addressed
    elif who is not None and who.wa_id is not None and not failed:
        entry["recipient_id"] = who.wa_id
    if not facts.to_phone:
        entry["recipient_user_id"] = addressed
    elif not failed and who is not None and who.user_id is not None:
        entry["recipient_user_id"] = who.user_id
    if facts.opaque is not None:
        entry["biz_opaque_callback_data"] = facts.opaque
    if facts.pricing is not None:
        entry["pricing"] = facts.pricing
    if facts.error is not None:
        entry["errors"] = [facts.error.in_status()]
    value = _value(channel)
    if who is not None and not failed:
        value["contacts"] = [
            contact_block(who, with_username=facts.status not in ("sent", "failed"))
        ]
        if facts.to_phone:
            value["contacts"][0]["wa_id"] = addressed
    return value | {"statuses": [entry]}


def errors_value(channel: ChannelConfig, error: GraphError) -> Payload:
    """A value that carries only errors of the number or the app."""
    return _value(channel) | {"errors": [error.in_status()]}


def envelope(updates: Sequence[Update]) -> Payload:
    """One POST body: an entry per account, a change per number and kind, the updates of a kind
    merged into its value. An account webhook is an entry of its own.
    """
    entries: dict[str, dict[tuple[str, str, str], Payload]] = {}
    alone: list[Payload] = []
    for update in updates:
        if update.time is not None:
            change = {"value": update.value, "field": update.field}
            alone.append({"id": update.waba, "time": update.time, "changes": [change]})
            continue
        changes = entries.setdefault(update.waba, {})
        _merge(changes, (update.phone_number_id, update.kind, update.field), update.value)
    merged = [
        {
            "id": waba,
            "changes": [{"value": value, "field": key[2]} for key, value in changes.items()],
        }
        for waba, changes in entries.items()
    ]
    return {"object": "whatsapp_business_account", "entry": [*merged, *alone]}


def _merge(
    changes: dict[tuple[str, str, str], Payload], key: tuple[str, str, str], value: Payload
) -> None:
    if key not in changes:
        changes[key] = dict(value)
        return
    for name in ("contacts", "messages", "statuses", "errors"):
        if name in value:
            changes[key][name] = changes[key].get(name, []) + value[name]


def unix(at: datetime) -> str:
    """A timestamp as webhooks write it: whole seconds, as a string."""
    return str(int(at.timestamp()))


def _value(channel: ChannelConfig) -> Payload:
    return {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": channel.number,
            "phone_number_id": channel.phone_number_id,
        },
    }
