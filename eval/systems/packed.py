"""The baseline of long context: a model gets the repository in one text, packed for the issue, and names the places.

    pack:model=openai/gpt-4o-mini+pack_tokens=100000+order=best-last+max_cost=0.05

What the model names and the tree does not have is dropped and counted; nothing of locant's own ranking is answered.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import locant
from locant.errors import LocantError, QueryError
from locant.eval.errors import EvaluationError, SystemFailedError
from locant.eval.systems.locant_index import files_below, languages_of, model_figures
from locant.eval.systems.protocol import DEPTH, Question, count_tokens
from locant.eval.types import Ranking
from locant.indexer.store.folder import cache_folder
from locant.retriever.llm.parsing import object_of, texts_of
from locant.retriever.llm.prompts import PACKED, chat, issue_within, quoted
from locant.retriever.llm.shapes import packed_shape
from locant.retriever.models.budget import Budget
from locant.retriever.models.choose import make_model
from locant.retriever.models.protocol import LanguageModel
from locant.retriever.models.session import ModelOptions, open_session
from locant.types import ModelRequest, PackOrder

__all__ = ["PackForModel", "pack_for_model"]

PREFIX = "pack:"
PACK_TOKENS = 100_000
ANSWER_TOKENS = 1_000

READERS: dict[str, Callable[[str], Any]] = {
    "pack_tokens": int,
    "order": str,
    "max_cost": float,
    "max_seconds": float,
}


def pack_for_model(spec: str) -> PackForModel:
    """The system of a specification.

    Raises:
        EvaluationError: it makes no sense.

    """
    parts = [part.partition("=") for part in spec.removeprefix(PREFIX).split("+")]
    given = {name: value for name, _, value in parts}
    model = given.pop("model")
    unknown = [name for name in given if name not in READERS]
    if unknown:
        raise EvaluationError(f"{spec!r} has {', '.join(unknown)}: use {', '.join(READERS)}")
    try:
        values = {name: read(given[name]) for name, read in READERS.items() if name in given}
        if values.get("order", "relevance") not in get_args(PackOrder):
            raise QueryError(f"there is no order {values['order']!r}; use {', '.join(get_args(PackOrder))}")
        budget = Budget(None, values.get("max_cost"), values.get("max_seconds", 600.0))
        return PackForModel(
            make_model(model), values.get("pack_tokens", PACK_TOKENS), values.get("order", "relevance"), budget, spec
        )
    except (ValueError, QueryError) as error:
        raise EvaluationError(f"{spec!r} makes no sense: {error}") from error


class PackForModel:
    """A model that reads the pack and names files and functions; a row without its answer has failed."""

    def __init__(self, model: LanguageModel, pack_tokens: int, order: PackOrder, budget: Budget, name: str) -> None:
        self.name = name
        self._model = model
        self._pack_tokens = pack_tokens
        self._order: PackOrder = order
        self._budget = budget
        self._opened: dict[Path, locant.Index] = {}

    def rank(self, question: Question) -> Ranking:
        """Pack, ask, and check what is named."""
        began = time.perf_counter()
        try:
            if question.tree not in self._opened:
                self._opened[question.tree] = locant.open(question.tree)
            index = self._opened[question.tree]
            index.update()
            ready = time.perf_counter()
            return self._answer(index, question, began, ready)
        except LocantError as error:
            raise SystemFailedError(f"{self.name}: {error}") from error

    def _answer(self, index: locant.Index, question: Question, began: float, ready: float) -> Ranking:
        def made(tokens: int) -> ModelRequest:
            packed = index.pack(
                question.text,
                max_tokens=tokens,
                order=self._order,
                languages=languages_of(index, question),
                paths=files_below(question),
                areas=("code",),
            )
            shown = f"{quoted('repository', packed.text)}\n\n{issue_within(question.text, tokens)}"
            return ModelRequest(chat(PACKED, shown), ANSWER_TOKENS, "pack", schema=packed_shape(sorted(question.files)))

        options = ModelOptions(budget=self._budget, prompt_tokens=self._pack_tokens)
        session = open_session(self._model, options, cache_folder(), "pack")
        reply = session.ask_fitting(made)
        if reply is None:
            raise SystemFailedError(f"{self.name}: {'; '.join(session.use().notes)}")
        files, functions = _named(index, question, reply.text, session.ledger.drop)
        session.ledger.useful(int(bool(files)))
        return Ranking(
            files=files[:DEPTH],
            functions=functions[:DEPTH],
            seconds=time.perf_counter() - ready,
            index_seconds=ready - began,
            answer_tokens=count_tokens(reply.text),
            **model_figures(session.use()),
        )


def _named(
    index: locant.Index, question: Question, text: str, drop: Callable[[int], None]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Files and functions of an answer that exist; a function's file is named by it, too."""
    found = object_of(text, ("files", "functions"))
    files = texts_of(found.get("files", []))
    known = [path for path in files if path in question.files]
    wanted = [item for item in _items(found.get("functions", [])) if isinstance(item, dict)]
    functions = [label for item in wanted if (label := _function(index, question, item))]
    drop(len(files) - len(known) + len(wanted) - len(functions))
    paths = dict.fromkeys([*known, *(label.rpartition(":")[0] for label in functions)])
    return tuple(paths), tuple(dict.fromkeys(functions))


def _items(value: Any) -> list[Any]:  # noqa: ANN401 - as a model wrote it
    return value if isinstance(value, list) else [value]


def _function(index: locant.Index, question: Question, item: dict[str, Any]) -> str:
    """`path:Outer.method` of a definition that is there; empty when it is not."""
    path, name = str(item.get("path", "")), str(item.get("name", ""))
    if path not in question.files or not name:
        return ""
    names = [symbol.qualified_name for symbol in index.outline(path)]
    meant = next((known for known in names if known == name or known.endswith(f".{name}")), "")
    return f"{path}:{meant}" if meant else ""
