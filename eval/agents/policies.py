"""Scripted agents: what one with grep and an editor window reads, and what the same one reads after a brief.

Both open windows of 100 lines, look first where the words of the issue are densest, never open what they have seen, and
at last read file after file. Neither knows the gold; when to stop is decided for both alike by who watches them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from locant.eval.agents.screen import Screen
from locant.eval.sources import read_text
from locant.eval.systems.grep import Looked, printed
from locant.eval.systems.protocol import Question, count_tokens
from locant.types import Brief, Location

__all__ = ["Policy", "Step", "World", "brief_agent", "code_lines", "grep_agent"]

WINDOW, ABOVE = 100, 16
"""Lines that `open` shows, and how many of them stand above the line that was asked for."""

GREPS, GREP_LINES = 10, 10
"""Greps before the first look at code, and lines read of each."""

BRIEF_OPENS = 5
"""Candidates of a brief that are opened before its reader greps after all."""

_HEAD = re.compile(r"(?P<path>.+):(?P<start>\d+)(?:-\d+)? \S.*")
_LEFT_OUT = re.compile(r"\s*… lines? (\d+)(?:-(\d+))?")
_FENCE = re.compile(r"(`{3,})\w*")


@dataclass(frozen=True, slots=True)
class Step:
    """What one call of a tool prints: its tokens, and the lines of files that it shows.

    calls: 0 for what stands in the opening prompt.
    """

    tokens: int
    shown: Sequence[tuple[str, Sequence[int]]]
    calls: int = 1


@dataclass(frozen=True, slots=True)
class World:
    """An issue, the tree, and what a look at it by grep comes to."""

    question: Question
    looked: Looked
    texts: dict[str, list[str]] = field(default_factory=dict)

    def lines(self, path: str) -> list[str]:
        """Lines of a file, which is read once."""
        if path not in self.texts:
            self.texts[path] = read_text(self.question.tree, path).removesuffix("\n").split("\n")
        return self.texts[path]


Policy = Callable[[World, Screen], Iterator[Step]]
"""An agent: its steps one after another; it may look at the screen that they fill."""


def grep_agent(world: World, screen: Screen) -> Iterator[Step]:
    """Greps for the words that weigh most, opens the best places, then reads the best files whole."""
    yield from _greps(world)
    yield from _places(world, screen)
    yield from _files(world, screen)


def brief_agent(brief: Brief) -> Policy:
    """The same agent with a brief in its prompt.

    It opens the first candidates whose code is not there, at the lines that the brief gives. Then it greps after all,
    and opens places of grep's and candidates in turn.
    """

    def steps(world: World, screen: Screen) -> Iterator[Step]:
        yield Step(count_tokens(brief.text), list(code_lines(brief.text)), calls=0)
        candidates = _candidates(brief, world, screen)
        yield from islice(candidates, BRIEF_OPENS)
        yield from _greps(world)
        yield from _in_turn(_places(world, screen), candidates)
        yield from _files(world, screen)

    return steps


def _in_turn(*sources: Iterator[Step]) -> Iterator[Step]:
    """One step of each as long as it has any; every step is made after the one before was seen."""
    left = list(sources)
    while left:
        for source in list(left):
            step = next(source, None)
            if step is None:
                left.remove(source)
            else:
                yield step


def _greps(world: World) -> Iterator[Step]:
    return (_grep(world, word) for word in world.looked.words[:GREPS])


def _places(world: World, screen: Screen) -> Iterator[Step]:
    """Windows around the places that grep ranks, without those that were seen."""
    for region in world.looked.places:
        if not screen.has(region.span):
            first = max(1, region.span.start_line - ABOVE)
            yield _shown(world, region.span.path, first, first + WINDOW - 1)


def _candidates(brief: Brief, world: World, screen: Screen) -> Iterator[Step]:
    """The lines of candidates whose code was not seen; of long ones as many as a window has."""
    for place in _to_open(brief):
        if not screen.has(place):
            last = min(place.end_line, place.start_line + WINDOW - 1)
            yield _shown(world, place.path, place.start_line, last)


def _files(world: World, screen: Screen) -> Iterator[Step]:
    """The best files from their beginnings, without windows that were seen."""
    for path in world.looked.files:
        for first in range(1, len(world.lines(path)) + 1, WINDOW):
            last = min(first + WINDOW - 1, len(world.lines(path)))
            if not screen.seen.get(path, set()).issuperset(range(first, last + 1)):
                yield _shown(world, path, first, last)


def _to_open(brief: Brief) -> Iterator[Location]:
    """Candidates in the order in which the brief names them: definitions first, then files of which it names none."""
    named = [place for place in brief.places if place.section in ("code", "candidates")]
    inside = [place for place in named if place.qualified_name]
    yield from (Location(place.path, place.start_line, place.end_line) for place in inside)
    known = {place.path for place in inside}
    yield from (Location(place.path, 1, WINDOW) for place in named if place.path not in known)


def _grep(world: World, word: str) -> Step:
    found = list(printed(world.question, world.looked.matches, word, GREP_LINES))
    tokens = sum(count_tokens(f"{path}:{line}:{text}\n") for path, line, text in found)
    return Step(tokens, [(path, (line,)) for path, line, _ in found])


def _shown(world: World, path: str, first: int, last: int) -> Step:
    """Lines of a file, as `open` prints them."""
    lines = world.lines(path)
    first, last = min(first, len(lines)), min(last, len(lines))
    shown = range(first, last + 1)
    text = "\n".join(f"{number}| {lines[number - 1]}" for number in shown)
    head = f"{path} ({len(lines)} lines)\n({first - 1} lines above)\n({len(lines) - last} lines below)\n"
    return Step(count_tokens(head + text), [(path, shown)])


def code_lines(text: str) -> Iterator[tuple[str, list[int]]]:
    """(path, lines) of every piece of code that a brief shows; what is folded away is not shown."""
    lines = text.split("\n")
    for number, line in enumerate(lines[:-1]):
        head, fence = _HEAD.fullmatch(line), _FENCE.fullmatch(lines[number + 1])
        if head and fence:
            end = lines.index(fence[1], number + 2)
            yield head["path"], _numbers(lines[number + 2 : end], int(head["start"]))


def _numbers(code: Sequence[str], start: int) -> list[int]:
    """Numbers of the lines of folded code that begins at a line."""
    found, at = [], start
    for line in code:
        gap = _LEFT_OUT.fullmatch(line)
        if gap and int(gap[1]) == at:
            at = int(gap[2] or gap[1]) + 1
        else:
            found.append(at)
            at += 1
    return found
