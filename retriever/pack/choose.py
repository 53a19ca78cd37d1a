"""Which file is shown in which form: the most worth per token first, as far as the budget goes.

A file is worth the chance that the reader needs it, which falls with its rank; a skeleton is worth a part of that for
a part of the tokens. So the first files are whole, those behind them folded, the rest only named, and where all of it
is a matter of the budget alone. Steps are ordered by estimates out of the index, so that only what is tried is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from locant.indexer.snapshot import Snapshot
from locant.numeric import Floats, Ints, Mask
from locant.retriever.pack.blocks import LEVELS, MORE_LINES, Blocks, Matched, Span, leading
from locant.retriever.pack.records import Block
from locant.retriever.pack.skeleton import SHOWN_KINDS
from locant.types import PackDetail

__all__ = ["Chosen", "Steps", "choose", "state_after", "steps_of"]

BYTES_PER_TOKEN = 3.0
SIGNATURE_TOKENS, BARE_TOKENS = 18.0, 11.0
LINE_TOKENS = 11.0
MARK_TOKENS = 25.0
"""Estimates of what a file costs: its bytes; a definition in a skeleton, with docs and without; a line of a function;
the marks around."""

FOUND_SHARE, MORE_SHARE, MATCHED_SHARE = 0.6, 0.8, 0.84
"""Of the worth of a whole file: of the best functions that were found in it, of more, of a skeleton with all."""


@dataclass(frozen=True, slots=True)
class _Worth:
    """What a file is worth at rank r from 0, 1 / (r + offset) ** power, and a part of that in other forms.

    signed: of signatures alone; None where they are not offered. skeleton: of signatures with docs.
    """

    offset: float
    power: float
    signed: float | None
    skeleton: float


FOCUSED, UNFOCUSED = _Worth(1.0, 2.0, None, 0.35), _Worth(10.0, 2.0, 0.45, 0.5)
"""With something to look for, and without: then every file may be the one, and signatures of many say more than a few
whole files. Chosen on development issues of repositories in docs/context.md, where what was tried stands."""

LEAST_SAVING = 0.7
"""A skeleton that is estimated at more of the file's tokens is not made."""

HOPELESS = 0.5
"""A step of which less than this share is estimated to fit is not even read: estimates are that good."""

PATIENCE = 50
"""Files that were read and did not fit, in a row, after which the budget counts as used up."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Rows in order: file, level to which it is shown, estimated tokens."""

    file: Ints
    level: Ints
    cost: Floats


@dataclass(frozen=True, slots=True)
class Chosen:
    """A block that was taken, and its tokens with marks."""

    block: Block
    tokens: int


@dataclass(frozen=True, slots=True)
class _Level:
    """What showing every file to a level is estimated to cost and is worth, and of which files that can be done."""

    cost: Floats
    share: Floats
    can: Mask


def steps_of(snapshot: Snapshot, order: Ints, matched: Matched, detail: PackDetail, *, focused: bool) -> Steps:
    """What can be done, most worth per token first; a file is shown less before it is shown more."""
    order = order[snapshot.file_bytes[order] > 0]
    kind = FOCUSED if focused else UNFOCUSED
    worth = 1.0 / (np.arange(len(order)) + kind.offset) ** kind.power
    cost, share, gain = np.zeros(len(order)), np.zeros(len(order)), np.full(len(order), np.inf)
    gains, costs = [], []
    for level in _levels(snapshot, order, matched, kind, may_fold=detail != "whole", may_whole=detail != "folded"):
        added = (level.share - share) * worth / np.maximum(level.cost - cost, 1.0)
        gain = np.where(level.can, np.minimum(added, gain), gain)
        cost, share = np.where(level.can, level.cost, cost), np.where(level.can, level.share, share)
        gains.append(np.where(level.can, gain, 0.0))
        costs.append(level.cost)
    rows = _sorted(np.concatenate(gains), len(order))
    kinds = np.repeat(np.arange(len(gains)), len(order))
    return Steps(np.tile(order, len(gains))[rows], kinds[rows], np.concatenate(costs)[rows])


def _sorted(gain: Floats, files: int) -> Ints:
    """Rows with a gain, largest first; of equal ones the better file, and of one file the lower level."""
    rows = np.lexsort((np.arange(len(gain)) // max(files, 1), np.arange(len(gain)) % max(files, 1), -gain))
    return rows[gain[rows] > 0]


def _levels(
    snapshot: Snapshot, order: Ints, matched: Matched, kind: _Worth, *, may_fold: bool, may_whole: bool
) -> tuple[_Level, ...]:
    """As `LEVELS` has them: functions that were found, more of them, signatures, docs with them, the whole file."""
    spans = [matched.get(file, ()) for file in order.tolist()]
    found, best, more = (
        _tokens([select(own) for own in spans]) for select in (list, leading, lambda own: leading(own, MORE_LINES))
    )
    shown = snapshot.symbols_of_kind(SHOWN_KINDS)
    signatures = np.bincount(snapshot.symbol_doc[shown], minlength=len(snapshot.doc_live))[snapshot.file_doc[order]]
    whole = snapshot.file_bytes[order] / BYTES_PER_TOKEN + MARK_TOKENS
    signed, folded = (found + signatures * tokens for tokens in (BARE_TOKENS, SIGNATURE_TOKENS))
    has = found > 0

    def partly(cost: Floats, share: Floats | float, can: Mask) -> _Level:
        cost = cost + 2 * MARK_TOKENS
        return _Level(cost, np.broadcast_to(share, cost.shape), can & (cost < LEAST_SAVING * whole) & may_fold)

    skeleton = partly(folded, np.where(has, MATCHED_SHARE, kind.skeleton), np.ones(len(order), np.bool_))
    return (
        partly(best, FOUND_SHARE, has),
        partly(more, MORE_SHARE, more > best),
        partly(signed, kind.signed or 0.0, (signatures > 0) & (kind.signed is not None)),
        skeleton,
        _Level(whole, np.ones(len(order)), ~skeleton.can | may_whole),
    )


def _tokens(functions: Sequence[Sequence[Span]]) -> Floats:
    """Estimated tokens of the functions that were found in every file."""
    return np.array([LINE_TOKENS * sum(end - start + 1 for _, start, end in spans) for spans in functions])


def choose(steps: Steps, blocks: Blocks, room: int, cost: Callable[[Block], int]) -> list[Chosen]:
    """Blocks in the order in which they were taken; a whole file may take the place of its skeleton.

    Args:
        steps: what can be done.
        blocks: makes blocks.
        room: tokens that all blocks together may have.
        cost: tokens of a block with its marks.

    """
    taken: dict[int, int] = {}
    originals: dict[int, int] = {}
    chosen: list[Chosen] = []
    ratio, misses = _Ratio(), 0
    for file, level, estimate in zip(steps.file.tolist(), steps.level.tolist(), steps.cost.tolist(), strict=True):
        before = taken.get(file, 0)
        if misses >= PATIENCE or room <= 0:
            break
        if HOPELESS * (ratio.of(estimate) - before) > room:
            continue
        original = originals.setdefault(int(blocks.snapshot.file_doc[file]), file)
        if original != file and (before or original not in taken):
            continue
        block = blocks.make(file, LEVELS[level]) if original == file else blocks.copy(file, original)
        tokens = cost(block) if block is not None else 0
        if block is None or tokens - before > room:
            misses += 1
            continue
        if block.form != "copy":
            ratio.learn(estimate, tokens)
        room, misses, taken[file] = room - tokens + before, 0, tokens
        chosen.append(Chosen(block, tokens))
    return chosen


@dataclass(slots=True)
class _Ratio:
    """How the tokens of the caller's tokenizer compare with the estimates so far."""

    estimated: float = 0.0
    counted: float = 0.0

    def learn(self, estimate: float, tokens: int) -> None:
        self.estimated += estimate
        self.counted += tokens

    def of(self, estimate: float) -> float:
        """What an estimate comes to; nothing before anything was counted."""
        return estimate * self.counted / self.estimated if self.estimated else 0.0


def state_after(chosen: Sequence[Chosen], taken: int) -> dict[int, Chosen]:
    """What is shown of each file after the first `taken` steps."""
    return {item.block.file: item for item in chosen[:taken]}
