"""What an agent has on its screen, and when the gold is among it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from locant.eval.runs.gold import Gold
from locant.eval.sources import read_text
from locant.eval.systems.protocol import Question
from locant.eval.systems.regions import regions_of
from locant.types import Location

__all__ = ["FILES", "FUNCTIONS", "Goals", "Screen", "goals_of"]

FILES, FUNCTIONS = "files", "functions"
"""What can be looked for."""

FILE_LINES = 10
"""Lines of a file that have to be shown before it counts as seen; a name or a line of grep's is no look into it."""

FUNCTION_LINES = 50
"""Lines of a long function that count as having seen it; of a shorter one than twice that, half of its lines."""


@dataclass
class Screen:
    """Lines that were shown, by file."""

    seen: dict[str, set[int]] = field(default_factory=dict)

    def show(self, path: str, lines: Iterable[int]) -> None:
        """Add lines of a file."""
        self.seen.setdefault(path, set()).update(lines)

    def has_file(self, path: str, length: int) -> bool:
        """Whether a file of so many lines was looked into."""
        return len(self.seen.get(path, ())) >= min(FILE_LINES, max(1, length))

    def has(self, place: Location) -> bool:
        """Whether enough of a definition was shown."""
        size = place.end_line - place.start_line + 1
        shown = self.seen.get(place.path, set())
        count = sum(place.start_line <= line <= place.end_line for line in shown)
        return count >= min(FUNCTION_LINES, (size + 1) // 2)


@dataclass(frozen=True, slots=True)
class Goals:
    """What has to be on screen: lengths of the gold files by path, and the lines of the gold functions."""

    files: Mapping[str, int]
    functions: tuple[Location, ...]

    @property
    def levels(self) -> tuple[str, ...]:
        """What there is to look for."""
        return (FILES, FUNCTIONS) if self.functions else (FILES,)

    def met(self, level: str, screen: Screen) -> bool:
        """Whether all of a level is on screen."""
        if level == FILES:
            return all(screen.has_file(path, length) for path, length in self.files.items())
        return all(map(screen.has, self.functions))


def goals_of(gold: Gold, question: Question) -> Goals:
    """Where the gold stands; of a type only its head, since its methods are looked for one by one."""
    wanted = set(gold.functions)
    regions = (region for path in gold.files if path in question.files for region in regions_of(question, path))
    places = {region.id: region.span for region in regions if region.id in wanted}
    lengths = {path: read_text(question.tree, path).count("\n") for path in gold.files}
    return Goals(lengths, tuple(places.values()))
