"""What SQL creates: tables, views, routines, indexes, triggers, types.

Dialects differ in everything but `CREATE ... name` and the semicolon, so that is all that is read. Comments,
strings and dollar quotes hide semicolons; so does a routine's body between BEGIN and its END.
"""

from __future__ import annotations

import re

from locant.indexer.syntax.documents_build import Mark, Scan, one_line
from locant.indexer.syntax.documents_lines import Lines

__all__ = ["scan_sql"]

KINDS = {
    b"table": "table",
    b"view": "view",
    b"function": "function",
    b"procedure": "procedure",
    b"proc": "procedure",
    b"index": "index",
    b"trigger": "trigger",
    b"type": "type",
    b"domain": "type",
    b"sequence": "sequence",
    b"schema": "schema",
    b"database": "schema",
    b"package": "module",
}
ROUTINES = frozenset({"function", "procedure", "trigger", "module"})

_PART = rb'(?:"[^"\n]{1,100}"|`[^`\n]{1,100}`|\[[^\]\n]{1,100}\]|[\w$#@\x80-\xff]{1,100})'
CREATE = re.compile(
    rb"(?:create|alter)(?:\s+(?:or|replace|alter|global|local|temp|temporary|unlogged|unique|clustered|nonclustered|"
    rb"materialized|recursive|external|foreign|virtual|editionable|noneditionable|fulltext|spatial|constraint|"
    rb"definer\s{0,3}=\s{0,3}\S{1,100}|force|algorithm\s{0,3}=\s{0,3}\w{1,20}|sql\s+security\s+\w{1,20})){0,8}"
    rb"\s+(" + b"|".join(KINDS) + rb")\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?(?:body\s+)?"
    rb"(" + _PART + rb"(?:\s?\.\s?" + _PART + rb"){0,3})",
    re.IGNORECASE,
)
QUOTES = str.maketrans("", "", '"`[]')

TOKEN = re.compile(
    rb"""--[^\n]*|/\*|['"`]|\$(?:[A-Za-z_]\w{0,60})?\$|;|\b(?:begin|case|end|create)\b|^(?:go|/)[ \t\r]*$""",
    re.IGNORECASE | re.MULTILINE,
)
AFTER_BEGIN = re.compile(rb"\s*(?:;|tran\b|transaction\b|work\b)", re.IGNORECASE)
AFTER_END = re.compile(rb"\s{1,5}(?:if|loop|while|repeat|for|case)\b", re.IGNORECASE)
TO_LINE_START = re.compile(rb"\s*$")
SPACE = re.compile(rb"\s*")


class Scanner:
    """Statements one after the other; `depth` counts the BEGIN and CASE that wait for their END."""

    def __init__(self, lines: Lines) -> None:
        self.source = lines.source
        self.scan = Scan(packed=True, separator=".")
        self.created: re.Match[bytes] | None = None
        self.depth = 0
        self.fresh = True  # whether nothing of a statement was read yet

    def run(self) -> Scan:
        position = 0
        while (token := TOKEN.search(self.source, position)) is not None:
            position = self._take(token, token[0].lower())
        self._finish(len(self.source.rstrip()))
        return self.scan

    def _take(self, token: re.Match[bytes], mark: bytes) -> int:
        """Act on a token; where to read on."""
        if mark == b"create":
            return self._create(token)
        if mark == b";" and self.depth == 0:
            self._finish(token.end())
        elif mark[:1] in (b"g", b"/") and mark != b"/*":
            self._finish(token.start())
        elif mark in (b"begin", b"case"):
            self._open(token, mark)
        elif mark == b"end":
            return self._end(token)
        return self._skip(token, mark)

    def _skip(self, token: re.Match[bytes], mark: bytes) -> int:
        """Behind a comment, string or dollar quote that begins with this token; else behind the token."""
        closing = b"*/" if mark == b"/*" else token[0] if mark[:1] in (b"'", b'"', b"`", b"$") else b""
        if not closing:
            return token.end()
        found = self.source.find(closing, token.end())
        return found + len(closing) if found >= 0 else len(self.source)

    def _create(self, token: re.Match[bytes]) -> int:
        at_line_start = token.start() == 0 or self.source[token.start() - 1] in b"\n"
        if self.created is not None and not at_line_start:
            return token.end()  # a statement inside a routine
        found = CREATE.match(self.source, token.start())
        if found is None:
            return token.end()
        self._finish(token.start())
        self.created = found
        return found.end()

    def _open(self, token: re.Match[bytes], mark: bytes) -> None:
        if self.created is None or KINDS[self.created[1].lower()] not in ROUTINES:
            return
        if mark == b"case" or AFTER_BEGIN.match(self.source, token.end()) is None:
            self.depth += 1

    def _end(self, token: re.Match[bytes]) -> int:
        inner = AFTER_END.match(self.source, token.end())
        if inner is not None and not inner[0].lower().endswith(b"case"):
            return inner.end()
        self.depth = max(0, self.depth - 1)
        return inner.end() if inner is not None else token.end()

    def _finish(self, end: int) -> None:
        created, self.created, self.depth = self.created, None, 0
        if created is None:
            return
        end = created.start() + len(self.source[created.start() : end].rstrip())
        qualified = one_line(created[2]).translate(QUOTES).replace(" ", "")
        kind = KINDS[created[1].lower()]
        head = self.source[created.start() : min(end, created.end() + 300)].split(b"\n", 1)[0]
        name = qualified.rsplit(".", 1)[-1]
        self.scan.marks.append(Mark(name, kind, created.start(), end, one_line(head), qualified=qualified))


def scan_sql(lines: Lines) -> Scan:
    return Scanner(lines).run()
