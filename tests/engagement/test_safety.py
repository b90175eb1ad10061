"""Whoever writes a trigger is trusted with nothing: where it may go, and what it may say there."""

import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
import pytest
import trio
from attrs import evolve

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import EndpointId
from kaisa_relay.domain.ids import WorkspaceId
from kaisa_relay.engagement import mailing
from kaisa_relay.engagement.content import Outward, Posted
from kaisa_relay.engagement.endpoint_rows import Target
from kaisa_relay.engagement.mail_server import MailServer, Security
from kaisa_relay.engagement.mailing import MOST_READ, Mail, Mailer, message
from kaisa_relay.engagement.outlets import open_outlets
from kaisa_relay.engagement.posting import Reply
from kaisa_relay.engagement.signing import write_secret
from kaisa_relay.engagement.texting import TextMessage
from kaisa_relay.ports.engagement import Options
from tests.engagement.conftest import LOOPBACK
from tests.engagement.providers import ACCOUNT, SENDER, TO
from tests.engagement.receiver import Receiver

LOOPBACKS: Final = (LOOPBACK,)
AT: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)
INSIDE: Final = (
    "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "0.0.0.0",
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "[::1]", "[::]",
    "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[::7f00:1]", "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[fe80::1]", "[fec0::1]", "[fd00:ec2::254]",
)  # fmt: skip
SECRET: Final = msgspec.json.encode({"password": "x", "headers": {}}).decode()
MAIL: Final = Mail(("Acme", "hello@acme.example"), "vera@customers.example", "Hi", "Hello")
ANY: Final = {"body": {"to": "{{ to }}", "text": "{{ text }}"}}
WAYS: Final[dict[str, tuple[str, Kind, Options, Outward]]] = {
    "webhook": ("http", Kind.WEBHOOK, Options(), Posted(b"{}")),
    "twilio": ("http", Kind.SMS, Options(None, SENDER, "twilio", ACCOUNT), TextMessage(TO, "Hi")),
    "sms": ("http", Kind.SMS, Options(provider="http", request=ANY), TextMessage(TO, "Hi")),
    "mail": ("smtp+plain", Kind.EMAIL, Options(None, "Acme <hello@acme.example>"), MAIL),
}


def target(way: str, place: str) -> tuple[Target, Outward]:
    """Return an endpoint at a host and port, and what goes there."""
    scheme, kind, options, content = WAYS[way]
    secret = write_secret(bytes(24)) if kind is Kind.WEBHOOK else SECRET
    at = Target(WorkspaceId(1), EndpointId(2), f"{scheme}://{place}", (secret,), kind, options)
    return at, content


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("host", INSIDE)
async def test_no_way_leads_inside(way: str, host: str) -> None:
    """However an address is written; nobody is even connected to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        place, content = target(way, f"{host}:{server.getsockname()[1]}")
        async with open_outlets() as outlets:
            reply = await outlets.send(place, content, "dlv_1", AT)
        assert reply.why in ("leads into a private network", "there is no such host")
        with pytest.raises(BlockingIOError):
            server.accept()


class Rebinding(trio.abc.HostnameResolver):
    """Leads to one place when it is judged, and to another afterwards."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)

    async def getaddrinfo(self, host: Any, port: Any, *_: Any) -> list[Any]:
        """Return the next answer; the last one stays."""
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, int(port))) for address in found
        ]

    async def getnameinfo(self, sockaddr: Any, flags: int) -> tuple[str, str]:
        """Is not asked."""
        raise AssertionError


@pytest.mark.parametrize("way", ["webhook", "twilio", "sms"])
async def test_a_name_that_leads_elsewhere_afterwards(receiver: Receiver, way: str) -> None:
    """Is asked once: the connection goes to the very address that was judged."""
    resolver = Rebinding(["127.0.0.1"], ["10.9.9.9"])
    trio.socket.set_custom_hostname_resolver(resolver)
    place, content = target(way, f"rebinding.example:{receiver.port}")
    async with open_outlets(LOOPBACKS) as outlets:
        reply = await outlets.send(place, content, "dlv_1", AT)
    assert reply.status == 200
    assert resolver.answers == [["10.9.9.9"]]


@pytest.mark.parametrize("way", WAYS)
async def test_of_several_addresses_a_private_one_is_left_out(receiver: Receiver, way: str) -> None:
    """Whatever their order."""
    trio.socket.set_custom_hostname_resolver(Rebinding(["10.9.9.9", "169.254.169.254"]))
    place, content = target(way, f"several.example:{receiver.port}")
    async with open_outlets(LOOPBACKS) as outlets:
        assert (await outlets.send(place, content, "1", AT)).why == "leads into a private network"
        trio.socket.set_custom_hostname_resolver(Rebinding(["10.9.9.9", "127.0.0.1"]))
        if way != "mail":
            assert (await outlets.send(place, content, "1", AT)).status == 200


@pytest.mark.parametrize("way", ["webhook", "twilio", "sms"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_way_follows(receiver: Receiver, way: str, status: int) -> None:
    """Whoever sends us on could send us inside."""
    receiver.status = status
    receiver.headers = {"location": f"http://127.0.0.1:{receiver.port}/inside"}
    place, content = target(way, f"127.0.0.1:{receiver.port}")
    async with open_outlets(LOOPBACKS) as outlets:
        reply = await outlets.send(place, content, "dlv_1", AT)
    assert (reply.status, reply.taken) == (status, False)
    assert len(receiver.calls) == 1


async def test_a_mail_server_that_never_stops_talking() -> None:
    """Is cut off after so many bytes: the library would listen until the memory is full."""
    taken = 0

    async def babble(stream: trio.SocketStream) -> None:
        nonlocal taken
        try:
            while True:
                await stream.send_all(b"220-" + b"x" * 1000 + b"\r\n")
                taken += 1006
        except trio.BrokenResourceError:
            pass

    reply = await _mailed(babble)
    assert reply.why == "no connection, or it broke"
    assert taken < 100 * MOST_READ


async def test_a_mail_server_that_drips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its lines comes in time, and all of them never: no thread stays with it."""
    monkeypatch.setattr(mailing, "WITHIN", 0.2)

    async def drip(stream: trio.SocketStream) -> None:
        try:
            while True:
                await stream.send_all(b"220-x\r\n")
                await trio.sleep(0.01)
        except trio.BrokenResourceError:
            over.set()

    over = trio.Event()
    reply = await _mailed(drip, over)
    assert reply.why in ("it took too long", "no connection, or it broke")


async def _mailed(talk: Any, over: trio.Event | None = None) -> Reply:
    """Hand a mail to a server that talks so; wait until it is `over`."""
    async with trio.open_nursery() as nursery:
        [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, talk, [listener])
        port = listener.socket.getsockname()[1]
        server = MailServer("127.0.0.1", port, Security.PLAIN)
        mailer = Mailer(LOOPBACKS, ssl.create_default_context())
        reply = await mailer.send(server, MAIL, "dlv_1", AT)
        if over is not None:
            with trio.fail_after(10):
                await over.wait()
        nursery.cancel_scope.cancel()
    return reply


@pytest.mark.parametrize(
    "evil",
    ["Hi\r\nBcc: x@victims.example", "Hi\nX: y", "Hi\rX: y", "Hi\x0bX: y", "Hi\u2028X: y",
     "Hi\x85X: y", "Hi\r\n\r\nbody", "\r\n.\r\nMAIL FROM:<x@victims.example>", "\0"],
)  # fmt: skip
def test_a_subject_is_one_header(evil: str) -> None:
    """Whatever is written into it; and words end no mail."""
    made = message(evolve(MAIL, subject=evil, text=evil), "dlv_1", AT)
    raw = made.as_bytes()
    head = raw.partition(b"\r\n\r\n")[0]
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] != b" "]
    assert sorted(names) == sorted(each.lower().encode() for each in made)
    assert b"bcc" not in names
    assert b"\n" not in head.replace(b"\r\n", b"")


@pytest.mark.parametrize("text", ['"},"to":"x', "a&to=x", "a\r\nX-Evil: y", "å=%0d%0a"])
@pytest.mark.parametrize("format", ["json", "form", "query"])
async def test_words_stay_one_value(receiver: Receiver, text: str, format: str) -> None:
    """In a provider's request: they begin no other member, field or header."""
    place, _ = target("sms", f"127.0.0.1:{receiver.port}")
    place = evolve(place, options=evolve(place.options, request={**ANY, "format": format}))
    async with open_outlets(LOOPBACKS) as outlets:
        reply = await outlets.send(place, TextMessage(TO, text), "dlv_1", AT)
    assert reply.status == 200
    (call,) = receiver.calls
    assert "x-evil" not in call.headers
    sent = read(call.path if format == "query" else call.body.decode(), format)
    assert sent == {"to": TO, "text": text}


def read(sent: str, format: str) -> dict[str, str]:
    """Read a request as its provider would."""
    if format == "json":
        return dict(msgspec.json.decode(sent))
    return dict(parse_qsl(sent.rpartition("?")[2] if format == "query" else sent))
