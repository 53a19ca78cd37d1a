"""Places, what is said of them, and the answers that hold them; the state of an index."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "Chunk",
    "Evidence",
    "FileHit",
    "Freshness",
    "FunctionHit",
    "GrepFile",
    "GrepMatch",
    "GrepResult",
    "Hit",
    "LeftOut",
    "Localization",
    "Location",
    "ModelMessage",
    "ModelRequest",
    "ModelUse",
    "Progress",
    "Related",
    "SearchResult",
    "SpanHit",
    "Status",
    "Symbol",
    "UpdateReport",
    "Usage",
    "View",
    "Vocabulary",
]


@dataclass(frozen=True, slots=True)
class Location:
    """A span of lines in one file."""

    path: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition: function, method, class, constant, ...

    `qualified_name` is `Outer.method`; `parent` the qualified name of what encloses it, or None. `summary` is what an
    outline says of it, if summaries were asked for.
    """

    name: str
    qualified_name: str
    kind: str
    location: Location
    signature: str = ""
    parent: str | None = None
    summary: str = ""

    @property
    def id(self) -> str:
        """`path:Outer.method`, unique enough to ask for it again."""
        return f"{self.location.path}:{self.qualified_name}"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one file that is indexed and ranked as one document."""

    id: int
    location: Location
    symbol: str | None
    kind: str
    language: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why something was ranked where it is: a signal, its detail in words, its share of the score."""

    signal: str
    detail: str
    weight: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that answers a search; `also` holds further spans of the same file."""

    location: Location
    symbol: Symbol | None
    score: float
    evidence: tuple[Evidence, ...]
    snippet: str
    language: str = ""
    stale: bool = False
    also: tuple[Location, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not in the index, and why.

    `reason` is one word of a fixed set (see `locant.indexer.walk.reasons`), `detail` a sentence part.
    """

    path: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Which state of the tree an answer is from.

    commit: full commit id of HEAD, or None outside git.
    dirty: whether indexed files differ from that commit; None outside git.
    indexed_at: POSIX seconds of the last change to the index.
    checked_at: POSIX seconds when the tree was last compared with the index.
    coverage: share of the files that were to be indexed and are, 0 to 1.
    left_out: number of files left out, by reason.
    stale: paths that changed after `checked_at` and could not be re-indexed for this answer.
    """

    commit: str | None
    dirty: bool | None
    indexed_at: float
    checked_at: float
    coverage: float
    left_out: dict[str, int]
    stale: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Answer of `search`, best hit first; `hint` says what to try when little matched.

    model: what a language model did for it, where one was asked.
    """

    query: str
    mode: str
    hits: tuple[Hit, ...]
    freshness: Freshness
    truncated: bool = False
    hint: str = ""
    model: ModelUse | None = None


@dataclass(frozen=True, slots=True)
class FileHit:
    """A file that an issue is probably about."""

    path: str
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class FunctionHit:
    """A function, method or class that an issue is probably about."""

    path: str
    qualified_name: str
    kind: str
    start_line: int
    end_line: int
    score: float
    evidence: tuple[Evidence, ...]
    signature: str = ""


@dataclass(frozen=True, slots=True)
class SpanHit:
    """Lines that an issue is probably about, and why."""

    path: str
    start_line: int
    end_line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ModelMessage:
    """One message of a conversation with a language model; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What is sent to a language model for one answer of at most `max_tokens` tokens.

    purpose: what the answer is for, in a word or two. temperature: 0 for the likeliest answer.
    stop: texts at which the answer ends. sample: tells answers to the same messages apart, when several are wanted.
    schema: JSON Schema, as text, of the object that is wanted: sent to servers that hold a model to it; empty for none.
    """

    messages: tuple[ModelMessage, ...]
    max_tokens: int
    purpose: str
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    sample: int = 0
    schema: str = ""


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a language model did for one answer.

    calls: answered now; cached: answered before and kept; failed: not answered.
    tokens_in, tokens_out: of the calls answered now. cost: their price in dollars; None where it is not known.
    cached_tokens, cached_cost: what the kept answers had taken. seconds: in calls, which may have run side by side.
    dropped: places that it named and that are not in the index. notes: what went otherwise than asked, in words.
    useful: answers, now or kept, that said something of use; with none, the answer is the one without a model.
    would_send: in a dry run, all that would have been sent; else empty.
    """

    model: str
    strategy: str
    calls: int = 0
    cached: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0
    cached_tokens: int = 0
    cached_cost: float | None = 0.0
    seconds: float = 0.0
    dropped: int = 0
    useful: int = 0
    notes: tuple[str, ...] = ()
    would_send: tuple[ModelRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Localization:
    """Answer of `localize`: files, functions and line spans, each best first.

    model: what a language model did for it; None where none was asked.
    """

    files: tuple[FileHit, ...]
    functions: tuple[FunctionHit, ...]
    spans: tuple[SpanHit, ...]
    freshness: Freshness
    hint: str = ""
    model: ModelUse | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """One line that mentions a name: `kind` is call, type, import, inherit or mention."""

    location: Location
    kind: str
    inside: str | None
    line_text: str


@dataclass(frozen=True, slots=True)
class GrepMatch:
    """One matching line; columns are 1-based, end exclusive; `inside` is the enclosing definition."""

    line: int
    text: str
    start_column: int
    end_column: int
    inside: str | None


@dataclass(frozen=True, slots=True)
class GrepFile:
    """Matching lines of one file, in order; `total` counts those beyond the limit too."""

    path: str
    matches: tuple[GrepMatch, ...]
    total: int


@dataclass(frozen=True, slots=True)
class GrepResult:
    """Files with matching lines, likeliest first."""

    pattern: str
    files: tuple[GrepFile, ...]
    total: int
    freshness: Freshness
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """Lines of a file as they are on disk now; `inside` is the definition around the first of them."""

    path: str
    start_line: int
    end_line: int
    total_lines: int
    text: str
    language: str
    inside: str | None
    stale: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """A file connected with another: `relation` says how (imports, imported by, changes with, ...)."""

    path: str
    relation: str
    weight: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an update is: `stage` is listing, parsing, merging, graph, encoding or done; counts are files."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update of the index did; seconds are wall time."""

    files: int
    parsed: int
    reused: int
    removed: int
    bytes_parsed: int
    left_out: tuple[LeftOut, ...]
    seconds: float
    changed: bool


@dataclass(frozen=True, slots=True)
class Status:
    """State of an index, as `locant status` shows it; sizes in bytes."""

    root: str
    store: str
    files: int
    chunks: int
    symbols: int
    source_bytes: int
    index_bytes: int
    segments: int
    languages: dict[str, int]
    freshness: Freshness
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a question in one repository: how many of its `files` have each, in any form; 0 for none.

    What makes answers of several repositories comparable: a score is a share of the words that the repository has.
    """

    files: int
    holders: dict[str, int]
