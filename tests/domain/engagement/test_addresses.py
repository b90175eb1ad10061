"""Which addresses a delivery may connect to."""

from ipaddress import ip_network

import pytest

from kaisa_relay.domain.engagement.addresses import reachable


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"]
)
def test_public_ones(address: str) -> None:
    """Of either version."""
    assert reachable(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "198.18.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "64:ff9b:1::808:808",
        "fec0::1",
        "::7f00:1",
        "::808:808",
        "::ffff:0:a00:1",
        "2001:0:a00:1::",
        "2001:db8::1",
        "2002:a00:1::1",
        "2002:6440:1::1",
        "100::1",
        "240.0.0.1",
        "192.0.2.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "localhost",
        "",
    ],
)
def test_private_ones(address: str) -> None:
    """Also where one of version 6 carries them, and whatever is no address."""
    assert not reachable(address)


def test_an_operator_names_networks() -> None:
    """These and no others."""
    named = (ip_network("10.1.0.0/16"), ip_network("fd12::/64"))
    assert reachable("10.1.2.3", named)
    assert reachable("::ffff:10.1.2.3", named)
    assert reachable("fd12::5", named)
    assert not reachable("10.2.2.3", named)
