"""Runs: resumable, honest about what could not be scored, and not ended by a failing system."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import locant
from locant.eval.datasets.jsonlines import write_rows
from locant.eval.datasets.load import load_dataset
from locant.eval.datasets.own import to_own
from locant.eval.errors import EvaluationError, RunFileError
from locant.eval.repositories.mirrors import Mirrors
from locant.eval.repositories.provider import Provider
from locant.eval.runs.runfile import Run, RunFile
from locant.eval.runs.runner import execute, plan_run
from locant.eval.types import Instance

CART = "class Cart:\n    def __init__(self):\n        self.items = []\n\n    def total(self):\n        return 0\n"
PATCH = "--- a/cart.py\n+++ b/cart.py\n@@ -6 +6 @@\n-        return 0\n+        return 1\n"


FAST = """fast=command:echo '{"files": ["cart.py"]}'"""


class Bench:
    """A dataset over one small repository, and runs over it."""

    def __init__(self, tmp_path: Path, repository: Any) -> None:
        self.folder = tmp_path
        self.first = repository.commit("one", {"cart.py": CART, "mail.py": "def send():\n    pass\n"})
        self.second = repository.commit("two", {"later.py": "def later():\n    pass\n"})
        self.provider = Provider(Mirrors(tmp_path / "clones", tmp_path / "cache"), tmp_path / "trees")
        self.rows = [
            self.row("labels", gold_functions=("cart.py:Cart.__init__", "cart.py:Cart.total")),
            self.row("patched", patch=PATCH, base_commit=self.second),
        ]

    def row(self, id_: str, **changes: Any) -> Instance:
        base: dict[str, Any] = {
            "id": id_,
            "repository": "o/n",
            "base_commit": self.first,
            "text": "`Cart.total` is wrong",
        }
        return Instance(**(base | {"gold_files": ("cart.py",), "language": "python"} | changes))

    def run(self, *specs: str, out: str = "run.jsonl", jobs: int = 1, **options: bool) -> Run:
        write_rows(self.folder / "rows.jsonl", map(to_own, self.rows))
        dataset = load_dataset(self.folder / "rows.jsonl")
        return execute(plan_run(dataset, self.provider, specs, self.folder / out, **options), jobs)

    def program(self, body: str, label: str = "tool") -> str:
        script = self.folder / f"{label}.py"
        script.write_text(f"import json, os, sys\n{body}\n")
        return f"{label}=command:{sys.executable} {script}"


@pytest.fixture
def bench(tmp_path: Path, new_repository: Any) -> Bench:
    return Bench(tmp_path, new_repository("o/n"))


def test_every_system_answers_every_row(bench: Bench) -> None:
    tool = bench.program("print(json.dumps({'files': ['mail.py', 'cart.py'], 'functions': ['cart.py:Cart.__init__']}))")
    run = bench.run("grep", tool)
    assert run.systems == ("grep", "tool")
    assert {outcome.status for outcome in run.outcomes} == {"scored"}
    answered = run.of("tool")["labels"]
    assert answered.files == ("mail.py", "cart.py")
    assert answered.functions == ("cart.py:Cart",)
    assert answered.gold_functions == ("cart.py:Cart", "cart.py:Cart.total")
    assert answered.tokens_to_gold is not None
    assert answered.tokens_to_gold > answered.answer_tokens
    assert answered.tokens_to_functions is None
    assert answered.gold_modules == answered.modules == ("cart.py:Cart",)
    assert answered.peak_bytes > 1_000_000
    assert answered.version.startswith(locant.__version__)
    patched = run.of("grep")["patched"]
    assert patched.gold_spans == ("cart.py:6-6",)
    assert "cart.py:5-6" in patched.spans
    assert patched.tokens_to_functions is not None
    assert patched.answer_tokens < patched.tokens_to_functions
    assert patched.peak_bytes > 10_000_000
    assert run.of("grep")["patched"].gold_functions == ("cart.py:Cart.total",)
    assert run.of("grep")["patched"].candidates == 3


def test_a_row_whose_gold_cannot_exist_is_reported_and_not_scored(bench: Bench) -> None:
    bench.rows += [
        bench.row("future", gold_files=("later.py",)),
        bench.row("none", gold_files=()),
        bench.row("lost", base_commit="deadbeef" * 5),
        bench.row("elsewhere", repository="o/unknown"),
    ]
    outcomes = bench.run("grep").of("grep")
    notes = {id_: outcome.note for id_, outcome in outcomes.items() if outcome.status == "impossible"}
    assert set(notes) == {"future", "none", "lost", "elsewhere"}
    assert "later.py is not there" in notes["future"]
    assert "deadbeef" in notes["lost"]
    assert "o/unknown" in notes["elsewhere"]


def test_a_gold_function_that_is_not_there_is_noted_and_left_out(bench: Bench) -> None:
    bench.rows = [bench.row("new", gold_functions=("cart.py:Cart.total", "cart.py:Cart.added"))]
    outcome = bench.run("grep").of("grep")["new"]
    assert outcome.gold_functions == ("cart.py:Cart.total",)
    assert "cart.py:Cart.added" in outcome.note


def test_a_failing_system_is_recorded_and_the_others_go_on(bench: Bench) -> None:
    run = bench.run(bench.program("sys.exit('no')", "broken"), FAST)
    assert {outcome.status for outcome in run.of("broken").values()} == {"failed"}
    assert "no" in run.of("broken")["labels"].note
    assert run.of("broken")["labels"].gold_files == ("cart.py",)
    assert {outcome.status for outcome in run.of("fast").values()} == {"scored"}


def test_a_system_that_takes_too_long_fails_and_the_others_go_on(bench: Bench) -> None:
    hangs = bench.program("import signal\nsignal.alarm(60)\nsignal.pause()", "hangs")
    write_rows(bench.folder / "rows.jsonl", map(to_own, bench.rows[:1]))
    plan = plan_run(
        load_dataset(bench.folder / "rows.jsonl"), bench.provider, [hangs, FAST], bench.folder / "r.jsonl", timeout=1
    )
    run = execute(plan)
    assert [outcome.note.partition(" did")[2] for outcome in run.of("hangs").values()] == [" not answer in 1 s"]
    assert [outcome.status for outcome in run.of("fast").values()] == ["scored"]


def test_a_worker_that_dies_costs_one_answer(bench: Bench) -> None:
    flag = bench.folder / "died"
    killer = bench.program(
        f"if not os.path.exists({str(flag)!r}):\n    open({str(flag)!r}, 'w').close()\n    os.kill(os.getppid(), 9)\n"
        "print(json.dumps({'files': ['cart.py']}))",
        "killer",
    )
    run = bench.run(killer, FAST)
    assert [outcome.status for outcome in run.of("killer").values()].count("failed") == 1
    assert "exit code -9" in next(o.note for o in run.of("killer").values() if o.status == "failed")
    assert {outcome.status for outcome in run.of("fast").values()} == {"scored"}
    assert len(run.outcomes) == 4


def test_a_second_start_does_only_what_is_missing(bench: Bench) -> None:
    log = bench.folder / "log"
    tool = bench.program(f"open({str(log)!r}, 'a').write('x')\nprint(json.dumps({{'files': ['cart.py']}}))")
    bench.run(tool)
    lines = (bench.folder / "run.jsonl").read_bytes().splitlines(keepends=True)
    (bench.folder / "run.jsonl").write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    run = bench.run(tool, FAST)
    assert len(run.of("tool")) == len(run.of("fast")) == 2
    assert log.read_text() == "xxx"


def test_a_run_that_is_killed_leaves_no_process_behind(bench: Bench) -> None:
    asked = bench.folder / "asked"
    os.mkfifo(asked)
    tool = bench.program(f"import signal\nopen({str(asked)!r}, 'w').write('x')\nsignal.alarm(30)\nsignal.pause()")
    write_rows(bench.folder / "rows.jsonl", map(to_own, bench.rows))
    command = [sys.executable, "-m", "locant.eval", "run", "rows.jsonl", "--systems", tool, "--out", "run.jsonl"]
    command += ["--mirrors", "clones", "--scratch", "trees"]
    with subprocess.Popen(command, cwd=bench.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
        waiting = select.poll()
        waiting.register(os.open(asked, os.O_RDONLY | os.O_NONBLOCK))
        assert waiting.poll(60_000), "the program was not asked"
        run.kill()
        run.communicate(timeout=25)  # its processes share the pipe: it ends with the last of them


def test_failures_are_tried_again_when_asked(bench: Bench) -> None:
    bench.run(bench.program("sys.exit('no')"))
    mended = bench.program("print(json.dumps({'files': ['cart.py']}))")
    assert {o.status for o in bench.run(mended).of("tool").values()} == {"failed"}
    assert {o.status for o in bench.run(mended, retry_failed=True).of("tool").values()} == {"scored"}


def test_two_processes_give_the_same_outcomes_as_one(bench: Bench, new_repository: Any) -> None:
    commit = new_repository("o/m").commit("one", {"cart.py": CART})
    bench.rows.append(bench.row("other", repository="o/m", base_commit=commit))

    def answers(run: Run) -> dict[str, tuple[str, ...]]:
        return {outcome.instance: outcome.files for outcome in run.outcomes}

    assert answers(bench.run(FAST, out="one.jsonl")) == answers(bench.run(FAST, out="two.jsonl", jobs=2))


def test_a_run_file_of_another_dataset_is_not_continued(bench: Bench) -> None:
    bench.run(FAST)
    bench.rows.pop()
    with pytest.raises(RunFileError, match="other content"):
        bench.run(FAST)


def test_two_systems_of_one_name_are_refused(bench: Bench) -> None:
    with pytest.raises(EvaluationError, match="two systems are called 'grep'"):
        bench.run("grep", "grep")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b'{"a": 1}\n', "no run file"),
        (b"garbage\n", "line 1 is damaged"),
        (b'{"locant_run": 1, "dataset": "d", "fingerprint": "f", "instances": 1}\n{"a": 1}\n', "no outcome"),
    ],
)
def test_a_damaged_run_file_says_where(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "run.jsonl").write_bytes(content)
    with pytest.raises(RunFileError, match=complaint):
        RunFile(tmp_path / "run.jsonl").read()


def test_run_lines_are_plain_json(bench: Bench) -> None:
    bench.run("grep")
    header, *lines = map(json.loads, (bench.folder / "run.jsonl").read_text().splitlines())
    assert header["instances"] == 2
    assert {line["instance"] for line in lines} == {"labels", "patched"}
