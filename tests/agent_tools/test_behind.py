"""Answers while the index is made, or lags behind the tree."""

from __future__ import annotations

from pathlib import Path

import pytest

import locant
from locant.agent_tools.calling import behind
from locant.agent_tools.calling.call import call_tool
from locant.agent_tools.calling.workspace import Workspace

MANY = 250
"""More changed files than an answer waits for."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "a.py").write_text("def first_answer():\n    return 1\n")
    (root / "notes.md").write_text("The first answer is one.\n")
    (root / "keys.pem").write_text("-----BEGIN RSA PRIVATE KEY-----\n")
    return root


def test_before_there_is_an_index_files_are_searched_as_text_and_the_answer_says_so(tree: Path, tmp_path: Path) -> None:
    with Workspace([tree], tmp_path / "cache", first_wait=0.0) as workspace:

        def ask(name: str, **arguments: object) -> str:
            return call_tool(workspace, name, arguments).text

        opened = ask("open", path="a.py")
        assert "1| def first_answer():" in opened
        assert "the index is being made" in opened or "[state: not under git]" in opened
        behind.wait(tree, 60.0)
        assert "[state: not under git; 1 files left out on purpose]" in ask("open", path="a.py")


def test_what_needs_no_syntax_is_answered_without_an_index(tree: Path, tmp_path: Path) -> None:
    from locant.agent_tools.calling.plain import PlainIndex
    from locant.errors import NotFoundError, StoreBusyError

    plain = PlainIndex(tree, tmp_path / "cache")
    assert plain.find("a.py") == ("a.py",)
    assert plain.find("*.md") == ("notes.md",)
    assert [file.path for file in plain.grep("first_answer").files] == ["a.py"]
    assert plain.search("what is the first answer").hits[0].location.path in ("a.py", "notes.md")
    assert plain.localize("first_answer returns 1").files
    assert plain.freshness().coverage < 1.0
    brief = plain.brief("the first answer is wrong", max_tokens=2_000, pin=("notes.md",), count_tokens=len)
    assert [place.path for place in brief.places] == ["notes.md", "a.py"]
    assert "the index is being made" in brief.text and "1| def first_answer():" in brief.text
    assert brief.tokens == len(brief.text) <= 2_000
    assert plain.brief("first answer", max_tokens=20, pin=(), count_tokens=len).text == ""
    with pytest.raises(StoreBusyError, match="is being made"):
        plain.outline("a.py")
    with pytest.raises(NotFoundError):
        plain.view("keys.pem")


def test_calls_wait_for_a_first_index_together_no_longer_than_was_said(tree: Path, tmp_path: Path) -> None:
    for number in range(400):
        (tree / f"part_{number}.py").write_text(f"def part_{number}():\n    pass\n")
    with Workspace([tree], tmp_path / "cache", first_wait=0.01) as workspace:
        answers = [call_tool(workspace, "grep", {"pattern": "first_answer"}) for _ in range(2)]
        assert all("a.py" in answer.text for answer in answers)
        assert workspace.index() is workspace.index()  # the tree is listed once, or there is an index by now
        behind.wait(tree, 120.0)


def test_a_tree_that_changed_much_is_answered_at_once_and_updated_behind(tree: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with locant.open(tree, cache_dir=cache) as index:
        index.update()
    for number in range(MANY):
        (tree / f"new_{number}.py").write_text(f"def brand_new_{number}():\n    pass\n")
    with Workspace([tree], cache) as workspace:
        first = call_tool(workspace, "definitions", {"name": "brand_new_7"})
        assert not first.found
        assert "changed and not searched anew yet" in first.text
        assert behind.wait(tree, 120.0)
        second = call_tool(workspace, "definitions", {"name": "brand_new_7"})
        assert second.found
        assert "not searched anew" not in second.text


def test_a_small_change_is_in_the_answer_without_waiting(tree: Path, tmp_path: Path) -> None:
    with Workspace([tree], tmp_path / "cache", first_wait=60.0) as workspace:
        assert call_tool(workspace, "definitions", {"name": "first_answer"}).found
        (tree / "b.py").write_text("def second_answer():\n    return 2\n")
        assert call_tool(workspace, "definitions", {"name": "second_answer"}).found


def test_an_index_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    (bare / "objects").mkdir(parents=True)
    (bare / "refs").mkdir()
    (bare / "HEAD").write_text("ref: refs/heads/main\n")
    with Workspace([bare], tmp_path / "cache") as workspace:
        answer = call_tool(workspace, "search", {"query": "x"})
    assert answer.is_error
    assert "bare git repository" in answer.text
