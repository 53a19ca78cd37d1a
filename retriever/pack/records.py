"""What a pack is asked for, and the blocks that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from locant.errors import QueryError
from locant.retriever.filters import Filters
from locant.retriever.tokens import TokenCounter, check_budget
from locant.types import PackDetail, PackForm, PackOrder, PackStyle

__all__ = ["Block", "PackRequest", "check_request"]


@dataclass(frozen=True, slots=True)
class PackRequest:
    """How a repository is packed.

    max_tokens, count: the budget and the tokenizer that counts it. style: how files are marked. order: in which order
    they stand. detail: what may be shown of a file. filters: which files are packed. numbered: whether lines have
    their numbers. tree: whether the tree of the repository stands above the files.
    """

    max_tokens: int
    count: TokenCounter
    style: PackStyle
    order: PackOrder
    detail: PackDetail
    filters: Filters
    numbered: bool
    tree: bool


@dataclass(frozen=True, slots=True)
class Block:
    """What is shown of one file: its lines, and how many it has in all.

    functions: qualified names of definitions that are whole in a folded file. altered: in words, in what the lines
    differ from those on disk; empty where they do not.
    """

    file: int
    form: PackForm
    lines: tuple[str, ...]
    total_lines: int
    functions: tuple[str, ...] = ()
    altered: str = ""


def check_request(request: PackRequest) -> PackRequest:
    """The request, if it makes sense.

    Raises:
        QueryError: the budget is below zero, or an option has a value that does not exist.

    """
    check_budget(request.max_tokens)
    options = (
        ("style", request.style, PackStyle),
        ("order", request.order, PackOrder),
        ("detail", request.detail, PackDetail),
    )
    for name, value, known in options:
        if value not in get_args(known):
            raise QueryError(f"there is no {name} {value!r} of a pack; use {', '.join(get_args(known))}")
    return request
