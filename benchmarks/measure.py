"""How things are measured: medians of repeated runs, and the memory and CPU time of a command with all its children."""

from __future__ import annotations

import os
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped,unused-ignore]

__all__ = ["Cost", "Figure", "cost_of", "locant_command", "median", "percentile", "show", "timed"]

SAMPLE_SECONDS = 0.02
"""Between two looks at the memory: short beside the quarter of a second that one batch takes."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `aim` is what was asked for, in words."""

    name: str
    value: float
    unit: str
    aim: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: wall and CPU seconds, and the most memory that it and its children held at one time."""

    wall: float
    cpu: float
    peak_bytes: int


def locant_command(*arguments: str | Path) -> list[str]:
    """The command of the project, run by this interpreter."""
    return [sys.executable, "-m", "locant", *map(str, arguments)]


def cost_of(command: Sequence[str], cache: Path | None = None, *, allowed: Sequence[int] = (0,)) -> Cost:
    """Run a command to its end, with its output thrown away; an unexpected exit status is an error."""
    environment = {**os.environ, **({"LOCANT_CACHE_DIR": str(cache)} if cache else {})}
    before = _child_cpu()
    began = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=environment)
        peak = _Peak(process.pid)
        status = process.wait()
        wall = time.perf_counter() - began
        peak.stop()
        if status not in allowed:
            errors.seek(0)
            words = errors.read().decode("utf-8", "replace")[-2_000:]
            raise SystemExit(f"{shlex.join(command)} ended with {status}:\n{words}")
    return Cost(wall, _child_cpu() - before, peak.n_bytes)


def _child_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Peak:
    """Samples resident memory of a process and its children. Pages that they share count for each: an upper bound."""

    def __init__(self, process: int) -> None:
        self.n_bytes = 0
        self._root = psutil.Process(process)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stopped.wait(SAMPLE_SECONDS):
            self.n_bytes = max(self.n_bytes, self._resident())

    def _resident(self) -> int:
        try:
            family = [self._root, *self._root.children(recursive=True)]
        except psutil.Error:
            return 0
        return sum(map(_resident, family))


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def timed(work: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print figures as a table."""
    sys.stdout.write(f"\n{title}\n")
    width = max(len(figure.name) for figure in figures)
    for figure in figures:
        aim = f"   (aim: {figure.aim})" if figure.aim else ""
        sys.stdout.write(f"  {figure.name:<{width}}  {figure.value:>10,.2f} {figure.unit}{aim}\n")
    sys.stdout.flush()
