"""A pool of worker processes that can be killed.

Parsing untrusted files can hang or crash in C code, out of reach of any exception; such a file must cost one file,
not the run. `multiprocessing` and `concurrent.futures` do not fit: fork is unsafe in a host with threads, spawn needs
a guard in the caller's script, and neither kills one worker and goes on. So a worker is a plain child process with
pickles over its pipes, and one thread of the parent waits for it until its deadline.

A batch that times out, crashes or raises is halved until the guilty item is alone; the others get their results.
POSIX only: pipes are waited for with poll().
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, LifoQueue, SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Generic, TypeVar

from locant.indexer.pool_worker import HEADER, frame, import_target

__all__ = ["Outcome", "WorkerPool"]

T = TypeVar("T")

START_SECONDS = 60.0  # importing the target on a cold disk; far above what is ever needed
EXIT_SECONDS = 1.0  # between the end of a worker's pipe and its exit status
BATCHES_PER_WORKER = 2  # one at work, one waiting: workers never idle, and little is held in memory
JOIN_SECONDS = 0.05  # between two attempts to stop what a cancelled run still does
STDERR_TAIL = 500  # bytes of a worker's stderr that are kept: the message of a failed assertion
MAX_WAIT_MS = 3_600_000  # poll() takes no longer wait; the loop comes round again
READ_BYTES = 1 << 20

WORKER_FILE = Path(__file__).with_name("pool_worker.py")
WORKER_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What became of a batch, or of the part of it that a failure left over: `failure` is None, or says why."""

    batch: list[T]
    result: Any = None
    failure: str | None = None


class BatchError(Exception):
    """A batch has no result; the message says why."""


class CrashError(BatchError):
    """The worker ended before it answered; `fresh`: the batch was its first."""

    def __init__(self, message: str, fresh: bool) -> None:
        super().__init__(message)
        self.fresh = fresh


class WorkerProcess:
    """The parent's end of one worker: started when first needed, and again after it was killed."""

    def __init__(self, setup: bytes, target: str) -> None:
        self._setup = setup
        self._target = target
        self._process: subprocess.Popen[bytes] | None = None
        self._answered = -1  # -1: the setup is not answered yet
        self._stderr = b""

    def start(self) -> None:
        """Start the process without waiting for it."""
        if self._process is not None:
            return
        self._answered, self._stderr = -1, b""
        self._process = subprocess.Popen(
            [sys.executable, "-I", *(["-B"] if sys.dont_write_bytecode else []), str(WORKER_FILE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=os.sep,
            env={**os.environ, **WORKER_ENVIRONMENT},
        )
        for pipe in self._pipes():
            os.set_blocking(pipe, False)

    def call(self, batch: list[T], seconds: float) -> Any:  # noqa: ANN401 - whatever the target returns
        """The target's answer for a batch, or a BatchError after `seconds`, a crash or an exception."""
        self.start()
        if self._answered < 0:
            self._import()
        fine, answer, retire = self._exchange(frame((batch, seconds)), seconds)
        self._answered += 1
        if retire:
            self.stop()
        if not fine:
            raise BatchError(answer)
        return answer

    def interrupt(self) -> None:
        """End the process from another thread; the one that waits for it then sees a crash."""
        process = self._process
        if process is not None:
            process.kill()

    def stop(self) -> None:
        """End the process, if there is one, and free its pipes."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()

    def _import(self) -> None:
        try:
            fine, answer, _ = self._exchange(self._setup, START_SECONDS)
        except BatchError as error:
            fine, answer = False, str(error)
        if not fine:
            self.stop()
            raise ImportError(f"a worker process cannot import {self._target!r}: {answer}; is locant fully installed?")
        self._answered = 0

    def _exchange(self, request: bytes, seconds: float) -> tuple[bool, Any, bool]:
        """Send a message and wait for the answer to it, and for nothing longer than `seconds`."""
        stdin, stdout, stderr = self._pipes()
        poller = select.poll()
        poller.register(stdin, select.POLLOUT)
        poller.register(stdout, select.POLLIN)
        poller.register(stderr, select.POLLIN)
        pending, received = memoryview(request), bytearray()
        deadline = time.monotonic() + seconds
        while not _is_complete(received):
            left = deadline - time.monotonic()
            if left <= 0:
                self.stop()
                raise BatchError(f"timed out after {seconds:g} s")
            ready = {pipe for pipe, _ in poller.poll(min(left * 1000, MAX_WAIT_MS))}
            if stderr in ready and not self._keep_stderr(stderr):
                poller.unregister(stderr)
            if stdin in ready:
                pending = pending[_write_some(stdin, pending) :]
                if not pending:
                    poller.unregister(stdin)
            if stdout in ready:
                part = os.read(stdout, READ_BYTES)
                if not part:
                    raise self._crash()
                received += part
        answer: tuple[bool, Any, bool] = pickle.loads(memoryview(received)[HEADER.size :])  # noqa: S301 - our child's
        return answer

    def _pipes(self) -> tuple[int, int, int]:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        return process.stdin.fileno(), process.stdout.fileno(), process.stderr.fileno()

    def _keep_stderr(self, stderr: int) -> bool:
        """Take what is there and keep its tail; whether more may come."""
        part = os.read(stderr, READ_BYTES)
        self._stderr = (self._stderr + part)[-STDERR_TAIL:]
        return bool(part)

    def _crash(self) -> CrashError:
        """How the process ended, which is over or about to be."""
        assert self._process is not None
        fresh = self._answered <= 0
        status: int | None = None
        with suppress(subprocess.TimeoutExpired):
            status = self._process.wait(EXIT_SECONDS)
        self.stop()
        if status is None:
            return CrashError("the parser closed the worker's pipe", fresh)
        if status >= 0:
            return CrashError(f"the parser ended the process (exit status {status})", fresh)
        words = self._stderr.decode("utf-8", "replace").strip() if status == -signal.SIGABRT else ""
        return CrashError(f"the parser crashed (signal {-status})" + (f": {words}" if words else ""), fresh)


def _is_complete(received: bytearray) -> bool:
    return len(received) >= HEADER.size and len(received) - HEADER.size >= HEADER.unpack_from(received)[0]


def _write_some(pipe: int, pending: memoryview) -> int:
    """Bytes taken by the pipe; of a dead worker all are taken, and the end of its answers tells the rest."""
    try:
        return os.write(pipe, pending)
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(pending)


class WorkerPool:
    """Calls `target` ("package.module:function", taking a list) for batches, in killable processes.

    Workers start when needed and stay warm between calls of `map` until `close`. With no workers at all everything
    runs in this process, for debugging: nothing then guards against a hang or a crash.
    `import_path` names further folders to import from; they come last.
    """

    def __init__(self, workers: int, target: str, import_path: Sequence[str] = ()) -> None:
        if workers < 0:
            raise ValueError(f"a pool cannot have {workers} workers: give 0 to work in this process, or more")
        self._target = target
        self._import_path = tuple(import_path)
        setup = frame(([*_import_folders(), *import_path], target))
        self._workers = [WorkerProcess(setup, target) for _ in range(workers)]
        # Last in, first out: a single batch goes to a worker that is warm.
        self._idle: LifoQueue[WorkerProcess] = LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._finalizer = weakref.finalize(self, _stop_all, self._workers, os.getpid())

    def warm(self) -> None:
        """Start all workers without waiting for them, while the caller does something else."""
        idle: list[WorkerProcess] = []
        with suppress(Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for worker in reversed(idle):
            worker.start()
            self._idle.put(worker)

    def map(
        self, batches: Iterable[list[T]], *, timeout: Callable[[list[T]], float]
    ) -> Generator[Outcome[T], None, None]:
        """Outcomes as they complete; `timeout` gives the seconds that a batch, or a part of it, may take.

        `batches` is read a little ahead of the work, in the thread that reads the outcomes.
        """
        if not self._finalizer.alive:
            raise ValueError("the pool is closed: make a new one")
        if not self._workers:
            yield from self._map_here(batches)
            return
        run: Run[T] = Run(self._idle, len(self._workers), timeout)
        try:
            for batch in batches:
                run.submit(batch)
                while run.is_full or run.has_result:
                    yield from run.next()
            while run.unfinished:
                yield from run.next()
        finally:
            run.finish()

    def close(self) -> None:
        """End all workers; nothing happens the second time."""
        self._finalizer()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _map_here(self, batches: Iterable[list[T]]) -> Iterator[Outcome[T]]:
        function = import_target(self._target)

        def attempt(batch: list[T]) -> Any:  # noqa: ANN401 - whatever the target returns
            try:
                return function(batch)
            except Exception as error:
                raise BatchError(f"{type(error).__name__}: {error}") from error

        for batch in batches:
            yield from _settle(batch, attempt)


class Run(Generic[T]):
    """One call of `map`: its threads, each with one worker at a time, and the queues to and from them."""

    def __init__(self, idle: LifoQueue[WorkerProcess], workers: int, timeout: Callable[[list[T]], float]) -> None:
        self.unfinished = 0
        self._idle = idle
        self._size = workers
        self._timeout = timeout
        self._tasks: SimpleQueue[list[T] | None] = SimpleQueue()
        self._done: SimpleQueue[list[Outcome[T]] | BaseException] = SimpleQueue()
        self._threads: list[Thread] = []
        self._busy: set[WorkerProcess] = set()
        self._cancelled = False

    @property
    def is_full(self) -> bool:
        return self.unfinished >= self._size * BATCHES_PER_WORKER

    @property
    def has_result(self) -> bool:
        return not self._done.empty()

    def submit(self, batch: list[T]) -> None:
        self.unfinished += 1
        self._tasks.put(batch)
        if len(self._threads) < min(self._size, self.unfinished):
            thread = Thread(target=self._work, name="locant-pool", daemon=True)
            self._threads.append(thread)
            thread.start()

    def next(self) -> list[Outcome[T]]:
        """Outcomes of the next batch that is done, or the error that ends the run."""
        done = self._done.get()
        self.unfinished -= 1
        if isinstance(done, BaseException):
            raise done
        return done

    def finish(self) -> None:
        """End the threads; a worker that is still at work is killed."""
        self._cancelled = True
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            while thread.is_alive():
                if self.unfinished:
                    for worker in tuple(self._busy):
                        worker.interrupt()
                thread.join(JOIN_SECONDS)

    def _work(self) -> None:
        while (batch := self._tasks.get()) is not None and not self._cancelled:
            worker = self._idle.get()
            self._busy.add(worker)
            try:
                self._done.put(list(_settle(batch, partial(self._attempt, worker))))
            except BaseException as error:
                self._done.put(error)
            finally:
                self._busy.discard(worker)
                self._idle.put(worker)

    def _attempt(self, worker: WorkerProcess, batch: list[T]) -> Any:  # noqa: ANN401 - whatever the target returns
        """One call; a single item is blamed for a crash only by a worker that did nothing else before."""
        if self._cancelled:
            raise BatchError("cancelled")
        seconds = self._timeout(batch)
        try:
            return worker.call(batch, seconds)
        except CrashError as error:
            if error.fresh or len(batch) > 1 or self._cancelled:
                raise
        return worker.call(batch, seconds)


def _settle(batch: list[T], attempt: Callable[[list[T]], Any]) -> Iterator[Outcome[T]]:
    """Halve a batch that fails until each part has a result or is one guilty item."""
    parts = [batch]
    while parts:
        part = parts.pop()
        try:
            yield Outcome(part, attempt(part))
        except BatchError as error:
            middle = len(part) // 2
            if middle:
                parts.extend((part[middle:], part[:middle]))
            else:
                yield Outcome(part, None, str(error))


def _import_folders() -> list[str]:
    """Where this process imports from, without the folder in which the user happens to work."""
    here = str(Path.cwd())
    return [folder for folder in sys.path if folder and folder != here]


def _stop_all(workers: list[WorkerProcess], owner: int) -> None:
    if os.getpid() != owner:
        return  # a fork of the process that made the pool: the workers are not its own
    for worker in workers:
        worker.stop()
