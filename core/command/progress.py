"""How far long work is, on stderr: a bar for a person, plain lines for a log, JSON lines for a program.

Short work says nothing: a warm search would otherwise flash a bar that nobody can read.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING

from locant.types import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

__all__ = ["ProgressMode", "reporting"]

PATIENCE_SECONDS = 0.7
"""Work that is shorter is not worth a word, nor the loading of the bar."""

PLAIN_STEP = 0.1
"""A log needs every tenth, not every file."""

Sink = Callable[[Progress], None]

_STAGES = {
    "listing": "listing files",
    "parsing": "reading and parsing",
    "merging": "writing the index",
    "graph": "linking files",
    "encoding": "encoding what the code means",
    "done": "done",
}


class ProgressMode(str, Enum):
    """What `--progress` takes."""

    auto = "auto"
    bar = "bar"
    plain = "plain"
    json = "json"
    none = "none"


@contextmanager
def reporting(mode: ProgressMode, *, colour: bool = True) -> Iterator[Sink]:
    """Yield what an update calls with its progress."""
    if mode is ProgressMode.auto:
        chosen: Reporter = Delayed(BarReporter(colour) if sys.stderr.isatty() else PlainReporter())
    else:
        chosen = _REPORTERS[mode](colour)
    try:
        yield chosen.show
    finally:
        chosen.close()


class Reporter:
    """Says nothing; the others say more."""

    def show(self, progress: Progress) -> None:
        """Take note of a step."""

    def close(self) -> None:
        """End, whatever has come."""


class Delayed(Reporter):
    """Passes on what another reporter should show once the work has taken a while."""

    def __init__(self, inner: Reporter) -> None:
        self._inner = inner
        self._since = time.monotonic()
        self._showing = False

    def show(self, progress: Progress) -> None:
        self._showing = self._showing or time.monotonic() - self._since >= PATIENCE_SECONDS
        if self._showing:
            self._inner.show(progress)

    def close(self) -> None:
        self._inner.close()


class PlainReporter(Reporter):
    """One line per stage and per tenth."""

    def __init__(self) -> None:
        self._last: tuple[str, int] | None = None

    def show(self, progress: Progress) -> None:
        tenth = int(progress.done / progress.total / PLAIN_STEP) if progress.total else 0
        if self._last == (progress.stage, tenth):
            return
        self._last = (progress.stage, tenth)
        count = f" {progress.done}/{progress.total} files" if progress.total else ""
        sys.stderr.write(f"locant: {_STAGES.get(progress.stage, progress.stage)}{count}\n")
        sys.stderr.flush()


class JsonReporter(Reporter):
    """One JSON object per step."""

    def show(self, progress: Progress) -> None:
        event = {"event": "progress", "stage": progress.stage, "done": progress.done, "total": progress.total}
        sys.stderr.write(json.dumps(event) + "\n")
        sys.stderr.flush()


class BarReporter(Reporter):
    """A bar that is gone when the work is done."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def show(self, progress: Progress) -> None:
        label, total = _STAGES.get(progress.stage, progress.stage), progress.total or None
        if self._bar is None or self._task is None:
            self._bar = _make_bar(self._colour)
            self._task = self._bar.add_task(label, completed=progress.done, total=total)
            self._bar.start()
        self._bar.update(self._task, description=label, completed=progress.done, total=total)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()


def _make_bar(colour: bool) -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True, no_color=not colour),
        transient=True,
    )


_REPORTERS: dict[ProgressMode, Callable[[bool], Reporter]] = {
    ProgressMode.bar: BarReporter,
    ProgressMode.plain: lambda _: PlainReporter(),
    ProgressMode.json: lambda _: JsonReporter(),
    ProgressMode.none: lambda _: Reporter(),
}
