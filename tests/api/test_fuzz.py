"""Any body is answered: made, or refused with a problem; never a crash."""

import json
from urllib.parse import urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from kaisa_relay.api import Limits
from kaisa_relay.domain.channel import Pace
from tests.api.bench import AGENT, VISITOR, Bench

UNLIMITED = Limits(key=Pace(1e-9, 1_000_000))
HEADERS = {"Content-Type": "application/json"}
CREATE = "/conversations/whatsapp"

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
phones = st.sampled_from([VISITOR["phone"], "070-1234567", "+1", "00", "+"]) | st.text(max_size=45)
person = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=210) | anything,
        "phone": phones | anything,
        "language": st.text(max_size=40) | anything,
        "priority": st.integers() | anything,
    },
)
nearly = st.fixed_dictionaries(
    {
        "visitor": st.just(VISITOR) | person | anything,
        "agents": st.just([AGENT]) | st.lists(person, max_size=4) | anything,
    },
    optional={
        "metadata": st.dictionaries(st.text(), anything) | anything,
        "region": st.sampled_from(["SE", "se", " US "]) | anything,
        "language": anything,
        "strategy": st.sampled_from(["listed", "sticky"]) | anything,
        "expires_after": st.from_regex(r"[0-9]{1,9}[smhdw]") | anything,
        "link_expires_after": anything,
    },
)
bench = Bench(limits=UNLIMITED)


async def check(path: str, body: bytes, most: set[int]) -> None:
    """Send it and look at the answer."""
    answer = await bench.call("POST", path, body, headers=HEADERS)
    if answer.status not in (200, 201):
        assert answer.status in most, answer.body
        assert answer.problem


@settings(max_examples=150)
@given(value=nearly | anything)
async def test_any_json_is_made_or_refused(value: object) -> None:
    body = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    await check(CREATE, body, {400, 422})


@settings(max_examples=100)
@given(body=st.binary() | st.text().map(str.encode))
async def test_any_bytes_are_made_or_refused(body: bytes) -> None:
    await check(CREATE, body, {400, 422})
    await check("/conversations/cnv_0000000000099/close", body, {400, 404, 422})


NAMES = [
    "status",
    "agent",
    "channel",
    "visitor",
    "limit",
    "cursor",
    "created_from",
    "qr",
    "size",
    "x",
]


@settings(max_examples=100)
@given(
    path=st.sampled_from(["", "/cnv_0000000000034", "/cnv_0000000000034/messages"]),
    query=st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=30))),
)
async def test_any_query_is_answered(path: str, query: list[tuple[str, str]]) -> None:
    encoded = urlencode(query, errors="surrogatepass")
    answer = await bench.get(f"/conversations{path}?{encoded}")
    assert answer.status in (200, 400, 404, 422), answer.body
