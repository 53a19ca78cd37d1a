"""Functions that worker processes are asked to run; `act` does what each item says."""

from __future__ import annotations

import ctypes
import importlib
import os
import re
import sys
from collections.abc import Callable
from typing import Any


def act(batch: list[str]) -> list[Any]:
    return [ACTIONS[item.split(" ")[0]](item) for item in batch]


def _hang_in_c(item: str) -> None:
    library = ctypes.PyDLL(None)  # PyDLL: the interpreter lock is kept, as a grammar keeps it
    library["pause"]()


def _hang_in_regex(item: str) -> None:
    re.fullmatch("(a+)+b", "a" * 64)


def _crash(item: str) -> None:
    ctypes.string_at(0)


def _abort(item: str) -> None:
    os.write(2, b"assertion failed: node is not null\n")
    os.abort()


def _exit(item: str) -> None:
    os._exit(3)


def _raise(item: str) -> None:
    raise ValueError(f"cannot parse {item}")


def _print(item: str) -> int:
    sys.stdout.write("x" * 300_000)
    sys.stderr.write("y" * 300_000)
    os.write(1, b"not a message")
    return len(sys.stdin.read())


def _crash_later(item: str) -> str:
    """Fine in a fresh process, fatal in one that has worked before: what memory corruption looks like."""
    STATE.append(item)
    if len(STATE) > 1:
        _crash(item)
    return "fine"


STATE: list[str] = []

ACTIONS: dict[str, Callable[[str], Any]] = {
    "echo": lambda item: item,
    "size": len,
    "hang": _hang_in_c,
    "regex": _hang_in_regex,
    "crash": _crash,
    "abort": _abort,
    "exit": _exit,
    "sysexit": lambda item: sys.exit(4),
    "raise": _raise,
    "print": _print,
    "unpicklable": lambda item: lambda: None,
    "pid": lambda item: os.getpid(),
    "later": _crash_later,
    "big": lambda item: b"z" * 3_000_000,
    "hoard": lambda item: STATE.append("x" * 320_000_000),
    "bomb": lambda item: len(bytearray(5_000_000_000)),
    "json": lambda item: importlib.import_module("json").__file__,
}
