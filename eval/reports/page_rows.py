"""The page's part that is about single rows: who is ahead where, and every answer beside its gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from locant.eval.metrics.levels import has_gold, score
from locant.eval.reports.verdict import VERDICT, printable
from locant.eval.runs.runfile import Run
from locant.eval.types import Outcome

__all__ = ["rows_section", "wins_section"]

SHOWN = 10
"""Files, and functions, of each answer that a row of the list shows."""

MAX_LINKS = 40
"""Rows linked on each side; all of them are in the list below."""

NOWHERE = 10**9
"""Rank of gold that is not in the answer, for sorting."""

Rows = Mapping[str, Sequence[Outcome]]


def wins_section(run: Run) -> str:
    """The first system against each other one: rows where only one has all gold in view."""
    if len(run.systems) < 2:
        return ""
    places = {id_: number for number, id_ in enumerate(_ordered(_by_row(run)))}
    return f"<h2>Wins and losses</h2>{''.join(_duel(run, other, places) for other in run.systems[1:])}"


def _duel(run: Run, other: str, places: Mapping[str, int]) -> str:
    name = run.systems[0]
    mine, theirs = run.of(name), run.of(other)
    sides: dict[int, list[Outcome]] = {1: [], 0: [], -1: []}
    for id_ in (id_ for id_ in places if id_ in mine and id_ in theirs):
        sides[int(_held(mine[id_]) - _held(theirs[id_]))].append(mine[id_])
    total = sum(map(len, sides.values())) or 1
    bar = "".join(
        f'<span class="{style}" style="flex-grow: {len(sides[side])}">{len(sides[side])}</span>'
        for side, style in ((1, "win"), (0, "tie"), (-1, "loss"))
        if sides[side]
    )
    columns = "".join(
        f"<div><h4>Only {escape(title)}: {len(sides[side])} of {total}</h4>{_links(sides[side], places)}</div>"
        for side, title in ((1, name), (-1, other))
    )
    return (
        f"<h3>{escape(name)} and {escape(other)}: all gold files among the first {VERDICT.cutoff}</h3>"
        f'<div class="bar">{bar}</div><div class="answers">{columns}</div>'
    )


def _held(outcome: Outcome) -> float:
    return score(outcome, VERDICT, "file")


def _links(outcomes: Sequence[Outcome], places: Mapping[str, int]) -> str:
    items = "".join(
        f'<li><a href="#row-{places[outcome.instance]}">{escape(_title(outcome))}</a></li>'
        for outcome in outcomes[:MAX_LINKS]
    )
    more = f"<li>and {len(outcomes) - MAX_LINKS} more</li>" if len(outcomes) > MAX_LINKS else ""
    return f'<ul class="links">{items}{more}</ul>' if items else "<p>none</p>"


def rows_section(run: Run) -> str:
    """Every row with all answers; those where the systems differ most come first."""
    rows = _by_row(run)
    ordered = "".join(_row(rows[id_], number) for number, id_ in enumerate(_ordered(rows)))
    return f"<h2>Row by row, largest difference first</h2>{ordered}" if ordered else ""


def _by_row(run: Run) -> Rows:
    rows: dict[str, list[Outcome]] = {}
    for outcome in run.outcomes:
        if has_gold(outcome, "file"):
            rows.setdefault(outcome.instance, []).append(outcome)
    return rows


def _ordered(rows: Rows) -> list[str]:
    return sorted(rows, key=lambda id_: (-_gap(rows[id_]), id_))


def _gap(outcomes: Sequence[Outcome]) -> float:
    worth = [1 / _rank(outcome) for outcome in outcomes]
    return max(worth) - min(worth)


def _rank(outcome: Outcome) -> int:
    """Rank at which the last gold file is found."""
    places = {path: rank for rank, path in enumerate(outcome.files, start=1)}
    return max((places.get(path, NOWHERE) for path in outcome.gold_files), default=NOWHERE)


def _title(outcome: Outcome) -> str:
    return printable(outcome.meta.get("title", "")) or outcome.instance


def _row(outcomes: Sequence[Outcome], number: int) -> str:
    first = outcomes[0]
    ranks = ", ".join(f"{escape(o.system)} {'not found' if _rank(o) == NOWHERE else f'@{_rank(o)}'}" for o in outcomes)
    known = "" if _title(first) == first.instance else f" {escape(_title(first))}"
    gold = [*first.gold_files, *first.gold_functions]
    listed = "".join(f"<li>{escape(printable(item))}</li>" for item in gold)
    answers = "".join(f"<div><h3>{escape(o.system)}</h3>{_answer(o)}</div>" for o in outcomes)
    return (
        f'<details class="row"><summary>{escape(first.instance)}{known} <span>{ranks}</span></summary>'
        f'<div id="row-{number}" class="inside"><h4>Gold, {escape(first.repository.rsplit("/", 1)[-1])}</h4>'
        f'<ul class="paths">{listed}</ul><div class="answers">{answers}</div></div></details>'
    )


def _answer(outcome: Outcome) -> str:
    if outcome.status == "failed":
        return f'<p class="caution">{escape(printable(outcome.note) or "no answer")}</p>'
    lists = (("files", outcome.files, outcome.gold_files), ("functions", outcome.functions, outcome.gold_functions))
    return "".join(_list(name, items, gold) for name, items, gold in lists) or "<p>an empty answer</p>"


def _list(name: str, items: Sequence[str], gold: Sequence[str]) -> str:
    if not items:
        return ""
    shown = "".join(f"<li{_mark(item, gold)}>{escape(printable(item))}</li>" for item in items[:SHOWN])
    return f"<h4>{name}</h4><ol>{shown}</ol>"


def _mark(item: str, gold: Sequence[str]) -> str:
    return ' class="gold"' if item in gold else ""
