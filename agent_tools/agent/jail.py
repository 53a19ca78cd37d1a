"""Runs Python that a language model wrote, in a process that can do nothing but compute and ask its parent.

This file is run by path with `python -I -S` and imports the standard library alone. Before the first line of foreign
code, the process gives up, in this order, everything that is not needed, and ends if any of it does not work:

- its environment is empty, it has no open files but the three pipes, and it is nobody where it was root;
- user, network, mount, process, IPC and host-name namespaces of its own: no network device, no other process in sight;
- its root is a folder that has been removed: no path leads anywhere, and nothing can be made in it;
- no capabilities, no new privileges, no further file descriptors, no file larger than 0 bytes, no children;
- limits on memory and processor time.

Then code is checked (an allowlist of syntax, names and attributes) and runs with a handful of builtins. The check makes
mistakes cheap; what holds against malice is the list above. The tools that code calls run in the parent.
"""

from __future__ import annotations

import ast
import ctypes
import json
import os
import re
import resource
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 20
OUTPUT_CHARACTERS = 20_000
NAME = "<code>"

MOST_CALLS = 30
"""Of tools, in one piece of code."""

NAMESPACES = 0x10000000 | 0x40000000 | 0x20000 | 0x20000000 | 0x8000000 | 0x4000000
"""User, network, mounts, processes, IPC, host name."""

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CAPABILITY_VERSION = 0x20080522
NOBODY = 65534

_NODES = """
Module Expr Assign AugAssign AnnAssign For While If Break Continue Pass Try ExceptHandler FunctionDef Return arguments
arg Lambda Call keyword Attribute Subscript Slice Name Load Store Del Delete Constant JoinedStr FormattedValue Tuple
List Set Dict ListComp SetComp DictComp GeneratorExp comprehension BinOp UnaryOp BoolOp Compare IfExp Starred NamedExpr
Assert Raise Nonlocal operator unaryop boolop cmpop
"""
NODES = tuple(getattr(ast, name) for name in _NODES.split())
"""What code may be made of: no imports, classes, decorators that matter, or anything asynchronous."""

ATTRIBUTES = frozenset(
    name for kind in (str, list, dict, set, tuple, int) for name in dir(kind) if not name.startswith("_")
) - {"format", "format_map"} | {"data"}
"""Methods of plain values, and `data` of an answer; `format` can read any attribute."""

_BUILTINS = """
abs all any bool dict divmod enumerate filter float int isinstance len list map max min range repr reversed round set
sorted str sum tuple zip Exception IndexError KeyError TypeError ValueError
"""
BUILTINS = _BUILTINS.split()


class Text(str):
    """An answer of a tool: a text, with the same as JSON in `data`."""

    __slots__ = ("data",)

    data: Any


class RefusedError(Exception):
    """Code that is not run."""


def checked(source: str) -> ast.Module:
    """The syntax tree, if it has nothing in it that is not allowed."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if not isinstance(node, NODES):
            raise RefusedError(f"line {line}: {type(node).__name__} is not allowed here")
        if isinstance(node, ast.Attribute) and node.attr not in ATTRIBUTES:
            raise RefusedError(f"line {line}: there is no .{node.attr} here")
        for name in (getattr(node, "id", None), getattr(node, "name", None), getattr(node, "arg", None)):
            if isinstance(name, str) and name.startswith("_"):
                raise RefusedError(f"line {line}: names that begin with _ are not allowed")
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            raise RefusedError(f"line {line}: decorators are not allowed here")
    return tree


class Desk:
    """Where code runs: its names stay from piece to piece, its tools are asked of the parent."""

    def __init__(self, tools: list[str]) -> None:
        self._printed: list[str] = []
        self._room = OUTPUT_CHARACTERS
        self._calls = 0
        known = __builtins__ if isinstance(__builtins__, dict) else vars(__builtins__)
        self._names: dict[str, Any] = {"__builtins__": {name: known[name] for name in BUILTINS}}
        self._names |= {"print": self._print, "find_all": re.findall}
        self._names |= {name: self._tool(name) for name in tools}

    def run(self, source: str) -> dict[str, Any]:
        """What a piece of code printed, and why it ended early, if it did."""
        self._printed, self._room, self._calls = [], OUTPUT_CHARACTERS, 0
        error = ""
        try:
            exec(compile(checked(source), NAME, "exec"), self._names)  # noqa: S102 - this is what the jail is for
        except (Exception, KeyboardInterrupt) as found:
            error = f"{_line(found)}{type(found).__name__}: {found}"[:500]
        return {"output": "".join(self._printed), "error": error}

    def _print(self, *values: object, sep: str = " ", end: str = "\n") -> None:
        text = (sep.join(map(str, values)) + end)[: self._room]
        self._room -= len(text)
        self._printed.append(text)

    def _tool(self, name: str) -> Any:  # noqa: ANN401 - a function
        def tool(*args: object, **kwargs: object) -> Text:
            self._calls += 1
            if self._calls > MOST_CALLS:
                raise RuntimeError(f"more than {MOST_CALLS} calls in one piece of code")
            send({"call": name, "args": args, "kwargs": kwargs})
            answer = receive()
            text = Text(answer["text"])
            text.data = answer["data"]
            return text

        return tool


def _line(error: BaseException) -> str:
    """The last line of the code that an error came from."""
    trace, line = error.__traceback__, 0
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == NAME else line
        trace = trace.tb_next
    return f"line {line}: " if line else ""


def send(message: dict[str, Any]) -> None:
    """One line to the parent."""
    os.write(1, (json.dumps(message, default=str) + "\n").encode())


def receive() -> dict[str, Any]:
    """One line from the parent; the process ends with it."""
    line = sys.stdin.readline()
    if not line:
        os._exit(0)
    found: dict[str, Any] = json.loads(line)
    return found


def lock_up() -> None:
    """Give up everything; raises OSError where the machine does not allow it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.getuid() == 0:  # limits and files know root also in namespaces
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _must(libc.unshare(NAMESPACES), "namespaces of its own")
    if child := os.fork():  # the process namespace is that of children
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)  # noqa: PTH106 - nothing but system calls here
    os.chroot(".")
    os.chdir("/")
    os.closerange(3, 1 << 16)
    _must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    header, nothing = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), (ctypes.c_uint32 * 6)()
    _must(libc.capset(header, nothing), "no capabilities")
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(limit, (value, value))
    _prove()


def _must(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def _prove() -> None:
    """Try what must not work any more."""
    attempts: dict[str, Callable[[], object]] = {
        "open a file": lambda: os.open("/", os.O_RDONLY),
        "make a folder": lambda: os.mkdir("/made"),  # noqa: PTH102
        "open a socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
        "change its root": lambda: os.chroot("/"),
        "start a process": _forked,
    }
    for what, attempt in attempts.items():
        try:
            attempt()
        except (OSError, ValueError):
            continue
        raise OSError(0, f"it can still {what}")


def _forked() -> None:
    if os.fork() == 0:
        os._exit(0)


def main() -> None:
    """Lock up, say so, and run what comes."""
    try:
        lock_up()
    except (OSError, ValueError) as error:
        send({"locked": False, "why": str(error)})
        return
    send({"locked": True})
    desk = Desk(receive()["tools"])
    while True:
        send(desk.run(receive()["run"]))


if __name__ == "__main__":
    main()
