"""The standing record: one page made from summaries of runs, and from nothing else.

The page is a function of the folder of summaries. Whoever doubts a figure makes the page again; a test does so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from locant.eval.errors import RunFileError
from locant.eval.metrics.measures import Measure
from locant.eval.reports.compare import compare
from locant.eval.reports.labels import labelled
from locant.eval.reports.scores import levels_of, scorable, summarize
from locant.eval.reports.summary import read_summary, summary_text
from locant.eval.reports.tables import (
    Table,
    comparison_table,
    cost_table,
    markdown,
    model_tables,
    percent,
    score_table,
    split_tables,
    warning,
)
from locant.eval.reports.verdict import printable
from locant.eval.runs.runfile import Run
from locant.eval.types import Outcome

__all__ = ["record_page", "write_summary"]

OURS = "locant"
GLANCE = (Measure("Acc", 1), Measure("Acc", 5), Measure("Acc", 10))
COMPARED = (Measure("Acc", 1), Measure("Acc", 5), Measure("Acc", 10), Measure("MRR"))
SHOWN_NOTES = 20
"""Rows that were not scored, named one by one; the rest is counted."""

KEPT_NAMES = 2
"""Names at the end of a longer path: a clone is a folder `repo` in one that is called after it."""

HEAD = """# Evaluation: where locant stands

<!-- Made by `locant eval record` from the run summaries in `runs/`. Do not edit: a test makes it again. -->

Every figure on this page is computed from a file in [runs](runs), which holds for each row the gold and the rank at
which each system found it. `locant eval record` makes the page; `locant eval run` and `locant eval mine` make the runs.

These are **development** data: locant was built while looking at figures like these, so they say where it stands and
which change helped, not how it does on code that it has never met. The public benchmarks are held out, and so are the
repositories in them. Rows that are mined from history ask with a commit message or a pull request, which was written
with the fix at hand; they compare systems with each other and not with figures of issue benchmarks.

The rankers that ship have been trained on the issues of `python-dev`. That run was therefore answered by rankers which
the same command trained on mined commits of other repositories alone; [ranking.md](ranking.md) tells how. Commits of
the repositories of `mined-eight` are among what they were trained on: there, the plain fusion answers for locant.
"""

MEANING = """## How to read it

- **Acc@k**: share of rows for which *all* gold is among the first k. **Any@k**: at least one. **Recall@k**: the share
  of the gold. **MRR**: one over the rank of the first. **nDCG@10**: with the usual discount. No answer scores zero.
- Figures in brackets are 95 % intervals: Wilson's for shares, bootstrap for the rest, paired bootstrap for differences.
  McNemar's p is exact. A difference whose interval holds zero is not shown to be one.
- **tokens to files**: what an agent reads until it holds all gold files: the answer (for grep, the lines that it
  prints), then files in the order of the answer; **tokens to functions** the same, function by function. A token is
  four characters. Medians are over all rows, where never getting there is more than any number; `-` if most never do.
- **grep** is an agent without an index: whole-word greps for what looks like code in the text, rare words first,
  definitions and named files first. **bm25** is rank-bm25 over whole files.
- Candidates are source files that are neither tests nor documents, the same for every system.
"""


def write_summary(run: Run, folder: Path) -> Path:
    """Keep a run's ranks in the folder, under the name of its file; repositories that are local paths by their name."""
    named = [
        replace(outcome, repository=_public(outcome.repository), note=_without_folders(outcome.note))
        for outcome in run.outcomes
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run.path.name.partition('.')[0]}.json"
    path.write_text(summary_text(replace(run, outcomes=tuple(named))), encoding="utf-8")
    return path


def record_page(folder: Path) -> str:
    """The page of all summaries in a folder, by name."""
    runs = [read_summary(path) for path in sorted(folder.glob("*.json"))]
    if not runs:
        raise RunFileError(f"no summary in {folder}: name a run file to add, locant eval record RUN.jsonl")
    parts = [HEAD, "## At a glance\n", _markdown(_glance(runs)), *map(_section, runs), MEANING]
    return "\n".join(parts)


_LOCAL_PATH = re.compile(r"(?<![\w./:+-])(?:/[^\s/:;,'\"]+){2,}")


def _without_folders(note: str) -> str:
    """A note in which absolute paths have only the names at their end, which somebody else can look for, too."""

    def ends(found: re.Match[str]) -> str:
        names = found[0].split("/")[1:]
        return "/".join(names[-KEPT_NAMES:] if len(names) > KEPT_NAMES else names[-1:])

    return _LOCAL_PATH.sub(ends, note)


def _public(repository: str) -> str:
    """Nobody else has the paths of this machine; `owner+name` is how a folder of clones calls a repository."""
    local = Path(repository).is_absolute()
    return Path(repository).name.removesuffix(".git").replace("+", "/") if local else repository


def _glance(runs: Sequence[Run]) -> Table:
    rows: list[tuple[str, ...]] = []
    for run in runs:
        for system in run.systems:
            figures = summarize(system, tuple(run.of(system).values()), GLANCE).figures
            cells = [percent(figure.interval) for figure in figures if figure.level == "file"]
            count = next(figure.rows for figure in figures if figure.level == "file")
            rows.append((_name(run), system, str(count), *cells))
    return Table("", ("data", "system", "rows", *(f"file {measure}, %" for measure in GLANCE)), tuple(rows))


def _section(run: Run) -> str:
    run = labelled(run)
    summaries = [summarize(system, tuple(run.of(system).values())) for system in run.systems]
    tables = [
        *_comparisons(run),
        *(score_table(summaries, level) for level in levels_of(run.outcomes)),
        cost_table(summaries),
        *model_tables(summaries),
        *split_tables(run),
    ]
    parts = [f"## {_name(run)}\n", f"{_described(run)}\n", warning(run), *map(_markdown, tables), _unscored(run)]
    return "\n".join(filter(None, parts))


def _name(run: Run) -> str:
    return run.path.stem


def _described(run: Run) -> str:
    """Rows by repository and language, and the file that all is computed from."""
    rows = {outcome.instance: outcome for outcome in scorable(run.outcomes)}.values()
    repositories = Counter(row.repository for row in rows)
    languages = Counter(row.language or "mixed" for row in rows)
    return (
        f"From [runs/{run.path.name}](runs/{run.path.name}), dataset `{run.header.dataset}` "
        f"(sha256 `{run.header.fingerprint[:12]}`): {len(rows)} rows of {len(repositories)} repositories "
        f"({_counts(repositories)}). Languages: {_counts(languages)}.{_versions(run)}"
    )


def _versions(run: Run) -> str:
    """Which locant answered; a system that was asked again by a later one is named with both."""
    systems: dict[str, dict[str, None]] = {}
    for outcome in run.outcomes:
        if outcome.version:
            systems.setdefault(outcome.version, {})[outcome.system] = None
    named = [f"{version} ({', '.join(found)})" for version, found in systems.items()]
    return f" Made by locant {'; '.join(named)}." if named else ""


def _counts(found: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _comparisons(run: Run) -> list[Table]:
    if OURS not in run.systems:
        return []
    mine = run.of(OURS)
    others = [(system, run.of(system)) for system in run.systems if system != OURS]
    return [
        comparison_table(compare((system, found), (OURS, mine), COMPARED, common=True))
        for system, found in others
        if set(found) & set(mine)
    ]


def _unscored(run: Run) -> str:
    notes = list(
        dict.fromkeys(
            f"- `{outcome.instance}`{_asked(outcome)}: {printable(outcome.note)}"
            for outcome in run.outcomes
            if outcome.note
        )
    )
    more = [f"- and {len(notes) - SHOWN_NOTES} more"] if len(notes) > SHOWN_NOTES else []
    return "\n".join(["### Not scored, or not as it stood\n", *notes[:SHOWN_NOTES], *more, ""]) if notes else ""


def _asked(outcome: Outcome) -> str:
    """The system, unless the row is impossible for all."""
    return "" if outcome.status == "impossible" else f", {outcome.system}"


def _markdown(table: Table) -> str:
    """Without a heading where the table has no title."""
    return markdown(table).removeprefix("### \n\n")
