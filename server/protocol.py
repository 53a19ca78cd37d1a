"""HTTP on a connection, with limits that uvicorn leaves to a proxy: on the time and the length of a request's head."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["LimitedProtocol", "limited"]

MAX_HEAD_BYTES = 65_536
"""Of the request line with all headers: what h11 and most proxies allow."""


class LimitedProtocol(HttpToolsProtocol):
    """Closes a connection whose request does not come, or does not come to an end."""

    head_seconds = 20.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there; a request has to follow."""
        self._head_bytes = 0
        self._waiting: asyncio.TimerHandle | None = None
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins, perhaps not the first one here."""
        self._head_bytes = 0
        if self._waiting is None:
            self._expect_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A part of the request line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there; the body has a limit of its own."""
        self._stop_waiting()
        super().on_headers_complete()

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > MAX_HEAD_BYTES:
            self.transport.abort()

    def _expect_head(self) -> None:
        self._waiting = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        self.transport.abort()


def limited(head_seconds: float) -> type[LimitedProtocol]:
    """The protocol with its limit, as uvicorn takes it."""
    return type("Limited", (LimitedProtocol,), {"head_seconds": head_seconds})
