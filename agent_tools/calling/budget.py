"""Cutting an answer to its budget, in steps that it names: shorter snippets, then locations, then counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from locant.agent_tools.text import freshness_lines, one_line
from locant.agent_tools.types import Answer, Block, Draft
from locant.retriever.tokens import TokenCounter

__all__ = ["LEAST_TOKENS", "MOST_TOKENS", "RESERVE", "cut_text", "fit"]

LEAST_TOKENS = 100
"""Below, not even the counts and the state of the index can be said."""

MOST_TOKENS = 20_000
"""Clients of agents refuse or cut answers beyond 25,000 tokens, counted by other tokenizers."""

RESERVE = 150
"""Tokens that a tool which fills its budget by itself leaves for the lines around its text."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """Blocks that are shown, and what was given up for the rest."""

    blocks: Sequence[Block]
    given_up: str


def fit(draft: Draft, max_tokens: int, count: TokenCounter, notes: Sequence[str] = ()) -> Answer:
    """The most detailed form of an answer that has at most `max_tokens` tokens.

    Args:
        draft: what there is to say.
        max_tokens: never exceeded; at least LEAST_TOKENS.
        count: tokens of a text.
        notes: lines that stand before everything else.

    """
    for given_up, blocks in draft.steps:
        answer = _answer(draft, _Cut(blocks, given_up), count, notes)
        if answer.tokens <= max_tokens:
            return answer
    return _first_that_fit(draft, max_tokens, count, notes) or _counts(draft, max_tokens, count, notes)


def _first_that_fit(draft: Draft, max_tokens: int, count: TokenCounter, notes: Sequence[str]) -> Answer | None:
    """As many blocks of the last step as fit, best first; None when there is room for none."""
    given_up, blocks = draft.steps[-1]
    total = len(blocks)
    low, high = 0, total - 1
    best: Answer | None = None
    while low < high:
        middle = (low + high + 1) // 2
        said = "; ".join(part for part in (given_up, f"first {middle} of {total}") if part)
        answer = _answer(draft, _Cut(blocks[:middle], said), count, notes)
        if answer.tokens <= max_tokens:
            best, low = answer, middle
        else:
            high = middle - 1
    return best


def _counts(draft: Draft, max_tokens: int, count: TokenCounter, notes: Sequence[str]) -> Answer:
    answer = _answer(draft, _Cut((), f"counts only: {draft.counts}"), count, notes)
    if answer.tokens <= max_tokens:
        return answer
    text = cut_text(answer.text, max_tokens, count)
    return Answer(text, answer.data, count(text), answer.found)


def cut_text(text: str, max_tokens: int, count: TokenCounter) -> str:
    """The longest beginning of a text that fits, with a mark that it is one."""
    if count(text) <= max_tokens:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(f"{text[:middle]} … [cut]") <= max_tokens else (low, middle - 1)
    return f"{text[:low]} … [cut]"


def _answer(draft: Draft, cut: _Cut, count: TokenCounter, notes: Sequence[str]) -> Answer:
    lines = [*notes, *(block.text for block in cut.blocks)]
    if cut.given_up:
        lines.append(f"[shortened to fit: {cut.given_up}. Narrow the question, or raise max_tokens]")
    if draft.hint:
        lines.append(f"[hint: {draft.hint}]")
    lines.append(freshness_lines(draft.freshness))
    text = "\n".join(line for line in lines if line)
    return Answer(text, _data(draft, cut), count(text), draft.found)


def _data(draft: Draft, cut: _Cut) -> dict[str, object]:
    """JSON of what is shown: blocks under their keys, which are there also when they hold nothing."""
    grouped: dict[str, list[object]] = {block.key: [] for _, blocks in draft.steps for block in blocks if block.key}
    for block in cut.blocks:
        if block.key:
            grouped[block.key].append(dict(block.data))
    return {
        **draft.fields,
        **grouped,
        "shortened": cut.given_up,
        "hint": draft.hint,
        "freshness": {
            **dataclasses.asdict(draft.freshness),
            "stale": [one_line(path) for path in draft.freshness.stale],
        },
    }
