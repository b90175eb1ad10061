"""Mail servers that hang, drip, or say goodbye in their own way."""

import ssl
from collections.abc import Awaitable, Callable

import pytest
import trio

from kaisa_relay.engagement import mailing
from kaisa_relay.engagement.mail_server import MailServer, Security
from kaisa_relay.engagement.mailing import Mail, Mailer
from kaisa_relay.engagement.posting import Reply
from tests.engagement.stage import until
from tests.engagement.test_safety import AT, LOOPBACKS

MAIL = Mail(("Acme", "a@acme.example"), "vera@example.com", "Hi", "Hello")
Talk = Callable[[trio.SocketStream], Awaitable[None]]


async def listening(talk: Talk, nursery: trio.Nursery) -> MailServer:
    """Serve on loopback, without TLS, until the nursery is cancelled."""
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    nursery.start_soon(trio.serve_listeners, talk, [listener])
    return MailServer("127.0.0.1", listener.socket.getsockname()[1], Security.PLAIN)


def mailer() -> Mailer:
    """Return a way out to loopback."""
    return Mailer(LOOPBACKS, ssl.create_default_context())


async def test_servers_that_hang_leave_the_threads_of_others_alone() -> None:
    """Names are resolved in the common ones, for webhooks as well."""
    common, hanging = trio.to_thread.current_default_thread_limiter(), 0

    async def hang(stream: trio.SocketStream) -> None:
        nonlocal hanging
        hanging += 1
        await trio.sleep_forever()

    async def all_hang() -> bool:
        return hanging == 3

    async with trio.open_nursery() as nursery:
        server, way = await listening(hang, nursery), mailer()
        for number in range(3):
            nursery.start_soon(way.send, server, MAIL, f"dlv_{number}", AT)
        await until(all_hang)
        assert (common.borrowed_tokens, way.threads.borrowed_tokens) == (0, 3)
        nursery.cancel_scope.cancel()


async def test_a_line_that_never_ends_keeps_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its letters comes in time."""
    monkeypatch.setattr(mailing, "WITHIN", 0.2)

    async def drip(stream: trio.SocketStream) -> None:
        try:
            while True:
                await stream.send_all(b"2")
                await trio.sleep(0.01)
        except trio.BrokenResourceError:
            pass

    async with trio.open_nursery() as nursery:
        server, way = await listening(drip, nursery), mailer()

        async def free() -> bool:
            return way.threads.borrowed_tokens == 0

        assert await way.send(server, MAIL, "dlv_1", AT) == Reply(why="it took too long")
        await until(free)
        nursery.cancel_scope.cancel()


def server_that(refuses: bytes | None, goodbye: bytes | None) -> Talk:
    """Return one that takes every mail, or refuses each receiver; `goodbye` answers QUIT."""
    answers = {
        b"EHLO": b"250 ok\r\n",
        b"MAIL": b"250 ok\r\n",
        b"RCPT": refuses or b"250 ok\r\n",
        b"RSET": b"250 ok\r\n",
        b"DATA": b"354 go on\r\n",
        b".": b"250 ok\r\n",
        b"QUIT": goodbye,
    }

    async def talk(stream: trio.SocketStream) -> None:
        await stream.send_all(b"220 hi\r\n")
        said = b""
        async for part in stream:
            *lines, said = (said + part).split(b"\r\n")
            for verb in (line[:4].upper() for line in lines):
                await stream.send_all(answers.get(verb) or b"")
                if verb == b"QUIT":
                    return

    return talk


GOODBYES = (b"221 bye\r\n", b"250 bye\r\n", b"421 too busy\r\n", b"nonsense\r\n", None)


@pytest.mark.parametrize("goodbye", GOODBYES)
async def test_what_was_taken_stays_taken(goodbye: bytes | None) -> None:
    """However the server says goodbye: a mail that counted as failed for it would come again."""
    async with trio.open_nursery() as nursery:
        server = await listening(server_that(None, goodbye), nursery)
        assert (await mailer().send(server, MAIL, "dlv_1", AT)).taken
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize("goodbye", GOODBYES)
async def test_what_was_refused_stays_refused(goodbye: bytes | None) -> None:
    """With the receiver's code, not with that of the goodbye."""
    async with trio.open_nursery() as nursery:
        server = await listening(server_that(b"550 no such user\r\n", goodbye), nursery)
        reply = await mailer().send(server, MAIL, "dlv_1", AT)
        assert (reply.status, reply.final) == (550, True)
        nursery.cancel_scope.cancel()
