"""What is read out of the text of a query before anything is searched.

Everything here is as written by the user, apart from `Frame.path` and `Query.paths`, which are POSIX, without a
drive, a scheme or a leading slash, and cut after `site-packages/`, `node_modules/` and their kin. A path may still
begin with folders that the repository does not have (`home/ann/app/src/x.py`): compare by longest common suffix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["STANDARD_LIBRARY_DISTANCE", "Frame", "Mention", "MentionSource", "Query", "QueryShape"]

QueryShape = Literal["question", "symbol", "literal", "regex", "issue"]
MentionSource = Literal["code", "shape", "dotted", "frame", "title"]

# Added to the distance of frames inside the language's own library: they stay (the repository may be that
# library) but no ranking that decays with distance will prefer them.
STANDARD_LIBRARY_DISTANCE = 1000


@dataclass(frozen=True, slots=True)
class Frame:
    """One stack frame; `distance` counts from the frame that raised (0) outwards, within its own traceback."""

    path: str
    line: int | None
    function: str | None
    distance: int

    @property
    def is_standard_library(self) -> bool:
        """Whether the frame is inside the language's own library or runtime."""
        return self.distance >= STANDARD_LIBRARY_DISTANCE


@dataclass(frozen=True, slots=True)
class Mention:
    """An identifier as written in the text; `weight` (0 to 1.5) says how surely it was meant as one."""

    text: str
    source: MentionSource
    weight: float


@dataclass(frozen=True, slots=True)
class Query:
    """A query, taken apart.

    text: exactly what was given.
    shape: how it is read; `pattern` is what a symbol, literal or regex search looks for (else empty).
    title, prose: natural language without marks; `prose` leaves the title, code, traces and noise out.
    body: everything after the title but noise, in order, cleaned.
    code: code blocks without stack frames, then inline code; `traces`: the lines of stack traces.
    noise: version and environment dumps, template answers: of little worth for ranking.
    errors: error messages, each on one line.
    mentions: best first. `dotted` are names with a separator, `pairs` the (owner, member) in them.
    modules: dotted names that may be modules; a suffix of one may be a name inside the module. `imports`: those that
        code imports, which are in `modules` only where the prose names them too.
    paths: files named in the text with a folder; `file_names` are last parts, also of bare names.
    links: of the paths, those that the text links to on a forge. scope: what the title begins with before a colon
        or in brackets, as a path: `parser`, `net/http`.
    path_lines: (path, line) pairs, also from frames. `frames`: nearest to the error first.
    note: what was cut off and why; empty when all was read.
    """

    text: str
    shape: QueryShape
    pattern: str = ""
    title: str = ""
    body: str = ""
    prose: str = ""
    code: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()
    noise: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    dotted: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    modules: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    path_lines: tuple[tuple[str, int], ...] = ()
    file_names: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    language_hint: str | None = None
    note: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to search for."""
        return not self.text.strip("\0 \t\r\n\f\v")
