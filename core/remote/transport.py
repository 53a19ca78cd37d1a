"""Requests to a server: JSON in and out, retries by the library, errors as those of `locant.errors`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from locant import errors
from locant.errors import LocantError, QueryError, ServerError

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager
    from urllib3.util import Retry

__all__ = ["Transport", "quoted"]

CONNECT_SECONDS = 5.0
"""A server of one's own network answers in milliseconds, one that is down never."""

RETRIES = 4
BACKOFF = 0.2
"""Times a request is sent again, and seconds before the second of them; the waits double, to 3 seconds in all."""

LONGEST_RETRY_AFTER = 10
"""Seconds that a server may ask us to wait; longer is for the caller to decide."""

AGAIN = (429, 502, 503, 504)
"""Statuses after which the same request may be answered: too many at once, busy, or a proxy without its server."""


def quoted(part: str) -> str:
    """A name as one part of a path."""
    return quote(part, safe="")


class Transport:
    """Sends requests to one server. It may be used from several threads."""

    def __init__(self, url: str, key: str | None, timeout: float) -> None:
        self.url = _checked(url)
        self._headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        if key:
            self._headers["Authorization"] = f"Bearer {_checked_key(key)}"
        self._timeout = timeout
        self._pool = _make_pool()

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """The answer to a GET."""
        return _parsed(self._send("GET", path, None, is_safe=True))

    def text(self, path: str) -> str:
        """The answer to a GET that is no JSON."""
        return self._send("GET", path, None, is_safe=True).data.decode("utf-8", "replace")

    def ask(self, path: str, arguments: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        """The answer to a question: a POST that changes nothing, so it may be sent again."""
        return _parsed(self._send("POST", path, arguments, is_safe=True))

    def change(self, method: str, path: str, arguments: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401
        """The answer to a request that changes something; sent again only when it did not reach the server."""
        return _parsed(self._send(method, path, arguments, is_safe=False))

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def _send(
        self, method: str, path: str, arguments: Mapping[str, object] | None, *, is_safe: bool
    ) -> BaseHTTPResponse:
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        headers, body = dict(self._headers), None
        if arguments is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(arguments).encode()
        try:
            answer = self._pool.request(
                method,
                self.url + path,
                body=body,
                headers=headers,
                timeout=Timeout(connect=CONNECT_SECONDS, read=self._timeout),
                retries=_retries(is_safe=is_safe),
                redirect=False,  # the key is for this server
            )
        except HTTPError as error:
            raise ServerError(
                f"no answer from {self.url}: {_reason(error)}. Is `locant serve` running there?"
            ) from error
        if not 200 <= answer.status < 300:
            raise _error(answer, self.url)
        return answer


def _make_pool() -> PoolManager:
    try:
        from urllib3 import PoolManager
    except ImportError as error:
        raise ServerError("the client of a server needs urllib3: pip install 'locant[client]'") from error
    return PoolManager(maxsize=16, block=False)


def _retries(*, is_safe: bool) -> Retry:
    from urllib3.util import Retry

    return Retry(
        total=RETRIES,
        read=RETRIES if is_safe else 0,
        status=RETRIES if is_safe else 0,
        other=0,
        allowed_methods=None,  # questions are POSTs
        status_forcelist=AGAIN if is_safe else (),
        backoff_factor=BACKOFF,
        raise_on_status=False,
        retry_after_max=LONGEST_RETRY_AFTER,
    )


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise QueryError(f"{url!r} is not the address of a server; give one like http://127.0.0.1:8777")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise QueryError(
            "an address with a user, a password, a query or a fragment is none of a server; "
            "a key goes into `key` or LOCANT_SERVER_KEY"
        )
    return url.rstrip("/")


def _checked_key(key: str) -> str:
    if not key.isascii() or not key.isprintable() or " " in key:
        raise QueryError("the key has characters that no key has; copy it again as it was shown")
    return key


def _parsed(answer: BaseHTTPResponse) -> Any:  # noqa: ANN401 - JSON
    if answer.status == 204:
        return None
    try:
        return json.loads(answer.data)
    except ValueError as error:
        raise ServerError(f"{answer.url} is no locant server: its answer is not JSON") from error


def _reason(error: Exception) -> str:
    cause = getattr(error, "reason", None) or error
    words = str(cause).rpartition(": ")[2] or type(cause).__name__
    return words.strip("'\")(")


def _error(answer: BaseHTTPResponse, url: str) -> LocantError:
    """The error that a problem tells, as the class of ours that it names."""
    try:
        problem = json.loads(answer.data)
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or not isinstance(problem.get("detail"), str):
        return ServerError(f"{url} answered with HTTP {answer.status}, not as a locant server; check the address")
    kind = getattr(errors, str(problem.get("error", "")), None)
    if isinstance(kind, type) and issubclass(kind, LocantError):
        return kind(problem["detail"])
    request = problem.get("request_id")
    mark = f" (request {request})" if request and answer.status >= 500 else ""
    return ServerError(f"{problem['detail']}{mark}")
