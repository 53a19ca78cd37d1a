"""Any external program, by a JSON contract, so that another tool can be measured on the same rows.

The program is run in the working tree, with the issue on standard input and in the file named by
`LOCANT_EVAL_ISSUE`. It prints one JSON object: `files` (paths, or objects with `path`) and optionally `functions`
(texts `path:Outer.method`, or objects with `path` and `qualified_name`), each best first. Absolute paths inside the
tree are made relative; others are dropped.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from locant.eval.errors import SystemFailedError
from locant.eval.systems.protocol import DEFAULT_TIMEOUT, DEPTH, Question, count_tokens
from locant.eval.types import Ranking

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
            output = self._run(question, issue.name)
        answer = self._parse(output)
        files = _paths(answer.get("files"), question.tree)
        functions = _functions(answer.get("functions"), question.tree)
        return Ranking(
            files=tuple(dict.fromkeys(files))[:DEPTH],
            functions=tuple(dict.fromkeys(functions))[:DEPTH],
            seconds=time.perf_counter() - began,
            answer_tokens=count_tokens(output),
        )

    def _run(self, question: Question, issue: str) -> str:
        environment = os.environ | {"LOCANT_EVAL_ISSUE": issue}
        try:
            process = subprocess.Popen(
                self._arguments,
                cwd=question.tree,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise SystemFailedError(f"cannot start {self._arguments[0]!r}: {error}. Check the command.") from error
        output, errors = self._communicate(process, question.text)
        if process.returncode:
            said = errors.decode("utf-8", "replace").strip()[-SHOWN:]
            raise SystemFailedError(f"{self._arguments[0]!r} ended with {process.returncode}: {said}")
        return output.decode("utf-8", "replace")

    def _communicate(self, process: subprocess.Popen[bytes], text: str) -> tuple[bytes, bytes]:
        """Wait; on a time-out, or when we are stopped, end the program with all that it started."""
        try:
            return process.communicate(text.encode("utf-8"), timeout=self._timeout)
        except subprocess.TimeoutExpired:
            raise SystemFailedError(f"{self._arguments[0]!r} did not answer in {self._timeout:g} s") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()

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


def _relative(path: str, tree: Path) -> str:
    """A path inside the tree as the dataset writes it; empty for any other."""
    pure = PurePosixPath(path.replace("\\", "/"))
    for root in (tree, tree.resolve()):
        if pure.is_absolute() and pure.is_relative_to(root.as_posix()):
            pure = pure.relative_to(root.as_posix())
    inside = not pure.is_absolute() and ".." not in pure.parts and bool(pure.parts)
    return pure.as_posix() if inside else ""
