"""Feed spoilt and random files of every language to the real workers, and check what comes back.

    python -m scripts.fuzz_parsers --seconds 600 --seed 1 --seeds ~/src --keep /tmp/failures

A file may be left out, or be cut into lines only; it may not crash or hang a worker, raise, or come back with chunks
that overlap, are out of order or miss a line, with symbols outside the file, or with another answer in a new process.
Exit status 1 if any did; with `--keep` their bytes are kept.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from locant.indexer.pool import Outcome, WorkerPool
from locant.indexer.store.arrays import Arrays
from locant.indexer.syntax.languages import LANGUAGES, Language
from locant.indexer.walk.content import classify
from locant.indexer.walk.names import extension
from locant.indexer.walk.records import WalkOptions
from locant.indexer.worker import BatchResult, FileJob
from locant.types import LeftOut
from scripts.fuzz_mutations import MAX_BYTES, MUTATIONS, mutate
from scripts.fuzz_seeds import load_seeds

TARGET = "locant.indexer.worker:index_batch"
BASE_SECONDS = 20.0
SECONDS_PER_MEGABYTE = 10.0
"""As in `locant.indexer.update`: the deadline of a batch, here for each file alone."""

REPEAT_SHARE = 0.2
"""Files that are indexed a second time, in another process with other hash seeds."""

SLOW_SECONDS = 2.0
"""Slower files are listed: not a failure, yet worth a look."""

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Case:
    """One spoilt file."""

    job: FileJob
    language: str
    made_by: str
    number: int


@dataclass
class Tally:
    """What came of a run; `kept` is the folder for files that failed or were slow."""

    kept: Path | None = None
    files: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    n_bytes: int = 0
    repeated: int = 0
    failures: list[tuple[Case, str]] = field(default_factory=list)
    slow: list[tuple[float, Case]] = field(default_factory=list)


def make_cases(seed: int, seeds: dict[str, list[bytes]], max_bytes: int) -> Iterator[Case]:
    """Every language with every mutation in turn, round after round, without end."""
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    everything = [text for texts in seeds.values() for text in texts]
    turns = [(language, mutation) for language in LANGUAGES for mutation in MUTATIONS]
    number = itertools.count()
    while True:
        rng.shuffle(turns)
        for language, mutation in turns:
            data, made_by = mutate(rng, rng.choice(seeds[language.name]), everything, mutation, max_bytes)
            yield make_case(rng, next(number), language, data, made_by)


def make_case(rng: random.Random, number: int, language: Language, data: bytes, made_by: str) -> Case:
    names = [f"case{number}{extension}" for extension in language.extensions] + list(language.filenames)
    path = f"folder/{rng.choice(names)}"
    # Forced files pass over the sieve for minified and generated ones: the parsers have to stand those, too.
    key = (hashlib.sha1(data, usedforsecurity=False).digest(), extension(path))
    job = FileJob(path, key, data, WalkOptions(), forced=rng.random() < 0.5)
    return Case(job, language.name, made_by, number)


@dataclass(frozen=True, slots=True)
class Caller:
    """Gives one file at a time to a worker; `patience` stretches its deadline on a machine that is busy."""

    pool: WorkerPool
    patience: float

    def __call__(self, job: FileJob) -> Outcome[FileJob]:
        """Index one file."""
        (outcome,) = self.pool.map([[job]], timeout=self._deadline)
        return outcome

    def _deadline(self, batch: list[FileJob]) -> float:
        return self.patience * (BASE_SECONDS + SECONDS_PER_MEGABYTE * sum(len(job.data) for job in batch) / 1e6)


def complaint(case: Case, outcome: Outcome[FileJob]) -> str | None:
    """What is wrong with an answer, in words; None if nothing is."""
    if outcome.failure is not None:
        return outcome.failure
    result: BatchResult = outcome.result
    content = classify(case.job.path, case.job.data, case.job.options, case.job.forced)
    if isinstance(content, LeftOut):
        return None if result.left_out and not result.indexed else "left out here, indexed by the worker"
    if result.indexed != (case.job.path,):
        return f"not indexed: {result.left_out}"
    return bad_chunks(result.arrays, content.text_utf8) or bad_symbols(result.arrays, content.text_utf8)


def bad_chunks(arrays: Arrays, text: bytes) -> str | None:
    """Chunks are in order, disjoint, within the file, and cover every line that is not blank."""
    lines = text.split(b"\n")
    covered = 0
    for start, end in zip(arrays["chunk_start"].tolist(), arrays["chunk_end"].tolist(), strict=True):
        # Pieces of one over-long line carry the same number.
        is_piece = start == end == covered
        if not is_piece and (start <= covered or end < start):
            return f"chunk {start}-{end} after line {covered}"
        if end > len(lines):
            return f"chunk {start}-{end} of {len(lines)} lines"
        missed = [number for number in range(covered + 1, start) if lines[number - 1].strip()]
        if missed:
            return f"lines {missed[:5]} are in no chunk"
        covered = end
    missed = [number for number in range(covered + 1, len(lines) + 1) if lines[number - 1].strip()]
    return f"lines {missed[:5]} are in no chunk" if missed else None


def bad_symbols(arrays: Arrays, text: bytes) -> str | None:
    """Symbols are within the file, their parents exist, their chunks are where they begin."""
    lines = text.count(b"\n") + 1
    start, end = arrays["symbol_start"].astype(np.int64), arrays["symbol_end"].astype(np.int64)
    parent, chunk = arrays["symbol_parent"], arrays["symbol_chunk"].astype(np.int64)
    if not len(start):
        return None
    if start.min() < 1 or end.max() > lines or (end < start).any():
        return f"symbols from line {start.min()} to {end.max()} of {lines}"
    inner = np.flatnonzero(parent >= 0)
    outer = parent[inner]
    # Not that it encloses the symbol: what a later `impl` or `extension` holds belongs to the type above it.
    if (outer == inner).any() or (outer >= len(start)).any():
        return "a symbol is its own parent, or its parent does not exist"
    if chunk.max() >= len(arrays["chunk_start"]):
        return "a symbol in a chunk that does not exist"
    first = arrays["chunk_start"][chunk]
    return "a symbol begins before its chunk" if (first > start).any() else None


def difference(one: BatchResult, other: BatchResult) -> str | None:
    if (one.indexed, one.left_out) != (other.indexed, other.left_out):
        return f"another process says {other.left_out or other.indexed}, not {one.left_out or one.indexed}"
    unequal = [name for name in one.arrays if not np.array_equal(one.arrays[name], other.arrays[name])]
    return f"another process gives other {', '.join(unequal)}" if unequal else None


def run(cases: Iterator[Case], options: argparse.Namespace) -> Tally:
    """Index case after case until they or the seconds are over."""
    tally = Tally(options.keep)
    rng = random.Random(options.seed)  # noqa: S311 - repeatable on purpose
    end = time.monotonic() + options.seconds
    with WorkerPool(1, options.target) as pool, WorkerPool(1, options.target) as other:
        index, index_again = Caller(pool, options.patience), Caller(other, options.patience)
        for case in cases:
            began = time.monotonic()
            if began > end:
                break
            outcome = index(case.job)
            took = time.monotonic() - began
            wrong = complaint(case, outcome)
            if wrong is None and rng.random() < REPEAT_SHARE:
                tally.repeated += 1
                again = index_again(case.job)
                wrong = again.failure or difference(outcome.result, again.result)
            count(tally, case, outcome, took, wrong)
    return tally


def count(tally: Tally, case: Case, outcome: Outcome[FileJob], took: float, wrong: str | None) -> None:
    tally.files[case.language] += 1
    tally.n_bytes += len(case.job.data)
    if outcome.result is not None:
        tally.left_out.update(item.reason for item in outcome.result.left_out)
    if took > SLOW_SECONDS:
        tally.slow.append((took, case))
    if tally.kept is not None and (took > SLOW_SECONDS or wrong is not None):
        tally.kept.mkdir(parents=True, exist_ok=True)
        (tally.kept / Path(case.job.path).name).write_bytes(case.job.data)
    if wrong is not None:
        tally.failures.append((case, wrong))
        report(f"FAILED {label(case)}: {wrong}")


def label(case: Case) -> str:
    return f"{case.job.path} ({case.language}, {len(case.job.data):,} bytes, {case.made_by})"


def report(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def report_tally(tally: Tally, seed: int) -> None:
    files = sum(tally.files.values())
    report(f"seed {seed}: {files:,} files of {len(tally.files)} languages, {tally.n_bytes / 1e6:.1f} MB")
    report(f"left out: {dict(tally.left_out.most_common())}; indexed twice: {tally.repeated:,}")
    for took, case in sorted(tally.slow, key=lambda item: -item[0])[:SHOWN]:
        report(f"slow: {took:.1f} s {label(case)}")
    report(f"failures: {len(tally.failures)}")


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--files", type=int, help="stop after so many files")
    parser.add_argument("--seed", type=int, default=1, help="random numbers start here")
    parser.add_argument("--seeds", type=Path, action="append", default=[], help="a folder with real files; repeatable")
    parser.add_argument("--keep", type=Path, help="folder for files that failed or were slow")
    parser.add_argument("--max-bytes", type=int, default=MAX_BYTES, help="size of the largest file")
    parser.add_argument("--patience", type=float, default=1.0, help="deadlines so many times as long")
    parser.add_argument("--target", default=TARGET, help="what the workers run")
    options = parser.parse_args(arguments)
    cases = itertools.islice(make_cases(options.seed, load_seeds(options.seeds), options.max_bytes), options.files)
    tally = run(cases, options)
    report_tally(tally, options.seed)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
