"""Webhooks are answered alike on the main port and on the lean listener: one suite, both faces."""

from collections.abc import AsyncIterator, Mapping, Sequence

import pytest
from attrs import frozen

from kaisa_relay.ports.journal import Fenced, StoreUnavailable
from tests.api.faces import FACES, Face, lean_listener, main_port
from tests.listener.reading import post

TEXT = {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}
PROBLEM = {**TEXT, "content-type": "application/problem+json"}
W = b"/webhooks/whatsapp"
START = b"POST %b HTTP/1.1" % W
SIGNED = b"X-Hub-Signature-256: sha256=abc"
LARGE = 3 * 1024 * 1024
Received = Sequence[tuple[str, str | None, bytes]]


@frozen
class Case:
    """A request, the status of its answer, and what the lane got."""

    data: bytes
    status: int
    received: Received = ()
    headers: Mapping[str, str] = TEXT
    said: bytes = b""


def to(path: bytes, *fields: bytes, method: bytes = b"POST", body: bytes = b"{}") -> bytes:
    """Return a request to this address, with its length."""
    length = b"Content-Length: %d" % len(body)
    return post(length, *fields, body=body, start=b"%b %b HTTP/1.1" % (method, path))


def get(target: bytes, method: bytes = b"GET") -> bytes:
    """Return a request without a body."""
    return post(start=b"%b %b HTTP/1.1" % (method, target))


def refused(slug: str, title: str, status: int) -> bytes:
    """Return the body of a problem."""
    return f'{{"type":"/problems/{slug}","title":"{title}","status":{status}}}'.encode()


NOT_FOUND = refused("not-found", "There is no such thing here", 404)
NOT_ALLOWED = refused("method-not-allowed", "This address does not take that method", 405)
TOO_LARGE = refused("too-large", "The body is too large", 413)
ALLOW = {**PROBLEM, "allow": "GET, HEAD, POST"}


def chunked(*chunks: bytes) -> bytes:
    """Return a signed POST in these chunks."""
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))
    return post(SIGNED, b"Transfer-Encoding: chunked", body=body, start=START)


def accepted(data: bytes, app: str, signature: str | None, body: bytes = b"{}") -> Case:
    """Return the case of a POST that reaches the lane."""
    return Case(data, 200, [(app, signature, body)])


CASES = {
    "signed": accepted(to(W, SIGNED), "", "sha256=abc"),
    "unsigned": accepted(to(W), "", None),
    "signed twice": accepted(to(W, SIGNED, SIGNED), "", None),
    "of an app": accepted(to(W + b"/a1", SIGNED), "a1", "sha256=abc"),
    "of an app with blanks": accepted(to(W + b"/a%20b%C3%A9"), "a bé", None),
    "with a query": accepted(to(W + b"?a=b"), "", None),
    "in another spelling": accepted(to(b"/webhooks/whats%61pp"), "", None),
    "to an absolute address": accepted(to(b"http://x" + W, SIGNED), "", "sha256=abc"),
    "in chunks": accepted(chunked(b"{", b"}"), "", "sha256=abc"),
    "in no chunks": accepted(chunked(), "", "sha256=abc", b""),
    "without a length": accepted(post(SIGNED, start=START), "", "sha256=abc", b""),
    "with a length of nothing": accepted(to(W, SIGNED, body=b""), "", "sha256=abc", b""),
    "as large as allowed": accepted(to(W, body=bytes(LARGE)), "", None, bytes(LARGE)),
    "no JSON": accepted(to(W, body=b"\xff\0{"), "", None, b"\xff\0{"),
    "an expectation nobody knows": accepted(to(W, b"Expect: x"), "", None),
    "HTTP/1.0": accepted(to(W).replace(b"HTTP/1.1", b"HTTP/1.0"), "", None),
    "too large": Case(to(W, body=bytes(LARGE + 1)), 413, headers=PROBLEM, said=TOO_LARGE),
    "too large, announced": Case(
        post(b"Content-Length: 9000000", start=START), 413, (), PROBLEM, TOO_LARGE
    ),
    "too large, in chunks": Case(chunked(bytes(LARGE), b"x"), 413, (), PROBLEM, TOO_LARGE),
    "elsewhere": Case(to(b"/elsewhere"), 404, headers=PROBLEM, said=NOT_FOUND),
    "with a slash behind": Case(to(W + b"/"), 404, headers=PROBLEM, said=NOT_FOUND),
    "with two slashes": Case(to(b"/webhooks//whatsapp"), 404, headers=PROBLEM, said=NOT_FOUND),
    "below an app": Case(to(W + b"/a/b"), 404, headers=PROBLEM, said=NOT_FOUND),
    "below an app, hidden": Case(to(W + b"/a%2Fb"), 404, headers=PROBLEM, said=NOT_FOUND),
    "in capitals": Case(to(W.upper()), 404, headers=PROBLEM, said=NOT_FOUND),
    "the whole server": Case(get(b"*", b"OPTIONS"), 404, headers=PROBLEM, said=NOT_FOUND),
    "PUT": Case(to(W, method=b"PUT"), 405, headers=ALLOW, said=NOT_ALLOWED),
    "DELETE of an app": Case(get(W + b"/a", b"DELETE"), 405, headers=ALLOW, said=NOT_ALLOWED),
    "OPTIONS": Case(get(W, b"OPTIONS"), 405, headers=ALLOW, said=NOT_ALLOWED),
    "handshake": Case(get(W + b"?hub.mode=subscribe&hub.challenge=%3Cb%3E1"), 200, said=b"<b>1"),
    "handshake of an app": Case(get(W + b"/a1?hub.challenge=1"), 200, said=b"1"),
    "handshake without a challenge": Case(get(W), 200),
    "a challenge of several": Case(get(W + b"?hub.challenge=1&hub.challenge=2"), 200, said=b"1"),
    "an empty challenge": Case(get(W + b"?hub.challenge=&hub.challenge=2"), 200),
    "a challenge with blanks": Case(get(W + b"?hub.challenge=a+b%20c"), 200, said=b"a b c"),
    "a challenge that is no UTF-8": Case(get(W + b"?hub.challenge=a%FFb"), 200, said=b"a%FFb"),
}  # fmt: skip


@pytest.fixture(params=list(FACES))
async def face(request: pytest.FixtureRequest) -> AsyncIterator[Face]:
    async with FACES[request.param]() as opened:
        yield opened


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_request_is_answered(face: Face, case: Case) -> None:
    client = await face.connect()
    answer = await client.ask(case.data)
    assert answer.status == case.status
    assert answer.body == case.said
    assert face.lane.received == list(case.received)
    told = {"date": answer.headers["date"], "content-length": str(len(case.said))}
    told |= {"connection": "close"} if "connection" in answer.headers else {}
    if "allow" in answer.headers:  # Werkzeug has them in any order
        answer.headers["allow"] = ", ".join(sorted(answer.headers["allow"].split(", ")))
    assert answer.headers == {**case.headers, **told}


@pytest.mark.parametrize(("status", "said"), [(401, b"bad signature"), (503, b"try again later")])
async def test_the_lanes_refusals_are_passed_on(face: Face, status: int, said: bytes) -> None:
    face.lane.answer = status, said
    answer = await (await face.connect()).ask(to(W))
    assert (answer.status, answer.body) == (status, said)
    assert answer.headers.items() >= TEXT.items()


@pytest.mark.parametrize(
    ("crash", "status", "slug", "wait"),
    [
        (LookupError("secret"), 500, "internal-error", None),
        (StoreUnavailable(), 503, "unavailable", "5"),
        (Fenced(), 503, "unavailable", "5"),
    ],
)
async def test_a_lane_that_crashes_is_an_answer_too(
    face: Face, crash: Exception, status: int, slug: str, wait: str | None
) -> None:
    """And the connection goes on."""
    face.lane.crash = crash
    client = await face.connect()
    answer = await client.ask(to(W + b"/a"))
    assert (answer.status, answer.headers.get("retry-after")) == (status, wait)
    assert answer.headers.items() >= PROBLEM.items()
    assert f"/problems/{slug}".encode() in answer.body
    assert b"secret" not in answer.body
    face.lane.crash = None
    assert (await client.ask(to(W))).status == 200


async def test_a_lane_that_crashes_at_once_is_an_answer_too(face: Face) -> None:
    face.lane.crash, face.lane.at_once = LookupError("secret"), True
    client = await face.connect()
    answer = await client.ask(to(W + b"/a"))
    assert (answer.status, b"secret" in answer.body) == (500, False)
    face.lane.crash = None
    assert (await client.ask(to(W))).status == 200


async def test_head_is_the_handshake_without_its_body(face: Face) -> None:
    client = await face.connect()
    await client.send(get(W + b"?hub.challenge=abc", b"HEAD") + to(W))
    answer = await client.read(bodiless=True)
    assert (answer.status, answer.headers["content-length"]) == (200, "3")
    assert (await client.read()).status == 200


async def test_a_connection_is_used_again(face: Face) -> None:
    client = await face.connect()
    for n in range(5):
        assert (await client.ask(to(W, body=b"%d" % n))).status == 200
    assert [body for _, _, body in face.lane.received] == [b"0", b"1", b"2", b"3", b"4"]


async def test_requests_sent_at_once_are_answered_in_order(face: Face) -> None:
    client = await face.connect()
    await client.send(to(W, body=b"1") + to(b"/elsewhere") + chunked(b"2") + get(W, b"PUT"))
    assert [(await client.read()).status for _ in range(4)] == [200, 404, 200, 405]
    assert [body for _, _, body in face.lane.received] == [b"1", b"2"]


async def test_a_body_that_comes_in_pieces_is_one(face: Face) -> None:
    client = await face.connect()
    data = to(W, SIGNED, body=b'{"a":1}')
    for at in range(len(data)):
        await client.send(data[at : at + 1])
    assert (await client.read()).status == 200
    assert face.lane.received == [("", "sha256=abc", b'{"a":1}')]


async def test_a_body_that_waits_to_be_asked_for_is_asked_for(face: Face) -> None:
    client = await face.connect()
    data = to(W, b"Expect: 100-continue")
    assert (await client.ask(data.removesuffix(b"{}"))).status == 100
    assert (await client.ask(b"{}")).status == 200


@pytest.mark.parametrize(
    "data",
    [
        post(b"Content-Length: 2", b"Content-Length: 3", body=b"{}"),
        post(b"Content-Length: x", body=b"{}"),
        post(b"Transfer-Encoding: chunked", body=b"x\r\n{}\r\n0\r\n\r\n"),
        post(b"X-A : b"),
        post(b"X-A: b\0"),
        post(b"Host: y"),
        b"POST / HTTP/1.1\r\n\r\n",
        b"POST /\r\n\r\n",
        b"\x16\x03\x01\x02\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_refused_and_the_connection_ends(face: Face, data: bytes) -> None:
    client = await face.connect()
    answer = await client.ask(data)
    assert (answer.status, answer.headers["connection"]) == (400, "close")
    assert face.lane.received == []


async def test_the_two_faces_are_two() -> None:
    """Else the suite above compares one with itself."""
    async with main_port() as main, lean_listener() as lean:
        assert main.port != lean.port
        for face, status in ((main, 200), (lean, 404)):
            assert (await (await face.connect()).ask(get(b"/healthz"))).status == status
