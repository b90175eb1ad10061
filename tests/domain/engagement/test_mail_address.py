"""Addresses that mail servers take, and nothing that could be more than one."""

import pytest

from kaisa_relay.domain.engagement.mail_address import read_mail_address, read_mailbox


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("vera@customers.example", "vera@customers.example"),
        ("  vera.holm+cars@Customers.Example ", "vera.holm+cars@customers.example"),
        ("vera@köket.example", "vera@xn--kket-5qa.example"),
        ("vera@[127.0.0.1]", None),
        ("vera", None),
        ("@customers.example", None),
        ("vera@localhost", None),
        ("vera@customers..example", None),
        ("vera@-customers.example", None),
        ("vera holm@customers.example", None),
        ("vera..holm@customers.example", None),
        ("vera@customers.example, otto@customers.example", None),
        ("vera@customers.example\r\nBcc: otto@customers.example", None),
        ("<vera@customers.example>", None),
        ('"vera holm"@customers.example', None),
        (f"{'v' * 250}@customers.example", None),
        (f"vera@{'c' * 64}.example", None),
        ("", None),
    ],
)
def test_one_address_or_none(text: str, address: str | None) -> None:
    """With its domain in ASCII."""
    assert read_mail_address(text) == address


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("Acme <hello@acme.example>", ("Acme", "hello@acme.example")),
        ('"Acme, Sales" <hello@acme.example>', ("Acme, Sales", "hello@acme.example")),
        ("hello@acme.example", ("", "hello@acme.example")),
        ("Acme", None),
        ("Acme <hello>", None),
        ("Acme\r\nBcc: x@y.example <hello@acme.example>", None),
        (f"{'A' * 101} <hello@acme.example>", None),
        ("", None),
        ("hello@acme.example, other@acme.example", None),
    ],
)
def test_who_sends(text: str, mailbox: tuple[str, str] | None) -> None:
    """A name, if there is one, and an address."""
    assert read_mailbox(text) == mailbox
