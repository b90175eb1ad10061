"""What our buttons carry comes back as it was, and nothing else is taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.content import ButtonTap, Choice, Content, Location, Text
from kaisa_relay.domain.ids import ConversationId, MessageId
from kaisa_relay.domain.outcomes import Outcome
from kaisa_relay.domain.payloads import (
    NameOutcome,
    OfferAnswer,
    PassOn,
    Payload,
    Reopen,
    SendAgain,
    decode,
    encode,
    of_content,
)

IDS = st.integers(0, 2**63 - 1)
PAYLOADS: st.SearchStrategy[Payload] = st.one_of(
    st.builds(OfferAnswer, IDS.map(ConversationId), st.integers(1, 999), st.booleans(), IDS),
    st.builds(SendAgain, IDS.map(ConversationId), IDS.map(MessageId)),
    st.builds(Reopen, IDS.map(ConversationId)),
    st.builds(PassOn, IDS.map(ConversationId)),
    st.builds(NameOutcome, IDS.map(ConversationId), st.sampled_from(Outcome)),
)


@given(PAYLOADS)
def test_a_payload_comes_back(payload: Payload) -> None:
    """In a template's button and in an interactive one, and short enough for both."""
    text = encode(payload)
    assert decode(text) == payload
    assert of_content(ButtonTap(text, "label")) == payload
    assert of_content(Choice(text, "label")) == payload
    assert len(text) <= 256


@pytest.mark.parametrize(
    "text",
    [
        "",
        "offer",
        "offer:1:2",
        "offer:1:2:2",
        "offer:1:2:1:",
        "offer:1:2:1:0",
        "offer:1:2:1:1:1",
        "offer:1::1",
        "offer:-1:2:1",
        "offer:+1:2:1",
        "offer: 1:2:1",
        "offer:1_0:2:1",
        "offer:01:2:1",
        "offer:1:2:01",
        "offer:\u0661:2:1",
        "offer:\u00b2:2:1",
        "OFFER:1:2:1",
        "outcome:1",
        "outcome:1:3",
        "outcome:1:sold",
        "outcome:1:0:0",
        "again:1",
        "again:1:2:3",
        "again:9223372036854775808:2",
        "offer:9999999999999999999:1:1",
        "again:1:" + "9" * 20,
        "again:1:" + "9" * 5000,
        "close:1:2",
        "1:2:3",
    ],
)
def test_what_is_not_ours_to_the_letter(text: str) -> None:
    """None, never an error."""
    assert decode(text) is None


@given(st.text(alphabet="ofergain:0123456789", max_size=30) | st.text(max_size=30))
def test_any_text_is_read_or_not(text: str) -> None:
    """One form for each payload."""
    payload = decode(text)
    assert payload is None or encode(payload) == text


@pytest.mark.parametrize("content", [Text("offer:1:2:1"), Location(1, 2)])
def test_only_a_tap_is_a_tap(content: Content) -> None:
    """Who types a payload has typed a text."""
    assert of_content(content) is None
