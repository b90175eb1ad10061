"""Whatever is in a webhook, of a person or of an account: parsed, or set aside with a reason."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.ports import ItemKind
from tests.fuzz.mutating import ACCOUNT_EVENTS, ACCOUNT_FIELDS, CORPUS, mutated, seed, seeds
from tests.fuzz.promise import ACCOUNT, hold
from tests.whatsapp.test_inbound_fuzz import JUNK

SEEDS = seeds()
VALUES = (
    "event", "display_phone_number", "phone_number", "current_limit", "reason", "ban_info",
    "restriction_info", "message_template_name", "message_template_language", "metadata",
    "max_daily_conversations_per_business",
)  # fmt: skip


def test_what_meta_sends_is_taken() -> None:
    """So that the others do not pass because nothing is read."""
    kinds = {row.kind for body in SEEDS for row in hold(body)}
    assert kinds == set(ItemKind) - {ItemKind.OUTCOME}


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.stem)
def test_what_broke_it_once(path: Path) -> None:
    """Found by `make fuzz`."""
    hold(path.read_bytes())


@pytest.mark.parametrize("number", range(20))
def test_any_values_in_the_place_of_others(number: int) -> None:
    """Forty bodies each; `make fuzz` plays as many as there is time for."""
    rng = Random(number)
    for _ in range(40):
        hold(mutated(seed(rng), rng))


@st.composite
def about_accounts(draw: st.DrawFn) -> bytes:
    """An account's webhook that concerns channels of ours, with anything in its fields."""
    anything = JUNK | st.sampled_from(ACCOUNT_EVENTS) | st.just("+1 555-000-1111")
    value = draw(st.dictionaries(st.sampled_from(VALUES), anything) | JUNK)
    change = {"field": draw(st.sampled_from(ACCOUNT_FIELDS)), "value": value}
    entry = {"id": ACCOUNT, "time": draw(JUNK | st.just(1790000000)), "changes": [change]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    return json.dumps(body).encode("utf-8", "surrogatepass")


@given(about_accounts())
def test_anything_about_an_account_of_ours(body: bytes) -> None:
    """Also where a number of ours is concerned, and its state would change."""
    hold(body)
