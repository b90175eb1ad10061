"""STOP and START as people write them."""

import pytest

from kaisa_relay.domain.content import ButtonTap, Content, Location, Text
from kaisa_relay.domain.engagement.opting import LONGEST, Opting, opting_of
from kaisa_relay.domain.ids import ConversationId, MessageId
from kaisa_relay.domain.payloads import SendAgain, encode


@pytest.mark.parametrize(
    "said",
    ["STOP", "stop", " Stop. ", "STOP!!!", "«Stop»", "unsubscribe", "Opt-out", "Stop all",
     "Stopp", "STOPP!", "avregistrera mig", "Baja", "¡BAJA!", "Darme de baja"],
)  # fmt: skip
def test_enough(said: str) -> None:
    """In any case, with whatever signs around it, in every language."""
    assert opting_of(Text(said)) is Opting.OUT


@pytest.mark.parametrize("said", ["START", "start.", "Starta", "Börja om", "ALTA", "Opt in"])
def test_again(said: str) -> None:
    assert opting_of(Text(said)) is Opting.IN


@pytest.mark.parametrize(
    "said",
    ["", "!", "Please stop", "stop it", "Can I stop by today?", "so I will stop now", "stopover",
     "cancel", "end", "Start when?", "alto", "stop " * LONGEST],
)  # fmt: skip
def test_said_in_passing(said: str) -> None:
    """What is only part of a message, or means something else here, is no order."""
    assert opting_of(Text(said)) is None


def test_the_button_of_a_template() -> None:
    """Its label counts; a button of ours and anything but words do not."""
    assert opting_of(ButtonTap("Stop promotions", "Stop promotions")) is Opting.OUT
    ours = encode(SendAgain(ConversationId(1), MessageId(2)))
    others: list[Content] = [ButtonTap(ours, "Stop"), ButtonTap("x", "Yes"), Location(1, 2, "Stop")]
    assert [opting_of(each) for each in others] == [None, None, None]
