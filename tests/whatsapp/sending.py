"""Calls to a far end, one or many at once."""

import trio

from kaisa_relay.whatsapp.curl_transport import CurlTransport
from kaisa_relay.whatsapp.transport import NotSent, Reply, Request
from tests.contracts.far_end import FarEnd

REFUSED = NotSent("the server refused the stream", unreachable=False)


def post(far: FarEnd, body: bytes = b"{}") -> Request:
    """Return a send."""
    return Request("POST", f"{far.url}/v26.0/2000/messages", (("Authorization", "Bearer x"),), body)


async def many(transport: CurlTransport, far: FarEnd, count: int) -> list[Reply]:
    """Return the replies to calls that all start at once, in order of their ends."""
    replies: list[Reply] = []
    done = trio.Event()

    def on_reply(reply: Reply) -> None:
        replies.append(reply)
        if len(replies) == count:
            done.set()

    for number in range(count):
        transport.start_nowait(post(far, b"%d" % number), on_reply)
    with trio.fail_after(10):
        await done.wait()
    return replies
