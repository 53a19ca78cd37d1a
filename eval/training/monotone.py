"""Features that may only raise a score: more of them is never a reason against a place, in any language.

A tree that is free to do otherwise learns accidents of its repositories; these constraints are what lets a model be
trusted on languages that it has never seen.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["RISING", "monotone_of"]

RISING = frozenset(
    {
        *(
            "fused",
            "bm25",
            "title",
            "function",
            "function_title",
            "functions",
            "functions_title",
            "code",
            "function_code",
        ),
        *("names", "names_title", "names_all", "fields", "path", "path_title", "errors", "prose", "text"),
        *("mentioned", "mentions", "mentions_code", "pairs", "named_path", "frame", "owner", "near_mentions"),
        *("linked", "scope", "named_line"),
        *("stem_title", "stem_text", "folder_title", "title_in_path", "name_title", "name_text", "title_in_name"),
        *("title_forms", "function_title_forms", "names_title_forms", "title_covered", "path_title_forms"),
        *(
            "salient_forms",
            "function_salient_forms",
            "quoted",
            "past",
            "past_title",
            "past_near",
            "past_words",
            "past_words_title",
        ),
        *("agree_1", "agree_3", "agree_10", "fused_lead", "best_definition", "second_definition"),
        *("file_fused", "file_named_path", "file_frame", "file_title", "file_path", "file_score", "file_rank"),
    }
)
"""Matches of the text with the place or its file, and what the text names; their ranks rise as well."""

RANK = "rank_"


def monotone_of(names: Sequence[str]) -> list[int]:
    """1 for a feature that may only raise the score, else 0."""
    return [int(name.removeprefix("file_").removeprefix(RANK) in RISING or name in RISING) for name in names]
