"""Short texts in one message: as many as fit, in order, whole."""

from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.content import Location, Text
from kaisa_relay.domain.crossing import LONGEST_TEXT
from kaisa_relay.domain.ids import MessageId
from kaisa_relay.domain.joining import MOST, joinable, joined
from kaisa_relay.domain.outgoing import Outgoing, Quoting, messages_of

TEXTS = st.lists(st.text(min_size=1, max_size=12) | st.just("x" * 3000), max_size=70)


@given(TEXTS)
def test_the_beginning_whole_and_in_order(bodies: list[str]) -> None:
    """What is joined is what stands first; one more would not have fitted."""
    texts = [(MessageId(n), Text(body)) for n, body in enumerate(bodies)]
    one = joined(texts)
    if one is None:
        assert len(texts) < 2 or len(f"{bodies[0]}\n{bodies[1]}") > LONGEST_TEXT
        return
    count = len(one.messages)
    assert one.messages == tuple(range(count))
    assert one.body == "\n".join(bodies[:count])
    assert 2 <= count <= MOST
    assert len(one.body) <= LONGEST_TEXT
    longer = "\n".join(bodies[: count + 1])
    assert count in (len(bodies), MOST) or len(longer) > LONGEST_TEXT


def test_what_ends_a_run() -> None:
    """Another kind, a quote, and another part of the same message."""
    one, two = Text("one"), Text("two")
    others: list[tuple[int, Outgoing]] = [
        (3, Location(1, 2)),
        (3, Quoting(MessageId(1), Text("three"))),
        (2, Text("the rest of two")),
    ]
    for number, other in others:
        run = [(MessageId(1), one), (MessageId(2), two), (MessageId(number), other)]
        found = joined(run)
        assert found is not None
        assert found.body == "one\ntwo"
        assert joined([run[2], *run[:1]]) is None or number == 2
    assert joined([(MessageId(1), one)]) is None


def test_the_messages_of_a_send() -> None:
    """The last comes first: a quote of the whole is about it."""
    one = joined([(MessageId(1), Text("a")), (MessageId(2), Text("b"))])
    assert one is not None
    assert messages_of(MessageId(2), one) == (2, 1)
    assert messages_of(MessageId(7), Text("a")) == (7,)


def test_only_texts_share_a_message() -> None:
    """A place cannot."""
    assert joinable(Text("hi"))
    assert not joinable(Location(59.3, 18.1))
