"""Whatever arrives, and however: parsed, or refused with one named error, never another."""

from collections.abc import Sequence
from itertools import pairwise

import h11
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kaisa_relay.listener import Refusal, Request
from kaisa_relay.listener.head import Head, find_end, parse_unusual
from kaisa_relay.listener.plain import read_plain
from tests.listener.reading import SMALL, bytewise, outcomes, post, reader, sized, whole

CHUNKED = post(b"Transfer-Encoding: chunked", body=b"2;a=b\r\n{}\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n")
VALID = (
    sized(b'{"a":1}', b"X-Hub-Signature-256: sha256=00"),
    CHUNKED,
    post(start=b"GET /w?hub.mode=subscribe HTTP/1.1"),
    b"POST /w HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
    sized(b"{}", b"Expect: 100-continue", b"Connection: close"),
)
FRAGMENTS = (
    b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b"\t", b"\0", b":", b";", b"0", b"2", b"a", b"\xff",
    b"GET /w HTTP/1.1\r\nHost: x\r\n", b"POST /w HTTP/1.1\r\nHost: x\r\n", b"GET ", b" HTTP/1.1",
    b" HTTP/1.0", b"Content-Length: 2\r\n", b"Content-Length:", b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding:", b"chunked", b"Connection: close\r\n", b"Connection: upgrade\r\n",
    b"Upgrade: h2c\r\n", b"Expect: 100-continue\r\n", b"Host: x\r\n", b"2\r\n{}\r\n", b"0\r\n\r\n",
    b"{}", b"http://x", b"*", b"#", b"A: b\r\n", b" folded\r\n", b"fffff\r\n",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A few valid requests with a few places overwritten by something else, or by nothing."""
    data = b"".join(draw(st.lists(st.sampled_from(VALID), min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        until = min(len(data), at + draw(st.integers(0, 4)))
        data = data[:at] + draw(st.sampled_from(FRAGMENTS) | st.binary(max_size=3)) + data[until:]
    return data


composed = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map(b"".join)
anything = mutated() | composed | st.binary(max_size=200)


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    """Return the bytes in pieces."""
    ends = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[begin:end] for begin, end in pairwise(ends)]


@settings(max_examples=500)
@given(data=anything, places=st.lists(st.integers(0, 10_000), max_size=8))
@example(data=b"\r\n" + CHUNKED * 2, places=[1, 3])
def test_parsed_or_refused_the_same_however_it_arrives(data: bytes, places: list[int]) -> None:
    found = whole(data)
    assert all(isinstance(each, Request) for each in found[:-1])
    assert outcomes(cut(data, places)) == found
    assert bytewise(data) == found


@settings(max_examples=500)
@given(data=anything)
def test_what_is_read_another_parser_reads_the_same_way(data: bytes) -> None:
    """Two who stand behind each other and read differently are what a smuggler needs."""
    found = [each for each in whole(data) if isinstance(each, Request)]
    theirs = read_by_h11(data, len(found))
    for ours, (method, body) in zip(found, theirs, strict=False):
        assert (ours.method.encode(), ours.body) == (method, body)


def read_by_h11(data: bytes, most: int) -> list[tuple[bytes, bytes]]:
    """Return method and body of so many requests; fewer when it would hang up after one."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 16)
    connection.receive_data(data)
    found: list[tuple[bytes, bytes]] = []
    while len(found) < most:
        # It refuses the one empty line before a request that RFC 9112 (2.2) wants ignored.
        if bytes(connection.trailing_data[0]).startswith(b"\r\n"):
            return found
        request, body = connection.next_event(), b""
        assert isinstance(request, h11.Request), request
        while isinstance(event := connection.next_event(), h11.Data):
            body += bytes(event.data)
        assert isinstance(event, h11.EndOfMessage), event
        found.append((request.method, body))
        connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
        connection.send(h11.EndOfMessage())
        if connection.our_state is h11.MUST_CLOSE:
            return found
        connection.start_next_cycle()
    return found


plain = st.lists(
    st.sampled_from((b"Host: x", b"A: b", b"content-length: 2", b"X-Sig: sha256=" + b"a" * 80))
    | st.binary(min_size=1, max_size=12),
    max_size=6,
).map(lambda lines: b"".join(b"%b\r\n" % line for line in (b"POST /w HTTP/1.1", *lines, b"")))


@settings(max_examples=500)
@given(data=plain | anything)
def test_a_plain_head_is_read_as_llhttp_reads_it(data: bytes) -> None:
    end = find_end(data, SMALL)
    if not isinstance(end, int):
        return
    found = read_plain(data[:end], SMALL)
    if found is not None:
        theirs = parse_unusual(data[:end], SMALL)
        assert isinstance(theirs, Head)
        assert found == (theirs.method, theirs.path, theirs.headers, theirs.length)
        assert (theirs.query, theirs.one_zero, theirs.wants_continue) == ("", False, False)
        assert theirs.keep_alive


def test_what_meta_sends_is_plain() -> None:
    head, _, _ = sized(b"{}", b"Accept: */*", b"User-Agent: a/1.0 (b; c)").partition(b"{}")
    found = read_plain(head, SMALL)
    assert found is not None
    assert (found[:2], found[3]) == (("POST", "/w"), 2)


@settings(max_examples=100)
@given(data=anything)
def test_a_reader_gives_back_all_that_it_held(data: bytes) -> None:
    reading = reader(SMALL)
    reading.feed(data)
    while isinstance(reading.next_request(), Request):
        pass
    reading.close()
    assert reading._budget.held == 0


def test_nothing_is_read_after_a_refusal() -> None:
    reading = reader()
    for data in (b"\n", sized(b"{}")):
        reading.feed(data)
        assert reading.next_request() is Refusal.MALFORMED
