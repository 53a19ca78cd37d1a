"""The worker pool, with real targets that hang and crash in C code (see pool_targets.py)."""

from __future__ import annotations

import gc
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locant.indexer.pool import Outcome, WorkerPool

TARGETS = str(Path(__file__).parent)
TARGET = "pool_targets:act"
EXIT_MS = 20_000  # a worker that is still there after so long will not go


def short(batch: list[str]) -> float:
    """Little time for what hangs; what works gets as much as a busy machine may need."""
    return 0.5 if {"hang", "regex"}.intersection(batch) else ample(batch)


def ample(batch: list[str]) -> float:
    return 30.0


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2, TARGET, import_path=(TARGETS,)) as workers:
        yield workers


def run(
    pool: WorkerPool, *batches: list[str], timeout: Callable[[list[str]], float] = ample
) -> dict[str, Outcome[str]]:
    """Outcomes by item, for batches that end up with one item each."""
    return {",".join(outcome.batch): outcome for outcome in pool.map(batches, timeout=timeout)}


def failure_of(pool: WorkerPool, item: str) -> str | None:
    return run(pool, [item], timeout=short)[item].failure


def process_id(pool: WorkerPool) -> int:
    (outcome,) = pool.map([["pid"]], timeout=ample)
    (pid,) = outcome.result
    assert isinstance(pid, int)
    return pid


def has_ended(process: int) -> bool:
    """Whether the process behind a descriptor ends, without a poll loop of our own."""
    poller = select.poll()
    poller.register(process, select.POLLIN)
    return bool(poller.poll(EXIT_MS))


needs_pidfd = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the system has no descriptors for processes")


def test_results_come_back_for_every_batch(pool: WorkerPool) -> None:
    batches = [[f"echo {batch} {item}" for item in range(3)] for batch in range(20)]
    outcomes = list(pool.map(batches, timeout=ample))
    assert sorted(outcome.batch for outcome in outcomes) == sorted(batches)
    assert all(outcome.result == outcome.batch and outcome.failure is None for outcome in outcomes)


@pytest.mark.parametrize(
    ("item", "failure"),
    [
        ("hang", "timed out after 0.5 s"),
        ("regex", "timed out after 0.5 s"),
        ("crash", "the parser crashed (signal 11)"),
        ("abort", "the parser crashed (signal 6): assertion failed: node is not null"),
        ("exit", "the parser ended the process (exit status 3)"),
        ("sysexit", "SystemExit: 4"),
        ("raise", "ValueError: cannot parse raise"),
        ("bomb", "MemoryError"),
    ],
)
def test_a_guilty_item_fails_with_its_reason(pool: WorkerPool, item: str, failure: str) -> None:
    assert failure_of(pool, item) == failure


def test_an_answer_that_cannot_be_pickled_is_a_failure(pool: WorkerPool) -> None:
    assert "pickle" in (failure_of(pool, "unpicklable") or "")


def test_the_other_items_of_a_guilty_batch_get_their_results(pool: WorkerPool) -> None:
    batch = ["echo 1", "crash", "echo 2", "echo 3", "hang", "raise", "exit", "echo 4"]
    outcomes = list(pool.map([batch], timeout=short))
    assert [item for outcome in outcomes for item in outcome.batch] == batch
    failed = [outcome.batch for outcome in outcomes if outcome.failure is not None]
    assert failed == [["crash"], ["hang"], ["raise"], ["exit"]]
    assert [item for outcome in outcomes for item in outcome.result or ()] == ["echo 1", "echo 2", "echo 3", "echo 4"]


def test_the_timeout_is_asked_for_each_part_of_a_batch(pool: WorkerPool) -> None:
    asked: list[int] = []

    def per_item(batch: list[str]) -> float:
        asked.append(len(batch))
        return 0.1 * len(batch) + 0.2 if "hang" in batch else ample(batch)

    failures = run(pool, ["echo", "hang", "echo", "echo"], timeout=per_item)
    assert failures["hang"].failure == "timed out after 0.3 s"
    assert asked[:3] == [4, 2, 1]


def test_printing_does_not_disturb_the_answers(pool: WorkerPool) -> None:
    outcomes = run(pool, ["print"], ["echo"])
    assert outcomes["print"].result == [0]
    assert outcomes["echo"].result == ["echo"]


def test_requests_and_answers_may_be_larger_than_a_pipe(pool: WorkerPool) -> None:
    large = "size " + "x" * 3_000_000
    outcomes = list(pool.map([["big"], [large]], timeout=ample))
    assert {len(outcome.result[0]) if outcome.batch == ["big"] else outcome.result[0] for outcome in outcomes} == {
        3_000_000,
        len(large),
    }


def test_workers_stay_warm_between_runs(pool: WorkerPool) -> None:
    pool.warm()
    assert process_id(pool) == process_id(pool)


def test_a_worker_that_kept_much_memory_is_replaced(pool: WorkerPool) -> None:
    first = process_id(pool)
    assert run(pool, ["hoard"])["hoard"].failure is None
    assert process_id(pool) != first


def test_a_crash_is_not_blamed_on_an_item_that_a_fresh_worker_can_do(pool: WorkerPool) -> None:
    assert run(pool, ["later 1"])["later 1"].failure is None
    assert run(pool, ["later 2"])["later 2"].failure is None


def test_a_worker_that_was_killed_while_idle_is_replaced(pool: WorkerPool) -> None:
    os.kill(process_id(pool), signal.SIGKILL)
    assert run(pool, ["echo"])["echo"].failure is None


def test_batches_are_read_only_a_little_ahead(pool: WorkerPool) -> None:
    taken = 0

    def batches() -> Iterator[list[str]]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield ["echo"]

    outcomes = pool.map(batches(), timeout=ample)
    next(outcomes)
    assert taken <= 5
    assert len(list(outcomes)) == 999


def test_a_run_that_is_given_up_stops_its_workers(pool: WorkerPool) -> None:
    outcomes = pool.map([["echo"], ["hang"], ["hang"]], timeout=ample)
    assert next(outcomes).batch == ["echo"]
    outcomes.close()
    assert run(pool, ["echo"])["echo"].result == ["echo"]


def test_an_error_in_the_batches_reaches_the_caller(pool: WorkerPool) -> None:
    def batches() -> Iterator[list[str]]:
        yield ["hang"]
        raise KeyError("no more")

    with pytest.raises(KeyError, match="no more"):
        list(pool.map(batches(), timeout=ample))


def test_two_threads_may_share_a_pool(pool: WorkerPool) -> None:
    def echo(name: int) -> bool:
        batches = [[f"echo {name} {index}"] for index in range(50)]
        return sorted(outcome.result for outcome in pool.map(batches, timeout=ample)) == sorted(batches)

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(echo, range(4)))


def test_a_folder_of_the_user_cannot_shadow_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the repository')")
    with WorkerPool(1, TARGET, import_path=(str(tmp_path), TARGETS)) as pool:
        (path,) = run(pool, ["json"])["json"].result
    assert Path(path).parent.parent == Path(os.__file__).parent


@pytest.mark.parametrize("target", ["locant.indexer.nothing:at_all", "pool_targets:nothing"])
def test_a_target_that_does_not_exist_is_an_error_and_not_a_failure(target: str) -> None:
    with WorkerPool(1, target, import_path=(TARGETS,)) as pool, pytest.raises(ImportError, match="nothing"):
        run(pool, ["echo"])


def test_a_closed_pool_says_so(pool: WorkerPool) -> None:
    pool.close()
    pool.close()
    with pytest.raises(ValueError, match="closed"):
        run(pool, ["echo"])


def test_a_negative_number_of_workers_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        WorkerPool(-1, TARGET)


def test_without_workers_the_target_runs_in_this_process() -> None:
    with WorkerPool(0, "operator:length_hint") as pool:
        outcomes = list(pool.map([["a", "b"], ["c"]], timeout=short))
    assert [outcome.result for outcome in outcomes] == [2, 1]


@given(st.lists(st.sampled_from([1.0, 2.0, "x"]), min_size=1, max_size=40))
def test_exactly_the_guilty_items_are_blamed_in_any_batch(batch: list[float | str]) -> None:
    with WorkerPool(0, "statistics:mean") as pool:
        outcomes = list(pool.map([batch], timeout=lambda part: 1.0))
    assert [item for outcome in outcomes for item in outcome.batch] == batch
    assert all((outcome.batch == ["x"]) == (outcome.failure is not None) for outcome in outcomes)


@needs_pidfd
def test_a_forgotten_pool_ends_its_workers() -> None:
    pool = WorkerPool(1, TARGET, import_path=(TARGETS,))
    worker = os.pidfd_open(process_id(pool))
    del pool
    gc.collect()
    assert has_ended(worker)
    os.close(worker)


HOST = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are started with it ignored
from locant.indexer.pool import WorkerPool
pool = WorkerPool(1, "pool_targets:act", import_path=(sys.argv[1],))
for outcome in pool.map([["pid"], ["hang"]], timeout=lambda batch: float(sys.argv[2])):
    print(outcome.result[0], flush=True)
"""


def host(seconds: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", HOST, TARGETS, str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@needs_pidfd
@pytest.mark.parametrize(("number", "seconds"), [(signal.SIGKILL, 0.5), (signal.SIGINT, 600.0)])
def test_a_hanging_worker_dies_with_its_parent(number: signal.Signals, seconds: float) -> None:
    with host(seconds) as process:
        assert process.stdout is not None
        worker = os.pidfd_open(int(process.stdout.readline()))
        os.kill(process.pid, number)
        process.wait(EXIT_MS / 1000)
        assert has_ended(worker)
        os.close(worker)
