"""A Graph API that accepts everything at once: the sink of the benchmarks."""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Final

import msgspec
import trio
from attrs import define, field, frozen

from benchmarks.wire import read_message

_numbers: Final = count(1)


class _Text(msgspec.Struct):
    body: str


class _Parameter(msgspec.Struct):
    payload: str | None = None


class _Component(msgspec.Struct):
    type: str
    parameters: list[_Parameter]


class _Template(msgspec.Struct):
    components: list[_Component]


class _Send(msgspec.Struct):
    to: str | None = None
    text: _Text | None = None
    template: _Template | None = None
    biz_opaque_callback_data: str = ""


_DECODE: Final = msgspec.json.Decoder(_Send).decode


@frozen
class Sent:
    """One message that we were sent; `payload` is that of the first button of a template."""

    to: str
    text: str | None
    payload: str | None
    opaque: str
    wamid: str


@define(eq=False)
class Graph:
    """Takes every send; `take` hears of it as soon as it was read, before it is answered."""

    take: Callable[[Sent], None]
    sends: int = field(default=0, init=False)

    async def serve(self, task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED) -> None:
        """Listen until cancelled; `task_status` gets the URL."""
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        port = listeners[0].socket.getsockname()[1]
        serve = partial(trio.serve_listeners, self._converse, listeners)
        async with trio.open_nursery() as nursery:
            await nursery.start(serve)
            task_status.started(f"http://127.0.0.1:{port}")

    async def _converse(self, stream: trio.SocketStream) -> None:
        buffer = bytearray()
        async with stream:
            while (message := await read_message(stream, buffer)) is not None:
                await stream.send_all(self._answer(message[1]))

    def _answer(self, body: bytes) -> bytes:
        wamid = f"wamid.HBgLNDYxMDAwMDAwMDEVAgARGBI{next(_numbers):016d}AA=="
        send = _DECODE(body) if body else _Send()
        if send.to is not None:
            self.sends += 1
            self.take(_sent(send, send.to, wamid))
        answer = (
            f'{{"messaging_product":"whatsapp","contacts":[{{"input":"{send.to}",'
            f'"wa_id":"{(send.to or "")[1:]}"}}],"messages":[{{"id":"{wamid}"}}]}}'
        ).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        return head % len(answer) + answer


def _sent(send: _Send, to: str, wamid: str) -> Sent:
    text = send.text.body if send.text else None
    components = send.template.components if send.template else ()
    payloads = [each.payload for part in components for each in part.parameters if each.payload]
    return Sent(to, text, payloads[0] if payloads else None, send.biz_opaque_callback_data, wamid)
