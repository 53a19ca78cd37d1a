from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import locant
from locant.errors import NotFoundError, QueryError, RepositoryError, StoreCorruptError
from locant.indexer.store.folder import TreeStore
from locant.indexer.walk.records import WalkOptions
from locant.indexer.walk.repository import repository_identity

KEY = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "alpha.py").write_text("def alpha():\n    return beta()\n")
    (root / "beta.py").write_text("def beta():\n    return 1\n")
    return root


@pytest.fixture
def index(root: Path, tmp_path: Path) -> Iterator[locant.Index]:
    with locant.open(root, cache_dir=tmp_path / "cache", workers=1) as index:
        yield index


def commit(root: Path) -> str:
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "change"]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True, text=True)
    return head.stdout.strip()


def paths_of(index: locant.Index, text: str) -> list[str]:
    return [hit.location.path for hit in index.search(text).hits]


def test_an_index_is_made_when_it_is_first_asked(index: locant.Index) -> None:
    with pytest.raises(NotFoundError, match="locant index"):
        index.status()
    assert paths_of(index, "alpha") == ["alpha.py"]
    assert index.status().files == 2


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError):
        locant.open(tmp_path / "nowhere")


def test_edits_new_files_and_removals_are_in_the_next_answer(index: locant.Index, root: Path) -> None:
    assert paths_of(index, "beta") == ["beta.py", "alpha.py"]
    (root / "alpha.py").write_text("def alpha():\n    return gamma()\n")
    (root / "gamma.py").write_text("def gamma():\n    return 2\n")
    (root / "beta.py").unlink()
    assert paths_of(index, "beta") == []
    assert paths_of(index, "gamma") == ["gamma.py", "alpha.py"]
    assert index.view("gamma.py").text == "def gamma():\n    return 2"
    assert [usage.location.path for usage in index.references("gamma")] == ["alpha.py"]
    assert index.definitions("beta") == ()
    with pytest.raises(NotFoundError):
        index.outline("beta.py")


def test_an_edit_of_the_same_size_is_seen(index: locant.Index, root: Path) -> None:
    for name in ("delta", "gamma", "omega"):
        (root / "beta.py").write_text(f"def {name}():\n    return 1\n")
        assert [symbol.location.path for symbol in index.definitions(name)] == ["beta.py"]
        assert index.outline("beta.py")[0].signature == f"def {name}()"


def test_a_renamed_file_is_found_under_its_new_name_alone(index: locant.Index, root: Path) -> None:
    index.update()
    (root / "beta.py").rename(root / "moved.py")
    assert set(paths_of(index, "beta")) == {"moved.py", "alpha.py"}
    assert [symbol.location.path for symbol in index.definitions("beta")] == ["moved.py"]


@pytest.mark.parametrize(
    "content",
    [b"\0\1\2\3" * 500, f"[default]\ntoken = {KEY}\n".encode(), b"x = 1\n" * 400_000],
    ids=["binary", "secret", "too large"],
)
def test_text_of_a_file_that_may_not_be_shown_any_more_is_never_shown(
    index: locant.Index, root: Path, content: bytes
) -> None:
    secret = root / "notes.ini"
    secret.write_text("[default]\nold_private_text = 1\n")
    assert paths_of(index, "old_private_text") == ["notes.ini"]
    secret.write_bytes(content)
    assert paths_of(index, "old_private_text") == []
    assert index.grep("old_private_text").files == ()
    assert index.status().freshness.left_out
    with pytest.raises(NotFoundError, match="left out of the index"):
        index.view("notes.ini")


def test_a_secret_that_comes_into_a_source_file_is_masked_at_once(index: locant.Index, root: Path) -> None:
    index.update()
    (root / "beta.py").write_text(f'def beta():\n    return "{KEY}"\n')
    assert KEY not in index.view("beta.py").text
    assert all(KEY not in hit.snippet for hit in index.search("beta").hits)
    assert index.grep(KEY, fixed=True).files == ()


def test_freshness_tells_the_commit_and_whether_the_tree_differs(index: locant.Index, root: Path) -> None:
    outside = index.search("alpha").freshness
    assert (outside.commit, outside.dirty) == (None, None)
    head = commit(root)
    clean = index.search("alpha").freshness
    assert (clean.commit, clean.dirty) == (head, False)
    (root / "alpha.py").write_text("def alpha():\n    return 3\n")
    changed = index.search("alpha").freshness
    assert (changed.commit, changed.dirty) == (head, True)
    again = commit(root)
    assert again != head
    assert index.grep("alpha").freshness.commit == again
    assert index.localize("alpha returns three").freshness.dirty is False


def test_freshness_tells_what_is_left_out_and_when_it_was_checked(index: locant.Index, root: Path) -> None:
    (root / "image.png").write_bytes(b"\x89PNG\r\n\0\0\0")
    before = time.time()
    first = index.search("alpha").freshness
    second = index.search("alpha").freshness
    assert sum(first.left_out.values()) == 1
    assert first.coverage == 1.0
    assert before <= first.indexed_at <= first.checked_at <= second.checked_at


def test_status_does_not_update_but_names_what_differs(index: locant.Index, root: Path) -> None:
    index.update()
    (root / "beta.py").write_text("def changed():\n    pass\n")
    (root / "new.py").write_text("x = 1\n")
    status = index.status()
    assert status.files == 2
    assert status.freshness.stale == ("beta.py", "new.py")
    assert status.root == str(root)
    assert status.languages == {"python": 2}


def test_update_tells_what_it_did_and_parses_nothing_twice(index: locant.Index, root: Path) -> None:
    first = index.update()
    assert (first.files, first.parsed, first.changed) == (2, 2, True)
    second = index.update()
    assert (second.parsed, second.reused, second.removed) == (0, 2, 0)
    (root / "beta.py").write_text("def beta():\n    return 5\n")
    edited = index.update()
    assert (edited.parsed, edited.reused, edited.removed) == (1, 1, 0)
    rebuilt = index.update(rebuild=True)
    assert (rebuilt.parsed, rebuilt.files) == (2, 2)


def test_a_rebuilt_index_answers_as_an_updated_one(index: locant.Index, root: Path) -> None:
    index.update()
    (root / "gamma.py").write_text("def gamma():\n    return alpha() + beta()\n")
    (root / "alpha.py").write_text("def alpha():\n    return beta() * 2\n")
    updated = index.search("alpha beta"), index.localize("alpha returns beta")
    index.update(rebuild=True)
    rebuilt = index.search("alpha beta"), index.localize("alpha returns beta")
    assert updated[0].hits == rebuilt[0].hits
    assert (updated[1].files, updated[1].functions) == (rebuilt[1].files, rebuilt[1].functions)


def test_options_are_remembered_by_the_index(index: locant.Index, root: Path, tmp_path: Path) -> None:
    (root / "made.py").write_text("# Code generated by a tool. DO NOT EDIT.\ndef made():\n    pass\n")
    assert paths_of(index, "made") == []
    with locant.open(root, cache_dir=tmp_path / "cache", options=WalkOptions(include_generated=True)) as other:
        assert paths_of(other, "made") == ["made.py"]
    (root / "beta.py").write_text("def beta():\n    return 7\n")
    assert paths_of(index, "made") == ["made.py"]
    with locant.open(root, cache_dir=tmp_path / "cache") as third:
        assert paths_of(third, "made") == ["made.py"]


def test_two_indexes_of_one_tree_see_each_others_updates(index: locant.Index, root: Path, tmp_path: Path) -> None:
    with locant.open(root, cache_dir=tmp_path / "cache", workers=1) as other:
        assert paths_of(index, "alpha") == paths_of(other, "alpha")
        (root / "gamma.py").write_text("def gamma():\n    pass\n")
        other.update()
        assert paths_of(index, "gamma") == ["gamma.py"]
        other.update(rebuild=True)
        assert paths_of(index, "gamma") == ["gamma.py"]


def test_a_closed_index_can_be_asked_again(index: locant.Index, root: Path) -> None:
    index.update()
    index.close()
    index.close()
    (root / "gamma.py").write_text("def gamma():\n    pass\n")
    assert paths_of(index, "gamma") == ["gamma.py"]


def test_a_cleared_index_is_gone_and_made_again_when_asked(index: locant.Index) -> None:
    index.update()
    index.clear()
    with pytest.raises(NotFoundError):
        index.status()
    assert paths_of(index, "alpha") == ["alpha.py"]


def test_a_damaged_index_is_named_by_status_and_made_anew_by_an_answer(
    index: locant.Index, root: Path, tmp_path: Path
) -> None:
    index.update()
    for manifest in (tmp_path / "cache").rglob("manifest.json"):
        manifest.write_text("{")
    with locant.open(root, cache_dir=tmp_path / "cache", workers=1) as other:
        with pytest.raises(StoreCorruptError):
            other.status()
        assert paths_of(other, "alpha") == ["alpha.py"]
    assert paths_of(index, "beta") == ["beta.py", "alpha.py"]


def test_while_another_process_writes_answers_are_marked_where_they_are_old(
    index: locant.Index, root: Path, tmp_path: Path
) -> None:
    index.update()
    with TreeStore(root, tmp_path / "cache", repository_identity).writing(timeout=1.0):
        (root / "beta.py").write_text("# a new line\ndef beta():\n    return 99\n")
        result = index.search("beta")
        assert result.hits[0].stale
        assert result.freshness.stale == ("beta.py",)
        (root / "beta.py").write_bytes(b"\0\1\2" * 100)
        assert all("def beta" not in hit.snippet for hit in index.search("beta").hits)
        assert index.definitions("beta") == ()
        with pytest.raises(NotFoundError):
            index.view("beta.py")
    index.update()
    assert paths_of(index, "beta") == ["alpha.py"]
    assert index.search("beta").freshness.stale == ()


def test_an_index_in_a_subfolder_is_of_that_folder(root: Path, tmp_path: Path) -> None:
    (root / "inner").mkdir()
    (root / "inner/alone.py").write_text("def alone():\n    pass\n")
    commit(root)
    with locant.open(root / "inner", cache_dir=tmp_path / "cache", workers=1) as inner:
        assert paths_of(inner, "alone") == ["alone.py"]
        assert paths_of(inner, "alpha") == []


def test_an_empty_folder_is_answered_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with locant.open(tmp_path / "empty", cache_dir=tmp_path / "cache", workers=1) as index:
        result = index.search("anything at all")
        assert (result.hits, bool(result.hint)) == ((), True)
        assert index.localize("anything at all").files == ()
        assert index.grep("anything").files == ()
        assert index.status().files == 0


def test_threads_may_ask_while_files_change(index: locant.Index, root: Path) -> None:
    """Every answer is of one state of the tree: a snippet holds what was searched, and nobody fails."""
    failures: list[BaseException] = []
    wrong: list[str] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                hits = index.search("counter").hits
                wrong.extend(hit.snippet for hit in hits if not hit.stale and "counter" not in hit.snippet)
                index.definitions("counter")
                index.grep("counter")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(12):
        (root / f"c{number % 3}.py").write_text(f"def counter():\n    return {number}\n")
        index.search("counter")
    done.set()
    for thread in threads:
        thread.join()
    assert (failures, wrong) == ([], [])
    assert {symbol.location.path for symbol in index.definitions("counter")} == {"c0.py", "c1.py", "c2.py"}
    assert "return 11" in index.view("c2.py").text


@pytest.mark.parametrize("call", ["find", "definitions", "references", "related", "grep", "search"])
def test_a_limit_below_one_is_refused(index: locant.Index, call: str) -> None:
    with pytest.raises(QueryError, match="at least 1"):
        getattr(index, call)("alpha.py", limit=0)
