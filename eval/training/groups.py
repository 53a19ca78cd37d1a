"""Features by what they say, for ablation: a feature alone is seldom missed, its relatives say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from locant.retriever.learning.stacking import STACKED

__all__ = ["GROUPS", "group_of", "present_groups"]

GROUPS: Mapping[str, frozenset[str]] = {
    "words of the text": frozenset({"bm25", "function", "functions", "prose", "text", "fields", "owner_text"}),
    "words of the title": frozenset(
        {"title", "function_title", "functions_title", "names_title", "path_title", "stem_title", "folder_title"}
        | {"title_in_path", "title_in_name", "name_title"}
    ),
    "code and errors": frozenset({"code", "function_code", "errors", "name_code"}),
    "names of definitions": frozenset({"names", "names_all", "name_text"}),
    "path": frozenset({"path", "stem_text", "folder_text"}),
    "what the text names": frozenset(
        {"mentioned", "mentions", "mentions_code", "pairs", "named_path", "owner", "frame"}
        | {"linked", "imported", "scope", "named_line"}
    ),
    "graph": frozenset(
        {"imports", "import_forward", "import_backward", "import_mentions", "from_tests", "calls", "callers", "callees"}
        | {"near_mentions", "usage", "centrality", "in_degree", "folder"}
    ),
    "history": frozenset({"recency", "changes", "days", "cochange"}),
    "what was said of earlier changes": frozenset(
        {"past", "past_title", "past_near", "past_words", "past_words_title"}
    ),
    "forms of words": frozenset(
        {"title_forms", "function_title_forms", "names_title_forms", "title_covered", "path_title_forms"}
        | {"salient_forms", "function_salient_forms"}
    ),
    "quoted messages": frozenset({"quoted"}),
    "agreement": frozenset({"agree_1", "agree_3", "agree_10", "fused_lead"}),
    "definitions of the file": frozenset({"best_definition", "second_definition", "definitions_ahead"}),
    "kind and size": frozenset(
        {"lines", "chunks", "depth", "entrance", "example", "vendored", "class", "constructor", "private", "nested"}
        | {"siblings"}
    ),
    "the query": frozenset(
        {"query_terms", "query_title", "query_code", "query_frames", "query_mentions", "query_paths"}
        | {"repository_files"}
    ),
    "plain fusion": frozenset({"fused", "within_file"}),
    "file ranker": frozenset(STACKED),
}
"""Group -> names; ranks of a feature, and the same feature of a function's file, belong to its group."""


def group_of(name: str) -> str:
    """Group of a feature, or its own name when it has none."""
    bare = name.removeprefix("file_").removeprefix("rank_")
    return next((group for group, names in GROUPS.items() if name in names or bare in names), name)


def present_groups(names: Sequence[str]) -> dict[str, frozenset[str]]:
    """The features of each group that has any."""
    groups: dict[str, set[str]] = {}
    for name in names:
        groups.setdefault(group_of(name), set()).add(name)
    return {group: frozenset(found) for group, found in groups.items()}
