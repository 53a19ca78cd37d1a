"""Identifiers in a text, weighted by how surely they were meant as such.

One chain pattern (`a.b::C#d`) reads every identifier once; what it is follows from its shape and from where it
stands. Rarity in the repository is not known here: the ranking divides common names out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from locant.retriever.query.paths import is_file_name
from locant.retriever.query.records import Frame, Mention, MentionSource
from locant.retriever.query.vocabulary import COMMON_WORDS, KEYWORDS, PRODUCT_FILES, PRODUCTS, RECEIVERS

__all__ = ["MentionCollector", "is_chain", "shape_of"]

# How surely an identifier was meant as one, by where it stands.
INLINE_WEIGHT = 1.0  # alone inside backticks: the writer marked it
INLINE_PART_WEIGHT = 0.7  # one of several inside backticks: a call, an expression
DOTTED_WEIGHT = 0.9
SHAPE_WEIGHT = 0.8  # camelCase and the like in prose, where no mark was needed
WEAK_SHAPE_WEIGHT = 0.4  # `utf8`, `conv2d`, `py38`: identifier or ordinary word
BLOCK_WEIGHT = 0.5  # example code calls what it is about, and much else
BLOCK_WORD_WEIGHT = 0.2  # a plain name in example code is mostly a local variable
OWNER_SHARE = 0.6  # of a chain's weight, for the class or module that the last part is in
PACKAGE_SHARE = 0.25  # and for what stands before that: packages name half of the repository
TITLE_FACTOR = 1.3  # what the title names is the subject
FRAME_DECAY = 0.25  # weight of a frame's function is 1 / (1 + decay * distance)
REPEAT_BONUS = 0.05  # for each further occurrence, up to
MAX_REPEAT_BONUS = 0.2

MAX_MENTIONS = 400  # example data of a large issue goes on for ever; the best come first
MAX_LENGTH = 120
MIN_PLAIN = 3  # one and two letters in example code are loop variables

_LETTER = "A-Za-z_$\u00c0-\u024f"
_CHAIN = re.compile(rf"[{_LETTER}][{_LETTER}0-9]*(?:(?:\.|::|#|->|\?\.|\\(?=[A-Z]))[{_LETTER}][{_LETTER}0-9]*)*")
_SEPARATOR = re.compile(r"\.|::|#|->|\?\.|\\")
_HUMP = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
_INLINE = re.compile(r"(?<!`)(`{1,2})(?!`)(?P<code>[^`\n]{1,400})\1(?!`)|<code>(?P<tag>[^<\n]{1,400})</code>")
_NAME = re.compile(rf"[{_LETTER}][{_LETTER}0-9]*")
_COMMENT = re.compile(r"(?:(?<=\s)|^)(?:#|//) .*$", re.MULTILINE)
_SCOPE = re.compile(r"<[\w ]{0,40}>")  # `f.<locals>.g`
_PATH = re.compile(r"[\w .:\\/@~+\[\]-]*[\\/][\w.+-]+")
_PATH_SEPARATOR = re.compile(r"[\\/]")
_STRING = re.compile(r"\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'")
_ABBREVIATIONS = frozenset({"e.g", "i.e", "a.k.a", "a.m", "p.m", "w.r.t", "etc.etc", "vs.the"})
_DOMAINS = frozenset({"com", "org", "net", "io", "dev", "edu"})


@lru_cache(maxsize=4096)
def shape_of(name: str) -> str:
    """`strong` for a name that can only be an identifier, `weak` for one that may be a word, else empty."""
    if name in PRODUCTS:
        return ""
    core = name.strip("_$")
    if not core:
        return ""
    if name[0] == name[-1] == "_" and name[1] != "_" and core.isalpha():
        return ""  # emphasis of Markdown
    if "_" in core or (name.startswith("__") and name.endswith("__")) or (name[0] == "_" and len(core) > 1):
        return "strong"
    if _HUMP.search(core) and not core.isupper() and not (core[:-1].isupper() and core[-1] == "s"):
        return "strong"
    if any(c.isdigit() for c in core) and len(core) > 3 and not core[1:].isdigit():
        return "weak"
    return ""


def is_chain(text: str) -> bool:
    """Whether the whole text is one identifier or chain, perhaps with `()` behind it."""
    return _CHAIN.fullmatch(text.removesuffix("()").lstrip("@#.~")) is not None


@dataclass(slots=True)
class MentionCollector:
    """Reads texts of several kinds; results are in `mentions()`, `dotted`, `pairs`."""

    dotted: dict[str, None] = field(default_factory=dict)
    pairs: dict[tuple[str, str], None] = field(default_factory=dict)
    _best: dict[str, tuple[float, MentionSource]] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)

    def read_prose(self, text: str, *, title: bool = False) -> list[str]:
        """Natural language; returns the inline code in it."""
        inline = [(match["code"] or match["tag"]).strip() for match in _INLINE.finditer(text)]
        for code in inline:
            self._read_inline(code, title)
        rest = _INLINE.sub(" ` ", text) if inline else text
        for match in _CHAIN.finditer(rest):
            name = match.group()
            if not (name.islower() and name.isalpha() and rest[match.end() : match.end() + 1] != "("):
                self._prose_name(name, _is_called(rest, match.end()), title)
        return [code for code in inline if code]

    def read_block(self, text: str) -> None:
        """Example code: what it calls, imports and reads counts more than its local names."""
        comments = [match.group() for match in _COMMENT.finditer(text)]
        if comments:
            self.read_prose("\n".join(comments))
            text = _COMMENT.sub("", text)
        for match in _CHAIN.finditer(_STRING.sub(_keep_identifiers, text)):
            name = match.group()
            if name not in COMMON_WORDS:
                after = match.string[match.end() : match.end() + 1]
                strong = after == "(" or shape_of(name) == "strong" or not _NAME.fullmatch(name)
                self._chain(name, "code", BLOCK_WEIGHT if strong else BLOCK_WORD_WEIGHT)

    def read_frames(self, frames: Iterable[Frame]) -> None:
        """Names of the functions on the stack; their owners are parts of the name as written."""
        for frame in frames:
            if frame.function and not frame.is_standard_library:
                weight = 1 / (1 + FRAME_DECAY * frame.distance)
                names = [
                    name
                    for name in _NAME.findall(_SCOPE.sub(" ", frame.function))
                    if name not in KEYWORDS and name != "$"
                ]
                self._pair(names)
                for name in names[-2:]:
                    self._add(name, "frame", weight if name == names[-1] else weight * OWNER_SHARE)

    def mentions(self) -> tuple[Mention, ...]:
        """All that was read, best first, each name once."""
        found = [Mention(name, source, self._weight(name)) for name, (_, source) in self._best.items()]
        return tuple(sorted(found, key=lambda mention: -mention.weight)[:MAX_MENTIONS])

    def add_whole(self, name: str) -> None:
        """The text of a symbol search, meant as an identifier whatever its shape."""
        self._chain(name, "code", INLINE_WEIGHT)

    def _weight(self, name: str) -> float:
        return round(self._best[name][0] + min((self._count[name] - 1) * REPEAT_BONUS, MAX_REPEAT_BONUS), 3)

    def _read_inline(self, code: str, title: bool) -> None:
        if _PATH.fullmatch(code) and is_file_name(_PATH_SEPARATOR.split(code)[-1]):
            return
        weight = INLINE_WEIGHT if is_chain(code) else INLINE_PART_WEIGHT
        for match in _CHAIN.finditer(code):
            if match.group() not in KEYWORDS:
                self._chain(match.group(), "title" if title else "code", weight * (TITLE_FACTOR if title else 1))

    def _prose_name(self, name: str, called: bool, title: bool) -> None:
        factor = TITLE_FACTOR if title else 1
        if name.lower() in PRODUCT_FILES:
            return
        if not _NAME.fullmatch(name):
            if _is_dotted_name(name, called):
                self._chain(name, "title" if title else "dotted", DOTTED_WEIGHT * factor)
            elif "." in name:
                for part in name.split("."):
                    self._prose_name(part, called=False, title=title)
            return
        shape = "strong" if called and len(name) > 1 else shape_of(name)
        if shape:
            weight = SHAPE_WEIGHT if shape == "strong" else WEAK_SHAPE_WEIGHT
            self._add(name, "title" if title else "shape", weight * factor)

    def _chain(self, name: str, source: MentionSource, weight: float) -> None:
        parts = [part for part in _SEPARATOR.split(name) if part]
        if len(parts) > 1 and is_file_name(name):
            return
        while len(parts) > 1 and parts[0] in RECEIVERS:
            name = name[len(parts.pop(0)) :].lstrip(".:#->?\\")
        if len(parts) > 1:
            self.dotted[name[:MAX_LENGTH]] = None
            self._pair(parts)
        for position, part in enumerate(parts):
            last = position == len(parts) - 1
            if len(part) >= MIN_PLAIN or (last and weight >= INLINE_PART_WEIGHT):
                near = position >= len(parts) - 2 or part[0].isupper()
                self._add(part, source, weight * (1 if last else OWNER_SHARE if near else PACKAGE_SHARE))

    def _pair(self, parts: list[str]) -> None:
        if len(parts) > 1:
            self.pairs[parts[-2], parts[-1]] = None
        for owner, member in pairwise(parts):
            if owner[0].isupper():
                self.pairs[owner, member] = None

    def _add(self, name: str, source: MentionSource, weight: float) -> None:
        if len(name) > MAX_LENGTH or name in KEYWORDS:
            return
        self._count[name] = self._count.get(name, 0) + 1
        if name not in self._best or weight > self._best[name][0]:
            self._best[name] = (weight, source)


def _is_called(text: str, end: int) -> bool:
    """`name(` is a call; `file(s)` and `name (in words)` are not."""
    return text.startswith("(", end) and not text.startswith(("(s)", "(es)", "(ies)", "(y)"), end)


def _is_dotted_name(name: str, called: bool) -> bool:
    """Whether a chain in prose is a name, not two sentences without a space, an abbreviation or a host."""
    parts = _SEPARATOR.split(name)
    if "." not in name or called:
        return name.lower() not in _ABBREVIATIONS
    if name.lower() in _ABBREVIATIONS or parts[-1] in _DOMAINS or any(not part for part in parts):
        return False
    if all(len(part) == 1 for part in parts):
        return False
    # `works.But`: a plain word before a capital that begins a plain word
    return not (
        len(parts) == 2 and parts[0].isalpha() and parts[0].islower() and parts[1].istitle() and len(parts[1]) < 5
    )


def _keep_identifiers(match: re.Match[str]) -> str:
    """A string in code is kept when it holds one name (`getattr(x, 'name')`), not when it is a sentence."""
    inner = match.group()[1:-1]
    return match.group() if is_chain(inner) and shape_of(inner) == "strong" else " "
