"""Who asked not to be written to is not, whatever a trigger says."""

from typing import Any

import pytest

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import ENDPOINT
from kaisa_relay.domain.engagement.suppression import SUPPRESSED
from kaisa_relay.domain.ids import to_text
from kaisa_relay.engagement import Unsubscribing
from kaisa_relay.ports.engagement import DeliveryState, EndpointWish, Options
from tests.api.bench import Answer, Bench
from tests.engagement.mail_box import MailBox
from tests.engagement.mail_server import PASSWORD, USER
from tests.engagement.stage import Stage
from tests.engagement.test_api import Client
from tests.engagement.test_mailing import arrived

SENDER = "Acme <hello@acme.example>"
VERA = "vera@customers.example"
VERA_AT = {"way": "email", "address": "Vera@a.example"}


async def mails(stage: Stage, box: MailBox, **words: Any) -> None:
    """Have abandoned conversations mailed about."""
    options = Options(USER, SENDER)
    wish = EndpointWish(Kind.EMAIL, f"smtps://localhost:{box.tls}", options, PASSWORD)
    endpoint = await stage.add(wish)
    action = {"email": to_text(ENDPOINT, endpoint.view.id), "to": VERA, "subject": "Hi"}
    await stage.trigger_of({**action, "text": "Stop: {{ unsubscribe_url }}", **words})


def path_of(url: str) -> str:
    """Return what a browser asks our server for."""
    assert url.startswith("https://relay.example/unsubscribe/")
    return url.removeprefix("https://relay.example")


async def test_a_link_in_a_mail_stops_the_next_one(stage: Stage, mail_server: MailBox) -> None:
    """To look changes nothing; a press does, and so does the mail program's own button."""
    await mails(stage, mail_server)
    await stage.abandoned()
    (taken,) = await arrived(mail_server, 1)
    await stage.states(1, DeliveryState.DELIVERED)
    url = taken.text.removeprefix("Stop: ").strip()
    assert taken.mail["list-unsubscribe"] == f"<{url}>"
    assert taken.mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    client = Client(stage)
    asked = await browse(client, "GET", path_of(url), "sv-SE,sv;q=0.9")
    assert asked.status == 200
    assert b"Inga fler mejl?" in asked.body
    assert (await client.call("GET", "/suppressions")).json["items"] == []
    done = await browse(client, "POST", path_of(url), "es")
    assert "No recibirá más correos".encode() in done.body
    assert (await browse(client, "POST", path_of(url), "en")).status == 200
    (listed,) = (await client.call("GET", "/suppressions")).json["items"]
    assert (listed["way"], listed["address"], listed["source"]) == ("email", VERA, "link")
    await stage.abandoned()
    found = await stage.states(2, DeliveryState.DELIVERED, DeliveryState.CANCELLED)
    (cancelled,) = [each for each in found if each.state is DeliveryState.CANCELLED]
    seen = await stage.builder.attempts(stage.world.workspace, cancelled.id)
    assert seen is not None
    assert [each.why for each in seen[1]] == [SUPPRESSED]
    assert len(mail_server.taken()) == 1
    freed = await client.call("DELETE", f"/suppressions/{listed['id']}")
    assert freed.status == 204
    await stage.abandoned()
    await arrived(mail_server, 2)


async def browse(client: Client, method: str, path: str, language: str) -> Answer:
    """Ask as somebody's browser: without a key."""
    headers = {"Accept-Language": language}
    return await client.bench.call(method, path, key=None, headers=headers)


@pytest.mark.parametrize("token", ["x", "x" * 2000, "gAAAAABl", "%00", "å"])
async def test_a_link_that_is_not_ours_leads_nowhere(stage: Stage, token: str) -> None:
    """Not even one that was sealed with another key."""
    client = Client(stage)
    for method in ("GET", "POST"):
        assert (await browse(client, method, f"/unsubscribe/{token}", "en")).status == 404
    strange = Unsubscribing.of("https://relay.example", bytes([1] * 32))
    path = path_of(strange.link(stage.world.workspace, VERA))
    assert (await browse(client, "POST", path, "en")).status == 404


async def test_the_list_is_kept_over_http(stage: Stage) -> None:
    """Listed in pages, looked up, added once, exported; another workspace sees nothing of it."""
    client = Client(stage)
    for number in range(3):
        wish = {"way": "sms", "address": f"+4670174069{number}"}
        assert (await client.call("POST", "/suppressions", wish)).status == 201
    again = await client.call(
        "POST", "/suppressions", {"way": "email", "address": "Vera@a.example"}
    )
    repeat = await client.call(
        "POST", "/suppressions", {"way": "email", "address": "vera@A.example"}
    )
    assert again.json == repeat.json
    page = await client.call("GET", "/suppressions?limit=3")
    rest = await client.call("GET", f"/suppressions?limit=3&cursor={page.json['next']}")
    listed = [each["address"] for each in page.json["items"] + rest.json["items"]]
    assert listed == ["vera@a.example", "+46701740692", "+46701740691", "+46701740690"]
    found = await client.call("GET", "/suppressions?way=sms&address=%2B46701740691")
    assert [each["address"] for each in found.json["items"]] == ["+46701740691"]
    hidden = {"way": "whatsapp", "address": "US.13491208655302741918"}
    asked = await client.call("POST", "/suppressions", hidden)
    assert (asked.json["way"], asked.json["source"]) == ("whatsapp", "api")
    assert (await client.call("DELETE", f"/suppressions/{asked.json['id']}")).status == 204
    answer = await client.call("GET", "/suppressions.csv")
    assert answer.headers["cache-control"] == "no-store"
    exported = answer.body.decode().splitlines()
    assert exported[0] == "way,address,source,at"
    assert [line.split(",")[1] for line in exported[1:]] == listed
    theirs = Client(stage)
    elsewhere = await stage.store.add_workspace()
    theirs.bench = Bench(engagement=stage.engine.builder, workspace=elsewhere)
    assert (await theirs.call("GET", "/suppressions")).json["items"] == []
    path = f"/suppressions/{again.json['id']}"
    assert (await theirs.call("DELETE", path)).problem == "not-found"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"way": "fax", "address": "1"}, "way"),
        ({"way": "email", "address": "vera"}, "address"),
        ({"way": "sms", "address": "070 123"}, "address"),
        ({"way": "sms"}, "address"),
        ({"way": "whatsapp", "address": "us.1"}, "address"),
    ],
)
async def test_what_is_no_address(stage: Stage, wish: dict[str, str], field: str) -> None:
    """Named by its member."""
    refused = await Client(stage).call("POST", "/suppressions", wish)
    assert set(refused.errors) == {field}
