"""BEIR's folder layout, in which CodeRAG-Bench writes its retrieval tasks (HumanEval, MBPP, DS-1000, ODEX, RepoEval,
SWE-bench-Lite): `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`. Their protocol is nDCG@10 over the test queries.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from locant.eval.datasets.corpus import Document, write_corpus
from locant.eval.datasets.fields import text_of
from locant.eval.datasets.jsonlines import Row, read_rows
from locant.eval.datasets.records import Complaint, attempt
from locant.eval.errors import DatasetError
from locant.eval.types import Instance

__all__ = ["TASK", "beir_folders", "read_beir"]

TASK = "documents"
CORPUS, QUERIES, QRELS = "corpus.jsonl", "queries.jsonl", "qrels/test.tsv"


def beir_folders(folder: Path) -> list[Path]:
    """The folder itself, or those in it (RepoEval has one for each repository), that follow the layout."""
    return [found for found in (folder, *sorted(folder.iterdir())) if (found / CORPUS).is_file()]


def read_beir(folder: Path, cache: Path, prefix: str = "") -> Iterator[Instance | Complaint]:
    """Test queries with the documents that answer them; queries without a judgement are left out, as BEIR does it."""
    documents = _by_id(folder / CORPUS).values()
    yield from (found for found in documents if isinstance(found, Complaint))
    corpus = write_corpus([found for found in documents if isinstance(found, Document)], cache)
    relevant = dict(_judgements(folder / QRELS))
    for id_, query in _by_id(folder / QUERIES).items():
        if isinstance(query, Complaint):
            yield query
        elif id_ in relevant:
            missing = [document for document in relevant[id_] if document not in corpus.paths]
            if missing:
                yield Complaint(0, f"query {id_!r}: {QRELS} names {missing[0]!r}, which {CORPUS} does not have")
                continue
            yield Instance(
                id=f"{prefix}{id_}",
                repository=str(corpus.repository),
                base_commit=corpus.commit,
                text=query.text,
                gold_files=tuple(corpus.paths[document] for document in relevant[id_]),
                task=TASK,
                meta={"corpus": folder.name},
            )


def _by_id(path: Path) -> dict[str, Document | Complaint]:
    """Documents or queries by `_id`; what is malformed under its line."""
    found: dict[str, Document | Complaint] = {}
    for number, row in read_rows(path):
        read = attempt(_document, row, number, path.name)
        found[f"{path.name}:{number}" if isinstance(read, Complaint) else read.id] = read
    return found


def _document(row: Row) -> Document:
    return Document(text_of(row, "_id"), text_of(row, "title", default=""), text_of(row, "text"))


def _judgements(path: Path) -> dict[str, list[str]]:
    """Query -> documents with a positive score."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read the judgements {path}: {error}") from error
    found: dict[str, list[str]] = {}
    for line in lines:
        query, _, rest = line.partition("\t")
        document, _, score = rest.rpartition("\t")
        if score.strip().lstrip("-").isdigit() and int(score) > 0:  # the header's is no number
            found.setdefault(query, []).append(document)
    return found
