"""A system in a process of its own: it may hang, crash or eat memory, and costs one answer.

The process is kept from question to question, since what it caches by blob makes the next one cheap; after a
time-out or a crash it is ended, with all that it started, and the next question starts another one. A process for
each question would be simpler and would parse the repository each time.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from locant.eval.errors import EvaluationError, SystemFailedError
from locant.eval.sources import BlobCache
from locant.eval.systems.memory import mark_peak, peak_since_mark
from locant.eval.systems.protocol import DEFAULT_TIMEOUT, Question
from locant.eval.systems.registry import make_system
from locant.eval.types import Ranking

__all__ = ["Confined", "end_with_parent"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question without its cache, which stays in the process that answers."""

    tree: Path
    text: str
    files: dict[str, str]
    language: str
    task: str
    within: str


class Confined:
    """Asks the system of a specification in another process."""

    def __init__(self, spec: str, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._spec = spec
        self._timeout = timeout
        self._running: tuple[BaseProcess, Connection] | None = None
        self.name = make_system(spec).name

    def rank(self, question: Question) -> Ranking:
        """Its answer, with the memory that it took."""
        process, connection = self._running or self._start()
        asked = _Asked(
            question.tree, question.text, dict(question.files), question.language, question.task, question.within
        )
        try:
            connection.send(asked)
            answer = connection.recv() if connection.poll(self._timeout) else None
        except (EOFError, OSError):
            process.join()
            self.close()
            raise SystemFailedError(f"{self.name} died with exit code {process.exitcode}") from None
        if answer is None:
            self.close()
            raise SystemFailedError(f"{self.name} did not answer in {self._timeout:g} s")
        if isinstance(answer, str):
            raise SystemFailedError(answer)
        assert isinstance(answer, Ranking)
        return answer

    def close(self) -> None:
        """End the process with all that it started."""
        if self._running is not None:
            process, connection = self._running
            connection.close()
            with suppress(ProcessLookupError):
                os.killpg(_pid(process), signal.SIGKILL)
            process.kill()  # it may have been too young to have a group of its own
            process.join()
            self._running = None

    def _start(self) -> tuple[BaseProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, self._spec))
        process.start()
        there.close()
        self._running = (process, here)
        return self._running


def _pid(process: BaseProcess) -> int:
    assert process.pid is not None  # it was started
    return process.pid


def _serve(connection: Connection, spec: str) -> None:
    """Answer questions until nobody asks any more."""
    os.setpgid(0, 0)
    end_with_parent(lambda: os.killpg(0, signal.SIGKILL))
    cache = BlobCache()
    while True:
        try:
            asked = connection.recv()
        except EOFError:
            return
        connection.send(_answer(spec, asked, cache))


def end_with_parent(end: Callable[[], None]) -> None:
    """Call `end` when the process that started this one is gone: it cannot end us, and nobody wants an answer."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        end()

    threading.Thread(target=watch, daemon=True).start()


def _answer(spec: str, asked: _Asked, cache: BlobCache) -> Ranking | str:
    """A ranking, or why there is none."""
    mark_peak()
    system = cache.get("system", spec, lambda: make_system(spec))
    question = Question(asked.tree, asked.text, asked.files, cache, asked.language, asked.task, asked.within)
    try:
        ranking = system.rank(question)
    except EvaluationError as error:
        return str(error)
    except Exception as error:  # the edge to foreign systems: one crash must not end a run
        return f"{spec} crashed with {type(error).__name__}: {error}"
    return replace(ranking, peak_bytes=peak_since_mark())
