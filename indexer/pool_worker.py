"""What runs inside a worker process of `locant.indexer.pool`: read a batch, call the target, write the answer.

This file is run by its path in an isolated interpreter (`python -I`), so that nothing in the folder where the user
works can stand in for a module of the standard library. It imports as little as it can: its start is waited for.

A message is its length (8 bytes) and a pickle. The first one says what to import, each further one is a batch.
"""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["HEADER", "frame", "import_target"]

HEADER = struct.Struct("<Q")

# A worker whose memory stays above this after a batch is replaced: allocators keep what one huge file needed.
# Syntax of a usual batch needs 60 to 150 MB.
RETIRE_BYTES = 300_000_000
# One hostile file may not take the machine's memory. Private memory only: mapped files do not count.
MAX_DATA_BYTES = 2_000_000_000
# The parent kills a worker at its deadline; should the parent be dead, the kernel does so this much later.
ORPHAN_SECONDS = 1.0
MAX_MESSAGE = 500


def frame(message: object) -> bytes:
    """A message as it goes through the pipe."""
    payload = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(payload)) + payload


def import_target(target: str) -> Callable[[list[Any]], Any]:
    """The function that `package.module:function` names."""
    module, _, name = target.partition(":")
    function: Callable[[list[Any]], Any] = getattr(importlib.import_module(module), name)
    return function


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _limit_memory()
    requests, answers = _take_pipes()
    paths, target = pickle.loads(_read_frame(requests))  # noqa: S301 - written by the parent
    # Behind the interpreter's own: no folder of the user's may shadow the standard library or an installed package.
    sys.path.extend(path for path in paths if path not in sys.path)
    try:
        function = import_target(target)
    except BaseException as error:
        _write(answers, frame((False, _described(error), True)))
        return
    _write(answers, frame((True, None, False)))
    while True:
        _write(answers, _answer(function, _read_frame(requests)))


def _take_pipes() -> tuple[int, int]:
    """The pipes under new numbers: what the target prints goes to stderr, what it reads is empty."""
    requests, answers = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    return requests, answers


def _answer(function: Callable[[list[Any]], Any], request: bytes) -> bytes:
    try:
        batch, seconds = pickle.loads(request)  # noqa: S301 - written by the parent
        _alarm(seconds + ORPHAN_SECONDS)
        result = function(batch)
        _alarm(0)
        return frame((True, result, _resident_bytes() > RETIRE_BYTES))
    except BaseException as error:
        _alarm(0)
        return frame((False, _described(error), _resident_bytes() > RETIRE_BYTES))


def _described(error: BaseException) -> str:
    text = str(error)
    return (f"{type(error).__name__}: {text}" if text else type(error).__name__)[:MAX_MESSAGE]


def _alarm(seconds: float) -> None:
    """Let the kernel end this process, even one that hangs in C code; 0 takes that back."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _resident_bytes() -> int:
    """Memory in use now; 0 where the system does not say.

    Not `ru_maxrss`: on Linux a new process inherits the peak of the one that started it.
    """
    try:
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - pathlib costs start-up time
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _limit_memory() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = min(limit for limit in (MAX_DATA_BYTES, soft, hard) if limit != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def _read_frame(pipe: int) -> bytes:
    (size,) = HEADER.unpack(_read(pipe, HEADER.size))
    return _read(pipe, size)


def _read(pipe: int, size: int) -> bytes:
    """Exactly `size` bytes; the end of the pipe means that the parent is gone or done: exit."""
    parts: list[bytes] = []
    while size:
        part = os.read(pipe, min(size, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write(pipe: int, message: bytes) -> None:
    view = memoryview(message)
    try:
        while view:
            view = view[os.write(pipe, view) :]
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()
