"""`locant serve`: sockets, one process for each, the supervisor of jobs, and the end of it all.

Every process has a listening socket of its own on the same port, so that the kernel spreads connections over them; this
process keeps all of them open, so that what waits on one is not lost while its process is started again.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

from locant.errors import ConfigurationError, StoreBusyError
from locant.server.access.keys import KeyTable
from locant.server.access.loopback import is_loopback
from locant.server.jobs.supervisor import Supervisor
from locant.server.observe.logs import start_logging
from locant.server.observe.metrics import prepare_folder
from locant.server.remotes.git_version import refuse_old_git
from locant.server.settings import Settings
from locant.server.store.database import Database

__all__ = ["serve"]

log = logging.getLogger("locant.server")

BACKLOG = 2_048
"""Connections that may wait on a socket: as many as uvicorn takes by default."""

POLL_SECONDS = 0.1

RESTART_SECONDS = 1.0
"""Before a process that ended by itself is started again: one that cannot start does not use up the machine."""

EXTRA_SECONDS = 5.0
"""For a process to end after its questions had their time."""


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Answer until the process is told to end (SIGTERM, SIGINT).

    Args:
        settings: of the server.
        announce: told the address once clients are answered.

    Raises:
        ConfigurationError: the address is taken, or open to others without keys; git is too old to fetch.
        StoreBusyError: another server uses the state folder.
        StoreError: the store cannot be opened.

    """
    start_logging(settings)
    refuse_old_git(settings)
    database = Database(settings.database)
    _refuse_open_address(settings, KeyTable(database))
    stop = threading.Event()
    with _only_one(settings), _listening(settings) as sockets, _until_told(stop):
        port = sockets[0].getsockname()[1]
        prepare_folder(settings.state_dir / "metrics")
        workers = [_Answering(settings, listener) for listener in sockets]
        supervisor = threading.Thread(target=Supervisor(settings, database).run, args=(stop,))
        supervisor.start()
        try:
            for worker in workers:
                worker.wait_ready(stop)
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            if not stop.is_set():
                announce(f"http://{host}:{port}")
            while not stop.wait(POLL_SECONDS):
                for worker in workers:
                    worker.keep_up()
        finally:
            stop.set()
            _end(settings, workers)
            supervisor.join()


def _refuse_open_address(settings: Settings, keys: KeyTable) -> None:
    if not is_loopback(settings.host) and not keys.are_there():
        raise ConfigurationError(
            f"setting 'host' is {settings.host!r}, which others can reach, and there are no keys; use 127.0.0.1, "
            "or make one: locant keys create --scope admin"
        )


@contextlib.contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Hold the state folder: two supervisors would run every job twice."""
    from filelock import FileLock, Timeout

    lock = FileLock(settings.state_dir / "serve.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise StoreBusyError(
            f"another server uses {str(settings.state_dir)!r}; end it, or give this one its own state_dir"
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[list[socket.socket]]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sockets: list[socket.socket] = []
    try:
        port = settings.port
        if port:
            with socket.socket(family, socket.SOCK_STREAM) as probe:  # sharing a port would not notice another server
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((settings.host, port))
        for _ in range(settings.processes):
            listener = socket.socket(family, socket.SOCK_STREAM)
            sockets.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            listener.bind((settings.host, port))
            listener.listen(BACKLOG)
            port = listener.getsockname()[1]
        yield sockets
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}; give another --port"
        ) from error
    finally:
        for listener in sockets:
            listener.close()


@contextlib.contextmanager
def _until_told(stop: threading.Event) -> Iterator[None]:
    def told(_: int, __: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Answering:
    """A process that answers on one socket, started again when it ends by itself."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._line = settings.model_dump_json().encode() + b"\n"
        self._folder = settings.state_dir
        self._listener = listener
        self._ended = 0.0
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        descriptor = self._listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "locant.server.process", str(descriptor)],
            cwd=self._folder,  # `-m` imports from the current folder first: that has to be none of others
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[descriptor],
            start_new_session=True,  # Ctrl-C is for this process, which ends the others in order
        )
        assert process.stdin is not None
        process.stdin.write(self._line)
        process.stdin.flush()
        return process

    def wait_ready(self, stop: threading.Event) -> None:
        """Wait until it answers."""
        assert self.process.stdout is not None
        if not self.process.stdout.readline() and not stop.is_set():
            raise ConfigurationError(f"a process of the server ended with code {self.process.wait()} as it started")

    def keep_up(self) -> None:
        """Start it again if it has ended."""
        code = self.process.poll()
        if code is None:
            return
        if not self._ended:
            log.error("process %d of the server ended with code %d and is started again", self.process.pid, code)
            self._ended = time.monotonic()
        elif time.monotonic() - self._ended >= RESTART_SECONDS:
            self._ended = 0.0
            self.process = self._started()


def _end(settings: Settings, workers: list[_Answering]) -> None:
    """Let running questions finish, each process at the same time."""
    for worker in workers:
        if worker.process.poll() is None:
            worker.process.terminate()
    deadline = time.monotonic() + settings.shutdown_seconds + EXTRA_SECONDS
    for worker in workers:
        try:
            worker.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.process.kill()
            worker.process.wait()
        for pipe in (worker.process.stdin, worker.process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()
