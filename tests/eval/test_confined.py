"""A system that hangs, dies or eats memory costs one answer, and its cost is known."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from locant.eval.errors import SystemFailedError
from locant.eval.sources import BlobCache, list_blobs
from locant.eval.systems.confined import Confined
from locant.eval.systems.protocol import Question
from locant.eval.systems.registry import make_system

ANSWER = 'print(\'{"files": ["cart.py"]}\')'
HANG = "import signal\nsignal.alarm(60)\nsignal.pause()"


@pytest.fixture
def question(new_repository: Any) -> Question:
    repository = new_repository("o/n")
    repository.commit("one", {"cart.py": "def total_price():\n    return 0\n", "mail.py": "def send():\n    pass\n"})
    return Question(repository.root, "`total_price` is wrong", list_blobs(repository.root), BlobCache())


@pytest.fixture
def confine(tmp_path: Path) -> Iterator[Any]:
    """Confines a program that is run in the confined process; what it starts with is run once only."""
    made: list[Confined] = []

    def make(first: str, timeout: float = 60) -> Confined:
        script = tmp_path / "tool.py"
        flag = tmp_path / "seen"
        once = "\n".join(f"    {line}" for line in first.splitlines())
        script.write_text(
            f"import os, sys, time\nif not os.path.exists({str(flag)!r}):\n    open({str(flag)!r}, 'w').close()\n"
            f"{once}\n{ANSWER}\n"
        )
        made.append(Confined(f"tool=command:{sys.executable} {script}", timeout))
        return made[-1]

    yield make
    for confined in made:
        confined.close()


def test_the_answer_is_that_of_the_system_itself(question: Question) -> None:
    confined = Confined("grep")
    answer, plain = confined.rank(question), make_system("grep").rank(question)
    confined.close()
    assert (answer.files, answer.functions, answer.spans) == (plain.files, plain.functions, plain.spans)
    assert confined.name == "grep"
    assert answer.peak_bytes > 10_000_000


def test_a_system_that_hangs_is_ended(question: Question, confine: Any) -> None:
    with pytest.raises(SystemFailedError, match="tool did not answer in 1 s"):
        confine(HANG, timeout=1).rank(question)


def test_a_system_that_dies_says_how_and_is_asked_again_next_time(question: Question, confine: Any) -> None:
    tool = confine("os.kill(os.getppid(), 9)\nsys.exit()")
    with pytest.raises(SystemFailedError, match="tool died with exit code -9"):
        tool.rank(question)
    assert tool.rank(question).files == ("cart.py",)


def test_a_system_that_fails_in_its_own_words_is_quoted(question: Question, confine: Any) -> None:
    with pytest.raises(SystemFailedError, match="ended with 1: no index"):
        confine("sys.exit('no index')").rank(question)


def test_memory_of_an_external_program_is_measured(question: Question, tmp_path: Path) -> None:
    script = tmp_path / "tool.py"
    script.write_text(f"held = b'x' * 80_000_000\n{ANSWER}\n")
    assert make_system(f"tool=command:{sys.executable} {script}").rank(question).peak_bytes > 80_000_000
