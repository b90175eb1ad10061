"""What people send as files, and how the business gets it."""

import base64
import hashlib
from typing import Any

import pytest

from kaisa_relay.simulator.media.samples import SAMPLES
from tests.simulator.bench import VISITOR, Bench

PNG = SAMPLES["image"][2]
DAY = 24 * 3600
HEADERS = {"Authorization": "Bearer sim-token"}


@pytest.mark.parametrize(
    ("kind", "wire", "fields"),
    [
        ("image", "image", {"caption": "c"}),
        ("video", "video", {}),
        ("audio", "audio", {"voice": False}),
        ("voice", "audio", {"voice": True}),
        ("document", "document", {"filename": "sample.pdf"}),
        ("sticker", "sticker", {"animated": False}),
    ],
)
async def test_a_persons_medium_comes_with_id_link_and_checksum(
    bench: Bench, kind: str, wire: str, fields: dict[str, Any]
) -> None:
    """A sample, where nothing is given; the business fetches it with its token."""
    content = {"caption": "c"} if "caption" in fields else {}
    await bench.sim(f"people/{VISITOR}/send", {"type": kind, kind: content})
    await bench.settle()
    (message,) = bench.business.of("messages")
    mime_type, _, data = SAMPLES[kind]
    medium = message[wire]
    assert message["type"] == wire
    assert medium == fields | {
        "id": medium["id"],
        "mime_type": mime_type,
        "sha256": base64.b64encode(hashlib.sha256(data).digest()).decode(),
        "url": medium["url"],
    }
    assert (await bench.http.get(medium["url"], headers=HEADERS)).content == data
    await bench.sim("clock", {"advance": 7 * DAY + 1})
    assert (await bench.call("GET", medium["id"])).status_code == 400
    own = await bench.http.get(f"/_sim/people/{VISITOR}/media/{medium['id']}")
    assert own.content == data


async def test_a_person_sends_bytes_of_their_own(bench: Bench) -> None:
    """As base64 in JSON, or as a file in a form."""
    encoded = base64.b64encode(b"a,b").decode()
    body = {"type": "document", "document": {}, "data": encoded, "mime_type": "text/csv"}
    await bench.sim(f"people/{VISITOR}/send", body | {"filename": "t.csv"})
    answer = await bench.http.post(
        f"/_sim/people/{VISITOR}/media",
        data={"caption": "mine"},
        files={"file": ("p.png", PNG, "image/png")},
    )
    assert answer.status_code == 200, answer.text
    await bench.settle()
    document, image = bench.business.of("messages")
    assert document["document"]["filename"] == "t.csv"
    assert image["image"]["caption"] == "mine"
    for medium, data in ((document["document"], b"a,b"), (image["image"], PNG)):
        assert (await bench.http.get(medium["url"], headers=HEADERS)).content == data


async def test_a_medium_may_come_without_link_or_not_at_all(bench: Bench) -> None:
    """As the knobs say."""
    await bench.faults(missing_media_url={"times": 1})
    await bench.person(VISITOR, "send", type="image", image={})
    await bench.faults(lost_media={"times": 1})
    await bench.person(VISITOR, "send", type="image", image={})
    await bench.settle()
    bare, lost = bench.business.of("messages")
    assert "url" not in bare["image"]
    assert "image" not in lost
    assert lost["errors"][0]["code"] == 131052


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"type": "image", "image": {}, "data": "?"}, "base64"),
        ({"type": "image", "image": {}, "data": 1}, "data"),
        ({"type": "text", "text": "x", "data": "eA=="}, "medium"),
        ({"type": "voice", "voice": "x"}, "voice"),
    ],
)
async def test_what_a_person_cannot_send(bench: Bench, body: dict[str, Any], says: str) -> None:
    """With a word that helps."""
    answer = await bench.http.post(f"/_sim/people/{VISITOR}/send", json=body)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    empty = await bench.http.post(f"/_sim/people/{VISITOR}/media", data={"caption": "x"})
    assert (empty.status_code, "file" in empty.json()["error"]) == (400, True)
    place = await bench.http.post(
        f"/_sim/people/{VISITOR}/media",
        data={"type": "location"},
        files={"file": ("p.png", PNG, "image/png")},
    )
    assert (place.status_code, "voice" in place.json()["error"]) == (400, True)


async def test_the_bytes_of_others_are_not_on_ones_phone(bench: Bench) -> None:
    """Whoever knows the id."""
    media_id = (await bench.person(VISITOR, "send", type="image", image={}))["media"]
    answer = await bench.http.get(f"/_sim/people/46700000002/media/{media_id}")
    assert answer.status_code == 404
