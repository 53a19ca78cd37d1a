"""Trains a small encoder of texts and functions by contrast, on a CPU, and goes on where it was stopped."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from locant.eval.errors import DatasetError
from locant.eval.training.contrast import Batch, Example, batch_of, draw, grouped
from locant.eval.training.encoder_torch import embed, load_torch
from locant.eval.training.pairs import read_lines
from locant.eval.training.start import read_start
from locant.retriever.neural.weights import write_weights
from locant.retriever.neural.wordpiece import WordPiece

__all__ = ["Settings", "train_reranker"]

SCALE = 20.0
"""Of cosines before the softmax, as the start was trained."""

WARM_SHARE = 0.06
"""Of the steps, until the learning rate is at its height."""

VALIDATION_PAIRS = 80
"""Of each repository left out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides what comes out, together with the pairs.

    layers: those of the start that are kept. groups: of 16 examples in a batch. validation: repositories left out.
    per_repository: pairs of one repository at most. workers: processes, which take turns at batches and average their
    weights every `AVERAGED` of their steps. checkpoint_seconds: between two checkpoints at least; workers write one at
    every average, so that all go on from the same step.
    """

    layers: tuple[int, ...] = (0, 1, 2)
    epochs: int = 2
    groups: int = 3
    per_repository: int = 800
    workers: int = 1
    checkpoint_seconds: float = 120.0
    rate: float = 2e-4
    seed: int = 0
    validation: tuple[str, ...] = ()
    train_words: bool = False


@dataclass
class _State:
    """Where training is: weights, optimizer, and steps done."""

    weights: dict[str, Any]
    optimizer: Any
    step: int = 0


Tell = Callable[[str], None]


def train_reranker(pairs: Path, start: Path, out: Path, settings: Settings, tell: Tell, worker: int = 0) -> Path:
    """Train on all files of pairs in a folder; `out` gets checkpoints, `model.npz` and `metrics.json`.

    Args:
        pairs: folder of what `locant eval train pairs` writes.
        start: folder with the weights to start from.
        out: folder for what comes out; a checkpoint in it is gone on from.
        settings: all that decides the result.
        tell: takes lines about progress.
        worker: number of this process, when there are several.

    """
    torch = load_torch()
    torch.manual_seed(settings.seed)
    pieces, first = read_start(start, settings.layers)
    course = _course(pairs, WordPiece(pieces), settings)
    if settings.workers > 1:
        meeting = (out / "meeting").absolute()
        torch.distributed.init_process_group(
            "gloo", init_method=f"file://{meeting}", rank=worker, world_size=settings.workers
        )
    tell(f"{sum(map(len, course.lines))} pairs of {len(course.lines)} repositories, {course.steps} steps")
    out.mkdir(parents=True, exist_ok=True)
    state = _begin(torch, first, settings, out / f"checkpoint{worker}.pt")
    _run(torch, state, course, worker, out, tell)
    if worker:
        return out / "model.npz"
    score = _validate(torch, state.weights, len(settings.layers), course.validation)
    arrays = {name: weight.detach().numpy() for name, weight in state.weights.items()}
    write_weights(out / "model.npz", pieces, arrays)
    (out / "metrics.json").write_text(
        json.dumps({"settings": asdict(settings), "steps": state.step, "validation_mrr": score}, indent=1) + "\n"
    )
    tell(f"{state.step} steps, MRR over left-out repositories {score:.4f}")
    return out / "model.npz"


@dataclass(frozen=True, slots=True)
class _Course:
    """What is learned: stored pairs by repository, those to check with, and how many steps that makes."""

    settings: Settings
    pieces: WordPiece
    lines: list[list[str]]
    validation: list[list[Example]]

    @property
    def steps(self) -> int:
        """Of each worker."""
        parts = len(grouped(self.lines, 0, 0))
        return self.settings.epochs * (parts // (self.settings.groups * self.settings.workers))

    def batches(self, start: int, worker: int) -> Iterator[tuple[int, Batch]]:
        """Number and batch of every step of a worker from `start` on."""
        settings = self.settings
        each = self.steps // settings.epochs
        for number in range(start, self.steps):
            epoch, place = divmod(number, each)
            parts = grouped(self.lines, settings.seed, epoch)
            begin = (place * settings.workers + worker) * settings.groups
            chance = random.Random(f"{settings.seed}:{number}:{worker}")  # noqa: S311 - a draw, not a secret
            lines = [line for part in parts[begin : begin + settings.groups] for line in part]
            yield number, batch_of(lines, self.pieces, chance)


def _course(pairs: Path, pieces: WordPiece, settings: Settings) -> _Course:
    lines, validation = [], []
    for path in sorted(pairs.glob("*.jsonl.gz")):
        chance = random.Random(f"{settings.seed}:{path.name}")  # noqa: S311 - a sample, not a secret
        stored = read_lines(path)
        if path.name.removesuffix(".jsonl.gz") in settings.validation:
            some = chance.sample(stored, min(len(stored), VALIDATION_PAIRS))
            validation.append([draw(line, pieces, chance, negative_share=1.0) for line in some])
        else:
            lines.append(chance.sample(stored, min(len(stored), settings.per_repository)))
    if not any(lines):
        raise DatasetError(f"no pairs in {pairs}: run `locant eval train pairs` first")
    return _Course(settings, pieces, lines, validation)


def _begin(torch: Any, first: Mapping[str, Any], settings: Settings, checkpoint: Path) -> _State:  # noqa: ANN401
    """The start, or where the last run was stopped."""
    weights = {name: torch.tensor(array) for name, array in first.items()}
    for name, weight in weights.items():
        weight.requires_grad_(settings.train_words or name not in ("words", "places"))
    trained = [weight for weight in weights.values() if weight.requires_grad]
    state = _State(weights, torch.optim.AdamW(trained, lr=settings.rate, weight_decay=0.01))
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        with torch.no_grad():
            for name, weight in weights.items():
                weight.copy_(saved["weights"][name])
        state.optimizer.load_state_dict(saved["optimizer"])
        state.step = saved["step"]
    return state


def _save(torch: Any, state: _State, path: Path) -> None:  # noqa: ANN401
    part = path.with_suffix(".part")
    torch.save({"weights": state.weights, "optimizer": state.optimizer.state_dict(), "step": state.step}, part)
    part.replace(path)


AVERAGED = 4
"""Steps of a worker between two averages: a process that has to wait for processor time does not hold up each step."""


def _run(torch: Any, state: _State, course: _Course, worker: int, out: Path, tell: Tell) -> None:  # noqa: ANN401
    settings, steps = course.settings, course.steps
    losses: list[float] = []
    saved = time.monotonic()
    for number, batch in course.batches(state.step, worker):
        for group in state.optimizer.param_groups:
            group["lr"] = settings.rate * _schedule(number, steps)
        losses.append(_step(torch, state, len(settings.layers), batch))
        state.step = number + 1
        if state.step % AVERAGED == 0 or state.step == steps:
            _average(torch, state, settings.workers)
            if time.monotonic() - saved >= settings.checkpoint_seconds or settings.workers > 1:
                _save(torch, state, out / f"checkpoint{worker}.pt")
                tell(f"step {state.step} of {steps}: loss {sum(losses) / len(losses):.3f}")
                losses = []
                saved = time.monotonic()
    _save(torch, state, out / f"checkpoint{worker}.pt")


def _average(torch: Any, state: _State, workers: int) -> None:  # noqa: ANN401
    """Give all workers the mean of their weights."""
    if workers > 1:
        with torch.no_grad():
            for weight in state.weights.values():
                if weight.requires_grad:
                    torch.distributed.all_reduce(weight)
                    weight /= workers


def _schedule(step: int, steps: int) -> float:
    """Share of the learning rate: up in a line, then down in half a cosine."""
    warm = max(1.0, WARM_SHARE * steps)
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warm) / max(1.0, steps - warm))))


def _step(torch: Any, state: _State, layers: int, batch: Batch) -> float:  # noqa: ANN401
    with torch.autocast("cpu", dtype=torch.bfloat16):
        texts = embed(torch, state.weights, layers, batch.texts)
        functions = _embed_sorted(torch, state.weights, layers, batch.functions)
    scores = texts.float() @ functions.float().T * SCALE
    if batch.masked:
        rows, columns = zip(*batch.masked, strict=True)
        scores = scores.index_put((torch.tensor(rows), torch.tensor(columns)), torch.tensor(-1e4))
    loss = torch.nn.functional.cross_entropy(scores, torch.arange(len(batch.texts)))
    state.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_([w for w in state.weights.values() if w.requires_grad], 1.0)
    state.optimizer.step()
    return float(loss.detach())


PART = 24
"""Functions of similar length that are embedded together: less padding."""


def _embed_sorted(torch: Any, weights: Mapping[str, Any], layers: int, texts: Sequence[Sequence[int]]) -> Any:  # noqa: ANN401
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    parts = [
        embed(torch, weights, layers, [texts[i] for i in order[start : start + PART]])
        for start in range(0, len(order), PART)
    ]
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(parts)[back]


def _validate(torch: Any, weights: Mapping[str, Any], layers: int, validation: Sequence[Sequence[Example]]) -> float:  # noqa: ANN401
    """Mean reciprocal rank of the right function among those of other texts of its repository, and of their files."""
    ranks = []
    for examples in validation:
        wrong = [example for example in examples if example.negative]
        names = [*(item.positive_name for item in examples), *(item.negative_name for item in wrong)]
        pool = [*(item.positive for item in examples), *(item.negative for item in wrong)]
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            texts = _embed_sorted(torch, weights, layers, [item.text for item in examples])
            functions = _embed_sorted(torch, weights, layers, pool)
        scores = texts.float() @ functions.float().T
        for row, item in enumerate(examples):
            better = torch.nonzero(scores[row] > scores[row, row]).flatten().tolist()
            ranks.append(1 / (1 + len({names[i] for i in better} - item.names)))
    return sum(ranks) / len(ranks) if ranks else math.nan
