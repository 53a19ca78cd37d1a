"""What the commands of `locant eval` share: finding repositories, rows and runs that a person named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from locant.errors import QueryError
from locant.eval.datasets.load import Dataset
from locant.eval.errors import EvaluationError
from locant.eval.mining.docstrings import mine_docstrings
from locant.eval.mining.mine import Mined
from locant.eval.mining.mine import mine as mine_history
from locant.eval.repositories.mirrors import Mirrors, git_folder
from locant.eval.repositories.provider import Provider
from locant.eval.runs.runfile import Run, RunFile
from locant.eval.types import Instance
from locant.indexer.store.folder import cache_folder

__all__ = [
    "AUTO",
    "EXAMPLES",
    "choose",
    "combined",
    "find_run_and_system",
    "mined_of",
    "provider_of",
    "require_rows",
]

EXAMPLES: dict[str, tuple[str, ...]] = {
    "run": (
        "locant eval run rows.jsonl --mirrors clones --systems locant,grep,bm25 --out run.jsonl",
        "locant eval run rows.jsonl --systems locant,mine=command:'python my_tool.py' --out run.jsonl",
    ),
    "mine": (
        "locant eval mine . --out rows.jsonl",
        "locant eval mine urfave/cli sharkdp/fd --mirrors clones --count 25 --out rows.jsonl.gz",
        "locant eval mine . --queries docstrings --out questions.jsonl",
    ),
    "here": ("locant eval here", "locant eval here ../service --queries docstrings --no-show --out report.html"),
    "report": (
        "locant eval report run.jsonl",
        "locant eval report run.jsonl --format html --out report.html",
    ),
    "compare": ("locant eval compare run.jsonl:grep run.jsonl:locant", "locant eval compare old.jsonl new.jsonl"),
    "ablate": ("locant eval ablate rows.jsonl --mirrors clones --signals bm25,path --out ablation.jsonl",),
    "train mine": (
        "locant eval train mine clones --out rows",
        "locant eval train mine clones --out rows --anchors 4 --exclude others.txt --mark issues.jsonl.gz",
    ),
    "train collect": (
        "locant eval train collect rows --mirrors clones --out tables",
        "locant eval train collect issues.jsonl.gz --mirrors clones --out issue-tables --jobs 1",
    ),
    "train pairs": (
        "locant eval train pairs clones --out pairs",
        "locant eval train pairs clones --out pairs --apart issues.jsonl.gz --commits 400",
    ),
    "train encoder": (
        "locant eval train encoder pairs --start MiniLM --out encoder",
        "locant eval train encoder pairs --start MiniLM --out encoder --layers 0,1,2 --workers 2",
    ),
    "train fit": (
        "locant eval train fit tables issue-tables --out models --card card.md",
        "locant eval train fit tables --out models --folds 3 --rows 50 --trees 100",
    ),
    "context": (
        "locant eval context rows.jsonl --mirrors clones",
        "locant eval context rows.jsonl --contexts brief --budgets 1000,8000",
    ),
    "agents": (
        "locant eval agents rows.jsonl --mirrors clones --out walks.jsonl",
        "locant eval agents rows.jsonl --budgets 2000 --ranker fusion --each 2 --out walks.jsonl",
    ),
    "train embedding": (
        "locant eval train embedding pairs --out embedding --leave-out questions.jsonl",
        "locant eval train embedding pairs --out embedding --start MiniLM --test-share 0.2",
    ),
    "record": ("locant eval record run.jsonl --out docs/evaluation.md", "locant eval record --out docs/evaluation.md"),
}

QUERIES = ("commits", "docstrings")

AUTO = "auto"
"""Commits where enough of them say something, else doc comments: young repositories have no history yet."""

ENOUGH_ROWS = 10
"""Below, an interval is as wide as the scale."""


def provider_of(mirrors: Path | None, scratch: Path | None = None) -> Provider:
    """Working trees in a scratch folder, in locant's cache unless it is given."""
    cache = cache_folder() / "eval"
    return Provider(Mirrors(mirrors, cache), scratch or cache / "trees")


def mined_of(
    repository: str, queries: str, count: int, seed: int, commits: int, mirrors: Path | None, copies: Path
) -> Mined:
    """Rows of one repository: a path, or a name in the folder of mirrors, by which rows then call it."""
    if queries == AUTO:
        found = mined_of(repository, QUERIES[0], count, seed, commits, mirrors, copies)
        more = len(found.rows) < ENOUGH_ROWS
        other = mined_of(repository, QUERIES[1], count, seed, commits, mirrors, copies) if more else found
        return max(found, other, key=lambda mined: len(mined.rows))
    if queries not in QUERIES:
        raise QueryError(f"no queries {queries!r}: use {' or '.join(QUERIES)}")
    path, name = Path(repository), ""
    if mirrors is not None and git_folder(path) is None:
        path, name = Mirrors(mirrors, copies).find(repository), repository
    if queries == "docstrings":
        copy = copies / f"{repository.replace('/', '+') if name else path.resolve().name}.git"
        return mine_docstrings(path, copy, count, seed)
    return mine_history(path, count, seed, commits, name)


def combined(parts: Sequence[Mined]) -> Mined:
    """Rows of several repositories as one dataset."""
    whole = Mined(tuple(row for part in parts for row in part.rows))
    for part in parts:
        whole.left_out.update(part.left_out)
    return whole


def require_rows(mined: Mined, what: str) -> Mined:
    """The same; raises when there is nothing to measure on."""
    if not mined.rows:
        reasons = ", ".join(f"{number} {reason}" for reason, number in mined.left_out.most_common(3))
        raise EvaluationError(
            f"nothing of {what} makes a row ({reasons or 'no commits'}): it takes a history whose messages say what "
            "was wrong, or documented code and --queries docstrings"
        )
    return mined


def choose(rows: Dataset, repositories: str, limit: int, each: int = 0) -> Dataset:
    """Rows of some repositories, or the first so many, of all or of each repository; 0 is no limit."""
    wanted = set(filter(None, repositories.split(",")))
    unknown = wanted - {row.repository for row in rows.instances}
    if unknown:
        raise EvaluationError(f"the dataset has no rows of {', '.join(sorted(unknown))}: check --repositories")
    kept: list[Instance] = []
    seen: Counter[str] = Counter()
    for row in rows.instances:
        seen[row.repository] += 1
        if (not wanted or row.repository in wanted) and (not each or seen[row.repository] <= each):
            kept.append(row)
    return Dataset(rows.name, rows.fingerprint, tuple(kept[: limit or None]), rows.complaints)


def _file_and_system(text: str) -> tuple[Path, str]:
    """Names of systems have colons, too (`locant:rerank=neural`): the shortest beginning that is a file counts."""
    parts = text.split(":")
    splits = ((Path(":".join(parts[:end])), ":".join(parts[end:])) for end in range(1, len(parts)))
    return next(((path, system) for path, system in splits if path.is_file()), (Path(text), ""))


def find_run_and_system(text: str, other: Run | None) -> tuple[Run, str]:
    """`FILE:SYSTEM`, `FILE`, or a system of the other file."""
    if other is not None and text in other.systems:
        return other, text
    path, system = _file_and_system(text)
    found = RunFile(path).read()
    if not system:
        system = found.systems[0] if len(found.systems) == 1 else ""
    if system not in found.systems:
        raise EvaluationError(f"{path} has no system {system!r}: give {path}:NAME with {', '.join(found.systems)}")
    return found, system
