"""Why a learned ranker put a place where it is, in the words of the plain signals, true to the score.

Contributions of features are added up by the signal that they are forms of: a signal's rank belongs to the signal. What
the plain fusion's own score contributes is divided among the signals that it is the sum of. A sentence is said only of
a signal that is there; what contributes by being absent, or says nothing in words, is one item, `other`. All items of
an answer add up to its score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from locant.retriever.context import Context
from locant.retriever.evidence import (
    DIGITS,
    FUNCTION_DETAILS,
    file_detail,
    file_evidence,
    function_evidence,
    plain_shares,
    purposes,
)
from locant.retriever.first_stage import FirstStage
from locant.retriever.fusion import FILE_WEIGHTS, FUNCTION_WEIGHTS
from locant.retriever.learning.rankers import Ranked
from locant.types import Evidence

__all__ = ["files_because", "functions_because"]

MIN_SHARE = 0.05
"""A smaller contribution explains nothing: scores of neighbours in an answer differ by about as much."""

MIN_OTHER = 0.001

NAMED = 4
"""Signals named in one sentence about what speaks against a place."""

Reasons = tuple[Evidence, ...]

FUSED = ("fused", "rank_fused", "fused_lead")

FORMS: Mapping[str, str] = {
    **dict.fromkeys(("stem_text", "folder_text"), "path"),
    **dict.fromkeys(("stem_title", "folder_title", "title_in_path"), "path_title"),
    **dict.fromkeys(("name_text", "name_code"), "names"),
    **dict.fromkeys(("name_title", "title_in_name"), "names_title"),
    **dict.fromkeys(("file_score", "file_rank", "file_gap", "file_fused", "file_rank_fused"), "file"),
    **dict.fromkeys(("file_named_path", "file_frame", "file_linked", "file_scope", "file_title", "file_path"), "file"),
    **dict.fromkeys(("days", "file_days", "file_recency"), "recency"),
    "file_changes": "changes",
    **{f"file_{name}": name for name in ("past", "past_near", "past_words", "past_words_title")},
    "file_quoted": "file",
    **dict.fromkeys(("best_definition", "second_definition", "definitions_ahead"), "definitions"),
    **dict.fromkeys(("agree_1", "agree_3", "agree_10"), "agreement"),
    **dict.fromkeys(("file_lines", "chunks", "depth", "entrance", "example", "vendored", "in_degree"), "kind"),
    **dict.fromkeys(("lines", "class", "constructor", "private", "nested", "siblings"), "kind"),
    **dict.fromkeys(("query_terms", "query_title", "query_code", "query_frames", "query_mentions"), "other"),
    **dict.fromkeys(("query_paths", "repository_files", "within_file"), "other"),
}
"""Feature -> signal that it is a form of; what is not listed is a signal, or the rank of one."""

AGAINST: Mapping[str, str] = {
    **dict.fromkeys(("bm25", "function", "functions", "prose", "text", "fields", "owner_text"), "words of the text"),
    **dict.fromkeys(("title", "function_title", "functions_title"), "words of the title"),
    **dict.fromkeys(("code", "function_code", "errors"), "code and errors of the text"),
    **dict.fromkeys(("names", "names_title", "names_all"), "names of definitions"),
    **dict.fromkeys(("path", "path_title"), "words of the path"),
    **dict.fromkeys(("mentioned", "mentions", "mentions_code", "pairs", "owner"), "names that the text mentions"),
    **dict.fromkeys(("named_path", "frame", "linked", "imported", "named_line"), "paths and stack frames of the text"),
    "scope": "words of the title",
    **dict.fromkeys(("recency", "changes", "cochange"), "history"),
    **dict.fromkeys(("past", "past_title", "past_near", "past_words", "past_words_title"), "earlier commits"),
    **dict.fromkeys(("title_forms", "function_title_forms", "title_covered"), "words of the title"),
    **dict.fromkeys(("salient_forms", "function_salient_forms"), "words of the text"),
    "names_title_forms": "names of definitions",
    "path_title_forms": "words of the path",
    "quoted": "code and errors of the text",
    "definitions": "its functions",
    "agreement": "all signs together",
    **dict.fromkeys(("kind", "usage", "centrality"), "its kind and size"),
    "fused": "all signs together",
    "file": "its file",
}
"""Signal -> what it is about, for a place that has less of it than others; the rest is about neighbours."""

NEIGHBOURS = "what surrounds it"


def files_because(
    context: Context, stage: FirstStage, ranked: Ranked | None, factor: float, files: Sequence[int]
) -> list[Reasons]:
    """Evidence of each of some files; `factor` is in the score of those that no learned ranker scored."""
    plain = plain_shares(stage.file_signals, FILE_WEIGHTS, files, factor)
    learned = _learned(ranked, files, plain, lambda name, file: file_detail(context, name, file))
    found = []
    for file, shares in zip(files, plain, strict=True):
        if file in learned:
            found.append(learned[file] + _set_back(context, ranked, file))
        else:
            found.append(file_evidence(context, shares, file, float(stage.priors[file])))
    return found


def functions_because(
    context: Context, stage: FirstStage, ranked: Ranked | None, factor: float, symbols: Sequence[int]
) -> list[Reasons]:
    """Evidence of each of some definitions, as `files_because`."""
    plain = plain_shares(stage.function_signals, FUNCTION_WEIGHTS, symbols, factor)
    learned = _learned(ranked, symbols, plain, lambda name, _: FUNCTION_DETAILS.get(name, name))
    file_of, owner = context.snapshot.doc_file, context.snapshot.symbol_doc
    found = []
    for symbol, shares in zip(symbols, plain, strict=True):
        if symbol in learned:
            found.append(learned[symbol] + _set_back(context, ranked, symbol, int(file_of[owner[symbol]])))
        else:
            found.append(function_evidence(shares))
    return found


def _learned(
    ranked: Ranked | None,
    rows: Sequence[int],
    plain: Sequence[Mapping[str, float]],
    detail: Callable[[str, int], str],
) -> dict[int, Reasons]:
    """Evidence of the rows that are candidates, without what sets them back."""
    if ranked is None:
        return {}
    place = {row: number for number, row in enumerate(ranked.table.rows.tolist())}
    inside = [(number, row) for number, row in enumerate(rows) if row in place]
    places = np.array([place[row] for _, row in inside], dtype=np.int64)
    contributions = ranked.forest.contributions(ranked.values[places])
    signals = [_signal(name) for name in ranked.forest.features]
    found = {}
    for (number, row), shares, values in zip(inside, contributions, ranked.values[places], strict=True):
        present = {name for name, value in zip(signals, values.tolist(), strict=True) if value > 0}
        by_signal = _by_signal(signals, shares.tolist(), plain[number])
        found[row] = _worded(by_signal, present, ranked.base, lambda name, row=row: detail(name, row))  # type: ignore[misc]
    return found


def _signal(feature: str) -> str:
    if feature in FUSED:
        return FUSED[0]
    bare = feature.removeprefix("rank_")
    return FORMS.get(feature, FORMS.get(bare, bare))


def _by_signal(signals: Sequence[str], shares: Sequence[float], plain: Mapping[str, float]) -> dict[str, float]:
    """Contributions added up by signal; a gain by the plain sum is divided as that sum is."""
    total: dict[str, float] = {}
    for name, share in zip(signals, shares, strict=True):
        total[name] = total.get(name, 0.0) + share
    whole, fused = sum(plain.values()), total.get(FUSED[0], 0.0)
    if fused > 0 and whole > 0:
        del total[FUSED[0]]
        for name, part in plain.items():
            total[name] = total.get(name, 0.0) + fused * part / whole
    return total


def _worded(shares: Mapping[str, float], present: set[str], base: float, detail: Callable[[str], str]) -> Reasons:
    said = [name for name, share in shares.items() if share >= MIN_SHARE and name in present and name not in SILENT]
    against = [name for name, share in shares.items() if share <= -MIN_SHARE and name != "other"]
    said.sort(key=lambda name: (-shares[name], name))
    against.sort(key=lambda name: (shares[name], name))
    other = sum(share for name, share in shares.items() if name not in said and name not in against)
    found = [Evidence(name, detail(name), round(shares[name], DIGITS)) for name in said]
    if abs(other) >= MIN_OTHER:
        found.append(Evidence("other", "weak signs together", round(other, DIGITS)))
    if against:
        about = list(dict.fromkeys(AGAINST.get(name, NEIGHBOURS) for name in against))[:NAMED]
        weight = sum(shares[name] for name in against)
        found.append(Evidence("against", f"weaker than likelier places in {', '.join(about)}", round(weight, DIGITS)))
    return (*found, Evidence("base", "every candidate starts with this", round(base, DIGITS)))


SILENT = frozenset({"other", "fused"})
"""Of these no sentence says anything."""


def _set_back(context: Context, ranked: Ranked | None, row: int, file: int | None = None) -> Reasons:
    """What the purpose of its file takes away from a candidate."""
    if ranked is None:
        return ()
    handicap = float(ranked.handicaps[ranked.table.rows == row][0])
    if not handicap:
        return ()
    what = purposes(context.snapshot, row if file is None else file)
    return (Evidence("purpose", f"{what}: set back behind code", round(handicap, DIGITS)),)
