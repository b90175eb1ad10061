"""Addresses that are not to be written to."""

import pytest

from kaisa_relay.domain.engagement.suppression import Address, Way, read_address


@pytest.mark.parametrize(
    ("way", "text", "read"),
    [
        (Way.EMAIL, "Vera@Customers.Example", "vera@customers.example"),
        (Way.EMAIL, "vera", None),
        (Way.SMS, "+46 70 174 06 91", "+46701740691"),
        (Way.SMS, "070 174 06 91", None),
    ],
)
def test_an_address_is_read_as_it_is_written_to(way: Way, text: str, read: str | None) -> None:
    """So that every spelling is the same one; otherwise it is said what it must be."""
    found = read_address(way, text)
    assert found == Address(way, read) if read else isinstance(found, str)
