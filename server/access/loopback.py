"""Without keys: this machine may do all, and nobody else is answered."""

from __future__ import annotations

import ipaddress

from starlette.requests import HTTPConnection

from locant.server.problems import ProblemError
from locant.server.seams import Caller, Scope

__all__ = ["LoopbackOnly", "is_loopback"]


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class LoopbackOnly:
    """Answers clients on this machine."""

    async def authorize(self, connection: HTTPConnection, scope: Scope) -> Caller:
        """A client on this machine with every right; a 403 for all others."""
        del scope
        host = connection.client.host if connection.client else ""
        if not is_loopback(host):
            raise ProblemError(403, "loopback-only", "this server has no keys and answers its own machine only")
        return Caller("local", "admin")

    def asks_for_keys(self) -> bool:
        """Never."""
        return False
