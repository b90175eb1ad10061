"""The lane behind HTTP: nothing is read, nothing is judged."""

import pytest

from tests.api.bench import Bench


@pytest.mark.parametrize(
    ("path", "app"), [("/webhooks/whatsapp", ""), ("/webhooks/whatsapp/a1", "a1")]
)
async def test_the_lane_gets_the_bytes_and_the_signature(bench: Bench, path: str, app: str) -> None:
    body = b'\xff not json { "a": \x00'
    headers = {"X-Hub-Signature-256": "sha256=abc", "Content-Type": "application/json"}
    answer = await bench.call("POST", path, body, key=None, headers=headers)
    assert (answer.status, answer.body) == (200, b"")
    assert bench.lane.received == [(app, "sha256=abc", body)]


async def test_a_missing_signature_is_the_lanes_to_judge(bench: Bench) -> None:
    bench.lane.answer = 401, b"bad signature"
    answer = await bench.call("POST", "/webhooks/whatsapp", b"{}", key=None)
    assert (answer.status, answer.body) == (401, b"bad signature")
    assert bench.lane.received == [("", None, b"{}")]


async def test_a_store_that_is_away_is_the_lanes_to_say(bench: Bench) -> None:
    bench.lane.answer = 503, b"try again later"
    assert (await bench.call("POST", "/webhooks/whatsapp", b"{}", key=None)).status == 503


@pytest.mark.parametrize("path", ["/webhooks/whatsapp", "/webhooks/whatsapp/a1"])
async def test_the_handshake_gives_back_the_challenge_as_text(bench: Bench, path: str) -> None:
    query = "hub.mode=subscribe&hub.verify_token=t&hub.challenge=<b>1"
    answer = await bench.get(f"{path}?{query}", None)
    assert (answer.status, answer.body) == (200, b"<b>1")
    assert answer.headers["content-type"].startswith("text/plain")
