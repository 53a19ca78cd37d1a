"""Runs a function over items, each in a process of its own: a crash, a hang or a leak in one costs that one alone."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar, cast

from locant.errors import LocantError

__all__ = ["Failure", "run_each"]

Item = TypeVar("Item")
Result = TypeVar("Result")

POLL_SECONDS = 1.0
"""How often time limits are looked at."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item has no result."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Running(Generic[Item]):
    item: Item
    process: BaseProcess
    until: float


def run_each(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int, seconds: float
) -> Iterator[tuple[Item, Result | Failure]]:
    """(item, result or failure) in the order in which they end.

    Args:
        work: a module's function, since it is started in a fresh interpreter.
        items: started in this order.
        jobs: processes at a time.
        seconds: for one item; then its process is killed.

    """
    waiting = iter(items)
    running: dict[Connection, _Running[Item]] = {}
    try:
        while True:
            while len(running) < jobs and (item := next(waiting, None)) is not None:
                _start(work, item, seconds, running)
            if not running:
                return
            ready = wait(list(running), timeout=POLL_SECONDS)
            late = [pipe for pipe, one in running.items() if pipe not in ready and time.monotonic() > one.until]
            for pipe in [pipe for pipe in running if pipe in ready or pipe in late]:
                one = running.pop(pipe)
                found = _result(pipe, one.process) if pipe in ready else _killed(pipe, one.process, seconds)
                yield one.item, cast("Result | Failure", found)
    finally:
        for pipe, one in running.items():
            _killed(pipe, one.process, seconds)


def _start(
    work: Callable[[Item], Result], item: Item, seconds: float, running: dict[Connection, _Running[Item]]
) -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(work, item, there))
    process.start()
    there.close()
    running[here] = _Running(item, process, time.monotonic() + seconds)


def _child(work: Callable[[Item], Result], item: Item, pipe: Connection) -> None:
    try:
        pipe.send(work(item))
    except LocantError as error:
        pipe.send(Failure(str(error)))
    except Exception as error:  # the edge of a process: what went wrong is told, not lost
        pipe.send(Failure(f"{type(error).__name__}: {error}"))


def _result(pipe: Connection, process: BaseProcess) -> object:
    """What the process sent, or that it died before it could."""
    try:
        found = pipe.recv()
    except EOFError:
        found = None
    process.join()
    pipe.close()
    return Failure(f"its process died with exit code {process.exitcode}") if found is None else found


def _killed(pipe: Connection, process: BaseProcess, seconds: float) -> Failure:
    process.terminate()
    process.join()
    pipe.close()
    return Failure(f"not done within {seconds:g} seconds")
