"""What agents read, side by side: at equal recall, with intervals, on the rows that all of them walked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from locant.eval.agents.screen import FILES, FUNCTIONS
from locant.eval.agents.simulate import GREP
from locant.eval.agents.walks import Reached, Walk
from locant.eval.errors import EvaluationError
from locant.eval.metrics.statistics import RESAMPLES, SEED, Interval, wilson
from locant.numeric import Floats

__all__ = ["agents_table"]

RECALLS = (0.5, 0.7, 0.8)
"""Shares of the rows: how many tokens it takes until so many of them have all gold on screen."""

Rows = Mapping[str, Mapping[str, Reached | None]]
"""Row -> agent -> what it took."""


def agents_table(walks: Sequence[Walk]) -> str:
    """For every level: recall within the cap, tokens and calls at equal recall, and their ratio to grep's."""
    agents = list(dict.fromkeys(walk.agent for walk in walks))
    if GREP not in agents:
        raise EvaluationError("there is no walk of the agent with grep to compare with")
    cap = max(walk.cap for walk in walks)
    parts = []
    for level in (FILES, FUNCTIONS):
        rows = _common(walks, level, agents)
        if rows:
            repositories = {walk.repository for walk in walks if walk.instance in rows}
            head = (
                f"all gold {level} on screen: {len(rows)} rows of {len(repositories)} repositories, cap {cap:,} tokens"
            )
            parts.append("\n".join([head, *_lines(rows, agents)]))
    left_out = {walk.instance: walk.note for walk in walks if walk.note}
    parts.extend([f"{len(left_out)} rows could not be walked"] if left_out else [])
    return "\n\n".join(parts)


def _common(walks: Sequence[Walk], level: str, agents: Sequence[str]) -> Rows:
    """Rows that every agent walked."""
    rows: dict[str, dict[str, Reached | None]] = {}
    for walk in walks:
        if level in walk.reached:
            rows.setdefault(walk.instance, {})[walk.agent] = walk.reached[level]
    return {row: found for row, found in rows.items() if len(found) == len(agents)}


def _lines(rows: Rows, agents: Sequence[str]) -> Iterator[str]:
    columns = [f"{'tokens @' + f'{100 * recall:.0f} %':>13}" for recall in RECALLS]
    yield f"{'agent':<22} {'recall %':<18} {' '.join(columns)} {'calls':>6}  share of grep's tokens at equal recall"
    grep = _column(rows, GREP, "tokens")
    for agent in agents:
        tokens = _column(rows, agent, "tokens")
        reached = wilson(int(np.isfinite(tokens).sum()), len(tokens))
        at = " ".join(f"{_said(_quantile(tokens, recall)):>13}" for recall in RECALLS)
        calls = _said(_quantile(_column(rows, agent, "calls"), RECALLS[0]))
        ratios = "  ".join(_ratio(tokens, grep, recall) for recall in RECALLS) if agent != GREP else ""
        yield f"{agent:<22} {_percent(reached):<18} {at} {calls:>6}  {ratios}".rstrip()


def _column(rows: Rows, agent: str, name: str) -> Floats:
    """Tokens or calls of each row, infinite where the gold was not reached."""
    found = (row[agent] for row in rows.values())
    return np.array([math.inf if one is None else getattr(one, name) for one in found], dtype=np.float64)


def _quantile(values: Floats, recall: float) -> float:
    """What it takes until this share of the rows is there: the value of a row, never one between two."""
    return float(np.quantile(values, recall, method="inverted_cdf"))


def _ratio(mine: Floats, theirs: Floats, recall: float) -> str:
    """Mine by theirs at equal recall; bounds from rows that are drawn for both alike."""
    ratio = _divided(_quantile(mine, recall), _quantile(theirs, recall))
    generator = np.random.default_rng(SEED)
    drawn = generator.integers(0, len(mine), size=(RESAMPLES, len(mine)), dtype=np.int32)
    quantiles = (np.quantile(values[drawn], recall, axis=1, method="inverted_cdf") for values in (mine, theirs))
    ratios = np.array([_divided(one, other) for one, other in zip(*quantiles, strict=True)])
    low, high = np.quantile(ratios, [0.025, 0.975], method="inverted_cdf")
    return f"{ratio:.2f} [{low:.2f}, {high:.2f}]"


def _divided(one: float, other: float) -> float:
    """1 where neither gets there."""
    return one / other if math.isfinite(one) else (1.0 if math.isinf(other) else math.inf)


def _percent(share: Interval) -> str:
    return f"{100 * share.value:.1f} [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def _said(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else "over cap"
