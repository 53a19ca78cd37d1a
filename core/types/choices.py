"""Sets of words that arguments are chosen from."""

from __future__ import annotations

from typing import Literal

__all__ = [
    "Area",
    "PackDetail",
    "PackForm",
    "PackOrder",
    "PackStyle",
    "RankerName",
    "RerankName",
    "SearchMode",
    "StrategyName",
]

Area = Literal["code", "tests", "docs", "config"]
"""What a file is for; filters name these."""

RerankName = Literal["none", "neural"]
"""The last stage of `localize`: none, or the best functions once more by a model that reads their code."""

SearchMode = Literal["auto", "words", "symbol", "literal", "regex"]
"""How the text of a search is read; `auto` decides from its shape."""

RankerName = Literal["learned", "fusion"]
"""How `localize` ranks: the shipped models over the plain fusion's candidates, or the plain fusion alone."""


StrategyName = Literal["rerank", "pointwise", "hierarchical", "rewrite", "agent", "codeact"]
"""How a language model is used by `localize`, when one is given."""

PackStyle = Literal["xml", "markdown", "plain"]
"""How files are marked in a pack."""

PackOrder = Literal["relevance", "best-last", "path"]
"""In which order files stand in a pack: the best first, the best last (near the question), or by path."""

PackDetail = Literal["auto", "whole", "folded"]
"""What a pack may show of a file: whole or folded as it fits, whole or nothing, or a skeleton at most."""

PackForm = Literal["whole", "folded", "copy"]
"""What a pack shows of a file: all of it, signatures and docs, or which file it is a copy of."""
