"""`POST /conversations/{id}/link` over HTTP: what is asked, answered and refused."""

from datetime import timedelta

import pytest

from kaisa_relay.domain.conversation.links import ChannelLeft, LinkRefusal, NoWayBack
from kaisa_relay.domain.ids import WORKSPACE, to_text
from kaisa_relay.domain.requester import Requester, RequesterKind
from tests.api.bench import READER, STRANGER, Bench
from tests.api.fakes import EPOCH
from tests.api.rows import OURS


async def made(bench: Bench) -> str:
    """Make a conversation; returns the address of its links."""
    return f"/conversations/{(await bench.create()).json['id']}/link"


async def test_a_link_with_its_code(bench: Bench) -> None:
    """In the shapes of a creation's answer."""
    answer = await bench.post(await made(bench), {})
    assert answer.status == 201
    assert answer.json["url"] == "https://wa.me/12?text=1"
    assert answer.json["link"] == 1
    assert answer.json["qr"].keys() == {"svg", "png"}
    assert answer.json["channel"].keys() == {"id", "phone"}
    assert answer.json["expires_at"] == (EPOCH + timedelta(days=7)).isoformat().replace(
        "+00:00", "Z"
    )
    [asked] = bench.desk.links_asked
    assert (asked.lasts, asked.origin, asked.by) == (None, None, Requester(RequesterKind.KEY, 1))


async def test_without_a_body_and_without_a_code(bench: Bench) -> None:
    """Both may be left out."""
    path = await made(bench)
    answer = await bench.call("POST", f"{path}?qr=none", b"")
    assert answer.status == 201
    assert "qr" not in answer.json
    refused = await bench.post(f"{path}?qr=many", {})
    assert refused.errors.keys() == {"qr"}


async def test_its_time_and_its_key(bench: Bench) -> None:
    """A time of one's own; the key goes along."""
    path = await made(bench)
    answer = await bench.post(path, {"expires_after": "2h"}, Idempotency_Key="mine")
    assert answer.status == 201
    asked = bench.desk.links_asked[-1]
    assert asked.lasts == timedelta(hours=2)
    assert asked.repeatable is not None
    assert asked.repeatable.key == "mine"
    for wrong in ("soon", "59s", "31d"):
        refused = await bench.post(path, {"expires_after": wrong})
        assert refused.errors.keys() == {"expires_after"}
    assert (await bench.post(path, {"until": "2h"})).errors.keys() == {"until"}
    assert (await bench.post(path, {}, Idempotency_Key="")).status == 422


@pytest.mark.parametrize(
    ("refusal", "type"), [(NoWayBack(), "no-way-back"), (ChannelLeft(), "channel-left")]
)
async def test_who_gets_none(bench: Bench, refusal: LinkRefusal, type: str) -> None:
    """Each refusal has its problem."""
    path = await made(bench)
    bench.desk.no_link = refusal
    answer = await bench.post(path, {})
    assert answer.status == 409
    assert answer.json["type"].endswith(type)


async def test_who_may(bench: Bench) -> None:
    """Whoever may create, in their own workspace."""
    path = await made(bench)
    assert (await bench.post(path, {}, READER)).status == 403
    assert (await bench.post(path, {}, STRANGER)).status == 404
    assert (await bench.post("/conversations/cnv_x/link", {})).status == 404


async def test_the_image_of_a_mail(bench: Bench) -> None:
    """Whoever has the token has the link: no key is asked for, and nothing else is told."""
    workspace = to_text(WORKSPACE, OURS)
    answer = await bench.get(f"/qr/{workspace}/token.png", None)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert answer.body.startswith(b"\x89PNG")
    for path in (f"{workspace}/other", "wsp_x/token", f"{workspace}/{'t' * 65}"):
        assert (await bench.get(f"/qr/{path}.png", None)).status == 404
