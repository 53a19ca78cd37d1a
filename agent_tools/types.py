"""Records of the tools: what a tool is, what a call brings, what an answer is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from locant.types import Freshness

if TYPE_CHECKING:
    from locant.agent_tools.calling.plain import PlainIndex
    from locant.facade import Index
    from locant.retriever.tokens import TokenCounter

__all__ = [
    "REQUIRED",
    "Answer",
    "Block",
    "Call",
    "Draft",
    "Kind",
    "Parameter",
    "Profile",
    "Range",
    "Repositories",
    "Session",
    "Tool",
]

Kind = Literal["string", "integer", "boolean", "strings"]
"""What an argument may be; `strings` is a list of strings."""

Profile = Literal["default", "all"]
"""Which tools are offered: the few that agents use best, or all of them."""

REQUIRED: Any = object()
"""Default of a parameter that has none."""


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of an integer argument, both allowed; stands in the annotation of a tool's parameter."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a tool, as its signature and its docstring describe it."""

    name: str
    kind: Kind
    description: str
    default: Any = REQUIRED
    choices: tuple[str, ...] = ()
    bounds: Range | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as every surface offers it.

    function: takes a `Call` and the arguments, returns a `Draft`.
    max_tokens: of an answer unless the call says otherwise.
    is_default: whether it belongs to the default profile.
    """

    name: str
    function: Callable[..., Draft]
    max_tokens: int
    is_default: bool
    description: str
    parameters: tuple[Parameter, ...]


@dataclass(slots=True)
class Session:
    """The file that is open and the line that the window stands at; `path` is empty when none is."""

    repository: str = ""
    path: str = ""
    line: int = 1


class Repositories(Protocol):
    """The repositories that may be asked."""

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""
        ...

    def index(self, repository: str = "", session: Session | None = None) -> Index | PlainIndex:
        """The index of one, by name; a LocantError when it cannot be asked."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """What a tool works with besides its arguments.

    room: tokens that its text may take.
    """

    index: Index | PlainIndex
    session: Session
    room: int
    count: TokenCounter


@dataclass(frozen=True, slots=True)
class Block:
    """A part of an answer that is shown whole or not at all: its text, and the same as JSON under `key`."""

    text: str
    key: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is cut to its budget.

    steps: (what was given up, blocks), most detailed first; the first step gives up nothing and says so by ''.
    counts: one line that says how much was found, for when not even one block fits.
    fields: JSON that is not made of blocks.
    hint: what to try next, where little was found.
    found: whether there is anything in it.
    """

    steps: Sequence[tuple[str, Sequence[Block]]]
    counts: str
    freshness: Freshness
    fields: Mapping[str, Any] = field(default_factory=dict)
    hint: str = ""
    found: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What a surface hands over: text for a model, JSON for a program.

    tokens: of the text. found: as `Draft.found`. is_error: the text says what was wrong with the call and what to do.
    """

    text: str
    data: Mapping[str, Any]
    tokens: int
    found: bool = True
    is_error: bool = False
