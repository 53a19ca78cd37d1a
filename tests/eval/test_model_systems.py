"""Systems with a language model: measured as all others, with what they cost beside what they found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from locant.command.app import app
from locant.eval.datasets.jsonlines import write_rows
from locant.eval.datasets.own import to_own
from locant.eval.errors import EvaluationError
from locant.eval.reports.render import RENDERERS
from locant.eval.reports.summary import read_summary, summary_text
from locant.eval.runs.runfile import RunFile
from locant.eval.systems.registry import make_system
from locant.eval.types import Instance

FILES: dict[str, str | None] = {
    "cart.py": "class Cart:\n    def total(self):\n        return 0\n",
    "mail.py": "def send(total):\n    return total\n",
}


@pytest.fixture
def rows(tmp_path: Path, new_repository: Any) -> Path:
    commit = new_repository("o/n").commit("one", FILES)
    row = Instance("1", "o/n", commit, "The total of a cart is wrong", ("mail.py",), ("mail.py:send",))
    path = tmp_path / "rows.jsonl"
    write_rows(path, map(to_own, [row, replace(row, id="2", text="A cart has no total")]))
    return path


def run(rows: Path, systems: str, **environment: str) -> Path:
    out = rows.with_name("run.jsonl")
    mirrors = str(rows.parent / "clones")
    command = ["eval", "run", str(rows), "--mirrors", mirrors, "--systems", systems, "--out", str(out)]
    result = CliRunner().invoke(app, command, env=environment)
    assert result.exit_code == 0, result.output
    return out


def test_a_run_with_a_model_reports_its_cost_beside_accuracy(rows: Path, model_server: Any) -> None:
    def mail_first(body: Any) -> Any:
        label = next(line for line in body["messages"][1]["content"].splitlines() if line.endswith("mail.py"))
        return {"text": json.dumps({"files": [label.split()[0], "F99"]}), "usage": [1_000, 10]}

    model_server.script = [mail_first]
    name = "locant:model=tiny+strategy=rerank+max_seconds=600"
    where = {"LOCANT_MODEL_BASE_URL": model_server.url, "LOCANT_MODEL_PRICE": "1,10"}
    found = RunFile(run(rows, f"locant,{name}", **where)).read()
    assert [outcome.files[0] for outcome in found.of(name).values()] == ["mail.py", "mail.py"]
    for outcome in found.of(name).values():
        assert (outcome.model_calls, outcome.model_tokens, outcome.model_dropped) == (1, 1_010, 1)
        assert outcome.model_cost == pytest.approx(0.0011)
    text = RENDERERS["text"](found)
    assert "language models beside accuracy" in text
    assert "0.00110" in text
    assert "language models beside accuracy" in RENDERERS["html"](found)
    figures = json.loads(RENDERERS["json"](found))["systems"]
    assert figures[name]["all"]["model_cost"] == pytest.approx(0.0011)
    assert figures["locant"]["all"]["model_calls"] == 0
    assert len(model_server.requests) == 2


def test_a_summary_of_a_run_keeps_what_models_cost(rows: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text('["S1"]')
    found = RunFile(run(rows, f"locant:model=fake:{script}")).read()
    path = tmp_path / "summary.json"
    for cost in (0.5, 0.0, None):
        priced = replace(found, outcomes=tuple(replace(outcome, model_cost=cost) for outcome in found.outcomes))
        path.write_text(summary_text(priced))
        again = read_summary(path)
        assert [outcome.model_cost for outcome in again.outcomes] == [cost, cost]
        assert [outcome.model_calls for outcome in again.outcomes] == [1, 1]


def test_a_run_without_a_model_has_no_such_table(rows: Path) -> None:
    found = RunFile(run(rows, "grep")).read()
    assert "language models" not in RENDERERS["text"](found)


def test_a_model_that_fails_is_a_note_beside_a_scored_row(rows: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text("[null, null]")
    found = RunFile(run(rows, f"locant:model=fake:{script}")).read()
    assert {outcome.status for outcome in found.outcomes} == {"scored"}
    assert "the script says that this call fails" in next(iter(found.outcomes)).note


@pytest.mark.parametrize("form", ["text", "markdown", "html", "brief"])
def test_no_figure_looks_like_that_of_a_model_which_was_not_there(rows: Path, tmp_path: Path, form: str) -> None:
    script = tmp_path / "script.json"
    script.write_text('[null, "[S1]"]')
    name = f"locant:model=fake:{script}"
    found = RunFile(run(rows, f"locant,{name}")).read()
    assert [outcome.model_useful for outcome in found.of(name).values()] == [0, 1]
    assert [outcome.model_useful for outcome in found.of("locant").values()] == [None, None]
    said = "(model in 1 of 2 rows, else locant alone)"
    text = RENDERERS[form](found)
    assert said in text
    assert text.count(f"{script}") == text.count(f"{script} {said}")
    path = tmp_path / "summary.json"
    path.write_text(summary_text(found))
    assert [outcome.model_useful for outcome in read_summary(path).of(name).values()] == [0, 1]


def test_every_use_of_a_model_is_run_by_one_option(rows: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text("[]")
    out = rows.with_name("all.jsonl")
    model = f"fake:{script}+max_seconds=60+pack_tokens=2000+prompt_tokens=2000"
    command = ["eval", "run", str(rows), "--mirrors", str(rows.parent / "clones"), "--limit", "1", "--out", str(out)]
    result = CliRunner().invoke(app, [*command, "--systems", "locant", "--model", model])
    assert result.exit_code == 0, result.output
    found = RunFile(out).read()
    asked = "\n".join(found.systems)
    for strategy in ("rerank", "pointwise", "hierarchical", "rewrite", "agent", "codeact"):
        assert f"strategy={strategy}+max_seconds=60+prompt_tokens=2000" in asked
    assert f"pack:model=fake:{script}+max_seconds=60+pack_tokens=2000" in asked
    text = RENDERERS["text"](found)
    assert f"rows (model=fake:{script}, max_seconds=60, prompt_tokens=2000)" in text
    assert "\nrerank (model in 0 of 1 rows, else locant alone) " in text
    assert "\npack:pack_tokens=2000 (model in 0 of 1 rows) " in text


def test_the_error_about_a_system_lists_every_one() -> None:
    with pytest.raises(EvaluationError) as error:
        make_system("nothing")
    for form in ("grep", "pack:model=", "locant:model=", "rewrite=true", "locant:without=", "dense:", "command:"):
        assert form in str(error.value)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("locant:model=tiny+strategy=magic", "strategy=magic"),
        ("locant:model=tiny+speed=9", "speed"),
        ("locant:model=tiny+samples=many", "makes no sense"),
        ("locant:model=tiny+samples=0", "at least 1"),
        ("locant:model=tiny+max_cost=-1", "give 0 or more"),
        ("locant:model=", "no name of a model"),
        ("locant:model=fake:/nowhere.json", "no script"),
    ],
)
def test_a_specification_that_makes_no_sense_says_why(spec: str, said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        make_system(spec)


@pytest.mark.parametrize("strategy", ["rerank", "pointwise", "hierarchical", "agent", "codeact"])
def test_every_strategy_is_a_system(tmp_path: Path, strategy: str) -> None:
    script = tmp_path / "script.json"
    script.write_text("[]")
    spec = f"locant:model=fake:{script}+strategy={strategy}+samples=2+depth=30+prompt_tokens=4000+max_tokens=9000"
    assert make_system(spec).name == spec


def test_a_pack_is_handed_to_a_model_and_what_it_names_is_checked(rows: Path, model_server: Any) -> None:
    answer = {
        "files": ["mail.py", "none.py"],
        "functions": [{"path": "cart.py", "name": "total"}, {"path": "cart.py", "name": "invented"}, "mail.py:send"],
    }
    model_server.script = [{"text": f"Surely:\n{json.dumps(answer)}", "usage": [2_000, 20]}]
    name = "pack:model=tiny+pack_tokens=2000+order=best-last+max_seconds=60"
    where = {"LOCANT_MODEL_BASE_URL": model_server.url, "LOCANT_MODEL_PRICE": "1,10"}
    found = list(RunFile(run(rows, name, **where)).read().of(name).values())
    assert [outcome.files for outcome in found] == [("mail.py", "cart.py")] * 2
    assert [outcome.functions for outcome in found] == [("cart.py:Cart.total",)] * 2
    assert [(outcome.model_calls, outcome.model_tokens, outcome.model_dropped) for outcome in found] == [
        (1, 2_020, 2)
    ] * 2
    assert found[0].model_cost == pytest.approx(0.0022)
    asked = model_server.requests[0]["body"]["messages"] if "body" in model_server.requests[0] else None
    assert asked is None or "class Cart:" in asked[1]["content"]


def test_a_model_that_does_not_read_the_pack_has_failed(rows: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text("[null]")
    name = f"pack:model=fake:{script}"
    found = RunFile(run(rows, name)).read().of(name)
    statuses = [outcome.status for outcome in found.values()]
    assert statuses[0] == "failed"
    assert "the script says that this call fails" in next(iter(found.values())).note
    for wrong in ("pack:model=fake:none.json", "pack:model=a+size=3", "pack:model=a+order=up"):
        with pytest.raises(EvaluationError, match=r"makes no sense|has size"):
            make_system(wrong)


def test_rewriting_is_a_system_for_issues_and_for_questions(rows: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps([json.dumps({"identifiers": ["send"]})] * 2))
    name = f"locant:model=fake:{script}+rewrite=true"
    found = RunFile(run(rows, name)).read().of(name)
    assert [outcome.model_calls for outcome in found.values()] == [1, 1]
    assert all("mail.py" in outcome.files for outcome in found.values())
