"""What an answer means for a send, where time decides it."""

import random
from datetime import timedelta

import pytest

from kaisa_relay.actors.channel.outcome import LONGEST_WAIT, Move, Stop, conclude
from kaisa_relay.domain.content import Text
from kaisa_relay.domain.ids import ChannelId, ContactId, ConversationId, MessageId, SendId
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.sending import Deferred, Purpose, Rank, SendState
from kaisa_relay.ports import EndSend, Outcome, Send, Tell
from tests import fakes

SECOND = timedelta(seconds=1)
SEND = Send(
    workspace=fakes.WORKSPACE,
    id=SendId(fakes.id_source(lambda: fakes.EPOCH)()),
    channel=ChannelId(1),
    conversation=ConversationId(1),
    message=MessageId(1),
    contact=ContactId(1),
    recipient=Recipient(fakes.phone(1), None),
    outgoing=Text("hello"),
    purpose=Purpose.RELAY,
    state=SendState.SENDING,
)


def move(answer: Deferred, after: timedelta) -> Move:
    """Return what becomes of the send when it is put off at such an age."""
    return conclude(SEND, answer, fakes.EPOCH + after, random.Random(1), SECOND).move


@pytest.mark.parametrize("code", [1, 131048, 131056])
def test_nobody_waits_for_ever(code: int) -> None:
    """A send that WhatsApp puts off for a day has failed, and its conversation hears it."""
    answer = Deferred(code, "later")
    assert move(answer, LONGEST_WAIT) is Move.AGAIN
    late = fakes.EPOCH + LONGEST_WAIT + SECOND
    verdict = conclude(SEND, answer, late, random.Random(1), SECOND)
    assert verdict.changes == (
        EndSend(SEND.id, (SendState.SENDING,), Rank.FAILED, late, code=code),
        Tell(
            SEND.channel,
            Outcome(SEND.id, MessageId(1), ConversationId(1), ContactId(1), Rank.FAILED, code),
        ),
    )


def test_one_refused_stream_stops_no_number() -> None:
    """HTTP/2 refused this call alone, without a word of WhatsApp's: it goes again by itself."""
    refused = conclude(
        SEND, Deferred(None, "refused stream"), fakes.EPOCH, random.Random(1), SECOND
    )
    assert refused.move is Move.AGAIN
    assert refused.stop is Stop.NO
    assert refused.send.due_at is not None


@pytest.mark.parametrize(
    "answer",
    [
        Deferred(130429, "limit", whole_channel=True),
        Deferred(None, "unreachable", whole_channel=True),
        Deferred(None, "refused stream"),
    ],
)
def test_a_trouble_of_the_number_is_nobodys_end(answer: Deferred) -> None:
    """Everything waits until the number works, however long."""
    assert move(answer, LONGEST_WAIT * 3) is Move.AGAIN
