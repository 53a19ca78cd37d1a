"""Trains the static embedding: a vector for each word of code, so that a question points where its answer points.

    v(text) = sum over words of  (1 + ln tf) * weight * vector, made a unit vector

One table of vectors; questions and code have weights of their own, which start from the words' rarity. The loss is the
softmax over a batch, both ways; batches are groups of one repository each, as a search has to tell a repository's own
functions apart. Next to real questions, names ask for their bodies, out of which the name's words are taken.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from locant.eval.extras import library
from locant.eval.training.bags import Bags, Ragged
from locant.numeric import Ints, Mask, Singles
from locant.retriever.dense.static import StaticTable

__all__ = ["Settings", "train_embedding"]

Tensor = Any
"""torch's; no checker needs torch to be installed."""

WEIGHTS_RATE = 1e-2
"""Learning rate of the words' weights: a few numbers that every pair moves."""

RARITY = 1e-4
"""A word of this share of all words starts at half the weight of a rare one (SIF, Arora et al. 2017)."""

NAMES_LOSS = 0.5
"""What names asking for their bodies count beside real questions, of which there are fewer."""

LAST_RATE = 0.05
"""Share of the learning rate that is left at the end."""

SMALLEST_GROUP = 16
"""Rows of one repository in a batch; fewer are no choice to tell apart."""

SHARPNESS = 20.0
"""Cosines times this are the logits at the start; it is learned."""

NAME_SHARE = 0.7
"""ln of what the words of a name count at the start, beside those of the body; it is learned."""


@dataclass(frozen=True, slots=True)
class Settings:
    """dimension: of a vector. epochs: rounds over the questions. batch, group: rows in a step, and of one repository.
    rate: of learning. drop: share of the words left out at random. names: share of names asked in each round.
    """

    dimension: int = 128
    epochs: int = 5
    batch: int = 1_024
    group: int = 128
    rate: float = 2e-3
    drop: float = 0.15
    names: float = 0.25
    seed: int = 0


def train_embedding(
    bags: Bags, start: Singles, kept: Mask, settings: Settings, folder: Path, told: Callable[[str], None]
) -> StaticTable:
    """Train on some rows; goes on after the last whole round that `folder` holds.

    Args:
        bags: the rows.
        start: first vectors of the words (words, dimension).
        kept: rows to train on (rows,).
        settings: how.
        folder: where a checkpoint is kept after each round.
        told: told about each round.

    """
    torch = library("torch", "training")
    torch.set_num_threads(1)  # steps are small: handing them to threads costs more than they take
    model = _Model(torch, bags, start)
    optimiser = torch.optim.Adam(
        [{"params": [model.vectors], "lr": settings.rate}, {"params": model.small, "lr": WEIGHTS_RATE}],
        betas=(0.9, 0.98),
    )
    checkpoint = folder / "checkpoint.pt"
    first = _resume(torch, checkpoint, model, optimiser, settings)
    for epoch in range(first, settings.epochs):
        began = time.process_time()
        loss = _round(torch, model, optimiser, kept, settings, epoch)
        _save(torch, checkpoint, model, optimiser, settings, epoch + 1)
        told(f"round {epoch + 1} of {settings.epochs}: loss {loss:.3f}, {time.process_time() - began:.0f} CPU s")
    return model.table()


class _Model:
    """The parameters, and sums of words with them."""

    def __init__(self, torch: Any, bags: Bags, start: Singles) -> None:  # noqa: ANN401 - a module
        self._torch = torch
        self.bags = bags
        share = bags.times / bags.times.sum()
        rarity = torch.from_numpy(np.log(np.maximum(RARITY / (RARITY + share), 1e-3)).astype(np.float32))
        unit = start / np.maximum(np.linalg.norm(start, axis=1, keepdims=True), 1e-9)
        self.vectors = torch.nn.Parameter(torch.from_numpy(unit.astype(np.float32)))
        self.question = torch.nn.Parameter(rarity.clone())
        self.passage = torch.nn.Parameter(rarity.clone())
        self.share = torch.nn.Parameter(torch.tensor(NAME_SHARE))
        self.sharpness = torch.nn.Parameter(torch.tensor(float(np.log(SHARPNESS))))

    @property
    def small(self) -> list[Tensor]:
        """All parameters but the vectors."""
        return [self.question, self.passage, self.share, self.sharpness]

    def sums(
        self, ragged: Ragged, rows: Ints, weights: Tensor, drop: float = 0.0, without: Ragged | None = None
    ) -> Tensor:
        """Weighted sums of the words of rows; words are dropped at random, or because they stand in `without`."""
        torch = self._torch
        word, weight, starts, owner = _taken(ragged, rows)
        if without is not None:
            other_word, _, _, other_owner = _taken(without, rows)
            many = len(self.bags.words)
            weight = weight * ~np.isin(owner * many + word, other_owner * many + other_word)
        words, kept = torch.from_numpy(word), torch.from_numpy(weight.astype(np.float32))
        if drop:
            kept = kept * (torch.rand(len(kept)) >= drop)
        return torch.nn.functional.embedding_bag(
            words, self.vectors, torch.from_numpy(starts), mode="sum", per_sample_weights=kept * weights[words].exp()
        )

    def table(self) -> StaticTable:
        """The parameters as the retriever has them."""
        question, passage = (array.detach().exp().numpy() for array in (self.question, self.passage))
        share = float(self.share.detach().exp())
        return StaticTable(self.bags.words, self.vectors.detach().numpy(), question, passage, share)


def _taken(ragged: Ragged, rows: Ints) -> tuple[Ints, Singles, Ints, Ints]:
    """Words and weights of rows one after the other, where each row begins, and which row each word is of."""
    starts = ragged.at[rows]
    lengths = ragged.at[rows + 1] - starts
    ends = np.cumsum(lengths)
    at = np.repeat(starts - (ends - lengths), lengths) + np.arange(int(lengths.sum()))
    return ragged.word[at], ragged.weight[at], ends - lengths, np.repeat(np.arange(len(rows)), lengths)


def _round(torch: Any, model: _Model, optimiser: Any, kept: Mask, settings: Settings, epoch: int) -> float:  # noqa: ANN401
    """One pass over the questions; the mean loss of its steps."""
    chance = np.random.default_rng((settings.seed, epoch))
    torch.manual_seed(settings.seed * 1_000 + epoch)
    steps = list(_steps(model.bags, kept, settings, chance))
    chance.shuffle(steps)
    total = 0.0
    for number, (is_name, rows) in enumerate(steps):
        done = (epoch + number / len(steps)) / settings.epochs
        for group, rate in zip(optimiser.param_groups, (settings.rate, WEIGHTS_RATE), strict=True):
            group["lr"] = rate * max(LAST_RATE, 1 - done)
        loss = _loss(torch, model, rows, settings.drop, is_name=is_name)
        optimiser.zero_grad()
        ((NAMES_LOSS if is_name else 1.0) * loss).backward()
        optimiser.step()
        total += float(loss.detach())
    return total / max(len(steps), 1)


def _steps(bags: Bags, kept: Mask, settings: Settings, chance: np.random.Generator) -> Iterator[tuple[bool, Ints]]:
    """(whether names ask, rows) of each step of a round."""
    asks = np.diff(bags.question.at) >= MIN_WORDS
    named = (np.diff(bags.body.at) >= MIN_BODY) & (np.diff(bags.name.at) >= 2)
    for is_name, usable, share in ((False, asks, 1.0), (True, named, settings.names)):
        groups: list[Ints] = []
        for repository in np.unique(bags.repository[kept]):
            rows = chance.permutation(np.flatnonzero(kept & usable & (bags.repository == repository)))
            rows = rows[: int(np.ceil(share * len(rows)))]
            some = [rows[i : i + settings.group] for i in range(0, len(rows), settings.group)]
            groups.extend(group for group in some if len(group) >= SMALLEST_GROUP)
        chance.shuffle(groups)
        many = max(1, settings.batch // settings.group)
        for i in range(0, len(groups), many):
            yield is_name, np.concatenate(groups[i : i + many])


MIN_WORDS = 3
"""Known words of a question; with fewer it could ask for anything."""

MIN_BODY = 5
"""Known words of a body that its name asks for."""


def _loss(torch: Any, model: _Model, rows: Ints, drop: float, *, is_name: bool) -> Tensor:  # noqa: ANN401
    """Softmax over the batch, both ways; rows that share their question are no wrong answers to each other."""
    functional = torch.nn.functional
    bags = model.bags
    if is_name:
        asked = model.sums(bags.name, rows, model.question)
        answers = model.sums(bags.body, rows, model.passage, drop, without=bags.name)
    else:
        asked = model.sums(bags.question, rows, model.question, drop)
        names = model.sums(bags.name, rows, model.passage)
        answers = model.sums(bags.body, rows, model.passage, drop) + model.share.exp() * names
    logits = functional.normalize(asked, dim=1) @ functional.normalize(answers, dim=1).T * model.sharpness.exp()
    text = torch.from_numpy(bags.text[rows])
    shared = (text[:, None] == text[None, :]) & (text > 0)[:, None]
    shared.fill_diagonal_(fill_value=False)
    logits = logits.masked_fill(shared, IMPOSSIBLE)
    right = torch.arange(len(rows))
    return (functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)) / 2


IMPOSSIBLE = -1e4


def _resume(torch: Any, path: Path, model: _Model, optimiser: Any, settings: Settings) -> int:  # noqa: ANN401
    """Rounds that are done; 0 when there is no checkpoint, or one of other data or settings."""
    if not path.is_file():
        return 0
    saved = torch.load(path, weights_only=True)
    if saved["made_by"] != _made_by(model, settings):
        return 0
    for parameter, value in zip([model.vectors, *model.small], saved["parameters"], strict=True):
        parameter.data.copy_(value)
    optimiser.load_state_dict(saved["optimiser"])
    return int(saved["rounds"])


def _save(torch: Any, path: Path, model: _Model, optimiser: Any, settings: Settings, rounds: int) -> None:  # noqa: ANN401
    part = path.with_suffix(".part")
    parameters = [parameter.detach() for parameter in (model.vectors, *model.small)]
    state = {"made_by": _made_by(model, settings), "rounds": rounds, "parameters": parameters}
    torch.save({**state, "optimiser": optimiser.state_dict()}, part)
    part.replace(path)


def _made_by(model: _Model, settings: Settings) -> str:
    """What a checkpoint belongs to: settings, words in their order, and rows."""
    bags = model.bags
    data = hashlib.blake2b("\0".join((*bags.words, *bags.repository.tolist())).encode(), digest_size=16)
    for ragged in (bags.question, bags.body, bags.name):
        data.update(ragged.word.tobytes())
    return json.dumps([asdict(settings), data.hexdigest()])
