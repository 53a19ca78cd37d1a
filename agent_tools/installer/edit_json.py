"""Putting a server into a JSON file and taking it out, by one insertion or one cut."""

from __future__ import annotations

import json
import re

from locant.agent_tools.installer.jsonc import Node, read_json
from locant.agent_tools.installer.types import Edit, Entry

__all__ = ["cut", "insert", "read"]

_REST_OF_LINE = re.compile(r"[ \t]*(?:/\*[^\n]*?\*/[ \t]*)*(?://[^\n]*?)?(?=\r?\n)")
_INDENT = re.compile(r"\n([ \t]+)\S")


def read(text: str) -> object:
    """The value of a file; an empty one is an empty object. ValueError when it is broken."""
    return read_json(text).value if text.strip("\ufeff \t\r\n") else {}


def insert(text: str, keys: tuple[str, ...], name: str, entry: Entry) -> Edit:
    """The text with `keys... : {name: entry}`; ValueError when something else than an object is on the way."""
    if not text.strip("\ufeff \t\r\n"):
        whole = json.dumps(_nested((*keys, name), entry), indent=2) + "\n"
        return Edit(text + whole, len(text), whole)
    node, used = read_json(text), 0
    for used, key in enumerate(keys):
        member = _object(node, keys[:used]).member(key)
        if member is None:
            break
        node = member.node
    else:
        used = len(keys)
    rest = (*keys, name)[used:]
    return _first_member(text, _object(node, keys[:used]), rest[0], _nested(rest[1:], entry), used)


def _nested(keys: tuple[str, ...], entry: object) -> object:
    for key in reversed(keys):
        entry = {key: entry}
    return entry


def _object(node: Node, way: tuple[str, ...]) -> Node:
    if not isinstance(node.value, dict):
        raise ValueError(f"{'.'.join(way) or 'the file'} is not an object")
    return node


def _first_member(text: str, node: Node, key: str, value: object, depth: int) -> Edit:
    """Put a member in front: its comma is its own, so it is one insertion whatever follows."""
    comma = "," if node.members else ""
    rest = _REST_OF_LINE.match(text, node.start + 1)
    newline = "\r\n" if "\r\n" in text else "\n"
    found = _INDENT.search(text)
    unit = found[1] if found else "  "
    if rest is None and node.members:  # all on one line: so is the entry
        inserted = f"{json.dumps(key)}: {json.dumps(value)}, "
        start = node.start + 1
    else:
        body = json.dumps({key: value}, indent=unit)[2:-2]  # without the braces and their line ends
        lines = [unit * depth + line for line in body.split("\n")]
        start = rest.end() if rest else node.start + 1
        inserted = newline + newline.join(lines) + comma
        inserted += "" if rest else newline + unit * depth
    return Edit(text[:start] + inserted + text[start:], start, inserted)


def cut(text: str, keys: tuple[str, ...], name: str) -> str:
    """The text without the member, for a file in which it was moved or written anew.

    The comma goes with it, and its line; comments around it stay. ValueError when it is not there.
    """
    node = read_json(text)
    for key in keys:
        member = node.member(key)
        if member is None:
            raise ValueError(f"there is no {key}")
        node = member.node
    member = node.member(name)
    if member is None:
        raise ValueError(f"there is no {name}")
    position = node.members.index(member)
    after = re.compile(r"\s*,").match(text, member.node.end)
    if after:
        start, end = member.start, after.end()
    elif position:  # the last one: the comma before it is one too many for strict readers
        comma = text.index(",", _after(text, node.members[position - 1].node.end))
        between = text[comma + 1 : member.start]
        kept = between if between.strip() else ""
        return text[:comma] + kept + text[member.node.end :]
    else:
        start, end = member.start, member.node.end
    while start and text[start - 1] in " \t":
        start -= 1
    if start >= 1 and text[start - 1] == "\n":
        start -= 2 if text[start - 2 : start] == "\r\n" else 1
    return text[:start] + text[end:]


def _after(text: str, at: int) -> int:
    """Past comments that may hold commas."""
    match = re.compile(r"(?:[ \t\r\n]|//[^\n]*|/\*.*?\*/)*", re.S).match(text, at)
    return match.end() if match else at
