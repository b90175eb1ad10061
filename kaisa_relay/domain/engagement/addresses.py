"""Where deliveries may go: never into a private network that its operator did not name.

Rule 1: an address is judged as a number, after every resolution; a host's name says nothing.
Rule 2: an address of version 6 that carries one of version 4 is judged by that.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_NAT64: Final = IPv6Network("64:ff9b::/96")
_GLOBAL: Final = IPv6Network("2000::/3")
"""Where every address of version 6 lies that is anybody's in the internet; the rest is reserved,
was once for sites (fec0::/10), or carries one of version 4 in a way that nobody should use."""


def reachable(text: str, allowed: Sequence[Network] = ()) -> bool:
    """Say whether a delivery may connect to this address: it is public, or its network is named."""
    try:
        address = _carried(ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if any(address in network for network in allowed if network.version == address.version):
        return True
    if isinstance(address, IPv6Address) and address not in _GLOBAL:
        return False
    return address.is_global and not address.is_multicast


def _carried(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
