"""An OpenAI-compatible server on a real socket that does what a test scripts, well or badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

MOST_CHUNKS = 200_000
"""Of an answer without end: a client that never closes must not hold the tests for ever."""


class ModelServer:
    """`script` holds a step per request, the last one stays. `requests` holds what came, headers and body.

    A step: {"text": ...} an answer as a stream, with {"usage": [in, out]}; {"status": 429, "headers": {...}} a failure;
    {"raw": bytes} these bytes as the stream; {"hang": True} no answer; {"endless": text} again and again; {"cut": text}
    the beginning of a stream, then the connection is closed; {"stall": text} the beginning, then nothing more; or what
    makes such a step out of the body.
    """

    def __init__(self) -> None:
        self.script: list[Any] = [{"text": "ok"}]
        self.requests: list[dict[str, Any]] = []
        self.released = threading.Event()
        self.hung_up = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def step(self, request: dict[str, Any]) -> Any:
        with self._lock:
            self.requests.append(request)
            step = self.script[min(len(self.requests), len(self.script)) - 1]
        return step(request["body"]) if callable(step) else step

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                """Nothing on stderr."""

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                step = server.step(
                    {
                        "headers": {name.lower(): value for name, value in self.headers.items()},
                        "path": self.path,
                        "body": body,
                    }
                )
                try:
                    self._act(step)
                except (BrokenPipeError, ConnectionResetError):
                    server.hung_up.set()

            def _act(self, step: dict[str, Any]) -> None:
                if step.get("hang"):
                    server.released.wait()
                elif "status" in step:
                    self._head(step["status"], "application/json", step.get("headers", {}))
                    self.wfile.write(json.dumps({"error": {"message": step.get("says", "no"), "code": None}}).encode())
                else:
                    self._head(200, "text/event-stream", {})
                    for piece in _stream(step, server.released):
                        self.wfile.write(piece)

            def _head(self, status: int, kind: str, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in {"Content-Type": kind, "Connection": "close", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

        return Handler


def _stream(step: dict[str, Any], released: threading.Event) -> Iterator[bytes]:
    if "raw" in step:
        yield step["raw"]
    elif "endless" in step:
        for _ in range(MOST_CHUNKS):
            yield _chunk(step["endless"])
    elif "cut" in step:
        yield _chunk(step["cut"])
    elif "stall" in step:
        yield _chunk(step["stall"])
        released.wait()
    else:
        text = step["text"]
        for start in range(0, len(text), 40):
            yield _chunk(text[start : start + 40])
        yield _chunk("", finish=step.get("finish", "stop"))
        if "usage" in step:
            tokens_in, tokens_out = step["usage"]
            usage = {
                "prompt_tokens": tokens_in,
                "completion_tokens": tokens_out,
                "total_tokens": tokens_in + tokens_out,
            }
            yield _event({**_HEAD, "choices": [], "usage": usage})
        yield b"data: [DONE]\n\n"


_HEAD = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}


def _chunk(text: str, finish: str | None = None) -> bytes:
    return _event({**_HEAD, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]})


def _event(value: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


@pytest.fixture
def model_server() -> Iterator[Any]:
    """A `ModelServer`."""
    server = ModelServer()
    yield server
    server.close()
