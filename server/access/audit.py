"""The audit log: who asked what of which repository, as JSON lines in a file that is only ever appended to.

A line is one write to a file opened for appending, so lines of several processes never mix. When a tool that rotates
logs has moved it away, the file is made anew. No line holds a key, and none the text of a question unless asked to.
"""

from __future__ import annotations

import json
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from locant.server.remotes.urls import shown
from locant.server.requests import request_id

__all__ = ["Audit", "AuditLog"]

log = logging.getLogger("locant.server.access")

AUDITED = ("/v1/", "/mcp")
PARSED_BYTES = 65_536
"""Of a body that is looked at for its repositories; an issue with a long log is about the repository of its path."""
KEPT_TEXT = 2_000
"""Characters of a question that are noted."""
_TEXTS = ("text", "pattern", "name", "focus", "path", "target", "query")


@dataclass(slots=True)
class AuditLog:
    """The file."""

    path: Path
    _descriptor: int = -1

    def write(self, record: dict[str, Any]) -> None:
        """Append a record; a disk that is full is told in the server's log, and stops no answer."""
        line = json.dumps(record, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        try:
            os.write(self._open(), line)
        except OSError as error:
            log.error("the audit log %s cannot be written: %s", self.path, error.strerror)

    def _open(self) -> int:
        try:
            if self._descriptor >= 0 and os.stat(self.path).st_ino == os.fstat(self._descriptor).st_ino:  # noqa: PTH116
                return self._descriptor
        except FileNotFoundError:
            pass
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._descriptor


class Audit:
    """Middleware that notes each request to the API once it is answered.

    Args:
        app: what answers.
        audit_log: where it is noted; None notes nothing.
        with_questions: whether texts of questions are noted.

    """

    def __init__(self, app: ASGIApp, audit_log: AuditLog | None, *, with_questions: bool) -> None:
        self._app = app
        self._log = audit_log
        self._with_questions = with_questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._log is None or scope["type"] != "http" or not scope["path"].startswith(AUDITED):
            await self._app(scope, receive, send)
            return
        began, status, body = time.monotonic(), 0, bytearray()

        async def read() -> Message:
            message = await receive()
            if message["type"] == "http.request" and len(body) < PARSED_BYTES:
                body.extend(message.get("body", b"")[: PARSED_BYTES + 1])
            return message

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, read, answer)
        finally:
            record = {
                "at": round(time.time(), 3),
                "request": request_id(),
                **_who(scope),
                **_what(scope),
                "status": status,
            }
            record["seconds"] = round(time.monotonic() - began, 4)
            self._log.write(record | self._asked(bytes(body)))

    def _asked(self, body: bytes) -> dict[str, Any]:
        """What the body says of repositories and tools, and, if wanted, of the question."""
        try:
            found = json.loads(body) if 0 < len(body) <= PARSED_BYTES else {}
        except ValueError:
            return {}
        arguments = found if isinstance(found, dict) else {}
        asked: dict[str, Any] = {}
        if arguments.get("jsonrpc") is not None:
            asked["rpc"] = _short(arguments.get("method"))
            params = arguments.get("params")
            params = params if isinstance(params, dict) else {}
            asked["tool"] = _short(params.get("name"))
            inner = params.get("arguments")
            arguments = inner if isinstance(inner, dict) else {}
        for name in ("repository", "repositories"):
            if arguments.get(name):
                asked["asked_repositories"] = _short(arguments[name])
        if isinstance(arguments.get("url"), str):
            asked["url"] = shown(arguments["url"])
        if self._with_questions:
            asked["question"] = {name: _short(arguments[name], KEPT_TEXT) for name in _TEXTS if name in arguments}
        return {name: value for name, value in asked.items() if value}


def _who(scope: Scope) -> dict[str, Any]:
    identity, caller = scope.get("locant.caller", (None, None))
    client = scope.get("client")
    return {"key": identity, "name": caller.name if caller else None, "client": client[0] if client else None}


def _what(scope: Scope) -> dict[str, Any]:
    request = Request(scope)
    found = {"method": request.method, "path": scope["path"][:500]}
    name = scope.get("path_params", {}).get("name")
    return found | ({"repository": name} if name and "/repositories/" in scope["path"] else {})


def _short(value: object, limit: int = 200) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [str(item)[:limit] for item in value[:50]]
    return None if value is None else str(value)[:limit]
