"""Shapes of requests: what is read, and what is refused because it can be read in two ways."""

from collections.abc import Callable

import pytest

from kaisa_relay.listener import Refusal, Request, Sizes
from tests.listener.reading import SMALL, bytewise, post, sized, whole

Arrive = Callable[[bytes], list[Request | Refusal]]
CHUNKED = b"Transfer-Encoding: chunked"
GET = b"GET /w HTTP/1.1\r\nHost: x\r\n\r\n"
"""What a smuggler would have us read behind the request that the proxy saw."""

SMUGGLED = {
    "length and coding": post(CHUNKED, b"Content-Length: 5", body=b"0\r\n\r\n" + GET),
    "coding and length": post(b"Content-Length: 5", CHUNKED, body=b"0\r\n\r\n" + GET),
    "two lengths": post(b"Content-Length: 2", b"Content-Length: 3", body=b"{}" + GET),
    "one length twice": post(b"Content-Length: 2", b"Content-Length: 2", body=b"{}" + GET),
    "a list of lengths": post(b"Content-Length: 2, 2", body=b"{}" + GET),
    "a length with a sign": post(b"Content-Length: +2", body=b"{}" + GET),
    "a negative length": post(b"Content-Length: -2", body=b"{}" + GET),
    "a hexadecimal length": post(b"Content-Length: 0x2", body=b"{}" + GET),
    "a length with a blank inside": post(b"Content-Length: 1 2", body=b"{}" + GET),
    "a length with an underscore": post(b"Content-Length: 1_0", body=b"{}" + GET),
    "an empty length": post(b"Content-Length:", body=GET),
    "a length in other digits": post("Content-Length: ٢".encode(), body=b"{}" + GET),
    "a length beyond 64 bits": post(b"Content-Length: 18446744073709551618", body=b"{}" + GET),
    "chunked twice": post(CHUNKED, CHUNKED, body=b"0\r\n\r\n" + GET),
    "chunked, chunked": post(CHUNKED + b", chunked", body=b"0\r\n\r\n" + GET),
    "chunked not last": post(CHUNKED + b", identity", body=b"0\r\n\r\n" + GET),
    "a vertical tab before chunked": post(b"Transfer-Encoding: \x0bchunked", body=GET),
    "a blank before the colon": post(b"Content-Length : 2", body=b"{}" + GET),
    "a tab before the colon": post(b"Transfer-Encoding\t: chunked", body=GET),
    "a folded line": post(b"X-A: b", b" Content-Length: 2", body=b"{}" + GET),
    "a folded coding": post(b"Transfer-Encoding:", b" chunked", body=b"0\r\n\r\n" + GET),
    "a line that ends with LF": post(b"X-A: b\nContent-Length: 2", body=b"{}" + GET),
    "a head that ends with LF": b"GET /w HTTP/1.1\nHost: x\n\n" + GET,
    "a request line that ends with LF": b"GET /w\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
    "a lone CR in a value": post(b"X-A: b\rContent-Length: 2", body=b"{}" + GET),
    "a lone CR before the end": b"GET /w HTTP/1.1\r\nHost: x\r\r\n\r\n",
    "a NUL in a value": post(b"X-A: b\0c", body=GET),
    "a NUL in a name": post(b"X-\0A: b", body=GET),
    "a name without a value": post(b"X-A", body=GET),
    "no name": post(b": b", body=GET),
    "no host": b"GET /w HTTP/1.1\r\n\r\n",
    "two hosts": post(b"Host: y", body=GET),
    "two blanks in the request line": b"GET  /w HTTP/1.1\r\nHost: x\r\n\r\n",
    "a blank in the target": b"GET /w /x HTTP/1.1\r\nHost: x\r\n\r\n",
    "a tab in the request line": b"GET\t/w HTTP/1.1\r\nHost: x\r\n\r\n",
    "a blank at the end of the request line": b"GET /w HTTP/1.1 \r\nHost: x\r\n\r\n",
    "no version": b"GET /w\r\nHost: x\r\n\r\n",
    "another protocol": b"GET /w RTSP/1.0\r\nHost: x\r\n\r\n",
    "a relative target": b"GET w HTTP/1.1\r\nHost: x\r\n\r\n",
    "a fragment": b"GET /w#x HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target in Latin-1": b"GET /\xe9 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target that is an authority": b"GET x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a star that asks for nothing": b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
    "two empty lines before it": b"\r\n\r\n" + GET,
    "a blank before it": b" " + GET,
    "a lone LF before it": b"\n" + GET,
    "a lone CR before it": b"\r" + GET,
    "a lone LF between two": b"\r\n\n" + GET,
    "a lone LF under another version": b"GET /w HTTP/2.0\r\nHost: x\nA: b\r\n\r\n",
    "a lone LF under an unknown method": b"FROB /w HTTP/1.1\r\nHost: x\nA: b\r\n\r\n",
    "a method that is no word": b"1GET /w HTTP/1.1\r\nHost: x\r\n\r\n",
    "an LF in the method": b"GE\nT /w HTTP/1.1\r\nHost: x\r\n\r\n",
    "an LF in the target": b"GET /w\nHost: HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a chunk's size with a sign": post(CHUNKED, body=b"+2\r\n{}\r\n0\r\n\r\n"),
    "a chunk's size with 0x": post(CHUNKED, body=b"0x2\r\n{}\r\n0\r\n\r\n"),
    "a chunk's size with a blank before": post(CHUNKED, body=b" 2\r\n{}\r\n0\r\n\r\n"),
    "a chunk's size with a blank behind": post(CHUNKED, body=b"2 \r\n{}\r\n0\r\n\r\n"),
    "a chunk's size that overflows": post(CHUNKED, body=b"100000000000000002\r\n{}\r\n0\r\n\r\n"),
    "a chunk without size": post(CHUNKED, body=b"\r\n{}\r\n0\r\n\r\n"),
    "a chunk's size that ends with LF": post(CHUNKED, body=b"2\n{}\r\n0\r\n\r\n"),
    "a lone CR in an extension": post(CHUNKED, body=b"2;a\rb\r\n{}\r\n0\r\n\r\n"),
    "an LF in an extension": post(CHUNKED, body=b"2;a\nb\r\n{}\r\n0\r\n\r\n"),
    "a chunk longer than its size": post(CHUNKED, body=b"2\r\n{}}\r\n0\r\n\r\n"),
    "a chunk that ends with LF": post(CHUNKED, body=b"2\r\n{}\n0\r\n\r\n"),
    "a length in a trailer": post(CHUNKED, body=b"0\r\ncontent-Length: 2\r\n\r\n"),
    "a coding in a trailer": post(CHUNKED, body=b"0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "a trailer that is none": post(CHUNKED, body=b"2\r\n{}\r\n0\r\nGET / HTTP/1.1\r\n\r\n"),
    "a trailer with a blank before the colon": post(CHUNKED, body=b"0\r\nA : b\r\n\r\n"),
    "chunks in HTTP/1.0": post(CHUNKED, body=b"0\r\n\r\n", start=b"POST /w HTTP/1.0"),
    "an endless extension": post(CHUNKED, body=b"2;" + b"a" * 300),
    "endless trailers": post(CHUNKED, body=b"0\r\n" + b"A: b\r\n" * 100),
    "too many chunks": post(CHUNKED, body=b"1\r\na\r\n" * 17),
}


@pytest.mark.parametrize("data", SMUGGLED.values(), ids=SMUGGLED)
@pytest.mark.parametrize("arrive", [whole, bytewise])
def test_what_can_be_read_in_two_ways_is_not_read(arrive: Arrive, data: bytes) -> None:
    """Nor is anything behind it: the one refusal is all that comes."""
    assert arrive(data) == [Refusal.MALFORMED]


REFUSED = {
    "a coding that is not ours": (post(b"Transfer-Encoding: gzip, chunked"), "UNKNOWN_CODING"),
    "identity": (post(b"Transfer-Encoding: identity", body=b"{}"), "UNKNOWN_CODING"),
    "a coding like ours": (post(b"Transfer-Encoding: xchunked"), "UNKNOWN_CODING"),
    "a method nobody knows": (b"FROB /w HTTP/1.1\r\nHost: x\r\n\r\n", "UNKNOWN_METHOD"),
    "a method in lower case": (b"get /w HTTP/1.1\r\nHost: x\r\n\r\n", "UNKNOWN_METHOD"),
    "a tunnel": (b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", "UNKNOWN_METHOD"),
    "a tunnel to a path": (b"CONNECT /w HTTP/1.1\r\nHost: x\r\n\r\n", "UNKNOWN_METHOD"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "VERSION"),
    "HTTP/1.2": (b"GET /w HTTP/1.2\r\nHost: x\r\n\r\n", "VERSION"),
    "HTTP/0.9 by name": (b"GET /w HTTP/0.9\r\nHost: x\r\n\r\n", "VERSION"),
    "a large body": (sized(bytes(SMALL.body + 1)), "BODY_TOO_LARGE"),
    "a large chunk": (post(CHUNKED, body=b"1001\r\n"), "BODY_TOO_LARGE"),
    "large chunks": (
        post(CHUNKED, body=b"800\r\n" + bytes(2048) + b"\r\n801\r\n"),
        "BODY_TOO_LARGE",
    ),
    "a large head": (post(b"X-A: " + b"a" * SMALL.head), "HEAD_TOO_LARGE"),
    "a head without end": (b"GET /" + b"a" * SMALL.head, "HEAD_TOO_LARGE"),
    "many fields": (post(*[b"A: b"] * SMALL.fields), "HEAD_TOO_LARGE"),
}


@pytest.mark.parametrize(("data", "name"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("arrive", [whole, bytewise])
def test_what_is_not_taken_has_a_name(arrive: Arrive, data: bytes, name: str) -> None:
    assert arrive(data) == [Refusal[name]]


READ = {
    "no body": (post(start=b"GET /w HTTP/1.1"), b""),
    "a length": (sized(b"{}"), b"{}"),
    "a length with blanks around": (post(b"Content-Length: \t2 \t", body=b"{}"), b"{}"),
    "a length of nothing": (sized(b""), b""),
    "the largest body": (sized(bytes(SMALL.body)), bytes(SMALL.body)),
    "the largest chunk": (
        post(CHUNKED, body=b"1000\r\n" + bytes(4096) + b"\r\n0\r\n\r\n"),
        bytes(4096),
    ),
    "chunks": (post(CHUNKED, body=b"2\r\nab\r\n00001\r\nc\r\n0\r\n\r\n"), b"abc"),
    "an upper-case coding": (post(b"TRANSFER-ENCODING: CHUNKED", body=b"0\r\n\r\n"), b""),
    "extensions": (post(CHUNKED, body=b'1;a="b c";d\r\nx\r\n0;e\r\n\r\n'), b"x"),
    "an extension after blanks": (post(CHUNKED, body=b"1 \t;a\r\nx\r\n0\r\n\r\n"), b"x"),
    "a trailer": (post(CHUNKED, body=b"1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n"), b"x"),
    "an upgrade that is not made": (
        sized(b"{}", b"Connection: Upgrade", b"Upgrade: websocket"),
        b"{}",
    ),
    "an empty line before it": (b"\r\n" + sized(b"{}"), b"{}"),
    "HTTP/1.0 without host": (b"POST /w HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
    "a value in Latin-1": (sized(b"{}", b"X-A: \xe9"), b"{}"),
    "an empty value": (sized(b"{}", b"X-A:"), b"{}"),
}


@pytest.mark.parametrize(("data", "body"), READ.values(), ids=READ)
@pytest.mark.parametrize("arrive", [whole, bytewise])
def test_what_can_be_read_is_read(arrive: Arrive, data: bytes, body: bytes) -> None:
    """And the next request begins where it ends."""
    first, second = arrive(data + GET)
    assert isinstance(first, Request)
    assert (first.path, first.body) == ("/w", body)
    assert isinstance(second, Request)
    assert (second.method, second.body) == ("GET", b"")


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/", "/", ""),
        (b"/a/b?c=d?e&f=%20", "/a/b", "c=d?e&f=%20"),
        (b"//a/../%2e", "//a/../%2e", ""),
        (b"/a?", "/a", ""),
        (b"http://h/a?b", "/a", "b"),
        (b"HTTPS://h:1/a", "/a", ""),
        (b"http://h", "/", ""),
        (b"http://h?b", "/", "b"),
        (b"http://h//a", "//a", ""),
    ],
)
def test_a_target_is_path_and_query_as_sent(target: bytes, path: str, query: str) -> None:
    [request] = whole(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert isinstance(request, Request)
    assert (request.path, request.query) == (path, query)


def test_a_star_asks_for_the_whole_server() -> None:
    [request] = whole(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
    assert isinstance(request, Request)
    assert (request.method, request.path) == ("OPTIONS", "*")


def test_a_header_that_came_twice_is_none() -> None:
    [request] = whole(post(b"X-One: 1 ", b"X-Two: 2", b"x-two: 3"))
    assert isinstance(request, Request)
    names = (b"x-one", b"x-two", b"x-three")
    assert [request.headers.get(name) for name in names] == [b"1", None, None]


def test_the_defaults_take_what_meta_sends() -> None:
    """3 MiB (Meta, "Webhooks overview")."""
    [request] = whole(sized(bytes(3 << 20)), Sizes())
    assert isinstance(request, Request)
    assert whole(sized(bytes((3 << 20) + 1)), Sizes()) == [Refusal.BODY_TOO_LARGE]


@pytest.mark.parametrize("zeros", [20, 4_301, 10_000])
def test_a_length_of_too_many_digits_is_refused(zeros: int) -> None:
    """Python refuses to read a number of more than 4,300 digits, and llhttp does not."""
    data = post(b"Content-Length: " + b"0" * zeros + b"2", body=b"{}")
    assert whole(data, Sizes()) == [Refusal.MALFORMED]


def test_some_zeros_before_a_length_are_harmless() -> None:
    (request,) = whole(post(b"Content-Length: 0002", body=b"{}"))
    assert isinstance(request, Request)
    assert request.body == b"{}"
