"""One of the processes that answer: an application on a socket that it was handed.

    python -m locant.server.process DESCRIPTOR < settings.json

Stdin stays open as long as whoever started it lives; when it ends, so does this process, gracefully.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from types import FrameType

import uvicorn

from locant.server.app import make_app
from locant.server.observe.logs import start_logging
from locant.server.protocol import limited
from locant.server.settings import Settings

__all__ = ["Server", "main"]

READY = b"ready\n"
"""Said on stdout once clients are answered."""


class Server(uvicorn.Server):
    """Ends gracefully: streams of events are told first, since they would never end by themselves."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        app = self.config.app
        app.state.is_stopping = True  # type: ignore[union-attr]
        app.state.services.feed.close()  # type: ignore[union-attr]
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that it answers."""
        await super().startup(sockets)
        if self.started:
            os.write(sys.stdout.fileno(), READY)


def _end_with_parent() -> None:
    def watch() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def main(descriptor: int) -> None:
    """Answer until told to end."""
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1)
    settings = Settings.model_validate_json(line)
    _end_with_parent()
    start_logging(settings)
    config = uvicorn.Config(
        make_app(settings),
        http=limited(settings.body_seconds),
        ws="none",
        log_config=None,  # as it was set up a moment ago
        access_log=False,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_seconds)),
    )
    Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
