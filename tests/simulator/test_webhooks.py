"""How webhooks travel: handshake, signature, batches, retries."""

import hashlib
import hmac
import json

import pytest
import trio
from attrs import evolve

from kaisa_relay.simulator import ChannelConfig, Timing
from kaisa_relay.simulator.webhooks.callbacks import signature
from tests.simulator.bench import AGENT, CONFIG, PNID, VISITOR, Bench, open_bench

QUIET = {"pending": 0, "queued": 0, "posting": 0, "retrying": 0, "planned": 0}


async def write(bench: Bench, count: int = 1, text: str = "hi/å") -> list[str]:
    """Let the visitor write some messages; their wamids."""
    answers = [await bench.sim(f"people/{VISITOR}/send", {"text": text}) for _ in range(count)]
    return [answer["wamid"] for answer in answers]


def ids(bench: Bench) -> list[str]:
    """The wamids of the messages the business has got, in order."""
    return [message["id"] for message in bench.business.of("messages")]


@pytest.mark.parametrize(
    ("secret", "body", "expected"),
    [
        (
            "test_app_secret",
            b'{"object":"whatsapp_business_account","entry":[]}',
            "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
        ),
        (
            "otro_secreto",
            b'{"object":"whatsapp_business_account","entry":[]}',
            "769b03d8c2ae6498f2d1e1f7299c0ba55448c69d741e7b0bb243d852d8a8d8c7",
        ),
    ],
)
def test_signature_vectors(secret: str, body: bytes, expected: str) -> None:
    """Those of the reference."""
    assert signature(secret, body) == f"sha256={expected}"


async def test_bodies_are_signed_as_sent_in_both_styles(bench: Bench) -> None:
    """Escaped and not, and the same text in either."""
    await write(bench, 2)
    await bench.settle()
    for post in bench.business.posts:
        digest = hmac.new(b"sim-app-secret", post.content, hashlib.sha256).hexdigest()
        assert post.headers["X-Hub-Signature-256"] == f"sha256={digest}"
    escaped, plain = (post.content for post in bench.business.posts)
    assert rb"hi\/\u00e5" in escaped
    assert "hi/å".encode() in plain
    assert [one["text"]["body"] for one in bench.business.of("messages")] == ["hi/å", "hi/å"]


async def test_a_message_has_metas_shape(bench: Bench) -> None:
    """The envelope of the reference, whole."""
    (wamid,) = await write(bench, text="hi")
    await bench.settle()
    body = json.loads(bench.business.posts[0].content)
    user_id = body["entry"][0]["changes"][0]["value"]["messages"][0]["from_user_id"]
    assert user_id.startswith("SE.")
    contact = {"profile": {"name": "Vera"}, "wa_id": VISITOR, "user_id": user_id}
    message = {
        "from": VISITOR,
        "from_user_id": user_id,
        "id": wamid,
        "timestamp": "1795348800",
        "type": "text",
        "text": {"body": "hi"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "46100000001", "phone_number_id": PNID},
        "contacts": [contact],
        "messages": [message],
    }
    assert body == {
        "object": "whatsapp_business_account",
        "entry": [{"id": "waba-1", "changes": [{"value": value, "field": "messages"}]}],
    }


async def test_a_webhook_is_tried_until_200(bench: Bench) -> None:
    """Other success codes do not count; every attempt has the same bytes and is in the log."""
    bench.business.answers = [500, 202, 302]
    await write(bench)
    await bench.settle(10)
    assert len(bench.business.posts) == 4
    assert len({post.content for post in bench.business.posts}) == 1
    entries = (await bench.sim("log?kind=webhook"))["entries"]
    assert [one["outcome"] for one in entries] == [500, 202, 302, 200]
    assert [one["attempt"] for one in entries] == [1, 2, 3, 4]


async def test_a_webhook_is_given_up_in_the_end(autojump_clock: trio.testing.MockClock) -> None:
    """After `retry_for` seconds, and the log says so."""
    timing = Timing(retry_delays=(1.0,), retry_for=3.5)
    async with open_bench(evolve(CONFIG, timing=timing)) as bench:
        bench.business.answers = [500] * 100
        await write(bench)
        await bench.settle(60)
        assert len(bench.business.posts) == 4
        entries = (await bench.sim("log?kind=webhook"))["entries"]
        assert entries[-1]["outcome"] == "given up"


async def test_what_is_on_its_way_is_counted_until_it_is_taken(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """Also while a webhook that was refused waits to be tried again: nothing else shows it."""
    async with open_bench(evolve(CONFIG, timing=Timing(retry_delays=(5.0,)))) as bench:
        bench.business.answers = [500]
        await write(bench)
        assert any((await queues(bench)).values())
        await bench.settle(1)
        assert await queues(bench) == {**QUIET, "retrying": 1}
        await bench.settle(10)
        assert len(bench.business.posts) == 2
        assert await queues(bench) == QUIET


async def queues(bench: Bench) -> dict[str, int]:
    """How much is on its way to the business."""
    counted: dict[str, int] = (await bench.sim("log?kind=webhook"))["queues"]
    return counted


async def test_a_batch_holds_up_to_n_updates(bench: Bench) -> None:
    """Three messages in one POST, the rest after a short wait."""
    await bench.faults(batch=3)
    wamids = await write(bench, 4)
    await bench.settle()
    assert ids(bench) == wamids
    assert len(bench.business.posts) == 2
    assert len(bench.business.changes) == 2


async def test_a_batch_may_mix_numbers_and_kinds(autojump_clock: trio.testing.MockClock) -> None:
    """Each account has its entry, each number and kind its change."""
    other = ChannelConfig("9", "+34600000009", waba="waba-2", portfolio="portfolio-2")
    config = evolve(CONFIG, channels=(*CONFIG.channels, other))
    async with open_bench(config) as bench:
        await bench.faults(batch=1000)
        for channel in (PNID, "9", PNID):
            await bench.sim(f"people/{VISITOR}/send", {"channel": channel, "text": "hi"})
        await bench.text(VISITOR)
        await bench.settle()
        assert len(bench.business.posts) <= 2
        body = json.loads(bench.business.posts[0].content)
        assert [entry["id"] for entry in body["entry"]] == ["waba-1", "waba-2"]
        assert len(bench.business.of("messages")) == 3
        users = {message["from_user_id"] for message in bench.business.of("messages")}
        assert len(users) == 2


async def test_webhooks_run_in_parallel(autojump_clock: trio.testing.MockClock) -> None:
    """A slow business gets the second POST while it still works on the first."""
    async with open_bench(CONFIG) as bench:
        bench.business.slow = 5.0
        await write(bench, 3)
        await trio.sleep(1)
        assert len(bench.business.posts) == 3


async def test_the_handshake_decides_about_the_callback(bench: Bench) -> None:
    """Right token: set; wrong token: said, and the old one stays."""
    url = "http://other.test/hook"
    wrong = await bench.http.post("/_sim/webhook", json={"url": url, "verify_token": "wrong"})
    assert wrong.status_code == 409
    assert "403" in wrong.json()["error"]
    await write(bench)
    await bench.sim("webhook", {"url": url, "verify_token": "open sesame"})
    await write(bench)
    await bench.settle()
    assert [post.url.host for post in bench.business.posts] == ["business.test", "other.test"]


async def test_subscribing_an_account_and_overriding_its_callback(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """Nothing comes before it, if so configured; then to the account's own URL."""
    async with open_bench(evolve(CONFIG, require_subscription=True)) as bench:
        await write(bench)
        headers = {"Authorization": "Bearer sim-token"}
        url = "/v26.0/waba-1/subscribed_apps"
        override = {"override_callback_uri": "http://own.test/", "verify_token": "open sesame"}
        bad = await bench.http.post(url, json=override | {"verify_token": "x"}, headers=headers)
        assert bad.status_code == 400
        shown = [(await bench.http.get(url, headers=headers)).json()["data"]]
        for body in ({}, override):
            answer = await bench.http.post(url, json=body, headers=headers)
            assert answer.json() == {"success": True}
            await write(bench)
            shown.append((await bench.http.get(url, headers=headers)).json()["data"])
        assert [[app.get("override_callback_uri") for app in apps] for apps in shown] == [
            [],
            [None],
            ["http://own.test/"],
        ]
        number = await bench.http.get(
            f"/v26.0/{PNID}?fields=webhook_configuration", headers=headers
        )
        assert number.json()["webhook_configuration"] == {
            "whatsapp_business_account": "http://own.test/",
            "application": "http://business.test/hook",
        }
        assert (await bench.http.get(url)).status_code == 401
        assert (await bench.http.get(url.replace("-1", "-2"), headers=headers)).status_code == 400
        await bench.settle()
        assert [post.url.host for post in bench.business.posts] == ["business.test", "own.test"]
        (lost, *_) = (await bench.sim("log?kind=webhook"))["entries"]
        assert lost["outcome"] == "nobody listens"


async def test_nothing_of_before_a_reset_comes_after_it(bench: Bench) -> None:
    """Planned statuses, retries and batches are gone; the callback and the people stay."""
    bench.business.answers = [500]
    await write(bench)
    await bench.text(VISITOR)
    await bench.sim("reset", {})
    bench.business.posts.clear()
    await bench.settle(60)
    assert bench.business.posts == []
    await bench.sim(f"people/{AGENT}/send", {"text": "hi"})
    await bench.settle()
    assert len(bench.business.posts) == 1
