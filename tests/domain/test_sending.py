"""How far a leg may move, and whose send a status speaks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaisa_relay.domain.ids import ChannelId, SendId, WorkspaceId
from kaisa_relay.domain.sending import Rank, moves, opaque, send_of

IDS = st.integers(0, 2**63 - 1)
US, HERE = WorkspaceId(3), ChannelId(5)


@pytest.mark.parametrize("current", Rank)
@pytest.mark.parametrize("new", Rank)
def test_a_rank_only_rises(current: Rank, new: Rank) -> None:
    """A failure counts only while nothing is delivered, and is the end."""
    if new is Rank.FAILED:
        assert moves(current, new) == (current in (Rank.READY, Rank.PARKED, Rank.SENT))
    else:
        assert moves(current, new) == (new > current)


def test_any_order_of_statuses_ends_the_same() -> None:
    """The ranks of one send, in any order and repeated, end at the highest that may be."""
    for ranks in ([4, 2, 3, 3], [2, 4, 6], [6, 3, 5], [3, 6, 2]):
        current = Rank.READY
        for rank in map(Rank, ranks):
            current = rank if moves(current, rank) else current
        assert current == (Rank.FAILED if ranks[0] == 6 else max(r for r in ranks if r < 6))


@given(IDS, IDS, IDS)
def test_our_id_comes_back(workspace: int, channel: int, send: int) -> None:
    """Only on the channel it belongs to."""
    where = WorkspaceId(workspace), ChannelId(channel)
    data = opaque(*where, SendId(send))
    assert send_of(data, *where) == send
    assert send_of(data, where[0], ChannelId(channel + 1)) is None
    assert send_of(data, WorkspaceId(workspace + 1), where[1]) is None
    assert len(data) <= 512


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "3.5",
        "3.5.7.9",
        "3.5.",
        "3.5.x",
        "3.5.-7",
        "3.5. 7",
        "3.5.\u0667",
        "3.5.\u00b2",
        "3.5." + "9" * 20,
        "3.5." + "9" * 5000,
    ],
)
def test_an_echo_that_is_not_ours(data: str | None) -> None:
    """Whatever it holds it names no send; never an error."""
    assert send_of(data, US, HERE) is None
