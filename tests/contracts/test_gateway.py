"""What the Graph client says of answers that came over real sockets, by either transport."""

import json

import pytest

from kaisa_relay.domain.content import Text
from kaisa_relay.domain.outgoing import Recipient
from kaisa_relay.domain.phone import Phone
from kaisa_relay.domain.sending import Accepted, Answer, Deferred, Halted, Rejected, Uncertain
from kaisa_relay.ports import ChannelAccess, Gateway
from kaisa_relay.whatsapp.client import graph_client
from tests.contracts.far_end import Script, always, answer, far_end, hang_up, http1, silence
from tests.contracts.transports import OPENERS, Opener

ACCESS = ChannelAccess("2000", "secret-token")
ANA = Recipient(Phone("+46701234567"), None)
TAKEN = b'{"messages":[{"id":"wamid.OUT-1"}],"contacts":[{"wa_id":"46701234567"}]}'


@pytest.fixture(params=sorted(OPENERS))
def opener(request: pytest.FixtureRequest) -> Opener:
    """How to open a transport of this kind."""
    return OPENERS[request.param]


def refusal(code: int, status: str = "400 Bad Request", headers: str = "") -> Script:
    """Refuse as Graph does."""
    error = {"code": code, "error_data": {"details": "förklaring"}}
    return always(answer(json.dumps({"error": error}).encode(), status, headers))


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (always(answer(TAKEN)), Accepted("wamid.OUT-1", "46701234567")),
        (refusal(131026), Rejected(131026, "förklaring")),
        (refusal(131056), Deferred(131056, "förklaring")),
        (
            refusal(130429, "429 Too Many", "Retry-After: 7\r\n"),
            Deferred(130429, "förklaring", 7.0, whole_channel=True),
        ),
        (refusal(190, "401 Unauthorized"), Halted(190, "förklaring")),
        (refusal(131000, "500 Oops"), Uncertain("HTTP 500, code 131000")),
        (always(answer(b"<html>", "502 Bad Gateway")), Uncertain),
        (always(answer(b"", "302 Found", "Location: http://localhost:1/\r\n")), Uncertain),
        (hang_up, Uncertain),
    ],
)
async def test_a_send(opener: Opener, script: Script, expected: Answer | type[Answer]) -> None:
    """Every class of answer; the request went out once."""
    async with far_end(http1(script)) as far, opener() as transport:
        gateway: Gateway = graph_client(transport, far.url, "v26.0")
        said = await gateway.send(ACCESS, ANA, Text("Hej Åsa"), "1.2.3")
    assert isinstance(said, expected) if isinstance(expected, type) else said == expected
    (request,) = far.requests
    assert request.line == "POST /v26.0/2000/messages HTTP/1.1"
    assert request.headers["authorization"] == "Bearer secret-token"
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body)["text"] == {"body": "Hej Åsa"}


async def test_the_other_calls(opener: Opener) -> None:
    """A read mark and a probe need no wamid in the answer."""
    async with far_end(http1(always(answer()))) as far, opener() as transport:
        gateway: Gateway = graph_client(transport, far.url, "v26.0")
        assert await gateway.mark_read(ACCESS, "wamid.IN-1") == Accepted("")
        assert await gateway.probe(ACCESS) == Accepted("")
    assert [each.line for each in far.requests] == [
        "POST /v26.0/2000/messages HTTP/1.1",
        "GET /v26.0/2000?fields=id HTTP/1.1",
    ]


async def test_nobody_there(opener: Opener) -> None:
    """Certainly not sent, and no other send of the channel would be."""
    async with far_end(http1(silence)) as far:
        pass
    async with opener() as transport:
        gateway: Gateway = graph_client(transport, far.url, "v26.0")
        for said in (
            await gateway.send(ACCESS, ANA, Text("Hi"), "1.2.3"),
            await gateway.probe(ACCESS),
        ):
            assert isinstance(said, Deferred)
            assert (said.code, said.whole_channel) == (None, True)
