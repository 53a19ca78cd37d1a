"""Feature tables of training rows: each asked on its own state of its repository, with nothing later in sight.

Rows of one state share an index, and states of one repository share all content that did not change between them. One
file per state is written when its last row is done, so a run that was stopped goes on with the next state.
"""

from __future__ import annotations

import shutil
import signal
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from types import FrameType

from locant.errors import LocantError
from locant.eval.datasets.load import load_dataset
from locant.eval.errors import DatasetError, SystemFailedError
from locant.eval.repositories.git import try_git
from locant.eval.repositories.mirrors import Mirrors
from locant.eval.repositories.provider import Provider
from locant.eval.runs.gold import Tree, settle_gold
from locant.eval.scope import family, language_of, may_be_ranked
from locant.eval.sources import BlobCache, list_blobs
from locant.eval.training.arrays import RowTables, mark_gold, write_arrays
from locant.eval.types import Instance
from locant.indexer.store.folder import TreeStore
from locant.indexer.walk.repository import repository_identity
from locant.refresh import Look, Refresher
from locant.retriever.context import Context, read_query
from locant.retriever.filters import Filters
from locant.retriever.first_stage import first_stage, tables_of
from locant.retriever.localize import Rankers

__all__ = ["Collected", "States", "collect_repository", "in_turn", "plan_states"]

ROW_SECONDS = 20.0
"""For one row, which takes a tenth of a second; a text that takes longer is no example to learn from."""

PARSERS = 1
"""Processes that parse for one repository: repositories are worked on side by side."""

ID_LENGTH = 12
"""Of a commit in the name of a file."""


@dataclass(frozen=True, slots=True)
class States:
    """A repository and its rows by the commit on whose tree they are asked; each commit gives one file in `out`."""

    repository: str
    rows: Mapping[str, tuple[Instance, ...]]
    out: Path
    mirrors: Path
    scratch: Path
    development: bool = False

    def file(self, commit: str) -> Path:
        """Where the tables of a state are written."""
        return self.out / self.repository.replace("/", "+") / f"{commit[:ID_LENGTH]}.npz"

    @property
    def language(self) -> str:
        """The language of most rows."""
        first = (rows[0] for rows in self.rows.values())
        found = Counter(row.language or language_of(row.gold_files[0]) for row in first if row.gold_files)
        return found.most_common(1)[0][0] if found else ""


@dataclass
class Collected:
    """How many rows of a repository have tables now, in how many files, and why others have none."""

    repository: str
    rows: int = 0
    files: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def plan_states(
    sources: Iterable[Path],
    out: Path,
    mirrors: Path,
    scratch: Path,
    development: frozenset[str],
    per_state: int,
    most: int,
) -> list[States]:
    """What is still to be done, in turns over languages, so that a partial result is balanced.

    Args:
        sources: datasets, and folders of them.
        out: where the tables go.
        mirrors: the clones.
        scratch: for working trees and indexes.
        development: repositories (in lower case) whose rows are marked.
        per_state: rows asked on one state at most; 0 for all.
        most: states of one repository at most, evenly spread; 0 for all.

    Raises:
        DatasetError: a source cannot be read, or there is no row in them.

    """
    found: dict[str, dict[str, list[Instance]]] = defaultdict(lambda: defaultdict(list))
    for row in _rows_of(sources):
        found[row.repository][row.base_commit].append(row)
    if not found:
        raise DatasetError(f"no rows in {', '.join(map(str, sources))}: give datasets, or folders of them")
    plans = []
    for repository, rows in found.items():
        chosen = {commit: tuple(rows[commit][: per_state or None]) for commit in _spread(list(rows), most)}
        marked = repository.lower() in development
        plans.append(States(repository, chosen, out, mirrors, scratch, marked))
    waiting = [plan for plan in plans if not all(plan.file(commit).is_file() for commit in plan.rows)]
    return in_turn(sorted(waiting, key=lambda plan: (plan.development, plan.repository)))


def in_turn(plans: Sequence[States]) -> list[States]:
    """One repository of each language, then the next of each, in the given order."""
    by_language: dict[str, list[States]] = defaultdict(list)
    for plan in plans:
        by_language[plan.language].append(plan)
    return [plan for turn in zip_longest(*by_language.values()) for plan in turn if plan is not None]


def collect_repository(states: States) -> Collected:
    """Write the tables of every state that has none yet; a state that cannot be had costs its own rows alone."""
    collected = Collected(states.repository)
    work = states.scratch / states.repository.replace("/", "+")
    provider = Provider(Mirrors(states.mirrors, states.scratch), work)
    try:
        with closing(_Indexer(work / "index")) as indexer:
            for commit in _by_date(states, provider):
                if states.file(commit).is_file():
                    continue
                try:
                    with provider.tree(states.repository, commit) as root:
                        _collect_state(states, commit, root, indexer, collected)
                except LocantError as error:
                    collected.left_out[str(error)] += len(states.rows[commit])
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return collected


class _Indexer:
    """Keeps the index of a repository's one working tree, the parsers and what was parsed from state to state."""

    def __init__(self, cache: Path) -> None:
        self.blobs = BlobCache()
        self._cache = cache
        self._refreshers: dict[Path, Refresher] = {}

    def look(self, root: Path) -> Look:
        """The index of the tree as it is now."""
        if root not in self._refreshers:
            self._refreshers[root] = Refresher(TreeStore(root, self._cache, repository_identity), None, PARSERS)
        return self._refreshers[root].look(force=True)

    def close(self) -> None:
        """End the parsers."""
        for refresher in self._refreshers.values():
            refresher.close()


def _collect_state(states: States, commit: str, root: Path, indexer: _Indexer, collected: Collected) -> None:
    look = indexer.look(root)
    files = list_blobs(root)
    candidates: dict[tuple[str, str, str], dict[str, str]] = {}
    rows: list[RowTables] = []
    left_out: list[str] = []
    for row in states.rows[commit]:
        scope = (row.language, row.task, row.within)
        if scope not in candidates:
            candidates[scope] = {path: blob for path, blob in files.items() if may_be_ranked(path, row)}
        found = _row_tables(row, look, Tree(root, files, candidates[scope], indexer.blobs))
        if isinstance(found, str):
            left_out.append(f"{row.id}: {found}")
            collected.left_out[found] += 1
        else:
            rows.append(found)
    file = states.file(commit)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_arrays(file, rows, states.development, left_out)
    collected.rows += len(rows)
    collected.files += 1


def _row_tables(row: Instance, look: Look, tree: Tree) -> RowTables | str:
    """A row's tables, or why it has none."""
    gold = settle_gold(row, tree)
    if gold.impossible:
        return gold.impossible
    present = set(look.snapshot.file_language)
    languages = tuple(sorted(family(row.language) & present)) if row.language else ()
    filters = Filters(languages=languages, areas=("code",))
    rankers = Rankers.default()
    try:
        with _limited(ROW_SECONDS):
            context = Context(look.snapshot, look.lexicon, read_query(look.snapshot, row.text, "auto"))
            if context.query.is_blank:
                return "its text says nothing"
            stage = first_stage(context, rankers.files, rankers.functions, filters, every_signal=True)
            return mark_gold(row, tables_of(context, stage, filters), look.snapshot, gold, tree)
    except LocantError as error:
        return str(error)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise when the block takes longer; only in the main thread of a process, where signals arrive."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemFailedError(f"no tables within {seconds:g} seconds: leave the row out")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _rows_of(sources: Iterable[Path]) -> Iterator[Instance]:
    for source in sources:
        for file in sorted(source.glob("*.jsonl*")) if source.is_dir() else [source]:
            yield from load_dataset(file).instances


def _spread(commits: Sequence[str], most: int) -> Sequence[str]:
    """So many of them, evenly spread, the last one among them."""
    if not most or len(commits) <= most:
        return commits
    return [commits[-1 - (i * len(commits)) // most] for i in range(most)][::-1]


def _by_date(states: States, provider: Provider) -> list[str]:
    """Commits oldest first: neighbours differ in few files. Unknown ones come first, and fail by themselves."""
    mirror = provider.mirrors.find(states.repository)

    def date(commit: str) -> int:
        done = try_git(mirror, "show", "-s", "--format=%ct", commit)
        return int(done.stdout.split()[-1]) if done.returncode == 0 and done.stdout.strip() else 0

    return sorted(states.rows, key=lambda commit: (date(commit), commit))
