"""The server's log: one JSON object a line on stderr, with the id of the request, without secrets.

Whoever logs uses the standard library, ours and uvicorn's code alike; structlog makes lines of it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from typing import Any, TextIO

import structlog

from locant.errors import LocantError
from locant.server.observe.redacting import Redactor
from locant.server.remotes.environment import token_of
from locant.server.remotes.fetcher import credential_from
from locant.server.remotes.webhooks import secrets_at
from locant.server.requests import request_id
from locant.server.settings import Settings

__all__ = ["known_secrets", "start_logging"]

Event = MutableMapping[str, Any]

QUIET = ("uvicorn", "httpx", "mcp")
"""Say at length what our own lines say: that a process began, that a request was answered."""


def start_logging(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Send all logging of this process to a stream."""
    redactor = Redactor(known_secrets(settings))

    def add_request(_: object, __: str, event: Event) -> Event:
        found = request_id()
        return {**event, "request": found} if found else event

    def redact(_: object, __: str, event: Event) -> Event:
        return {name: redactor(value) if isinstance(value, str) else value for name, value in event.items()}

    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            add_request,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def known_secrets(settings: Settings) -> Iterable[str]:
    """Tokens and secrets that the settings lead to, as far as they can be read now."""
    found: list[str] = []
    for text in settings.git_credentials:
        with suppress(LocantError):
            token = token_of(credential_from(text))
            found += [token] if token else []
    for place in settings.webhook_secrets:
        with suppress(LocantError):
            found += [secret.decode() for secret in secrets_at([place])]
    return found
