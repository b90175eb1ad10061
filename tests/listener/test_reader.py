"""What a reader waits for, asks for and holds."""

import pytest

from kaisa_relay.listener import Refusal, Request, Sizes
from kaisa_relay.listener.reader import FREE, Budget, Reader, Stage
from tests.listener.reading import SMALL, bytewise, post, reader, sized, whole

LARGE = Sizes()
CHUNKED = b"Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("data", "stage"),
    [
        (b"", Stage.IDLE),
        (b"P", Stage.HEAD),
        (post(b"Content-Length: 2"), Stage.BODY),
        (post(b"Content-Length: 2", body=b"{"), Stage.BODY),
        (post(CHUNKED, body=b"2\r\n{}\r\n0\r\n"), Stage.BODY),
        (sized(b"{}"), Stage.IDLE),
        (sized(b"{}") + b"P", Stage.HEAD),
    ],
)
def test_it_says_what_it_waits_for(data: bytes, stage: Stage) -> None:
    reading = reader()
    reading.feed(data)
    while reading.next_request() is not None:
        pass
    assert reading.stage is stage


@pytest.mark.parametrize(
    ("data", "wants"),
    [
        (post(b"Expect: 100-continue", b"Content-Length: 2"), True),
        (post(b"expect: 100-Continue", CHUNKED), True),
        (post(b"Expect: 100-continue", b"Content-Length: 2", body=b"{"), False),
        (post(b"Expect: 100-continue", b"Content-Length: 0"), False),
        (post(b"Expect: something", b"Content-Length: 2"), False),
        (post(b"Content-Length: 2"), False),
        (
            b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
            False,
        ),
    ],
)
def test_it_asks_once_for_a_body_that_waits_to_be_asked_for(data: bytes, wants: bool) -> None:
    reading = reader()
    reading.feed(data)
    reading.next_request()
    assert [reading.wants_continue() for _ in range(2)] == [wants, False]


def test_a_body_too_large_is_refused_unasked() -> None:
    reading = reader()
    reading.feed(post(b"Expect: 100-continue", b"Content-Length: 5000"))
    assert reading.next_request() is Refusal.BODY_TOO_LARGE
    assert not reading.wants_continue()


@pytest.mark.parametrize(
    "start", [b"Content-Length: 200000\r\n\r\n", CHUNKED + b"\r\n\r\n30d40\r\n"]
)
def test_large_bodies_share_a_budget(start: bytes) -> None:
    """What exceeds it is refused; what the others hold comes back when they are answered."""
    budget = Budget(200_000 - FREE)
    first, second, third = (Reader(LARGE, budget) for _ in range(3))
    for each in (first, second):
        each.feed(b"POST / HTTP/1.1\r\nHost: x\r\n" + start + bytes(FREE))
        assert each.next_request() is None
    first.feed(bytes(200_000 - FREE) + b"\r\n0\r\n\r\n")
    request = first.next_request()
    assert isinstance(request, Request)
    assert budget.held == 200_000 - FREE
    second.feed(b"x")
    assert second.next_request() is Refusal.OVERLOADED
    third.feed(sized(bytes(FREE)))  # an ordinary one is not concerned
    assert isinstance(third.next_request(), Request)
    first.next_request()
    assert budget.held == 0


def test_a_body_that_is_given_up_is_given_back() -> None:
    budget = Budget(1 << 20)
    reading = Reader(LARGE, budget)
    reading.feed(post(b"Content-Length: 200000"))
    assert reading.next_request() is None
    reading.feed(bytes(100_000))
    assert reading.next_request() is None
    assert (budget.held, reading.size) == (100_000 - FREE, 100_000)
    reading.close()
    reading.close()
    assert budget.held == 0


def test_trailers_count_as_a_head_does() -> None:
    fields = b"A: b\r\n" * ((SMALL.head - 2) // 6)
    data = post(CHUNKED, body=b"0\r\n" + fields + b"\r\n")
    [request] = whole(data)
    assert isinstance(request, Request)
    assert bytewise(data) == [request]
