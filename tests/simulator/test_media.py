"""Media in both directions: ids, links, what is refused, and what a phone then has."""

import hashlib
from typing import Any

import httpx
import pytest

from kaisa_relay.simulator.media.blobs import Blobs
from kaisa_relay.simulator.media.kinds import MEGABYTE
from kaisa_relay.simulator.media.samples import SAMPLES
from tests.simulator.bench import PNID, VISITOR, Bench

PNG = SAMPLES["image"][2]
OGG = SAMPLES["voice"][2]
WEBP = SAMPLES["sticker"][2]
MP4 = SAMPLES["video"][2]
DAY = 24 * 3600
HEADERS = {"Authorization": "Bearer sim-token"}
MOVING = WEBP[:20] + b"\x02" + WEBP[21:]


async def uploaded(bench: Bench, data: bytes, mime_type: str) -> str:
    """Upload a file; its id."""
    answer = await bench.upload(data, mime_type)
    assert answer.status_code == 200, answer.text
    media_id: str = answer.json()["id"]
    return media_id


async def send(bench: Bench, kind: str, **body: Any) -> httpx.Response:
    """Send a medium to the visitor."""
    return await bench.graph({"to": f"+{VISITOR}", "type": kind, kind: body})


async def greeted(bench: Bench) -> None:
    """The window is open, and nothing about it counts."""
    await bench.person(VISITOR, "send", text="hi")
    await bench.settle()
    bench.business.posts.clear()


async def test_an_upload_can_be_looked_up_fetched_and_deleted(bench: Bench) -> None:
    """Size as a string, a checksum, and a link that needs the token."""
    media_id = await uploaded(bench, PNG, "image/png")
    shown = (await bench.call("GET", media_id)).json()
    assert shown == {
        "messaging_product": "whatsapp",
        "url": shown["url"],
        "mime_type": "image/png",
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "file_size": str(len(PNG)),
        "id": media_id,
    }
    assert (await bench.http.get(shown["url"])).status_code == 401
    fetched = await bench.http.get(shown["url"], headers=HEADERS)
    assert (fetched.content, fetched.headers["Content-Type"]) == (PNG, "image/png")
    assert (await bench.call("DELETE", media_id)).json() == {"success": True}
    assert (await bench.call("GET", media_id)).json()["error"]["error_subcode"] == 33
    assert (await bench.http.get(shown["url"], headers=HEADERS)).status_code == 404
    assert (await bench.call("DELETE", media_id)).status_code == 400


async def test_a_link_lives_five_minutes_and_an_upload_thirty_days(bench: Bench) -> None:
    """By the simulator's clock."""
    media_id = await uploaded(bench, PNG, "image/png")
    url = (await bench.call("GET", media_id)).json()["url"]
    await bench.sim("clock", {"advance": 299})
    assert (await bench.http.get(url, headers=HEADERS)).status_code == 200
    await bench.sim("clock", {"advance": 2})
    assert (await bench.http.get(url, headers=HEADERS)).status_code == 404
    forged = url.replace("ext=", "ext=9")
    assert (await bench.http.get(forged, headers=HEADERS)).status_code == 404
    await bench.sim("clock", {"advance": 30 * DAY - 400})
    assert (await bench.call("GET", media_id)).status_code == 200
    await bench.sim("clock", {"advance": 200})
    assert (await bench.call("GET", media_id)).status_code == 400


async def test_a_medium_belongs_to_its_account(bench: Bench) -> None:
    """Another account's token does not see it, nor may its number send it."""
    other = {"phone_number_id": "3", "number": "+4630", "token": "other", "waba": "waba-2"}
    await bench.sim("channels", other)
    media_id = await uploaded(bench, PNG, "image/png")
    url = (await bench.call("GET", media_id)).json()["url"]
    theirs = {"Authorization": "Bearer other"}
    answer = await bench.http.get(f"/v26.0/{media_id}", headers=theirs)
    assert answer.json()["error"]["error_subcode"] == 33
    assert (await bench.http.get(url, headers=theirs)).status_code == 404
    asked = await bench.call("GET", f"{media_id}?phone_number_id=3")
    assert asked.json()["error"]["code"] == 100


@pytest.mark.parametrize(
    ("data", "files", "code"),
    [
        ({}, {"file": ("a", PNG, "image/png")}, 100),
        ({"messaging_product": "whatsapp"}, {"other": ("a", PNG, "image/png")}, 100),
        ({"messaging_product": "whatsapp"}, {"file": ("a", b"", "image/png")}, 131053),
        ({"messaging_product": "whatsapp"}, {"file": ("a", b"no", "image/png")}, 131053),
    ],
)
async def test_uploads_that_are_refused(
    bench: Bench, data: dict[str, str], files: dict[str, Any], code: int
) -> None:
    """Without product, without file, empty, or not what it says."""
    answer = await bench.call("POST", f"{PNID}/media", data=data, files=files)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("kind", "data", "mime_type", "body"),
    [
        ("image", PNG, "image/png", {"caption": "look"}),
        ("video", MP4, "video/mp4", {}),
        ("audio", OGG, "audio/ogg", {}),
        ("audio", OGG, "audio/ogg; codecs=opus", {"voice": True}),
        ("document", PNG, "image/png", {"filename": "a.png"}),
        ("document", b"a,b", "text/csv", {}),
        ("sticker", WEBP, "image/webp", {}),
        ("sticker", MOVING + bytes(400 * 1024), "image/webp", {}),
    ],
)
async def test_every_kind_reaches_the_phone_with_its_bytes(
    bench: Bench, kind: str, data: bytes, mime_type: str, body: dict[str, Any]
) -> None:
    """By id and by link; the chat shows it."""
    await greeted(bench)
    bench.business.files["/file"] = (mime_type, data)
    for source in (
        {"id": await uploaded(bench, data, mime_type)},
        {"link": "http://business.test/file"},
    ):
        answer = await send(bench, kind, **source, **body)
        assert answer.status_code == 200, answer.text
        chat = await bench.sim(f"people/{VISITOR}/chats/{PNID}")
        bubble = chat["bubbles"][-1]
        assert (bubble["type"], bubble["from"]) == (kind, "business")
        got = await bench.http.get(f"/_sim/people/{VISITOR}/media/{bubble['media']}")
        assert got.content == data


@pytest.mark.parametrize(
    ("kind", "data", "mime_type", "says"),
    [
        ("image", WEBP, "image/webp", "image/webp cannot"),
        ("image", PNG + bytes(5 * MEGABYTE), "image/png", "as image"),
        ("video", PNG, "image/png", "image/png cannot"),
        ("audio", MP4 + bytes(16 * MEGABYTE), "audio/mp4", "as audio"),
        ("voice", MP4, "audio/mp4", "Opus"),
        ("voice", OGG.replace(b"Head\x01\x01", b"Head\x01\x02"), "audio/ogg", "mono"),
        ("sticker", PNG, "image/png", "image/png cannot"),
        ("sticker", WEBP + bytes(100 * 1024), "image/webp", "as sticker"),
        ("sticker", MOVING + bytes(500 * 1024), "image/webp", "as sticker"),
    ],
)
async def test_what_a_kind_may_not_be(
    bench: Bench, kind: str, data: bytes, mime_type: str, says: str
) -> None:
    """Error 131053, at once or as a failed status."""
    await greeted(bench)
    media_id = await uploaded(bench, data, mime_type)
    kind, body = ("audio", {"voice": True}) if kind == "voice" else (kind, {})
    error = (await send(bench, kind, id=media_id, **body)).json()["error"]
    assert error["code"] == 131053
    assert says in error["error_data"]["details"]
    await bench.faults(media_refusal="async")
    assert (await send(bench, kind, id=media_id, **body)).status_code == 200
    await bench.settle()
    (failed,) = bench.business.of("statuses")
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", 131053)


async def test_links_are_fetched_once_in_ten_minutes(bench: Bench) -> None:
    """By their exact URL; one that leads nowhere is 131053."""
    await greeted(bench)
    bench.business.files["/a.png"] = ("image/png", PNG)
    for seconds in (0, 599, 2):
        await bench.sim("clock", {"advance": seconds})
        assert (await send(bench, "image", link="http://business.test/a.png")).status_code == 200
    assert bench.business.fetched == ["/a.png"] * 2
    lost = (await send(bench, "image", link="http://business.test/b.png")).json()["error"]
    assert (lost["code"], "404" in lost["error_data"]["details"]) == (131053, True)
    assert (await send(bench, "image", link="ftp://x")).json()["error"]["code"] == 100


async def test_unknown_and_received_ids_cannot_be_sent(bench: Bench) -> None:
    """Received ones can, if told so."""
    received = (await bench.person(VISITOR, "send", type="image", image={}))["media"]
    assert (await send(bench, "image", id="1")).json()["error"]["code"] == 100
    assert (await send(bench, "image", id=received)).json()["error"]["code"] == 131053
    await bench.faults(inbound_media="allow")
    assert (await send(bench, "image", id=received)).status_code == 200


def test_the_disk_is_bounded_and_left_empty() -> None:
    """The oldest go first, the same bytes count once, and nothing remains."""
    blobs = Blobs(10)
    names = [blobs.put(data) for data in (b"aaaa", b"bbbb", b"aaaa", b"cccc")]
    assert blobs.statistics() == {"files": 2, "bytes": 8}
    assert [blobs.get(name) for name in names] == [b"aaaa", None, b"aaaa", b"cccc"]
    folder = blobs._path("x").parent
    blobs.close()
    blobs.close()
    assert not folder.exists()
    assert blobs.get(names[0]) is None


async def test_a_reset_forgets_all_media(bench: Bench) -> None:
    """Ids too."""
    media_id = await uploaded(bench, PNG, "image/png")
    await bench.sim("reset", {})
    assert (await bench.call("GET", media_id)).status_code == 400
