"""Each command, as a person or a script runs it: what it prints and what it exits with."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from locant.command.app import app

RETRY = '''"""Retrying of requests."""

MAX_DELAY = 30.0


class RetryPolicy:
    """How long to wait between attempts."""

    def delay(self, attempt: int) -> float:
        """Exponential backoff, at most MAX_DELAY seconds."""
        return min(MAX_DELAY, 0.1 * 2**attempt)
'''
CLIENT = '''from src.retry import RetryPolicy


def fetch(url: str) -> float:
    """Fetch a page, waiting between attempts."""
    return RetryPolicy().delay(3)
'''

Run = Callable[..., "Outcome"]


class Outcome:
    """What a run printed and returned."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work") / "service"
    for path, text in {
        "src/retry.py": RETRY,
        "src/client.py": CLIENT,
        "tests/test_retry.py": "def test_delay_is_capped() -> None:\n    assert RetryPolicy().delay(99) == 30.0\n",
        "docs/guide.md": "# Guide\n\nRequests are retried with backoff.\n",
    }.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    (folder / "logo.png").write_bytes(b"\x89PNG\x00\x01")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    return folder


@pytest.fixture(scope="module")
def locant(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command on the repository; indexes live in a folder of their own."""
    cache = str(tmp_path_factory.mktemp("cache"))

    def run(*arguments: str, stdin: str | None = None, root: Path | None = repo, cache_dir: str = cache) -> Outcome:
        place = ["--repo", str(root)] if root else []
        result = CliRunner().invoke(app, [*arguments, *place], input=stdin, env={"LOCANT_CACHE_DIR": cache_dir})
        return Outcome(result.exit_code, result.stdout, result.stderr)

    assert run("index", "--jobs", "1").code == 0
    return run


def test_index_says_what_it_did_and_what_it_left_out(locant: Run, repo: Path) -> None:
    first = locant("index", "--rebuild", "--jobs", "1", "--progress", "none")
    assert first.code == 0
    assert "Indexed 4 files" in first.out
    assert "binary (1): The content is not text." in first.out
    assert "logo.png" in first.out
    assert first.err == ""
    again = locant("index", "--jobs", "1")
    assert "Up to date: 4 files, nothing has changed." in again.out


def test_a_dry_run_writes_nothing(locant: Run, tmp_path: Path) -> None:
    outcome = locant("index", "--dry-run", cache_dir=str(tmp_path / "unused"))
    assert outcome.code == 0
    assert "To be indexed: 4 files" in outcome.out
    assert "src/retry.py" in outcome.out
    assert "nothing was written" in outcome.out
    assert not (tmp_path / "unused").exists()


def test_a_dry_run_minds_the_size_limit(locant: Run) -> None:
    planned = locant("index", "--dry-run", "--max-file-bytes", "100", "--json").json
    assert "src/retry.py" in {item["path"] for item in planned["left_out"] if item["reason"] == "oversized"}


@pytest.mark.parametrize(("mode", "expected"), [("plain", "locant: done 4/4 files"), ("json", '"stage": "done"')])
def test_progress_goes_to_stderr_in_the_form_asked_for(locant: Run, mode: str, expected: str) -> None:
    outcome = locant("index", "--rebuild", "--jobs", "1", "--progress", mode)
    assert expected in outcome.err
    assert "done 4/4" not in outcome.out


def test_json_progress_is_one_object_a_line(locant: Run) -> None:
    events = [json.loads(line) for line in locant("index", "--rebuild", "--progress", "json").err.splitlines()]
    assert {"event", "stage", "done", "total"} == set(events[0])
    assert events[-1]["stage"] == "done"


def test_status_shows_what_the_index_holds(locant: Run, repo: Path) -> None:
    outcome = locant("status")
    assert outcome.code == 0
    assert str(repo) in outcome.out
    assert "python" in outcome.out
    assert "commit " in outcome.out


def test_status_of_what_is_not_indexed_says_how_to_index_it(locant: Run, tmp_path: Path) -> None:
    outcome = locant("status", root=tmp_path)
    assert outcome.code == 1
    assert "locant index" in outcome.err


def test_search_shows_place_code_reason_and_freshness(locant: Run) -> None:
    outcome = locant("search", "exponential backoff delay")
    assert outcome.code == 0
    first, *rest = outcome.out.splitlines()
    assert re.search(r"/src/retry\.py:\d+-11  (class RetryPolicy|method RetryPolicy\.delay)$", first)
    assert "9      def delay(self, attempt: int) -> float:" in [line.lstrip() for line in rest]
    assert any(line.startswith("  why: ") for line in rest)
    assert "left out 1: 1 binary" in rest[-1]
    assert "\x1b" not in outcome.out


def test_explain_shows_the_share_of_each_signal(locant: Run) -> None:
    lines = locant("search", "exponential backoff delay", "--explain", "--limit", "1").out.splitlines()
    shares = [
        float(line.split("%")[0]) for line in lines if line[:8].strip().replace(".", "").isdigit() and "%" in line
    ]
    assert sum(shares) == pytest.approx(100.0, abs=1.0)


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        (("--area", "tests"), {"tests/test_retry.py"}),
        (("--language", "markdown"), {"docs/guide.md"}),
        (("--path", "src/client*"), {"src/client.py"}),
        (("--kind", "class"), {"src/retry.py"}),
        (("--limit", "1", "--path", "src/retry.py"), {"src/retry.py"}),
    ],
)
def test_search_filters(locant: Run, arguments: tuple[str, ...], paths: set[str]) -> None:
    hits = locant("search", "retry delay backoff attempts", "--json", *arguments).json["hits"]
    assert {hit["path"] for hit in hits} == paths


def test_offset_goes_on_where_limit_stopped(locant: Run) -> None:
    everything = [hit["path"] for hit in locant("search", "retry delay", "--json").json["hits"]]
    assert len(everything) >= 2
    second = locant("search", "retry delay", "--json", "--offset", "1", "--limit", "1").json
    assert [hit["path"] for hit in second["hits"]] == everything[1:2]


def test_search_without_a_match_exits_1_with_a_hint(locant: Run) -> None:
    outcome = locant("search", "xyzzyplugh")
    assert outcome.code == 1
    assert "Nothing found." in outcome.out
    assert "hint: " in outcome.out


def test_search_indexes_on_first_use(locant: Run, tmp_path: Path) -> None:
    outcome = locant("search", "backoff", cache_dir=str(tmp_path))
    assert outcome.code == 0
    assert "src/retry.py" in outcome.out


def test_a_repository_that_lacks_words_of_the_question_comes_after_one_that_has_them(
    locant: Run, tmp_path: Path
) -> None:
    about = {"quantum": "def run_quantum(): ...\n", "scheduler": "class Scheduler: ...\n", "jobs": "JOBS = []\n"}
    aside = {"walk": "def walk(the, tree):\n    return the, tree\n", "tree": "tree = [the for the in range(3)]\n"}
    for name, files in (("about", about), ("aside", aside)):
        (tmp_path / name).mkdir()
        for file, text in files.items():
            (tmp_path / name / f"{file}.py").write_text(text)
    roots = [str(tmp_path / name) for name in ("aside", "about")]
    question = "walk the quantum scheduler jobs"
    alone = [json.loads(locant("search", question, root, "--json", root=None).out)["hits"][0] for root in roots]
    both = json.loads(locant("search", question, *roots, "--json", root=None).out)["hits"]
    assert alone[0]["score"] > alone[1]["score"]
    assert both[0]["repository"] == str((tmp_path / "about").resolve())
    assert [hit["score"] for hit in both] == sorted((hit["score"] for hit in both), reverse=True)
    assert "repository" in {reason["signal"] for reason in both[-1]["evidence"]}


def test_several_repositories_are_merged_by_score_and_labelled(locant: Run, repo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "wait.py").write_text("def backoff_delay(attempt):\n    return 2**attempt\n")
    outcome = locant("search", "backoff delay", str(repo), str(other), root=None)
    assert "[service]" in outcome.out
    assert "[other]" in outcome.out
    answer = locant("search", "backoff delay", str(repo), "--json", root=other).json
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert {hit["repository"] for hit in answer["hits"]} == {str(repo), str(other)}
    assert answer["repository"] is None


def test_localize_names_files_functions_and_reasons(locant: Run, tmp_path: Path) -> None:
    issue = tmp_path / "issue.md"
    issue.write_text("# Retry delay is not capped\n\nRetryPolicy waits for hours instead of 30 seconds.\n")
    outcome = locant("localize", str(issue))
    assert outcome.code == 0
    assert outcome.out.startswith("Files\n")
    assert "src/retry.py:9-11  method RetryPolicy.delay" in outcome.out


@pytest.mark.parametrize("arguments", [("-",), ("--text", "RetryPolicy.delay waits for hours")])
def test_localize_reads_stdin_and_text(locant: Run, arguments: tuple[str, ...]) -> None:
    answer = locant("localize", *arguments, "--json", stdin="RetryPolicy.delay waits for hours\n").json
    assert answer["files"][0]["path"] == "src/retry.py"
    assert {"path", "qualified_name", "start_line", "end_line"} <= set(answer["functions"][0])


@pytest.mark.parametrize("arguments", [(), ("issue.md", "--text", "both"), ("--text", " "), ("no/such/file.md",)])
def test_localize_without_an_issue_is_bad_usage(locant: Run, arguments: tuple[str, ...]) -> None:
    outcome = locant("localize", *arguments)
    assert outcome.code == 2
    assert outcome.err.startswith("locant: ")


def test_localize_gives_twenty_files_and_fifty_functions_when_there_are(locant: Run, tmp_path: Path) -> None:
    root = tmp_path / "many"
    root.mkdir()
    for number in range(30):
        (root / f"part{number}.py").write_text(
            "".join(f"def retry_{number}_{i}(delay):\n    return delay\n" for i in range(3))
        )
    answer = locant("localize", "--text", "retry delay", "--json", root=root).json
    assert (len(answer["files"]), len(answer["functions"])) == (20, 50)
    assert len(locant("localize", "--text", "retry delay", "--json", "--files", "3", root=root).json["files"]) == 3


def test_view_shows_numbered_lines(locant: Run) -> None:
    outcome = locant("view", "src/retry.py:9-11")
    assert outcome.code == 0
    head, *lines = outcome.out.splitlines()
    assert head.endswith("of 11  in RetryPolicy.delay")
    assert lines[0] == "  9      def delay(self, attempt: int) -> float:"
    assert len(lines) == 3


def test_view_marks_a_single_line_and_finds_a_symbol(locant: Run) -> None:
    assert ">3  MAX_DELAY = 30.0" in [
        line.replace("> ", ">") for line in locant("view", "src/retry.py:3").out.splitlines()
    ]
    symbol = locant("view", "src/retry.py:RetryPolicy.delay", "--json").json["view"]
    assert (symbol["start_line"], symbol["end_line"]) == (9, 11)


@pytest.mark.parametrize("target", ["src/none.py", "src/retry.py:900-950", "src/retry.py:NoSuch"])
def test_view_of_what_is_not_there_exits_1(locant: Run, target: str) -> None:
    outcome = locant("view", target)
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1


def test_outline_indents_what_is_nested(locant: Run) -> None:
    lines = locant("outline", "src/retry.py").out.splitlines()
    assert any(line.endswith("6  class RetryPolicy") for line in lines)
    assert any(line.endswith("9    def delay(self, attempt: int) -> float") for line in lines)


def test_find_takes_parts_and_globs(locant: Run) -> None:
    assert locant("find", "retry").out.splitlines()[0].endswith("src/retry.py")
    assert locant("find", "*.md").out.strip().endswith("docs/guide.md")
    assert locant("find", "*.rs").code == 1
    cut = locant("find", "*.py", "--limit", "1")
    assert cut.out.splitlines()[-1] == "… more (--limit, --offset)"
    rest = locant("find", "*.py", "--limit", "9", "--offset", "1", "--json").json
    assert (len(rest["paths"]), rest["truncated"]) == (2, False)


def test_grep_prints_path_line_and_text_in_a_pipe(locant: Run, repo: Path) -> None:
    outcome = locant("grep", r"MAX_\w+ =")
    assert outcome.out == f"{repo}/src/retry.py:3:MAX_DELAY = 30.0\n"
    assert locant("grep", "-F", "2**attempt").code == 0
    assert locant("grep", "max_delay =", "-i", "--area", "code").code == 0
    assert locant("grep", "nowhere_at_all").code == 1


def test_a_bad_regular_expression_exits_2(locant: Run) -> None:
    outcome = locant("grep", "(")
    assert outcome.code == 2
    assert "regular expression" in outcome.err


def test_definitions_and_references(locant: Run) -> None:
    assert "src/retry.py:9-11  method RetryPolicy.delay" in locant("definitions", "delay").out
    uses = locant("references", "delay").out
    assert "src/client.py:6  call in fetch" in uses
    assert "    return RetryPolicy().delay(3)" in uses
    assert locant("definitions", "no_such_name").code == 1
    assert locant("references", "no_such_name").code == 1


def test_related_names_who_uses_a_file(locant: Run) -> None:
    outcome = locant("related", "src/retry.py")
    assert outcome.code == 0
    assert "src/client.py" in outcome.out
    assert locant("related", "src/retry.py:RetryPolicy").code == 0


def test_paths_lead_from_where_the_person_stands(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.py").write_text(f"{folder} = 1\n")
    environment = {**os.environ, "LOCANT_CACHE_DIR": str(tmp_path / ".git" / "cache")}

    def stdout(*arguments: str) -> str:
        command = [sys.executable, "-m", "locant", *arguments]
        return subprocess.run(
            command, cwd=tmp_path / "two", env=environment, stdout=subprocess.PIPE, check=True
        ).stdout.decode()

    assert stdout("view", "same.py").splitlines() == ["same.py:1 of 1  in two", " 1  two = 1"]
    assert stdout("find", "one/same").strip() == "../one/same.py"


def test_doctor_is_content_with_a_sound_index(locant: Run) -> None:
    outcome = locant("doctor")
    assert outcome.code == 0
    assert "all checksums match" in outcome.out
    assert "FAIL" not in outcome.out


def test_doctor_finds_a_damaged_index(locant: Run, tmp_path: Path) -> None:
    assert locant("index", cache_dir=str(tmp_path)).code == 0
    segment = next(tmp_path.glob("v*/*/segments/*.seg"))
    data = bytearray(segment.read_bytes())
    data[-1] ^= 0xFF
    data[len(data) // 2] ^= 0xFF
    segment.write_bytes(data)
    outcome = locant("doctor", cache_dir=str(tmp_path))
    assert outcome.code == 1
    assert "damaged" in outcome.out
    assert locant("doctor", "--json", cache_dir=str(tmp_path)).json["healthy"] is False


def test_a_damaged_manifest_is_found_and_the_index_made_anew(locant: Run, tmp_path: Path) -> None:
    cache = str(tmp_path)
    assert locant("index", cache_dir=cache).code == 0
    manifest = next(tmp_path.glob("v*/*/trees/*/manifest.json"))
    manifest.write_text("{}")
    assert locant("doctor", cache_dir=cache).code == 1
    assert locant("find", "retry", cache_dir=cache).code == 0
    assert locant("doctor", cache_dir=cache).code == 0


def test_doctor_finds_a_cache_folder_that_cannot_be_written(locant: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = locant("doctor", cache_dir=str(tmp_path / "file" / "cache"))
    assert outcome.code == 1
    assert "LOCANT_CACHE_DIR" in outcome.out


def test_clear_removes_one_index_or_all(locant: Run, repo: Path, tmp_path: Path) -> None:
    cache, other = str(tmp_path / "cache"), tmp_path / "other"
    other.mkdir()
    (other / "a.py").write_text("x = 1\n")
    for root in (repo, other):
        assert locant("index", root=root, cache_dir=cache).code == 0
    assert locant("clear", "--yes", cache_dir=cache).code == 0
    assert locant("status", cache_dir=cache).code == 1
    assert locant("status", root=other, cache_dir=cache).code == 0
    (tmp_path / "cache" / "mine.txt").write_text("kept")
    assert "Removed 1 index from" in locant("clear", "--all", "--yes", cache_dir=cache).out
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["mine.txt"]
    assert (repo / "src" / "retry.py").exists()


def test_clear_asks_and_refuses_when_nobody_can_answer(locant: Run) -> None:
    outcome = locant("clear")
    assert outcome.code == 2
    assert "--yes" in outcome.err
    assert locant("status").code == 0


def test_a_folder_that_does_not_exist_exits_3(locant: Run, tmp_path: Path) -> None:
    outcome = locant("search", "x", root=tmp_path / "nowhere")
    assert outcome.code == 3
    assert outcome.err.startswith("locant: ")
    assert "Traceback" not in outcome.err
    answer = locant("search", "x", "--json", root=tmp_path / "nowhere")
    assert answer.code == 3
    assert (answer.json["error"]["type"], answer.json["error"]["exit_code"]) == ("RepositoryError", 3)


@pytest.mark.parametrize(
    "arguments", [("search",), ("search", "x", "--mode", "guess"), ("nonsense",), ("find", "x", "--limit", "0")]
)
def test_bad_usage_exits_2(locant: Run, arguments: tuple[str, ...]) -> None:
    assert locant(*arguments).code == 2


def test_a_pipe_that_closes_early_is_not_an_error(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "big.py").write_text("".join(f"def needle_{i}():\n    pass\n" for i in range(20_000)))
    environment = {**os.environ, "LOCANT_CACHE_DIR": str(tmp_path / "cache")}
    process = subprocess.Popen(
        [sys.executable, "-m", "locant", "outline", "big.py", "-C", str(tmp_path)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait() == 0
    assert "Traceback" not in errors
    assert "Broken" not in errors


def test_version_is_the_installed_one() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.startswith("locant ")
