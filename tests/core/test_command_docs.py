"""What the documents and the help say about the command is so."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from locant.command.app import app
from locant.command.examples import EXAMPLES

ROOT = Path(__file__).parents[2]
COMMAND: Any = get_command(app)
NAMES = sorted(COMMAND.commands)
SHARED = {"--repo", "-C", "--server", "--json", "--no-color", "--debug"}

JSON_CASES = {
    "index": ("index",),
    "index --dry-run": ("index", "--dry-run"),
    "status": ("status",),
    "search": ("search", "retry delay", "--limit", "1"),
    "localize": ("localize", "--text", "RetryPolicy.delay waits for hours"),
    "localize --model": (
        *("localize", "--text", "RetryPolicy.delay waits for hours"),
        *("--model", "openai/gpt-4o-mini", "--dry-run"),
    ),
    "brief": ("brief", "--text", "RetryPolicy.delay waits for hours"),
    "map": ("map",),
    "pack": ("pack",),
    "summarize": ("summarize", "src/retry.py"),
    "view": ("view", "src/retry.py:4-6"),
    "outline": ("outline", "src/retry.py"),
    "find": ("find", "retry"),
    "grep": ("grep", "MAX_DELAY ="),
    "definitions": ("definitions", "delay"),
    "references": ("references", "delay"),
    "related": ("related", "src/retry.py"),
    "mcp": ("mcp", "--http", "--host", "0.0.0.0"),
    "keys": ("keys", "create", "--name", "ci", "--repository", "service"),
    "serve": ("serve", "--port", "99999"),
    "tools": ("tools",),
    "tool": ("tool", "find_file", "pattern=retry"),
    "doctor": ("doctor",),
    "install": ("install", "--agent", "cursor", "--scope", "project", "--dry-run"),
    "uninstall": ("uninstall", "--scope", "project", "--dry-run"),
    "error": ("view", "src/none.py"),
    "clear": ("clear", "--yes"),
}
WITHOUT_REPOSITORY = {"keys", "serve", "tools"}
COUNTED = {"languages", "left_out"}
"""Objects whose keys are data."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every command's real answer on a small repository."""
    folder = tmp_path_factory.mktemp("service")
    (folder / "src").mkdir()
    policy = "class RetryPolicy:\n    def delay(self, attempt):\n        return min(MAX_DELAY, 2**attempt)\n"
    policy = f"MAX_DELAY = 30.0\n\n\n{policy}"
    (folder / "src" / "retry.py").write_text(policy)
    client = "from src.retry import RetryPolicy\n\n\ndef fetch():\n    return RetryPolicy().delay(3)\n"
    (folder / "src" / "client.py").write_text(client)
    (folder / "logo.png").write_bytes(b"\x89PNG\x00")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    environment = {
        "LOCANT_CACHE_DIR": str(tmp_path_factory.mktemp("cache")),
        "LOCANT_SERVER_STATE_DIR": str(tmp_path_factory.mktemp("state")),
    }
    found = {}
    for name, arguments in JSON_CASES.items():
        place = [] if name in WITHOUT_REPOSITORY else ["--repo", str(folder)]
        result = CliRunner().invoke(app, [*arguments, "--json", *place], env=environment)
        found[name] = json.loads(result.stdout)
    return found


def documented() -> dict[str, Any]:
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    return {
        name: json.loads(block) for name, block in re.findall(r"^## (.+?)\n.*?```json\n(.*?)```", text, re.M | re.S)
    }


def keys(value: Any, path: str = "") -> Iterator[str]:
    """Key paths of an answer; of a list, those of its first element."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}.{name}"
            if not (name in COUNTED and isinstance(inner, dict)):
                yield from keys(inner, f"{path}.{name}")
    elif isinstance(value, list) and value:
        yield from keys(value[0], f"{path}[]")


@pytest.mark.parametrize("name", JSON_CASES)
def test_documented_json_has_the_keys_of_the_real_answer(name: str, answers: dict[str, Any]) -> None:
    assert set(keys(documented()[name])) == set(keys(answers[name]))


def test_every_answer_has_the_envelope(answers: dict[str, Any]) -> None:
    for name, answer in answers.items():
        assert list(answer)[:3] == ["schema", "command", "repository"], name
        assert answer["schema"] == 1


def test_every_command_is_documented_with_its_json() -> None:
    assert set(NAMES) - {"eval"} <= set(documented())  # its JSON is that of `eval report`


@pytest.mark.parametrize("name", NAMES)
def test_help_ends_with_examples_of_the_command(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "100"})
    assert result.exit_code == 0
    assert "Examples:" in result.stdout
    for line in EXAMPLES[name]:
        assert line in result.stdout
        assert f"locant {name}" in line


@pytest.mark.parametrize("name", NAMES)
def test_examples_use_only_options_that_exist(name: str) -> None:
    known = {option for parameter in COMMAND.commands[name].params for option in parameter.opts}
    for line in EXAMPLES[name]:
        words = line.split(f"locant {name}", 1)[1].split("#")[0].split()
        assert {word for word in words if re.fullmatch(r"--?[a-zA-Z][a-z-]*", word)} <= known


@pytest.mark.parametrize("name", NAMES)
def test_cli_page_mentions_the_command_and_all_its_options(name: str) -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert section is not None
    options = {option for parameter in COMMAND.commands[name].params for option in parameter.opts if option[0] == "-"}
    for option in options - SHARED - {"--help", "-h"}:
        assert f"`{option}" in section[1], option
    for option in SHARED:
        assert f"`{option}" in text


def test_cli_page_has_all_exit_codes() -> None:
    from locant.command import exits

    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name in ("FOUND", "NOTHING", "USAGE", "FAILED", "INTERNAL", "INTERRUPTED"):
        assert f"| {getattr(exits, name)} |" in text


def test_readme_names_every_command_and_files_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        assert f"`{name}`" in text or f"locant {name}" in text
    for target in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (ROOT / target).exists(), target
    for script in re.findall(r"bash ([\w./-]+)", text):
        assert (ROOT / script).is_file(), script
