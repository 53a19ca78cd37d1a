"""locant itself, in this process, through its public API."""

from __future__ import annotations

import time
from collections.abc import Sequence

import locant
from locant.errors import LocantError
from locant.eval.errors import SystemFailedError
from locant.eval.scope import family
from locant.eval.systems.protocol import DEPTH, Question, count_tokens
from locant.eval.types import Ranking
from locant.types import Localization

__all__ = ["Locant"]

FILES_SHOWN, FUNCTIONS_SHOWN = 20, 50
"""What an answer holds by default; its tokens are counted on these, though the ranking is asked for deeper."""


class Locant:
    """The product with default settings, told which files may be ranked by its own filters.

    without: signals that are switched off; the name says so.
    """

    def __init__(self, without: Sequence[str] = ()) -> None:
        self._without = tuple(without)
        self.name = f"locant:without={'+'.join(without)}" if without else "locant"

    def rank(self, question: Question) -> Ranking:
        """Bring the index up to date, then localize."""
        languages = tuple(sorted(family(question.language))) if question.language else ()
        began = time.perf_counter()
        try:
            with locant.open(question.tree) as index:
                index.update()
                ready = time.perf_counter()
                answer = index.localize(
                    question.text,
                    files=DEPTH,
                    functions=DEPTH,
                    languages=languages,
                    areas=("code",),
                    without=self._without,
                )
                done = time.perf_counter()
        except LocantError as error:
            raise SystemFailedError(f"locant: {error}") from error
        return Ranking(
            files=tuple(dict.fromkeys(hit.path for hit in answer.files)),
            functions=tuple(dict.fromkeys(f"{hit.path}:{hit.qualified_name}" for hit in answer.functions)),
            seconds=done - ready,
            index_seconds=ready - began,
            answer_tokens=count_tokens(_shown(answer)),
        )


def _shown(answer: Localization) -> str:
    """What an agent reads of an answer: places and why."""
    files = [f"{hit.path} {'; '.join(e.detail for e in hit.evidence)}" for hit in answer.files[:FILES_SHOWN]]
    functions = [
        f"{hit.path}:{hit.start_line}-{hit.end_line} {hit.qualified_name}" for hit in answer.functions[:FUNCTIONS_SHOWN]
    ]
    spans = [f"{hit.path}:{hit.start_line}-{hit.end_line} {hit.reason}" for hit in answer.spans]
    return "\n".join([*files, *functions, *spans])
