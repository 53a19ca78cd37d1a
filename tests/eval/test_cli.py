"""The commands, run as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from locant.eval.cli import app
from locant.eval.cli_parts import EXAMPLES
from locant.eval.reports.render import RENDERERS
from locant.eval.runs.runfile import RunFile

ROOT = Path(__file__).parents[2]
GROUP: Any = get_command(app)


def commands_of(group: Any) -> dict[str, Any]:
    """Commands by name, those of a group below it as `GROUP NAME`."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        inner = commands_of(command) if hasattr(command, "commands") else {"": command}
        found |= {f"{name} {below}".strip(): leaf for below, leaf in inner.items()}
    return found


COMMANDS = commands_of(GROUP)


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "locant", "eval", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def rows(tmp_path: Path, new_repository: Any) -> Path:
    commit = new_repository("o/n").commit("one", {"cart.py": "def total():\n    return 0\n", "mail.py": "x = 1\n"})
    row = {"instance_id": "r1", "repo": "o/n", "base_commit": commit, "problem_statement": "`total` is wrong"}
    labels = {"gold_files": ["cart.py"], "gold_functions": ["cart.py:total"]}
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row | labels) + "\nnot json\n")
    return path


def test_run_report_and_compare_work_on_one_file(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    common = ["--mirrors", tmp_path / "clones", "--scratch", tmp_path / "trees", "--out", out]
    done = call("run", rows, *common, "--systems", 'grep,no:one=command:echo {"files":[]}')
    assert done.returncode == 0, done.stderr
    assert "line 2 left out" in done.stderr
    assert "100.0 [20.7, 100.0]" in done.stdout
    report = call("report", out, "--format", "markdown")
    assert "| Acc@1 | 100.0 [20.7, 100.0] |" in report.stdout
    assert "line level" not in report.stdout, "no row has gold lines"
    compared = call("compare", f"{out}:no:one", "grep")
    assert "grep against no:one, 1 rows" in compared.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["run", "missing.jsonl", "--out", "o.jsonl"], "missing.jsonl"),
        (["report", "missing.jsonl"], "missing.jsonl"),
        (["compare", "missing.jsonl:grep", "grep"], "missing.jsonl"),
    ],
)
def test_an_expected_error_is_one_line_and_a_documented_exit_code(arguments: list[str], complaint: str) -> None:
    done = call(*arguments)
    assert done.returncode == 3
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("locant: ")


def test_here_mines_runs_and_writes_one_page(new_repository: Any, tmp_path: Path) -> None:
    repository = new_repository("o/n")
    repository.commit("Start with a cart of items", {"cart.py": "def total():\n    return 0\n", "mail.py": "x = 1\n"})
    repository.commit("The total of a cart is one too low", {"cart.py": "def total():\n    return 1\n"})
    page = tmp_path / "page.html"
    done = call("here", repository.root, "--out", page, "--systems", "grep", "--no-show")
    assert done.returncode == 0, done.stderr
    assert "grep has all gold files among its first 5 in 100 % of 1 rows." in done.stdout
    assert f"1 rows of n: the report is in {page}" in done.stdout
    assert "<svg" in page.read_text()
    assert "The total of a cart is one too low" in page.read_text()
    assert repository.git("status", "--porcelain") == ""


def test_here_asks_with_doc_comments_where_the_history_says_nothing(new_repository: Any, tmp_path: Path) -> None:
    source = 'def total(items):\n    """Add up the prices of all items."""\n    return sum(items)\n'
    repository = new_repository("o/n")
    repository.commit("start", {"cart.py": source, "mail.py": "def send():\n    pass\n"})
    page = tmp_path / "page.html"
    done = call("here", repository.root, "--out", page, "--systems", "grep", "--no-show")
    assert done.returncode == 0, done.stderr
    assert "doc comments ask instead" in done.stderr
    assert "Add up the prices of all items." in page.read_text()


def test_systems_that_misbehave_each_get_a_clear_line_in_every_report(rows: Path, tmp_path: Path) -> None:
    out, shell = tmp_path / "run.jsonl", "sh -c"
    systems = [
        "grep",
        f"crash=command:{shell} 'echo no such model >&2; exit 3'",
        f"hang=command:{shell} 'sleep 600'",
        f"garbage=command:{shell} 'printf \\033[31mred'",
        f"""absolute=command:{shell} 'echo {{"files":["/etc/passwd"]}}'""",
    ]
    common = ["--mirrors", tmp_path / "clones", "--scratch", tmp_path / "trees", "--out", out, "--timeout", "1"]
    done = call("run", rows, *common, "--systems", ",".join(systems))
    assert done.returncode == 0, done.stderr
    answered = RunFile(out).read()
    for form in ("text", "markdown", "html"):
        report = RENDERERS[form](answered)
        assert "r1 (crash): " in report
        assert "no such model" in report
        assert "r1 (hang): " in report
        assert "r1 (garbage): " in report
        assert "r1 (absolute): " in report
        assert "/etc/passwd" in report
        assert "\033" not in report
    figures = json.loads(RENDERERS["json"](answered))["systems"]
    assert [figures[name]["all"]["failed"] for name in figures] == [0, 1, 1, 1, 1]


def test_mine_says_what_it_left_out(new_repository: Any, tmp_path: Path) -> None:
    repository = new_repository("o/n")
    repository.commit("wip", {"cart.py": "x = 1\n"})
    repository.commit("wip again", {"cart.py": "x = 2\n"})
    done = call("mine", repository.root, "--out", tmp_path / "rows.jsonl")
    assert done.returncode == 3
    assert "1 left out: message says too little" in done.stderr
    assert "makes a row" in done.stderr


def test_rows_of_several_repositories_call_them_by_their_names(new_repository: Any, tmp_path: Path) -> None:
    for name in ("o/n", "o/m"):
        repository = new_repository(name)
        repository.commit("start", {"cart.py": "def total():\n    return 0\n"})
        repository.commit(f"The total of {name} is one too low", {"cart.py": "def total():\n    return 1\n"})
    out, mirrors = tmp_path / "rows.jsonl", tmp_path / "clones"
    assert call("mine", "o/n", "o/m", "--mirrors", mirrors, "--out", out).returncode == 0
    assert {json.loads(line)["repository"] for line in out.read_text().splitlines()} == {"o/n", "o/m"}


def test_questions_from_doc_comments_can_be_run_at_once(new_repository: Any, tmp_path: Path) -> None:
    source = 'def total(items):\n    """Add up the prices of all items."""\n    return sum(items)\n'
    new_repository("o/n").commit("start", {"cart.py": source, "mail.py": "def send():\n    pass\n"})
    rows, out = tmp_path / "rows.jsonl", tmp_path / "run.jsonl"
    assert call("mine", tmp_path / "clones/o/n", "--queries", "docstrings", "--out", rows).returncode == 0
    done = call("run", rows, "--systems", "grep", "--scratch", tmp_path / "trees", "--out", out)
    assert done.returncode == 0, done.stderr
    row = json.loads(out.read_text().splitlines()[1])
    assert (row["status"], row["gold_functions"]) == ("scored", ["cart.py:total"])


def test_kinds_of_queries_that_there_are_not_are_bad_usage(new_repository: Any, tmp_path: Path) -> None:
    done = call("mine", new_repository("o/n").root, "--queries", "issues", "--out", tmp_path / "rows.jsonl")
    assert done.returncode == 2
    assert "commits or docstrings" in done.stderr


def test_other_commands_do_not_import_the_evaluation() -> None:
    body = "import sys, locant.command.app\nprint([name for name in sys.modules if name.startswith('locant.eval')])"
    done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented_and_has_examples(name: str) -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = text[text.index("\n## eval\n") :]
    assert f"`locant eval {name}" in section
    parameters = COMMANDS[name].params
    options = {option for found in parameters for option in (*found.opts, *found.secondary_opts) if option[0] == "-"}
    for option in options - {"--help", "-h"}:
        assert f"`{option}" in section, option
    for line in EXAMPLES[name]:
        used = {word for word in line.split() if word.startswith("--")}
        assert line.startswith(f"locant eval {name}")
        assert used <= options
