"""A POST to somebody else's server, which may do whatever it likes."""

import gc
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
import trio

from kaisa_relay.engagement import posting
from kaisa_relay.engagement.posting import MOST_READ, Reply, open_poster
from tests.contracts.certificates import Authority
from tests.engagement.receiver import Receiver

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def post(url: str, allowed: bool = True) -> Reply:
    """Post a little."""
    async with open_poster(LOOPBACK if allowed else ()) as poster:
        return await poster.post(url, {"content-type": "text/plain"}, b"hello", AT)


async def test_it_arrives(receiver: Receiver) -> None:
    """With its headers and its body."""
    reply = await post(receiver.url)
    assert reply == Reply(200, answer="thanks")
    (call,) = receiver.calls
    assert (call.body, call.headers["content-type"]) == (b"hello", "text/plain")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
async def test_private_networks_are_not_reached(receiver: Receiver, host: str) -> None:
    """By number or by name; nothing arrives."""
    reply = await post(receiver.url.replace("127.0.0.1", host), allowed=False)
    assert reply.why == "leads into a private network"
    assert receiver.calls == []


async def test_a_name_is_judged_by_where_it_leads(receiver: Receiver) -> None:
    """Every address of it; one that is allowed is used."""
    assert (await post(receiver.url.replace("127.0.0.1", "localhost"))).taken


async def test_a_call_that_is_cut_off_leaves_nothing_behind() -> None:
    """Not where the server never reads: the library's own body was a generator that stayed."""
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listener.socket.getsockname()[1]
    async with listener, open_poster(LOOPBACK) as poster:
        with trio.move_on_after(0.2):
            await poster.post(f"http://127.0.0.1:{port}/", {}, b"x" * 50_000_000, AT)
        gc.collect()


async def test_redirects_are_not_followed(receiver: Receiver) -> None:
    """They could lead anywhere."""
    receiver.status, receiver.headers = 307, {"location": receiver.url + "/inside"}
    assert (await post(receiver.url)).status == 307
    assert [call.path for call in receiver.calls] == ["/hooks"]


async def test_little_of_a_large_answer_is_read(receiver: Receiver) -> None:
    """However large it is."""
    receiver.answer = b"x" * 5_000_000
    reply = await post(receiver.url)
    assert (reply.status, len(reply.answer)) == (200, MOST_READ)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("120", timedelta(seconds=120)),
        (format_datetime(AT + timedelta(minutes=5), usegmt=True), timedelta(minutes=5)),
        (format_datetime(AT - timedelta(minutes=5), usegmt=True), timedelta()),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
async def test_retry_after(receiver: Receiver, given: str, expected: timedelta | None) -> None:
    """In seconds or as a date; anything else is none."""
    receiver.status, receiver.headers = 503, {"Retry-After": given}
    assert (await post(receiver.url)).retry_after == expected


async def test_nobody_listens() -> None:
    """Nor is there such a host."""
    assert (await post("http://127.0.0.1:1/")).why == "no connection"
    assert (await post("http://nowhere.invalid/")).why == "there is no such host"


async def served(answers: list[bytes], linger: float, url: list[str]) -> None:
    """Say these bytes to whoever connects, one after the other, and keep the line open."""

    async def talk(stream: trio.SocketStream) -> None:
        await stream.receive_some()
        for each in answers:
            await stream.send_all(each)
            await trio.sleep(linger)

    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    url.append(f"http://127.0.0.1:{listener.socket.getsockname()[1]}/")
    await trio.serve_listeners(talk, [listener])


async def against(answers: list[bytes], linger: float = 0.0) -> Reply:
    """Post to a server that says these bytes."""
    url: list[str] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(served, answers, linger, url)
        while not url:
            await trio.lowlevel.checkpoint()
        reply = await post(url[0])
        nursery.cancel_scope.cancel()
    return reply


async def test_what_is_not_http() -> None:
    """Or ends before it is whole."""
    for answer in (b"hello\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"):
        reply = await against([answer])
        assert reply.why == "the connection broke, or what came back is not HTTP", answer


async def test_who_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece may come in time, and all of them never."""
    monkeypatch.setattr(posting, "WITHIN", 0.3)
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n"
    reply = await against([head, *[b"x"] * 1000], 0.1)
    assert reply.why == "it took too long"


async def test_certificates_are_checked(tmp_path: Path) -> None:
    """One that nobody vouches for is refused, and said to be."""
    authority = Authority.make(tmp_path)
    trusting = ssl.create_default_context(cafile=authority.file)
    async with trio.open_nursery() as nursery:
        (plain,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        listener = trio.SSLListener(plain, authority.server())
        nursery.start_soon(trio.serve_listeners, _thank, [listener])
        port = plain.socket.getsockname()[1]
        assert (await post(f"https://localhost:{port}/")).why == "its certificate is not valid"
        async with open_poster(LOOPBACK, trusting) as poster:
            assert (await poster.post(f"https://localhost:{port}/", {}, b"", AT)).taken
            other = await poster.post(f"https://127.0.0.2:{port}/", {}, b"", AT)
            assert other.why == "no connection"
        nursery.cancel_scope.cancel()


async def _thank(stream: "trio.SSLStream[trio.SocketStream]") -> None:
    try:
        await stream.receive_some()
        await stream.send_all(b"HTTP/1.1 204 Thanks\r\n\r\n")
    except trio.BrokenResourceError:
        await trio.aclose_forcefully(stream)
