"""The Graph sink, spoken to by real clients: libcurl over HTTP/2, Python's own over HTTP/1.1."""

import http.client
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pycurl
import pytest
from attrs import define, field

from benchmarks import certificate
from benchmarks.bare.graph import Way
from benchmarks.eventloop import EventLoop
from benchmarks.http2 import PREFACE, Http2, Unreadable, frame
from benchmarks.sink import Message, Sink

BODY = json.dumps(
    {
        "messaging_product": "whatsapp",
        "to": "+46700000001",
        "type": "text",
        "text": {"body": "0:1:hello"},
        "biz_opaque_callback_data": "1.2.3",
    }
).encode()


@define(eq=False)
class Serving:
    """A sink whose loop turns in a thread until the test is over."""

    sink: Sink
    pem: Path
    _taken: list[Message]
    _turning: Thread = field(init=False)
    _stopping: bool = False

    def __attrs_post_init__(self) -> None:
        loop = self.sink.loop
        self._turning = Thread(target=lambda: loop.until(lambda: self._stopping, 30))
        self._turning.start()

    def taken(self) -> list[Message]:
        """Stop, and return what was taken: the sink answers before it takes."""
        self._stopping = True
        self._turning.join()
        return self._taken


@pytest.fixture(params=["https", "http"])
def serving(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    loop, pem = EventLoop(), certificate.make(tmp_path)
    tls = certificate.server_context(pem) if request.param == "https" else None
    taken: list[Message] = []
    running = Serving(Sink(loop, taken.append, tls), pem, taken)
    yield running
    running.taken()
    running.sink.close()
    loop.close()


def curl(serving: Serving, http: int) -> tuple[int, int, bytes]:
    """POST the body; returns the status, the version that was spoken, and the answer."""
    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, f"{serving.sink.url}/v26.0/1/messages")
    handle.setopt(pycurl.HTTP_VERSION, http)
    handle.setopt(pycurl.CAINFO, str(serving.pem))
    handle.setopt(pycurl.POSTFIELDS, BODY)
    handle.setopt(pycurl.TIMEOUT, 10)
    answer = handle.perform_rb()
    spoken = handle.getinfo(pycurl.INFO_HTTP_VERSION)
    return handle.getinfo(pycurl.RESPONSE_CODE), spoken, answer


@pytest.mark.parametrize(
    "http",
    [pycurl.CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE, pycurl.CURL_HTTP_VERSION_1_1],
    ids=["http2", "http1"],
)
def test_a_message_is_taken_and_answered(serving: Serving, http: int) -> None:
    status, spoken, answer = curl(serving, http)
    two = http == pycurl.CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
    assert (status, spoken) == (200, pycurl.CURL_HTTP_VERSION_2_0 if two else http)
    (message,) = serving.taken()
    assert message.to == "+46700000001"
    assert message.biz_opaque_callback_data == "1.2.3"
    assert json.loads(answer)["messages"] == [{"id": message.wamid.decode()}]


def test_pythons_own_client_is_answered_twice_on_one_connection(serving: Serving) -> None:
    url = urlsplit(serving.sink.url)
    assert url.port is not None
    trust = ssl.create_default_context(cafile=str(serving.pem))
    client = (
        http.client.HTTPSConnection("127.0.0.1", url.port, context=trust, timeout=10)
        if url.scheme == "https"
        else http.client.HTTPConnection("127.0.0.1", url.port, timeout=10)
    )
    for _ in range(2):
        client.request("POST", "/v26.0/1/messages", BODY)
        assert client.getresponse().read().startswith(b'{"messaging_product"')
    client.close()
    assert serving.sink.protocols == {"http/1.1"}
    assert len(serving.taken()) == 2


@pytest.mark.parametrize("serving", ["https"], indirect=True)
def test_many_at_once_share_a_connection_of_the_bare_relay(serving: Serving) -> None:
    loop = EventLoop()
    way = Way(loop, serving.sink.url, serving.pem)
    for _ in range(300):
        way.send(BODY)
    assert loop.until(lambda: not way.under_way, 20)
    loop.close()
    taken = serving.taken()
    assert len(taken) == len({message.wamid for message in taken}) == 300
    assert serving.sink.protocols == {"h2"}


def test_frames_may_come_in_any_pieces() -> None:
    whole = (
        PREFACE
        + frame(4, 0, 0)
        + frame(1, 0x4, 1, b"\x82")
        + frame(0, 0, 1, BODY[:10])
        + frame(6, 0, 0, b"12345678")
        + frame(0, 0x9, 1, b"\x02" + BODY[10:] + b"\0\0")
        + frame(1, 0x5, 3, b"\x82")
    )
    for size in (1, 7, len(whole)):
        http2 = Http2()
        pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
        requests = [request for piece in pieces for request in http2.receive(piece)]
        assert requests == [(1, BODY), (3, b"")]
        assert http2.control().endswith(frame(4, 1, 0) + frame(6, 1, 0, b"12345678"))
        assert http2.control() == b""


def test_what_is_not_http2_is_not_read() -> None:
    with pytest.raises(Unreadable):
        Http2().receive(b"GET / HTTP/1.1\r\n\r\n")


def test_an_answer_without_a_window_is_an_error() -> None:
    http2 = Http2()
    http2.receive(PREFACE + frame(8, 0, 0, (5).to_bytes(4, "big")))
    http2.answer(1, b"x" * 65540)
    with pytest.raises(Unreadable):
        http2.answer(3, b"x")
