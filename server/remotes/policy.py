"""Whether a remote repository may be asked: scheme, host, port and, last, the addresses that the host has now."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable
from pathlib import Path

from locant.errors import RemoteRefusedError
from locant.server.remotes.addresses import Resolver, is_private, is_public, system_resolver
from locant.server.remotes.types import DEFAULT_PORTS, Endpoint, GitUrl, RemoteRules
from locant.server.remotes.urls import parse_url

__all__ = ["check_url"]

MAX_ADDRESSES = 16
"""All are handed to git in one setting; no host of repositories has more."""


def check_url(text: str, rules: RemoteRules, resolver: Resolver = system_resolver) -> Endpoint:
    """The repository behind a URL, with the addresses that may be connected to.

    Raises:
        RemoteRefusedError: the rules do not allow it.
        RemoteError: its host has no address.

    """
    url = parse_url(text)
    if url.scheme not in rules.schemes:
        raise _refused(url, f"{url.scheme} is not among the allowed schemes ({_listed(rules.schemes)})")
    if url.scheme == "file":
        return Endpoint(_inside_roots(url, rules))
    private = _names(rules.private_hosts, url)
    if not private and not _names(rules.hosts, url):
        port = "" if url.port == DEFAULT_PORTS[url.scheme] else f" at port {url.port}"
        raise _refused(url, f"{url.host!r}{port} is not among the allowed hosts ({_listed(rules.hosts)})")
    if url.scheme == "ssh" and rules.ssh_known_hosts is None:
        raise _refused(url, "ssh needs a file of known host keys, and the server's configuration names none")
    return Endpoint(url, _addresses(url, resolver, private=private))


def _refused(url: GitUrl, reason: str) -> RemoteRefusedError:
    return RemoteRefusedError(f"{url.text!r} is refused: {reason}; an administrator can allow it in the configuration")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _names(patterns: Iterable[str], url: GitUrl) -> bool:
    return any(_fits(pattern.lower(), url) for pattern in patterns)


def _fits(pattern: str, url: GitUrl) -> bool:
    """`host` and patterns with a star stand for the scheme's port; a star never fits a number, which has no owner."""
    shown = f"[{url.host}]" if ":" in url.host else url.host
    if pattern == f"{shown}:{url.port}":
        return True
    if url.port != DEFAULT_PORTS[url.scheme]:
        return False
    if pattern.startswith("*"):
        return not _is_number(url.host) and url.host.endswith(pattern[1:])
    return pattern in (url.host, shown)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _addresses(url: GitUrl, resolver: Resolver, *, private: bool) -> tuple[str, ...]:
    """All addresses of the host; one that is not allowed refuses the host, since it could be the one that is used."""
    found = tuple(resolver(url.host, url.port))[:MAX_ADDRESSES]
    fits = is_private if private else is_public
    wrong = [address for address in found if not fits(address)]
    if wrong or not found:
        where = f"leads to {wrong[0]}, which is not" if wrong else "leads to no address, let alone"
        kind = "a private or public address" if private else "a public address"
        raise _refused(url, f"{url.host!r} {where} {kind}")
    return found


def _inside_roots(url: GitUrl, rules: RemoteRules) -> GitUrl:
    """The real path, so that a link cannot lead elsewhere after the check."""
    real = Path(os.path.realpath(url.path))
    if not any(real.is_relative_to(os.path.realpath(root)) for root in rules.file_roots):
        raise _refused(url, "it leads to no folder below the allowed ones")
    return GitUrl("file", "", 0, str(real))
