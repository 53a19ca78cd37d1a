"""Tells the lines of a text apart: heading, prose, code, noise.

One pass over the lines with the state of the fence; then runs of version lines become noise. Stack traces are
marked later, by whoever reads the frames.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from locant.retriever.query.languages import FENCE_LANGUAGES, NEUTRAL_FENCES

__all__ = ["Line", "LineKind", "scan_lines"]

LineKind = Literal["heading", "prose", "code", "trace", "noise"]


@dataclass(slots=True)
class Line:
    """One line without its marks. `block` numbers the fenced or indented block it is in, -1 outside."""

    text: str
    kind: LineKind
    block: int = -1
    mark: str = ""


_FENCE = re.compile(r"\s{0,12}(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)$")
_PRE = re.compile(r"\s*(?:<details>\s*)?<pre\b[^>\n]{0,200}>(?:<code\b[^>\n]{0,200}>)?(?P<rest>.*)$", re.IGNORECASE)
_QUOTE = re.compile(r"\s{0,3}(?:>(?!>>)\s?)+")
_HEADING = re.compile(
    r"\s{0,3}(?:#{1,6}\s+(?P<hash>.+?)#*|\*\*(?P<bold>[^*]{1,80})\*\*:?|<summary>(?P<tag>.*?)</summary>)\s*$"
)
_CHECKBOX = re.compile(r"\s*(?:[-*+]|\d+\.)?\s*\[[ xX]?\]\s+\S")
_PROMPT = re.compile(r"\s*(?:>>> |\.\.\. |In \[\d+\]: |irb\S*> |iex\S*> |\$ \S)")
_INDENTED = re.compile(r"(?: {4,}|\t)\S")
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_RULE = re.compile(r"\s*(?:[-=*_~^]\s?){3,}$|\s*\|?(?:\s?:?-{2,}:?\s?\|)+\s*(?::?-{2,}:?)?\s*$")
_DIFF_HEADER = re.compile(r"diff --git |--- [ab]/|\+\+\+ [ab]/|@@ ")
_REPLY = re.compile(r"\s*On .{5,80} wrote:\s*$|\s*_No response_\s*$|\s*(?:N/?A|None|no response)\.?\s*$", re.IGNORECASE)

# What templates say themselves; left in by those who did not fill them in.
_TEMPLATE_TEXT = re.compile(
    r"\W*(?:a clear and concise description of|steps to reproduce the behaviou?r\b|add any other context|"
    r"if applicable, add screenshots|please (?:provide|complete|describe|fill|make sure|check|search|read)\b|"
    r"thanks for (?:taking the time|stopping by)|make sure (?:you|to)\b|describe (?:the|your) \w+ here)",
    re.IGNORECASE,
)
# A heading that asks for the environment: what follows is about a machine, not about the code.
_ENVIRONMENT = re.compile(
    r"\W*(?:your |system |my |python |local )?(?:environment|env|system|platform|setup|machine)"
    r"(?: info\w*| details?| description)?\W*$"
    r"|.*\b(?:versions?|show_versions|pip (?:list|freeze)|conda (?:list|info)|system info\w*|environment info\w*|"
    r"operating system|os/platform|dependencies|uname)\b\W*$"
    r"|\W*(?:os|python|browser|hardware|gpu|cuda|libraries|packages)\W*$"
    r"|.*\b(?:version of|which version|what version|what os|search before|already searched|are you willing|"
    r"code of conduct|checklist|first check)\b.*$",
    re.IGNORECASE,
)
# `numpy==1.2`, `numpy : 1.2`, `numpy 1.2.3 pypi_0`, `- OS: Ubuntu 20.04`, `Python version: 3.8`
_VERSION_LINE = re.compile(
    r"[\s*|`•-]*[\w .()/+-]{1,50}?(?:==|@|\s*[:=|]+\s*|\s+|\s+v)"
    r"[`'\"(]*v?(?:\d+\.\d+[\w.+-]*|None|N/A|True|False|Yes|No|installed)[`'\")|,;]*"
    r"(?:\s.{0,80})?$"
)
_MACHINE_LINE = re.compile(
    r"[\s*|`•-]*(?:os|python|platform|system|machine|processor|byteorder|lc_all|lang|locale|browser|kernel|"
    r"architecture|distro|operating system|gpu|cpu|cuda|ram|node|npm|yarn|pip|version|build|release|"
    r"compiler|shell|terminal)"
    r"[\w \-./()*]{0,30}\s?[:=|]",
    re.IGNORECASE,
)
_NAMED_VERSION = re.compile(r".{0,40}\b(?:versions?|platform|os|python)\b.{0,12}[:=]", re.IGNORECASE)
_KEY_VALUE = re.compile(r"\s*[A-Z][\w /.-]{0,30}:(?:\s|$)")
_MIN_VERSION_RUN = 4  # fewer lines in a row may be an ordinary list or assignments,
_MIN_NAMED_RUN = 2  # unless one of them says that it is a version
_MAX_TEMPLATE_WORDS = 14  # longer lines under an environment heading tell something
MAX_REPEATS = 2  # further copies of the same long line are the same evidence
MIN_REPEATED_LENGTH = 25
MAX_SHORT_REPEATS = 100  # `}` and `pass` repeat in any code


def scan_lines(text: str) -> list[Line]:
    """Every line of the text that says something, with what it is."""
    lines = list(_without_repeats(_Scanner().scan(text)))
    _mark_environment(lines)
    _mark_version_runs(lines)
    _mark_version_blocks(lines)
    return lines


class _Scanner:
    """The state that one line leaves for the next."""

    def __init__(self) -> None:
        self._fence = ""
        self._mark = ""
        self._block = -1
        self._indented = False
        self._after_blank = True
        self._in_diff = False

    def scan(self, text: str) -> Iterator[Line]:
        for raw in text.split("\n"):
            if self._fence:
                yield from self._inside(raw)
            else:
                quote = _QUOTE.match(raw)
                yield from self._outside(raw[quote.end() :] if quote else raw)

    def _inside(self, raw: str) -> Iterator[Line]:
        bare = raw.lstrip(" >\t").rstrip() if raw.lstrip().startswith((">", self._fence)) else ""
        if bare.startswith(self._fence) and not bare.strip(self._fence[0]):
            self._fence, self._in_diff = "", False
            return
        if self._fence == "</pre" and "</pre" in raw:
            self._fence, raw = "", raw[: raw.index("</pre")].replace("</code>", "")
        yield self._code(raw)

    def _outside(self, raw: str) -> Iterator[Line]:
        if "```" in raw or "~~~" in raw or "<pre" in raw:
            opened = self._open(raw)
            if opened is not None:
                yield from opened
                return
        if not raw.strip():
            self._after_blank = True
            yield Line("", "code" if self._indented else "prose", self._block if self._indented else -1)
            return
        yield from self._plain(raw)
        self._after_blank = False

    def _open(self, raw: str) -> list[Line] | None:
        """Open a block, if this line does; its own lines, if any."""
        match = _FENCE.match(raw)
        if match and "`" not in match["info"]:
            word, _, rest = match["info"].strip().strip("{.}").partition(" ")
            known = word.lower() in FENCE_LANGUAGES or word.lower() in NEUTRAL_FENCES
            self._start(match["fence"], word.lower() if known else "")
            return [] if known or not (word and rest) else [self._code(match["info"].strip())]
        match = _PRE.match(raw)
        if match and "</pre" not in raw:
            self._start("</pre", "")
            return [self._code(match["rest"])] if match["rest"].strip() else []
        return None

    def _start(self, fence: str, mark: str) -> None:
        self._block += 1
        self._fence, self._mark, self._indented = fence, mark, False
        self._in_diff = mark in ("diff", "patch")

    def _code(self, raw: str) -> Line:
        if _DIFF_HEADER.match(raw):
            self._in_diff = True
        elif self._in_diff and raw[:1] in ("+", "-"):
            raw = raw[1:]
        return Line(raw, "code", self._block, self._mark)

    def _plain(self, raw: str) -> Iterator[Line]:
        if _CHECKBOX.match(raw) or _REPLY.match(raw) or _TEMPLATE_TEXT.match(raw):
            yield Line(raw.strip(), "noise")
        elif _PROMPT.match(raw) or (_INDENTED.match(raw) and (self._indented or self._starts_indented(raw))):
            yield self._indented_code(raw)
        elif self._in_diff or _DIFF_HEADER.match(raw):
            yield from self._bare_diff(raw)
        elif not _RULE.match(raw):
            self._indented = False
            heading = _HEADING.match(raw)
            if heading:
                yield Line((heading["hash"] or heading["bold"] or heading["tag"] or "").strip(), "heading")
            else:
                yield Line(raw.rstrip(), "prose")

    def _starts_indented(self, raw: str) -> bool:
        return self._after_blank and not _LIST_ITEM.match(raw)

    def _indented_code(self, raw: str) -> Line:
        if not self._indented:
            self._start("", "")
            self._indented = True
        return Line(raw, "code", self._block)

    def _bare_diff(self, raw: str) -> Iterator[Line]:
        """A diff outside any block lasts as long as its lines have a diff's first character."""
        if not self._in_diff:
            self._start("", "diff")
        if raw[:1] in "+-@ " or raw.startswith(("diff ", "index ")):
            yield self._code(raw)
        else:
            self._in_diff = False
            yield Line(raw.rstrip(), "prose")


def _without_repeats(lines: Iterator[Line]) -> Iterator[Line]:
    seen: Counter[str] = Counter()
    for line in lines:
        if line.text:
            seen[line.text] += 1
            most = MAX_REPEATS if len(line.text) >= MIN_REPEATED_LENGTH else MAX_SHORT_REPEATS
            if seen[line.text] > most:
                continue
        yield line


def _mark_environment(lines: list[Line]) -> None:
    """Template answers under a heading that asks for versions become noise, as does the heading."""
    inside = False
    for line in lines[1:]:  # the first is the title, whatever it says
        if line.kind == "heading":
            inside = _ENVIRONMENT.match(line.text[:200]) is not None
            if inside:
                line.kind = "noise"
        elif inside and line.kind in ("prose", "code"):
            if len(line.text.split()) <= _MAX_TEMPLATE_WORDS and not _tells_of_error(line.text):
                line.kind = "noise"
            elif line.kind == "prose":
                inside = False


def _tells_of_error(text: str) -> bool:
    return "Traceback" in text or "Error" in text or "Exception" in text or 'File "' in text


def _mark_version_runs(lines: list[Line]) -> None:
    run: list[Line] = []
    for line in [*lines, Line("end", "heading")]:
        if line.kind in ("prose", "code") and _is_version_line(line.text[:300]):
            run.append(line)
        elif line.text.strip():
            named = len(run) >= _MIN_NAMED_RUN and any(_NAMED_VERSION.match(member.text[:60]) for member in run)
            if named or len(run) >= _MIN_VERSION_RUN:
                for member in run:
                    member.kind = "noise"
            run = []


def _mark_version_blocks(lines: list[Line]) -> None:
    """A block with version lines in which every other line is `Key: value` too is output of `--version`."""
    for block, group in groupby(lines, key=lambda line: line.block):
        members = [line for line in group if block >= 0 and line.text.strip()]
        if any(line.kind == "noise" for line in members) and all(
            line.kind == "noise" or _KEY_VALUE.match(line.text) for line in members
        ):
            for line in members:
                line.kind = "noise"


def _is_version_line(text: str) -> bool:
    if not text.strip() or "(" in text[:12]:
        return False
    return (
        _VERSION_LINE.match(text) is not None
        or _NAMED_VERSION.match(text[:60]) is not None
        or _MACHINE_LINE.match(text) is not None
    )
