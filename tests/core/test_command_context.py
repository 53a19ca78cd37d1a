"""`locant brief` and `locant map`, as a person or a script runs them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from locant.command.app import app
from locant.retriever.tokens import estimate_tokens

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("service")
    (folder / "src").mkdir()
    (folder / "src" / "retry.py").write_text(
        "class RetryPolicy:\n    def delay(self, attempt):\n        return 2**attempt\n"
    )
    (folder / "src" / "client.py").write_text(
        "from src.retry import RetryPolicy\n\n\ndef fetch():\n    RetryPolicy()\n"
    )
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    environment = {"LOCANT_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))}

    def call(*arguments: str, given: str | None = None) -> Any:
        return CliRunner().invoke(app, [*arguments, "--repo", str(folder)], env=environment, input=given)

    return call


def test_a_brief_in_a_pipe_is_its_text_and_nothing_else(run: Run) -> None:
    answer: Any = json.loads(run("brief", "-", "--json", given="RetryPolicy.delay waits for hours").stdout)
    assert run("brief", "-", given="RetryPolicy.delay waits for hours").stdout == answer["text"] + "\n"
    assert answer["tokens"] == estimate_tokens(answer["text"]) <= answer["max_tokens"] == 4_000


def test_nothing_that_fits_is_exit_code_1_and_no_issue_is_2(run: Run) -> None:
    assert run("brief", "--text", "retry", "--max-tokens", "1").exit_code == 1
    assert run("brief").exit_code == 2
    assert run("brief", "--text", "retry", "--max-tokens", "-5").exit_code == 2
    assert run("brief", "--text", "retry", "--tokenizer", "gpt9").exit_code == 2


def test_a_pinned_file_that_is_not_there_is_named_with_the_nearest(run: Run) -> None:
    result = run("brief", "--text", "retry", "--pin", "src/retri.py")
    assert result.exit_code == 1
    assert "did you mean src/retry.py" in result.stderr


def test_a_map_is_focused_by_text_and_by_files(run: Run) -> None:
    assert run("map", "--focus", "fetch is wrong").stdout.startswith("src/\n  client.py")
    around = run("map", "--file", "src/client.py").stdout
    assert "retry.py" in around
    assert "client.py" not in around


def test_a_picture_is_written_where_it_is_wanted(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "map.svg"
    assert run("map", "--svg", str(out)).exit_code == 0
    assert out.read_text().startswith("<svg")
    result = run("map", "--svg", str(tmp_path / "none" / "map.svg"))
    assert result.exit_code == 2
    assert "cannot write the picture" in result.stderr


def test_a_pack_in_a_pipe_is_its_text_and_nothing_else(run: Run) -> None:
    answer: Any = json.loads(run("pack", "--json", "--text", "delay").stdout)
    assert run("pack", "--text", "delay").stdout == answer["text"] + "\n"
    assert answer["tokens"] == estimate_tokens(answer["text"]) <= answer["max_tokens"] == 100_000
    assert run("pack", "--max-tokens", "1").exit_code == 1
    assert run("pack", "--style", "html").exit_code == 2


def test_a_pack_is_written_to_a_file_which_is_no_part_of_the_next_one(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "packed.txt"
    first = run("pack", "--output", str(out))
    assert first.exit_code == 0
    assert f"{estimate_tokens(out.read_text()[:-1]):,} tokens of 100,000" in first.stdout
    inside = Path(json.loads(run("pack", "--json").stdout)["repository"]) / "out [1].txt"
    assert run("pack", "--output", str(inside)).exit_code == 0
    text = inside.read_text()
    assert run("pack", "--output", str(inside)).exit_code == 0
    assert inside.read_text().split("\n")[2:] == text.split("\n")[2:]
    after = run("pack").stdout  # into another file, a day later
    assert "out [1].txt" not in after
    assert "Left out on purpose: 1 generated." in after
    assert "RetryPolicy" not in run("pack", "--path", "*.txt").stdout
    inside.unlink()


@pytest.mark.parametrize("target", ["/dev/full", "none/out.txt", "."])
def test_a_pack_that_cannot_be_written_says_so_and_leaves_nothing_behind(run: Run, tmp_path: Path, target: str) -> None:
    refused = run("pack", "--output", str(tmp_path / target))
    assert refused.exit_code == 2
    assert "cannot write the pack" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_answer_for_which_standard_output_has_no_room_is_no_defect(run: Run) -> None:
    root = json.loads(run("pack", "--json").stdout)["repository"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "locant", "pack", "--repo", root], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 3
    assert "cannot be written: No space left on device; make room" in done.stderr


def test_statistics_of_a_pack_stand_on_stderr_and_the_text_alone_on_stdout(run: Run) -> None:
    result = run("pack", "--stats", "--output", "-", "--detail", "whole")
    assert result.stdout == run("pack", "--detail", "whole").stdout
    assert re.search(r"^ +\d+ \([ \d.]+ %\)  src/retry\.py$", result.stderr, re.M)
    assert "2 files whole, 0 folded, 0 only named" in result.stderr
    assert "did not fit: src/" in run("pack", "--stats", "--no-tree", "--max-tokens", "170").stderr


def test_a_brief_and_a_map_of_nothing_are_exit_code_1_with_a_reason(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()

    def ask(*arguments: str) -> Any:
        cache = {"LOCANT_CACHE_DIR": str(tmp_path / "cache")}
        return CliRunner().invoke(app, [*arguments, "--repo", str(tree), "--progress", "none"], env=cache)

    told = ask("map")
    assert (told.exit_code, told.stdout) == (1, "")
    assert "there is no file to show" in told.stderr
    assert ask("brief", "--text", "retry").exit_code == 1
    (tree / "a.py").write_text("def retry():\n    return 1\n")
    told = ask("map", "--max-tokens", "1")
    assert told.exit_code == 1
    assert "nothing fits into 1 tokens" in told.stderr


def test_a_pack_of_nothing_is_exit_code_1_with_a_reason(tmp_path: Path, run: Run) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0\0")
    assert run("pack", "--path", "*.rs").exit_code == 1
    result = CliRunner().invoke(app, ["pack", "--repo", str(tmp_path)], env={"LOCANT_CACHE_DIR": str(tmp_path / "c")})
    assert (result.exit_code, result.stdout) == (1, "")
    assert "there is no file to pack" in result.stderr


@pytest.fixture
def told(tmp_path: Path) -> Run:
    folder = tmp_path / "told"
    folder.mkdir()
    text = (
        '"""How long to wait."""\n\n\ndef delay(attempt):\n    """Seconds before an attempt."""\n    return attempt\n'
    )
    (folder / "retry.py").write_text(text)
    environment = {"LOCANT_CACHE_DIR": str(tmp_path / "cache")}
    return lambda *arguments: CliRunner().invoke(app, [*arguments, "--repo", str(folder)], env=environment)


def test_summaries_stand_in_outlines_and_maps_only_when_they_are_asked_for(told: Run) -> None:
    answer: Any = json.loads(told("outline", "retry.py", "--summaries", "--json").stdout)
    assert answer["summary"].startswith("How long to wait. Defines delay.")
    assert answer["symbols"][0]["summary"] == "Seconds before an attempt."
    assert "def delay(attempt) - Seconds before an attempt." in told("outline", "retry.py", "--summaries").stdout
    assert "retry.py - How long to wait." in told("map", "--summaries").stdout
    for command in (("outline", "retry.py"), ("map",)):
        assert "Seconds" not in told(*command).stdout
        assert "summary" not in told(*command, "--json").stdout


def test_a_search_with_summaries_says_in_its_evidence_that_one_matched(told: Run) -> None:
    signals = [
        [
            item["signal"]
            for item in json.loads(told("search", "how long", *more, "--json").stdout)["hits"][0]["evidence"]
        ]
        for more in ((), ("--summaries",))
    ]
    assert ["summary" in found for found in signals] == [False, True]
