"""Keys of the two upper levels of JSON, YAML and TOML: what a configuration file is asked for by name.

Deeper keys are data. The scanners look for keys only and check nothing: a template or a file with comments, which a
strict parser refuses, is read as well as a clean one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from locant.indexer.syntax.documents_build import Mark, Scan, one_line
from locant.indexer.syntax.documents_lines import Lines

__all__ = ["scan_json", "scan_toml", "scan_yaml"]

HEAD_BYTES = 1_000
LEVELS = 2
SIGNATURE_BYTES = 400

# Outside the upper levels only strings, comments and brackets matter.
UPPER = re.compile(rb'["{}\[\],]|//[^\n]*|/\*')
DEEPER = re.compile(rb'["{}\[\]]|//[^\n]*|/\*')
STRING_REST = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)  # needs nothing behind it: no backtracking
COLON = re.compile(rb"\s*:")

YAML_NAME = rb"""("[^"]{1,200}"|'[^']{1,200}'|[^\s#'"\-\[\]{},&*!|>%@`?][^#:]{0,200}?|-[^\s:#]{1,200})"""
YAML_KEY = re.compile(rb"( *)" + YAML_NAME + rb" {0,8}:(?:\s+(.*))?$")
YAML_BLOCK = re.compile(rb"(?:[&!]\S*\s+)*[|>][-+0-9]{0,2}\s*(?:#.*)?$")
TOML_HEADER = re.compile(rb"\s{0,8}\[\[?([^\[\]\n]{1,300})\]\]?\s*(?:#.*)?$")
TOML_KEY = re.compile(
    rb"""\s{0,40}((?:"[^"]{1,200}"|'[^']{1,200}'|[\w.-]{1,200})(?:\s?\.\s?[\w"'-]{1,100}){0,5})\s*=\s*(.*)$"""
)
TOML_QUOTES = (b'"""', b"'''")


@dataclass(slots=True)
class OpenKey:
    name: str
    start: int


def _mark(source: bytes, name: str, start: int, end: int) -> Mark:
    end = start + len(source[start:end].rstrip())
    first_line = source[start : min(end, start + SIGNATURE_BYTES)].split(b"\n", 1)[0]
    return Mark(name, "key", start, end, one_line(first_line))


def _unquoted(name: bytes) -> str:
    text = one_line(name)
    return text[1:-1] if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] else text


class JsonScanner:
    """Brackets are counted; keys are taken while all that encloses them are objects, two levels deep."""

    def __init__(self, lines: Lines) -> None:
        self.source = lines.source
        self.scan = Scan(packed=True, separator=".")
        self.keys: list[OpenKey | None] = []  # for each open object of the upper levels, the key being read
        self.depth = 0
        self.balanced = True

    def run(self) -> Scan:
        position = 0
        while True:
            pattern = UPPER if self.depth == len(self.keys) else DEEPER
            token = pattern.search(self.source, position)
            if token is None:
                break
            position = self._take(token)
        while self.keys:
            self._close_key(len(self.source))
            self.keys.pop()
        if self.depth or not self.balanced:
            self.scan.note = "brackets do not match"
        return self.scan

    def _take(self, token: re.Match[bytes]) -> int:
        mark = token[0]
        if mark == b'"':
            return self._string(token.start())
        if mark == b"/*":
            found = self.source.find(b"*/", token.end())
            return found + 2 if found >= 0 else len(self.source)
        if mark in b"{[":
            self._open(mark)
        elif mark in b"}]":
            self._close(token.start())
        elif mark == b",":
            self._close_key(token.start())
        return token.end()

    def _string(self, start: int) -> int:
        rest = STRING_REST.match(self.source, start + 1)
        end = rest.end() + 1 if rest is not None else start + 1
        if self.keys and self.depth == len(self.keys) and self.keys[-1] is None:
            colon = COLON.match(self.source, end)
            if colon is not None:
                self.keys[-1] = OpenKey(one_line(self.source[start + 1 : end - 1]), start)
                return colon.end()
        return end

    def _open(self, mark: bytes) -> None:
        if mark == b"{" and self.depth == len(self.keys) < LEVELS and (not self.keys or self.keys[-1] is not None):
            self.keys.append(None)
        self.depth += 1

    def _close(self, at: int) -> None:
        if self.depth == 0:
            self.balanced = False
            return
        if self.depth == len(self.keys):
            self._close_key(at)
            self.keys.pop()
        self.depth -= 1

    def _close_key(self, at: int) -> None:
        if not self.keys or self.depth != len(self.keys):
            return
        key, self.keys[-1] = self.keys[-1], None
        if key is not None:
            self.scan.marks.append(_mark(self.source, key.name, key.start, at))


def scan_json(lines: Lines) -> Scan:
    return JsonScanner(lines).run()


def scan_yaml(lines: Lines) -> Scan:
    return _from_lines(lines, _yaml_keys(lines))


def scan_toml(lines: Lines) -> Scan:
    return _from_lines(lines, _toml_keys(lines))


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key begins on line `index`; `end` is the line behind its last line."""

    level: int
    index: int
    name: str


def _from_lines(lines: Lines, found: Iterator[KeyLine | int]) -> Scan:
    """Marks from keys and, as plain numbers, lines with content: a key ends with the last one before the next key."""
    scan = Scan(packed=True, separator=".")
    open_keys: list[KeyLine] = []
    last = 0

    def close(level: int) -> None:
        while open_keys and open_keys[-1].level >= level:
            key = open_keys.pop()
            scan.marks.append(_mark(lines.source, key.name, lines.starts[key.index], lines.starts[last + 1]))

    for item in found:
        if isinstance(item, KeyLine):
            close(item.level)
            open_keys.append(item)
            last = item.index
        else:
            last = item
    close(0)
    return scan


def _yaml_keys(lines: Lines) -> Iterator[KeyLine | int]:
    inner = -1  # indentation of the second level under the current key; -1: not known yet, -2: there is none
    for index in range(lines.count):
        head = lines.head(index, HEAD_BYTES)
        bare = head.strip()
        if not bare or bare.startswith(b"#"):
            continue
        indent = len(head) - len(head.lstrip(b" "))
        key = YAML_KEY.match(head) if indent == 0 or inner in (-1, indent) else None
        if key is None:
            inner = -2 if inner == -1 or indent == 0 else inner
            if bare not in (b"---", b"..."):
                yield index
        elif indent == 0:
            inner = -2 if YAML_BLOCK.match(key[3] or b"") else -1
            yield KeyLine(1, index, _unquoted(key[2]))
        else:
            inner = indent
            yield KeyLine(2, index, _unquoted(key[2]))


def _toml_keys(lines: Lines) -> Iterator[KeyLine | int]:
    level = 1
    quote = b""  # the mark that ends the multi-line string that the line is in
    brackets = 0  # those of an array over several lines that are still open
    for index in range(lines.count):
        head = lines.head(index, HEAD_BYTES)
        bare = head.strip()
        if quote:
            quote = b"" if quote in head else quote
            yield index
            continue
        if not bare or bare.startswith(b"#"):
            continue
        header = TOML_HEADER.match(head) if brackets <= 0 or head.startswith(b"[") else None
        key = TOML_KEY.match(head) if brackets <= 0 and header is None else None
        if header is not None:
            level, brackets = 2, 0
            yield KeyLine(1, index, one_line(header[1]).replace('"', ""))
            continue
        if key is not None:
            yield KeyLine(level, index, _unquoted(key[1]))
        else:
            yield index
        value = key[2] if key is not None else bare
        brackets = max(0, brackets) + value.count(b"[") - value.count(b"]")
        quote = next((mark for mark in TOML_QUOTES if value.count(mark) == 1), b"")
