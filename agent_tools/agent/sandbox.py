"""The parent's side of the jail: starts it, answers the tools that its code calls, and ends it when it is late.

Whatever comes out of the jail is text of an adversary: lines are bounded, and read as JSON and nothing else.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from locant.errors import LocantError

__all__ = ["Ran", "Sandbox", "SandboxError"]

JAIL = Path(__file__).with_name("jail.py")

SECONDS = 30.0
"""For one piece of code with all that its tools take."""

START_SECONDS = 30.0

MOST_LINE = 1_000_000
"""Bytes of one message out of the jail."""

Tool = Callable[[Sequence[Any], Mapping[str, Any]], tuple[str, Any]]
"""Positional and named arguments -> text, and the same as JSON values."""


class SandboxError(LocantError):
    """Code cannot be run safely on this machine, or the process that ran it is gone."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What code printed; error says why it ended early, or is empty."""

    output: str
    error: str


class Sandbox:
    """A jailed process in which code may call some tools; variables stay from run to run."""

    def __init__(self, tools: Mapping[str, Tool], seconds: float = SECONDS) -> None:
        """Start it.

        Raises:
            SandboxError: this machine does not allow to lock it up.

        """
        self._tools = tools
        self._seconds = seconds
        self._rest = b""
        if not sys.platform.startswith("linux"):
            raise SandboxError("code of a model runs only on Linux; use another strategy than codeact")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(JAIL)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        try:
            told = self._receive(time.monotonic() + START_SECONDS)
            if told.get("locked") is not True:
                raise SandboxError(
                    f"this machine does not allow to lock a process up ({str(told.get('why'))[:200]}), so no code of a "
                    "model is run; use another strategy than codeact"
                )
            self._send({"tools": list(tools)})
        except BaseException:
            self.close()
            raise

    def run(self, source: str) -> Ran:
        """Run code.

        Raises:
            SandboxError: it took too long, or its process ended: nothing can be run in it any more.

        """
        deadline = time.monotonic() + self._seconds
        self._send({"run": source})
        while True:
            message = self._receive(deadline)
            if "call" not in message:
                return Ran(str(message.get("output", "")), str(message.get("error", "")))
            self._send(self._answer(message))

    def _answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        tool = self._tools.get(str(message["call"]))
        args, kwargs = message.get("args"), message.get("kwargs")
        if tool is None or not isinstance(args, list) or not isinstance(kwargs, dict):
            return {"text": "Error: there is no such function", "data": {}}
        text, data = tool(args, kwargs)
        return {"text": text, "data": data}

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write((json.dumps(message) + "\n").encode())
            self._process.stdin.flush()
        except (OSError, ValueError):  # ended, or closed before
            self._gone()

    def _receive(self, deadline: float) -> dict[str, Any]:
        """The next message."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self.close()
                    raise SandboxError(f"the code ran longer than {self._seconds:g} s and was ended")
                piece = os.read(self._process.stdout.fileno(), 1 << 16)
                self._rest += piece
                if not piece or len(self._rest) > MOST_LINE:
                    self._gone()
        line, _, self._rest = self._rest.partition(b"\n")
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            self._gone()
        assert isinstance(found, dict)
        return found

    def _gone(self) -> None:
        self.close()
        raise SandboxError("the process that ran the code ended; it may have used too much memory or time")

    def close(self) -> None:
        """End the process and all in it."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
