"""Pieces -> the text of a brief, cut to a budget of tokens that it never exceeds.

Pieces are taken in the order of what they are worth per token, as long as they fit by the sum of their tokens; the text
is then counted as a whole, and gives up its last pieces while it is too long. A tokenizer may count anything: what
cannot be made to fit is left out, in the end everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from locant.retriever.brief.pieces import Piece, Section
from locant.retriever.map.layout import Drawn
from locant.retriever.reading.visible import visible
from locant.retriever.tokens import TokenCounter
from locant.types import BriefPlace, MapFile

__all__ = ["Composed", "compose"]

HEADINGS = {
    Section.CANDIDATES: "## Candidates: files and definitions, likeliest first",
    Section.CODE: "## Code (… marks lines left out)",
    Section.NEIGHBOURS: "## Neighbours of the candidates",
    Section.TESTS: "## Tests that exercise them",
}
MAP_HEADING = "## Map of what is around"

WORDS = {
    Section.CANDIDATES: ("1 candidate", "{} candidates"),
    Section.CODE: ("code of 1 candidate", "code of {} candidates"),
    Section.NEIGHBOURS: ("1 neighbour", "{} neighbours"),
    Section.TESTS: ("1 test file", "{} test files"),
}
"""What is said of pieces that did not fit, for one and for more."""

MAP_SHARE = 0.12
"""Of the budget, for the map; and LEAST_MAP tokens make it worth its heading."""

LEAST_MAP = 60

CLOSING_TOKENS = 45
"""Kept free for the line that names what did not fit."""

MapMaker = Callable[[int, Sequence[BriefPlace]], Drawn]
"""A map of at most so many tokens around the places that the brief shows."""

NO_MAP = Drawn("", 0, ())


@dataclass(frozen=True, slots=True)
class Composed:
    """Text of a brief, its tokens, the places and the map that it shows, and what did not fit."""

    text: str
    tokens: int
    places: tuple[BriefPlace, ...]
    map_files: tuple[MapFile, ...]
    left_out: tuple[str, ...]


def compose(
    head: Sequence[str], pieces: Sequence[Piece], draw_map: MapMaker, max_tokens: int, count: TokenCounter
) -> Composed:
    """The most worth that fits.

    Args:
        head: lines that stand above everything.
        pieces: in any order.
        draw_map: makes the map.
        max_tokens: tokens of the text at most.
        count: the tokenizer.

    """
    map_room = int(MAP_SHARE * max_tokens)
    map_room = map_room if map_room >= LEAST_MAP else 0
    room = max_tokens - CLOSING_TOKENS - map_room - count("\n".join(head))
    chosen = _choose(pieces, room, count)
    while True:
        taken = _by_key(chosen)
        shown = _text(head, taken, pieces, "")
        around = _map(draw_map, map_room, max_tokens - count(shown), taken, count) if taken else NO_MAP
        text = _text(head, taken, pieces, around.text)
        tokens = count(text)
        if tokens <= max_tokens:
            missing = tuple(_left_out(taken, pieces, around.text))
            return Composed(text, tokens, _places(taken), around.files, missing)
        if map_room:
            map_room = 0
        elif chosen:
            chosen = chosen[:-1]
        else:
            return Composed("", 0, (), (), tuple(_left_out({}, pieces, "")))


def _choose(pieces: Sequence[Piece], room: int, count: TokenCounter) -> list[Piece]:
    """Pieces in the order in which they were taken; one may be taken again in a greater form."""
    costs = _Costs(count)
    ordered = sorted(pieces, key=lambda piece: (-piece.worth / max(costs.of(piece), 1), piece.rank, piece.key))
    chosen: list[Piece] = []
    taken: dict[str, Piece] = {}
    for piece in ordered:
        before = taken.get(piece.key)
        if (before is not None and before.form >= piece.form) or (before is None and _is_shown(piece, taken)):
            continue
        added = [piece] if piece.needs is None or piece.needs.key in taken else [piece.needs, piece]
        cost = sum(map(costs.of, added)) - (costs.of(before) if before is not None else 0)
        cost += sum(
            costs.heading(section) for section in {p.section for p in added} - {p.section for p in taken.values()}
        )
        if cost > room:
            continue
        room -= cost
        for one in added:
            taken[one.key] = one
            chosen.append(one)
    return chosen


class _Costs:
    """Tokens of pieces and headings, each counted once."""

    def __init__(self, count: TokenCounter) -> None:
        self._count = count
        self._known: dict[str, int] = {}

    def of(self, piece: Piece) -> int:
        """Of a piece with the line end behind it, and the empty line behind code."""
        end = ", " if piece.needs is not None and piece.form == 0 else "\n"
        end = "\n\n" if piece.section is Section.CODE else end
        return self._tokens("\n".join(piece.lines) + end)

    def heading(self, section: Section) -> int:
        """Of a section's heading with what separates it."""
        return self._tokens(f"\n{HEADINGS[section]}\n\n")

    def _tokens(self, text: str) -> int:
        if text not in self._known:
            self._known[text] = self._count(text)
        return self._known[text]


def _is_shown(piece: Piece, taken: dict[str, Piece]) -> bool:
    """Whether code overlaps with code that is shown already: a class with its method says the same twice."""
    if piece.section is not Section.CODE:
        return False
    return any(other.section is Section.CODE and _overlap(other.place, piece.place) for other in taken.values())


def _overlap(one: BriefPlace, other: BriefPlace) -> bool:
    return one.path == other.path and one.start_line <= other.end_line and other.start_line <= one.end_line


def _by_key(chosen: Sequence[Piece]) -> dict[str, Piece]:
    """What is shown of each key: the last form that was taken."""
    return {piece.key: piece for piece in chosen}


def _text(head: Sequence[str], taken: dict[str, Piece], pieces: Sequence[Piece], around: str) -> str:
    blocks = ["\n".join(head)]
    for section in Section:
        inside = [piece for piece in taken.values() if piece.section is section]
        if inside:
            apart = "\n\n" if section is Section.CODE else "\n"
            shown = apart.join(_lines_of(inside))
            blocks.append(f"{HEADINGS[section]}\n{shown}")
    if around:
        blocks.append(f"{MAP_HEADING}\n{around}")
    missing = list(_left_out(taken, pieces, around))
    if missing:
        blocks.append(f"Did not fit: {', '.join(missing)}.")
    return visible("\n\n".join(block for block in blocks if block))


def _lines_of(pieces: Sequence[Piece]) -> Iterator[str]:
    """Text of a section's pieces; candidates of which only the name is said share a line below their file."""
    names: list[str] = []
    for piece in _in_order(pieces):
        if piece.needs is not None and piece.form == 0:
            names.extend(piece.lines)
            continue
        if names and piece.needs is None:
            yield f"  also {', '.join(names)}"
            names = []
        yield "\n".join(piece.lines)
    if names:
        yield f"  also {', '.join(names)}"


def _in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """By rank; candidates file by file, each with its functions below."""
    ordered = sorted(pieces, key=lambda piece: (piece.rank, piece.key))
    files = [piece for piece in ordered if piece.needs is None]
    if len(files) == len(ordered):
        return ordered
    below: dict[str, list[Piece]] = {}
    for piece in ordered:
        if piece.needs is not None:
            below.setdefault(piece.needs.key, []).append(piece)
    return [piece for file in files for piece in (file, *below.get(file.key, ()))]


def _map(draw_map: MapMaker, room: int, left: int, taken: dict[str, Piece], count: TokenCounter) -> Drawn:
    """The map that fits into its share, or into what is left if that is less."""
    room = min(room, left - CLOSING_TOKENS - count(f"\n\n{MAP_HEADING}\n")) if room else 0
    return draw_map(room, _places(taken)) if room >= LEAST_MAP // 2 else NO_MAP


def _places(taken: dict[str, Piece]) -> tuple[BriefPlace, ...]:
    inside = ([piece for piece in taken.values() if piece.section is section] for section in Section)
    return tuple(piece.place for pieces in inside for piece in _in_order(pieces))


def _left_out(taken: dict[str, Piece], pieces: Iterable[Piece], around: str) -> Iterable[str]:
    """What did not fit, section by section."""
    for section in Section:
        keys = {piece.key for piece in pieces if piece.section is section} - taken.keys()
        if section is Section.CODE:
            shown = {key: taken[key] for key in taken if taken[key].section is section}
            keys = {p.key for p in pieces if p.key in keys and not _is_shown(p, shown)}
        if keys:
            one, more = WORDS[section]
            number = len(keys)
            yield (
                (one if number == 1 else more.format(number))
                if "{}" in more
                else f"{number} {one if number == 1 else more}"
            )
    if not around:
        yield "the map"
