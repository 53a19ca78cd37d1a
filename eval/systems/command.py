"""Any external program, by a JSON contract, so that another tool can be measured on the same rows.

The program is run in the working tree, with the issue on standard input and in the file named by
`LOCANT_EVAL_ISSUE`. It prints one JSON object: `files` (paths, or objects with `path`) and optionally `functions`
(texts `path:Outer.method`, or objects with `path` and `qualified_name`) and `spans` (objects with `path`, `start_line`
and `end_line`), each best first. Absolute paths inside the tree are made relative; others are dropped.
`LOCANT_EVAL_TASK` says what is asked for: issue, search or documents.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from locant.eval.errors import SystemFailedError
from locant.eval.systems.memory import MAXRSS_UNIT
from locant.eval.systems.protocol import DEFAULT_TIMEOUT, DEPTH, Question, count_tokens
from locant.eval.types import Ranking
from locant.types import Location

__all__ = ["Command"]

SHOWN = 200
"""Characters of bad output or of standard error that a message repeats."""


class Command:
    """One external program; `label` names it in run files."""

    def __init__(self, command: str, label: str = "command", timeout: float = DEFAULT_TIMEOUT) -> None:
        self._arguments = shlex.split(command)
        self._timeout = timeout
        self.name = label
        if not self._arguments:
            raise SystemFailedError("the command to run is empty: give `command:PROGRAM ARGUMENTS`")

    def rank(self, question: Question) -> Ranking:
        """Run the program once."""
        began = time.perf_counter()
        with tempfile.NamedTemporaryFile("w", suffix=".md", encoding="utf-8") as issue:
            issue.write(question.text)
            issue.flush()
            output, peak = self._run(question, issue.name)
        answer = self._parse(output)
        files = _paths(answer.get("files"), question.tree)
        functions = _functions(answer.get("functions"), question.tree)
        return Ranking(
            files=tuple(dict.fromkeys(files))[:DEPTH],
            functions=tuple(dict.fromkeys(functions))[:DEPTH],
            spans=tuple(dict.fromkeys(_spans(answer.get("spans"), question.tree)))[:DEPTH],
            seconds=time.perf_counter() - began,
            answer_tokens=count_tokens(output),
            peak_bytes=peak,
        )

    def _run(self, question: Question, issue: str) -> tuple[str, int]:
        """What it printed, and its peak memory, which `wait4` tells; output goes to files, as pipes need a reader."""
        environment = os.environ | {"LOCANT_EVAL_ISSUE": issue, "LOCANT_EVAL_TASK": question.task}
        with Path(issue).open("rb") as text, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            try:
                process = subprocess.Popen(
                    self._arguments,
                    cwd=question.tree,
                    env=environment,
                    stdin=text,
                    stdout=output,
                    stderr=errors,
                    start_new_session=True,
                )
            except OSError as error:
                raise SystemFailedError(f"cannot start {self._arguments[0]!r}: {error}. Check the command.") from error
            code, peak = self._wait(process)
            output.seek(0)
            errors.seek(0)
            if code:
                said = errors.read().decode("utf-8", "replace").strip()[-SHOWN:]
                raise SystemFailedError(f"{self._arguments[0]!r} ended with {code}: {said}")
            return output.read().decode("utf-8", "replace"), peak

    def _wait(self, process: subprocess.Popen[bytes]) -> tuple[int, int]:
        """Exit code and peak memory; on a time-out, or when we are stopped, ends the program with all it started."""
        late = threading.Event()

        def end() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(self._timeout, end)
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            _kill(process)
            raise
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if late.is_set():
            raise SystemFailedError(f"{self._arguments[0]!r} did not answer in {self._timeout:g} s")
        return process.returncode, usage.ru_maxrss * MAXRSS_UNIT

    def _parse(self, output: str) -> dict[str, object]:
        try:
            answer = json.loads(output)
        except ValueError:
            raise SystemFailedError(f"{self._arguments[0]!r} printed no JSON object: {output[:SHOWN]!r}") from None
        if not isinstance(answer, dict) or not isinstance(answer.get("files"), list):
            raise SystemFailedError(f"{self._arguments[0]!r} printed no object with `files`: {output[:SHOWN]!r}")
        return answer


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def _paths(value: object, tree: Path) -> list[str]:
    named = (item.get("path") if isinstance(item, dict) else item for item in _items(value))
    return [path for item in named if isinstance(item, str) and (path := _relative(item, tree))]


def _functions(value: object, tree: Path) -> list[str]:
    found: list[str] = []
    for item in _items(value):
        if isinstance(item, dict):
            path, name = item.get("path"), item.get("qualified_name")
        else:
            path, _, name = str(item).rpartition(":")
        if isinstance(path, str) and isinstance(name, str) and (relative := _relative(path, tree)):
            found.append(f"{relative}:{name}")
    return found


def _spans(value: object, tree: Path) -> Iterator[Location]:
    for item in _items(value):
        match item:
            case {"path": str(path), "start_line": int(start), "end_line": int(end)} if start <= end:
                if relative := _relative(path, tree):
                    yield Location(relative, start, end)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _relative(path: str, tree: Path) -> str:
    """A path inside the tree as the dataset writes it; empty for any other."""
    pure = PurePosixPath(path.replace("\\", "/"))
    for root in (tree, tree.resolve()):
        if pure.is_absolute() and pure.is_relative_to(root.as_posix()):
            pure = pure.relative_to(root.as_posix())
    inside = not pure.is_absolute() and ".." not in pure.parts and bool(pure.parts)
    return pure.as_posix() if inside else ""
