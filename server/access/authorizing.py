"""Who asks: a key, or, as long as none was ever made, this machine itself.

A browser on this machine asks on behalf of whatever page it shows. So without keys a request has to come from loopback,
not through a proxy, to a name of this machine (checked by `hosts.py`), and not from a page of another origin.
"""

from __future__ import annotations

from contextlib import ExitStack
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from locant.server.access.keys import KeyTable
from locant.server.access.limiting import CallerLimits
from locant.server.access.loopback import is_loopback
from locant.server.problems import ProblemError
from locant.server.seams import Caller, Scope

__all__ = ["LEASES", "KeyAuthorizer"]

LEASES = "locant.leases"
"""Where a request's scope holds what is given back when it has been answered."""

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_FOREIGN_SITES = ("cross-site", "same-site")
_ASK = {"WWW-Authenticate": 'Bearer realm="locant"'}
LOCAL = "local"


class KeyAuthorizer:
    """Checks keys, and counts what their holders ask."""

    def __init__(self, keys: KeyTable, limits: CallerLimits) -> None:
        self._keys = keys
        self._limits = limits

    async def authorize(self, connection: HTTPConnection, scope: Scope) -> Caller:
        """The caller; a 401, 403 or 429 for those who are none."""
        if not self.asks_for_keys():
            local = self._local(connection)
            connection.scope["locant.caller"] = (LOCAL, local)
            return local
        identity, caller = self._holder(connection)
        connection.scope["locant.caller"] = (identity, caller)
        self._limits.count(identity)
        leases = connection.scope.get(LEASES)
        if isinstance(leases, ExitStack):
            leases.enter_context(self._limits.slot(identity))
        if not caller.may(scope):
            detail = f"this takes a key of scope {scope!r}, and that of {caller.name!r} has {caller.scope!r}"
            raise ProblemError(403, "forbidden", detail)
        return caller

    def asks_for_keys(self) -> bool:
        """Whether a key was ever made."""
        return self._keys.are_there()

    def _holder(self, connection: HTTPConnection) -> tuple[str, Caller]:
        values = connection.headers.getlist("authorization")
        kind, _, text = values[0].partition(" ") if len(values) == 1 else ("", "", "")
        if kind.lower() != "bearer":
            raise ProblemError(401, "no-key", "this server asks for a key: Authorization: Bearer lct_...", headers=_ASK)
        key = self._keys.check(text.strip())
        if key is None:
            self._limits.count_failure(connection.client.host if connection.client else "")
            detail = "this key is not known, or was revoked; ask whoever runs the server for another"
            raise ProblemError(401, "bad-key", detail, headers=_ASK)
        seen = None if key.repositories is None else frozenset(key.repositories)
        return key.id, Caller(key.name, key.scope, seen)

    def _local(self, connection: HTTPConnection) -> Caller:
        address = connection.client.host if connection.client else ""
        if not is_loopback(address):
            detail = "this server has no keys and answers its own machine only"
            raise ProblemError(403, "loopback-only", detail)
        if any(name in connection.headers for name in _FORWARDED):
            detail = "this server has no keys and does not answer through a proxy; make one: locant keys create"
            raise ProblemError(403, "loopback-only", detail)
        if _is_foreign(connection.headers):
            detail = "a page of another site cannot ask a server that has no keys"
            raise ProblemError(403, "foreign-page", detail)
        return Caller(LOCAL, "admin")


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that a page from elsewhere asks."""
    if headers.get("sec-fetch-site", "") in _FOREIGN_SITES:
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    parts = urlsplit(origin)
    return parts.scheme not in ("http", "https") or parts.netloc.lower() != headers.get("host", "").lower()
