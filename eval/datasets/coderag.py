"""CodeRAG-Bench's basic tasks from the rows of their sources, and its canonical files.

HumanEval and MBPP: a query is the problem's text, its document the solution, and all solutions are the corpus, as its
scripts build it. Canonical files (`humaneval_solutions.json`, `ds1000_docs.json`, `odex_docs.json`, ...) carry the
documents of each row; the corpus is then their union, which is easier than the published task whose corpus holds the
whole library documentation: for that, give the folder that its scripts write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from locant.eval.datasets.beir import TASK
from locant.eval.datasets.corpus import Document, write_corpus
from locant.eval.datasets.fields import text_of
from locant.eval.datasets.jsonlines import Row
from locant.eval.datasets.records import Complaint, attempt
from locant.eval.errors import DatasetError
from locant.eval.types import Instance

__all__ = ["is_coderag", "read_coderag"]

MBPP_TEST = range(11, 511)
"""Task ids of MBPP's test split; the others are in the corpus but are not asked."""

QUERY_FIELDS = ("intent", "prompt", "text", "problem_statement")
"""Where the tasks have their query, as the benchmark's own re-ranking script names them."""


class _Problem(NamedTuple):
    """A row: its query (None if it is not asked) and the documents that answer it."""

    id: str
    query: str | None
    documents: list[Document]


class _Source(NamedTuple):
    fields: frozenset[str]
    read: Callable[[Row, int], _Problem]


def is_coderag(row: Row) -> bool:
    """Whether a row is of one of the tasks."""
    return _source_of(row) is not None


def read_coderag(rows: Iterable[tuple[int, Row | str]], cache: Path) -> Iterator[Instance | Complaint]:
    """Instances over the corpus of all documents of the rows."""
    problems: list[_Problem] = []
    for number, row in rows:
        found = attempt(partial(_problem, number=number), row, number)
        if isinstance(found, Complaint):
            yield found
        else:
            problems.append(found)
    documents = {document.id: document for problem in problems for document in problem.documents}
    corpus = write_corpus(list(documents.values()), cache)
    for problem in problems:
        if problem.query is not None:
            yield Instance(
                id=problem.id,
                repository=str(corpus.repository),
                base_commit=corpus.commit,
                text=problem.query,
                gold_files=tuple(dict.fromkeys(corpus.paths[document.id] for document in problem.documents)),
                task=TASK,
            )


def _problem(row: Row, number: int) -> _Problem:
    source = _source_of(row)
    if source is None:
        raise DatasetError("no row of a CodeRAG-Bench task: it has neither documents nor a solution")
    return source.read(row, number)


def _source_of(row: Row) -> _Source | None:
    return next((source for source in _SOURCES if source.fields <= row.keys()), None)


def _canonical(row: Row, number: int) -> _Problem:
    listed = row["docs"]
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise DatasetError("field 'docs' must be a list of objects with 'title' and 'text'")
    pairs = [(text_of(item, "title", default=""), text_of(item, "text")) for item in listed]
    documents = [Document(f"{title}\n{text}", title, text) for title, text in pairs]
    return _Problem(f"{number - 1}_{row.get('task_id', '')}", text_of(row, *QUERY_FIELDS), documents)


def _humaneval(row: Row, number: int) -> _Problem:
    id_ = text_of(row, "task_id", default=f"row {number}")
    prompt, solution = text_of(row, "prompt"), text_of(row, "canonical_solution")
    title = text_of(row, "entry_point", default="")
    return _Problem(id_, prompt, [Document(id_, title, prompt + solution)])


def _mbpp(row: Row, number: int) -> _Problem:
    task = row["task_id"]
    if not isinstance(task, int):
        raise DatasetError(f"field 'task_id' must be a number, not {task!r}")
    text, code = text_of(row, "text"), text_of(row, "code")
    document = Document(str(task), _function_name(code), f"# {text}\n{code}")
    return _Problem(str(task), text if task in MBPP_TEST else None, [document])


def _function_name(code: str) -> str:
    first = next((line.strip() for line in code.splitlines() if line.lstrip().startswith("def ")), "")
    return first.removeprefix("def ").partition("(")[0]


_SOURCES = (
    _Source(frozenset({"docs"}), _canonical),
    _Source(frozenset({"task_id", "prompt", "canonical_solution"}), _humaneval),
    _Source(frozenset({"task_id", "text", "code"}), _mbpp),
)
