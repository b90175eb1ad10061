"""An endpoint that moves to another server does not take along what let us in at the former one."""

import pytest

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.ports.engagement import (
    BadEndpoint,
    EndpointChange,
    EndpointView,
    EndpointWish,
    Options,
)
from tests.engagement.providers import ACCOUNT, SENDER
from tests.engagement.stage import Stage

BODY = {"body": {"to": "{{ to }}"}}
MAILS = EndpointWish(Kind.EMAIL, "smtps://a.example", Options("me", "a@acme.example"), "secret")
TWILIO = EndpointWish(
    Kind.SMS, "https://a.example", Options(None, SENDER, "twilio", ACCOUNT), "secret"
)
HEADED = EndpointWish(
    Kind.SMS, "https://a.example", Options(None, None, "http", request=BODY), None, {"x-key": "k"}
)


@pytest.mark.parametrize(
    ("wish", "field"), [(MAILS, "password"), (TWILIO, "password"), (HEADED, "headers")]
)
async def test_secrets_stay_where_they_were_given_for(
    stage: Stage, wish: EndpointWish, field: str
) -> None:
    """Given again they may go; and the same server may have another path."""
    workspace, made = stage.world.workspace, await stage.add(wish)
    url = wish.url.replace("a.example", "b.example")
    change, id = stage.builder.change_endpoint, made.view.id
    refused = await change(workspace, id, EndpointChange(url))
    assert refused == BadEndpoint(field, "must be given again with another server")
    assert isinstance(await change(workspace, id, EndpointChange(f"{wish.url}/")), EndpointView)
    again = EndpointChange(url, password=wish.password, headers=wish.headers)
    off = await change(workspace, id, EndpointChange(enabled=False))  # without its password
    assert isinstance(off, EndpointView)
    moved = await change(workspace, id, again)
    assert isinstance(moved, EndpointView)
    assert moved.url == url
