"""Which addresses a name leads to, and which of them a public name may lead to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from locant.errors import RemoteError

__all__ = ["Resolver", "fixed_resolver", "is_private", "is_public", "system_resolver"]

Resolver = Callable[[str, int], Sequence[str]]
"""Addresses of a host; raises RemoteError when it has none."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200/32", "192.0.0.192/32"),
        *("::/128", "fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::/32"),
    )
)
"""Not even a private host has these: this machine's own, link-local with the metadata services of clouds (and those of
Alibaba, Oracle and Amazon that lie elsewhere), multicast, reserved."""

_WRAPPING = tuple(
    (ipaddress.IPv6Network(network), shift)
    for network, shift in (
        ("::ffff:0:0/96", 0),  # IPv4-mapped
        ("::/96", 0),  # IPv4-compatible
        ("64:ff9b::/96", 0),  # NAT64
        ("64:ff9b:1::/48", 0),  # NAT64 of a local network
        ("2002::/16", 80),  # 6to4
    )
)
"""IPv6 networks whose addresses hold an IPv4 address, and how many bits stand right of it."""
_SHARED = ipaddress.IPv4Network("100.64.0.0/10")
"""Of carriers, and of overlay networks between a company's machines."""
_TEREDO = ipaddress.IPv6Network("2001::/32")


def system_resolver(host: str, port: int) -> tuple[str, ...]:
    """What the system's resolver answers; numeric addresses stand for themselves."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise RemoteError(f"the host {host!r} has no address: {error}; check its name and the server's DNS") from error
    return tuple(dict.fromkeys(str(row[4][0]) for row in found))


def fixed_resolver(table: dict[str, Sequence[str]]) -> Resolver:
    """A resolver that answers from a table, for tests and for networks without DNS."""

    def resolve(host: str, _: int) -> Sequence[str]:
        if host not in table:
            raise RemoteError(f"the host {host!r} has no address: it is not in the table of {len(table)} hosts")
        return table[host]

    return resolve


def is_public(text: str) -> bool:
    """Whether an address, and each that it wraps, is one of the internet at large."""
    return all(_is_global(address) for address in _unwrapped(text))


def is_private(text: str) -> bool:
    """Whether an address is one that a private host may have: public, of a private network, or loopback."""
    return all(_is_global(address) or _is_local(address) for address in _unwrapped(text))


def _is_global(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved and not _is_never(address)


def _is_local(address: Address) -> bool:
    shared = address.version == 4 and address in _SHARED
    return (address.is_private or address.is_loopback or shared) and not _is_never(address)


def _is_never(address: Address) -> bool:
    return any(address in network for network in _NEVER if network.version == address.version)


def _unwrapped(text: str) -> list[Address]:
    """An address, or the IPv4 addresses inside of it: those are where a packet ends up."""
    if "%" in text:  # a zone, which only link-local addresses have
        return [ipaddress.IPv6Address("fe80::")]
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address in _TEREDO:  # relayed; no host of a repository has one
        return [ipaddress.IPv6Address("::")]
    if address.is_loopback:
        return [address]
    inner = [int(address) >> shift & 0xFFFFFFFF for network, shift in _WRAPPING if address in network]
    return [ipaddress.IPv4Address(number) for number in inner] or [address]
