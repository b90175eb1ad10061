"""Changes webhooks where they hurt: a value at a time, also in the JSON that stands in a text.

Rule 1: what comes out is JSON again, so that most of it is read deeper than its first byte.
"""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.whatsapp.bodies import NAMES, golden

CORPUS: Final = Path(__file__).parent / "corpus"
"""Bodies that broke a promise once."""
JUNK: Final[tuple[Any, ...]] = (
    None, True, False, "", " ", "0", "+", "\0", "\ud800", "😀", "x" * 5000, "1e999", "wamid.",
    "user_changed_number", "{}", "[", '"\\ud800"', '{"a":"\\u0000"}', '{"a":"\\ud800"}', "9" * 5000,
    "[" * 3000, '{"a":' * 2000 + "1" + "}" * 2000,
    0, -1, 1, 2**31, 2**63, 2**64, 10**30, 1.5, -0.0, 1e308,
    [], {}, [[]], [None], [{}], {"": None}, {"body": ""}, {"id": ""}, [{"code": 131048}],
)  # fmt: skip
ACCOUNT_FIELDS: Final = (
    "account_update", "business_capability_update", "message_template_status_update", "messages",
    "phone_number_quality_update", "security", "standby", "template_category_update", "",
)  # fmt: skip
ACCOUNT_EVENTS: Final = (
    "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED", "ACCOUNT_RESTRICTION",
    "ACCOUNT_VIOLATION", "APPROVED", "DISABLED_UPDATE", "FLAGGED", "PAUSED", "UNFLAGGED", "UPGRADE",
    "VERY_LONG_" * 20, "4670174060 1", "",
)  # fmt: skip


@cache
def seeds() -> list[bytes]:
    """Return the golden bodies, and an account's webhook of every field and event."""
    return [golden(name) for name in NAMES] + [
        json.dumps(about_account(field, event)).encode()
        for field in ACCOUNT_FIELDS
        for event in ACCOUNT_EVENTS
    ]


def seed(rng: Random) -> bytes:
    """Return one of them; of people's as often as of accounts'."""
    every, people = seeds(), len(NAMES)
    return rng.choice(every[:people] if rng.random() < 0.7 else every[people:])


def about_account(field: str, event: str) -> dict[str, Any]:
    """Return a webhook about the account of the golden bodies, or its first number."""
    value = {
        "event": event,
        "display_phone_number": "+1 555-000-1111",
        "current_limit": "TIER_2K",
        "max_daily_conversations_per_business": 2000,
        "ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": "2026-10-01"},
        "restriction_info": [{"restriction_type": "RESTRICTED", "expiration": 1790899200}],
        "message_template_name": "kaisa_offer",
        "message_template_language": "en-US",
        "reason": "NONE",
    }
    entry = {"id": "100000000000001", "time": 1790000000}
    entry["changes"] = [{"field": field, "value": value}]
    return {"object": "whatsapp_business_account", "entry": [entry]}


def mutated(body: bytes, rng: Random) -> bytes:
    """Return a body with one to three values replaced, taken away, doubled or moved."""
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError):
        whole = json.loads(seed(rng))
    if not isinstance(whole, dict | list):
        return body
    for _ in range(rng.randint(1, 3)):
        places = _places(whole)
        if places:
            _spoil(*rng.choice(places), rng)
    return json.dumps(whole, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def _places(whole: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    left = [whole]
    while left:
        each = left.pop()
        pairs = each.items() if isinstance(each, dict) else enumerate(each)
        for key, inner in pairs:
            found.append((each, key))
            if isinstance(inner, dict | list):
                left.append(inner)
    return found


def _spoil(container: Any, key: Any, rng: Random) -> None:
    match rng.randrange(5):
        case 0:
            del container[key]
        case 1:
            other = json.loads(seed(rng))
            source, at = rng.choice(_places(other))
            container[key] = source[at]
        case 2 if isinstance(container, list):
            container.append(deepcopy(container[key]))
        case 3 if isinstance(container[key], str):
            container[key] += str(rng.choice(JUNK))
        case _:
            container[key] = deepcopy(rng.choice(JUNK))  # it may be changed in its turn
