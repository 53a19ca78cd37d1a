"""locant itself, in this process, through its public API."""

from __future__ import annotations

import time

import locant
from locant.errors import LocantError
from locant.eval.errors import SystemFailedError
from locant.eval.systems.protocol import DEPTH, Question, count_tokens
from locant.eval.types import Ranking
from locant.types import Localization

__all__ = ["Locant"]


class Locant:
    """The product as a user has it: default settings, index in the cache folder."""

    name = "locant"

    def rank(self, question: Question) -> Ranking:
        """Open (which brings the index up to date), then localize."""
        began = time.perf_counter()
        try:
            with locant.open(question.tree) as index:
                index.update()
                ready = time.perf_counter()
                answer = index.localize(question.text)
                done = time.perf_counter()
        except LocantError as error:
            raise SystemFailedError(f"locant: {error}") from error
        return Ranking(
            files=tuple(dict.fromkeys(hit.path for hit in answer.files))[:DEPTH],
            functions=tuple(dict.fromkeys(f"{hit.path}:{hit.qualified_name}" for hit in answer.functions))[:DEPTH],
            seconds=done - ready,
            index_seconds=ready - began,
            answer_tokens=count_tokens(_printed(answer)),
        )


def _printed(answer: Localization) -> str:
    """What an agent reads of an answer: places and why."""
    files = [f"{hit.path} {'; '.join(e.detail for e in hit.evidence)}" for hit in answer.files]
    functions = [f"{hit.path}:{hit.start_line}-{hit.end_line} {hit.qualified_name}" for hit in answer.functions]
    spans = [f"{hit.path}:{hit.start_line}-{hit.end_line} {hit.reason}" for hit in answer.spans]
    return "\n".join([*files, *functions, *spans])
