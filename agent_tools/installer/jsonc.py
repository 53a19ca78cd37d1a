"""JSON with comments and trailing commas, read with the place of each member: text around it is never rewritten."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

__all__ = ["Member", "Node", "read_json"]

_SPACE = re.compile(r"(?:[ \t\r\n]|//[^\n]*|/\*.*?\*/)*", re.S)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")

DEPTH = 200
"""Deeper files are no configuration; the reader calls itself."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value: text[start:end]. members: of an object, in order. value: as Python has it."""

    start: int
    end: int
    value: object
    members: tuple[Member, ...] = ()

    def member(self, key: str) -> Member | None:
        """Member of a name; of several the last, which is the one that parsers keep."""
        return next((one for one in reversed(self.members) if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Member:
    """`"key": value`, from the quote on."""

    start: int
    key: str
    node: Node


def read_json(text: str) -> Node:
    """The value of a text; ValueError, with the line, when it is none."""
    reader = _Reader(text)
    node = reader.value(reader.space(1 if text.startswith("\ufeff") else 0), 0)
    if reader.space(node.end) != len(text):
        raise reader.error(reader.space(node.end), "text after the end")
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text

    def error(self, at: int, what: str) -> ValueError:
        return ValueError(f"line {self.text.count(chr(10), 0, at) + 1}: {what}")

    def space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def value(self, at: int, depth: int) -> Node:
        first = self.text[at : at + 1]
        if depth > DEPTH:
            raise self.error(at, "nested too deeply")
        if first == "{":
            return self._object(at, depth)
        if first == "[":
            return self._array(at, depth)
        match = (_STRING if first == '"' else _SCALAR).match(self.text, at)
        if match is None:
            raise self.error(at, "a value is missing or broken")
        return Node(at, match.end(), self._scalar(at, match.group()))

    def _scalar(self, at: int, text: str) -> object:
        try:
            return json.loads(text)
        except ValueError as error:
            raise self.error(at, "a broken string or number") from error

    def _object(self, start: int, depth: int) -> Node:
        members: list[Member] = []
        at = self.space(start + 1)
        while self.text[at : at + 1] != "}":
            key = self.value(at, depth) if self.text[at : at + 1] == '"' else None
            if key is None:
                raise self.error(at, "a name in quotes is missing")
            colon = self.space(key.end)
            if self.text[colon : colon + 1] != ":":
                raise self.error(colon, "a colon is missing")
            node = self.value(self.space(colon + 1), depth + 1)
            members.append(Member(at, str(key.value), node))
            at = self._next(node.end, "}")
        return Node(start, at + 1, {one.key: one.node.value for one in members}, tuple(members))

    def _array(self, start: int, depth: int) -> Node:
        items: list[object] = []
        at = self.space(start + 1)
        while self.text[at : at + 1] != "]":
            node = self.value(at, depth + 1)
            items.append(node.value)
            at = self._next(node.end, "]")
        return Node(start, at + 1, items)

    def _next(self, end: int, close: str) -> int:
        """Where the next element or the closing bracket begins."""
        at = self.space(end)
        if self.text[at : at + 1] == ",":
            return self.space(at + 1)
        if self.text[at : at + 1] != close:
            raise self.error(at, "a comma or bracket is missing")
        return at
