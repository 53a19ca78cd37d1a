"""`locant localize --model`: options, environment, what is printed, and that nothing breaks it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from locant.command.app import app

ISSUE = ["--text", "The delay of a retry is too long"]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOCANT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "tree"
    root.mkdir()
    (root / "retry.py").write_text("def delay(attempt):\n    return 2**attempt\n\n\ndef wait():\n    return delay(1)\n")
    return root


def script(*answers: str | None) -> str:
    Path("script.json").write_text(json.dumps(answers))
    return "fake:script.json"


def ask(tree: Path, *options: str, **environment: str) -> Any:
    return CliRunner().invoke(app, ["localize", *ISSUE, "--repo", str(tree), *options], env=environment)


def as_json(tree: Path, *options: str, **environment: str) -> Any:
    return json.loads(ask(tree, "--json", *options, **environment).stdout)


def test_the_model_of_the_environment_is_asked(tree: Path) -> None:
    plain = as_json(tree)
    assert plain["model"] is None
    answer = as_json(tree, LOCANT_MODEL=script('{"functions": ["S2", "S1"]}'))
    assert answer["model"]["calls"] == 1
    assert answer["functions"][0]["qualified_name"] == plain["functions"][1]["qualified_name"]


def test_the_account_stands_below_the_answer(tree: Path) -> None:
    answer = ask(tree, "--model", script("S2 S77"))
    assert "model fake:script.json (rerank): 1 call, " in answer.stdout
    assert "price not known" in answer.stdout
    assert "1 places that do not exist were dropped" in answer.stdout


@pytest.mark.parametrize("strategy", ["rerank", "pointwise", "hierarchical", "agent"])
def test_a_failing_model_gives_the_plain_answer_with_a_note_and_exit_code_0(tree: Path, strategy: str) -> None:
    answer = ask(tree, "--model", script(*[None] * 30), "--strategy", strategy)
    assert answer.exit_code == 0
    assert "retry.py" in answer.stdout
    assert "the script says that this call fails" in answer.stdout


def test_a_dry_run_prints_every_request(tree: Path) -> None:
    answer = ask(tree, "--model", "openai/gpt-4o-mini", "--dry-run", "--strategy", "hierarchical")
    assert answer.exit_code == 0
    assert "Would be sent to openai/gpt-4o-mini (3 requests)" in answer.stdout
    assert "The delay of a retry is too long" in answer.stdout
    assert "return 2**attempt" in answer.stdout
    assert "Nothing was sent" in answer.stdout


def test_budgets_are_kept(tree: Path) -> None:
    for option, value, said in (
        ("--max-model-tokens", "10", "does not fit the budget of 10 tokens"),
        ("--max-cost", "0.01", "LOCANT_MODEL_PRICE"),
        ("--max-model-seconds", "0", "the budget of 0 s is spent"),
    ):
        answer = as_json(tree, "--model", script("S2"), option, value)
        assert answer["model"]["calls"] == 0
        assert said in answer["model"]["notes"][0]


def test_a_server_is_reached_by_its_address(tree: Path, model_server: Any) -> None:
    model_server.script = [{"text": "S2", "usage": [5, 6]}]
    where = {"LOCANT_MODEL_BASE_URL": model_server.url, "LOCANT_MODEL_API_KEY": "k", "LOCANT_MODEL_PRICE": "1,1"}
    answer = as_json(tree, "--model", "tiny", "--samples", "2", **where)
    assert answer["model"]["calls"] == 2
    assert answer["model"]["cost"] == pytest.approx(22 / 1_000_000)
    assert {request["headers"]["authorization"] for request in model_server.requests} == {"Bearer k"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--dry-run"], "give one by --model"),
        (["--model", "x", "--strategy", "magic"], "choose from rerank"),
        (["--model", "two words"], "no name of a model"),
        (["--model", "fake:none.json"], "no script"),
    ],
)
def test_what_makes_no_sense_is_refused(tree: Path, options: list[str], said: str) -> None:
    answer = ask(tree, *options)
    assert answer.exit_code == 2
    assert said in answer.stderr
