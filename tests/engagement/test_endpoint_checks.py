"""What an endpoint of each kind must be."""

from datetime import UTC, datetime

import pytest
from attrs import evolve

from kaisa_relay.domain.engagement.actions import Kind
from kaisa_relay.domain.engagement.ids import EndpointId
from kaisa_relay.engagement.endpoint_checks import bad_endpoint, wanted
from kaisa_relay.engagement.mail_server import MailServer, Security, read_mail_server
from kaisa_relay.ports.engagement import EndpointChange, EndpointView, EndpointWish, Options

SENDER = "Acme <hello@acme.example>"
SIGNED_IN = Options("mailer", SENDER)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://mail.example", MailServer("mail.example", 465, Security.TLS)),
        ("smtp://mail.example/", MailServer("mail.example", 587, Security.STARTTLS)),
        ("smtp://mail.example:2525", MailServer("mail.example", 2525, Security.STARTTLS)),
    ],
)
def test_a_mail_server_is_named_by_its_url(url: str, server: MailServer) -> None:
    """With the usual ports."""
    assert read_mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "https://mail.example", "smtp+plain://mail.example", "smtps://", "smtps://mail.example:0",
        "smtps://mail.example:99999", "smtps://user:secret@mail.example", "smtps://mail.example/x",
        "smtps://mail .example", "smtps://mail.example?x=1", "smtps://" + "m" * 600, "smtps://[",
    ],
)  # fmt: skip
def test_what_names_no_mail_server(url: str) -> None:
    """Nor one in the clear, unless that is meant."""
    assert isinstance(read_mail_server(url), str)
    plain = MailServer("mail.example", 25, Security.PLAIN)
    assert read_mail_server("smtp+plain://mail.example", plain=True) == plain


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (EndpointWish(Kind.WEBHOOK, "https://acme.example/hooks"), None),
        (EndpointWish(Kind.WEBHOOK, "http://acme.example/hooks"), "url"),
        (EndpointWish(Kind.WEBHOOK, "https://acme.example/", Options("sam")), "kind"),
        (EndpointWish(Kind.WEBHOOK, "https://acme.example/", password="x"), "kind"),
        (EndpointWish(Kind.EMAIL, "smtps://mail.example", SIGNED_IN, "secret"), None),
        (EndpointWish(Kind.EMAIL, "smtps://mail.example", Options(None, SENDER)), None),
        (EndpointWish(Kind.EMAIL, "https://mail.example", SIGNED_IN, "secret"), "url"),
        (EndpointWish(Kind.EMAIL, "smtps://mail.example", Options("mailer"), "secret"), "sender"),
        (EndpointWish(Kind.EMAIL, "smtps://mail.example", Options("m", "Acme"), "x"), "sender"),
        (EndpointWish(Kind.EMAIL, "smtps://mail.example", SIGNED_IN), "password"),
        (EndpointWish(Kind.EMAIL, "smtps://mail.example", Options(None, SENDER), "x"), "password"),
        (EndpointWish(Kind.EMAIL, "smtps://mail.example", SIGNED_IN, "x" * 501), "password"),
        (EndpointWish(Kind.EMAIL, "smtps://mail.example", SIGNED_IN, "x\0y"), "password"),
    ],
)
def test_what_is_wrong_is_named(wish: EndpointWish, field: str | None) -> None:
    """By the member that the caller wrote."""
    found = bad_endpoint(wish, plain=False, signs_in=False)
    assert (found and found.field) == field


ACCOUNT = "AC" + "1f" * 16
TWILIO = Options(None, "+46766860000", "twilio", ACCOUNT)
ANY = {"body": {"to": "{{ to }}", "text": "{{ text }}"}}
OTHER = Options(None, None, "http", request=ANY)
URL = "https://sms.example/send"


@pytest.mark.parametrize(
    ("options", "password", "headers", "field"),
    [
        (TWILIO, "token", None, None),
        (evolve(TWILIO, user="SK1", sender="MG" + "2e" * 16), "token", None, None),
        (TWILIO, None, None, "password"),
        (evolve(TWILIO, account="AC1"), "token", None, "account"),
        (evolve(TWILIO, account=None), "token", None, "account"),
        (evolve(TWILIO, sender="Acme Incorporated"), "token", None, "sender"),
        (evolve(TWILIO, sender=None), "token", None, "sender"),
        (evolve(TWILIO, request=ANY), "token", None, "request"),
        (TWILIO, "token", {"X-Key": "a"}, "request"),
        (evolve(TWILIO, provider="fax"), "token", None, "provider"),
        (evolve(TWILIO, provider=None), "token", None, "provider"),
        (OTHER, None, None, None),
        (evolve(OTHER, user="me", sender="Acme"), "secret", {"X-Key": "a b"}, None),
        (evolve(OTHER, account=ACCOUNT), None, None, "account"),
        (evolve(OTHER, user="me"), None, None, "password"),
        (OTHER, "secret", None, "password"),
        (evolve(OTHER, sender="Acme <a@b.example>"), None, None, "sender"),
        (evolve(OTHER, request=None), None, None, "request"),
        (evolve(OTHER, request={"body": {"a": "{{ visitor.name }}"}}), None, None,
         "request.body.a"),
        (evolve(OTHER, request={"body": {"a": "{{ to"}}), None, None, "request.body.a"),
        (OTHER, None, {"Content-Length": "5"}, "headers"),
        (OTHER, None, {"X Key": "a"}, "headers"),
        (OTHER, None, {"X-Key": "a\r\nX-Other: b"}, "headers.X-Key"),
        (OTHER, None, {"X-Key": ""}, "headers.X-Key"),
        (OTHER, None, {"X-Key": "å"}, "headers.X-Key"),
        (OTHER, None, {f"X-{each}": "a" for each in range(21)}, "headers"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_provider_is_named(
    options: Options, password: str | None, headers: dict[str, str] | None, field: str | None
) -> None:
    """By the member that the caller wrote."""
    wish = EndpointWish(Kind.SMS, URL, options, password, headers)
    found = bad_endpoint(wish, plain=False, signs_in=False)
    assert (found and found.field) == field


def test_where_a_provider_is() -> None:
    """In TLS, and without a secret in its URL."""
    for url in ("http://sms.example/", "https://me:secret@sms.example/"):
        found = bad_endpoint(EndpointWish(Kind.SMS, url, OTHER), plain=False, signs_in=False)
        assert found is not None
        assert found.field == "url"


@pytest.mark.parametrize("kind", [Kind.WEBHOOK, Kind.EMAIL])
def test_only_a_provider_has_a_request(kind: Kind) -> None:
    """Or headers."""
    url, sender = ("https://a.example", None) if kind is Kind.WEBHOOK else ("smtps://a.b", SENDER)
    for options, headers in ((Options(None, sender), {"X-Key": "a"}),
                             (Options(None, sender, request=ANY), None)):  # fmt: skip
        wish = EndpointWish(kind, url, options, None, headers)
        found = bad_endpoint(wish, plain=False, signs_in=False)
        assert found is not None
        assert found.field == "kind"


def test_a_change_leaves_what_it_does_not_name() -> None:
    """And no password is needed to change the sender."""
    id, at = EndpointId(1), datetime(2026, 11, 23, 9, tzinfo=UTC)
    view = EndpointView(id, "smtps://mail.example", at, None, None, Kind.EMAIL, SIGNED_IN)
    wish = wanted(view, EndpointChange(sender="sam@acme.example"))
    assert wish == EndpointWish(Kind.EMAIL, view.url, Options("mailer", "sam@acme.example"))
    assert bad_endpoint(wish, plain=False, signs_in=True) is None
