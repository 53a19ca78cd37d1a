"""Putting a server into a TOML file and taking it out: a table of its own at the end, where any file can take one."""

from __future__ import annotations

import json
import re
import sys

from locant.agent_tools.installer.types import Edit, Entry

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["cut", "insert", "read"]

_HEADER = re.compile(r"[ \t]*\[")


def read(text: str) -> object:
    """The value of a file; ValueError when it is broken."""
    return tomllib.loads(text.replace("\r\n", "\n"))


def insert(text: str, keys: tuple[str, ...], name: str, entry: Entry) -> Edit:
    """The text with a table `[keys.name]` at its end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    header = ".".join((*keys, name))
    # A JSON string is a TOML basic string, and so is a list of them.
    lines = [f"[{header}]", *(f"{key} = {json.dumps(value)}" for key, value in entry.items()), ""]
    gap = "" if not text else newline if text.endswith("\n") else newline * 2
    inserted = gap + newline.join(lines)
    return Edit(text + inserted, len(text), inserted)


def cut(text: str, keys: tuple[str, ...], name: str) -> str:
    """The text without the table and its subtables; ValueError when there is no such header."""
    own = re.compile(rf"[ \t]*\[{re.escape('.'.join((*keys, name)))}(?:\.[^\]]*)?\]")
    kept, inside, found = [], False, False
    for line in text.splitlines(keepends=True):
        if _HEADER.match(line):
            inside = own.match(line) is not None
            found = found or inside
        if not inside or line.lstrip().startswith("#"):
            kept.append(line)
    if not found:
        raise ValueError(f"there is no table [{'.'.join((*keys, name))}]")
    return "".join(kept)
