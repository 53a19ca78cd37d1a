"""Updates: only what is new is parsed, worktrees and clones share it, and options take effect at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from locant.indexer.intake import document_variant
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore
from locant.indexer.update import Updater
from locant.indexer.walk.records import WalkOptions
from locant.types import Progress, UpdateReport

MakeUpdater = Callable[..., Updater]
MakeStore = Callable[[Path, Path], TreeStore]
Git = Callable[..., str]
Content = Callable[[TreeStore], dict[str, Any]]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "pkg").mkdir(parents=True)
    (root / "pkg" / "__init__.py").write_text("")
    (root / "pkg" / "load.py").write_text("def load(path):\n    return open(path).read()\n")
    (root / "main.py").write_text("from pkg.load import load\n\n\ndef main():\n    load('x')\n")
    return root


@pytest.fixture
def repository(tree: Path, git: Git) -> Path:
    git(tree, "init", "-q")
    git(tree, "add", "-A")
    git(tree, "commit", "-q", "-m", "first")
    return tree


def update(updater: Updater, *, rebuild: bool = False) -> UpdateReport:
    return updater.update(timeout=1, rebuild=rebuild)


def test_the_first_update_parses_all_and_the_next_nothing(tree: Path, tmp_path: Path, updater_of: MakeUpdater) -> None:
    updater = updater_of(tree, tmp_path / "cache")
    first = update(updater)
    assert (first.files, first.parsed, first.reused, first.changed) == (3, 3, 0, True)
    assert update(updater).parsed == 0
    assert update(updater_of(tree, tmp_path / "cache")).parsed == 0


def test_one_edit_parses_one_file(tree: Path, tmp_path: Path, updater_of: MakeUpdater) -> None:
    updater = updater_of(tree, tmp_path / "cache")
    update(updater)
    (tree / "main.py").write_text("def main():\n    pass  # another\n")
    report = update(updater)
    assert (report.files, report.parsed, report.removed) == (3, 1, 0)


def test_renames_and_copies_parse_nothing(tree: Path, tmp_path: Path, updater_of: MakeUpdater) -> None:
    updater = updater_of(tree, tmp_path / "cache")
    update(updater)
    (tree / "main.py").rename(tree / "moved.py")
    shutil.copy(tree / "moved.py", tree / "pkg" / "copy.py")
    report = update(updater)
    assert (report.files, report.parsed, report.removed) == (4, 0, 1)


def test_a_rebuild_parses_all_and_leaves_the_same_index(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore, content_of: Content
) -> None:
    updater = updater_of(tree, tmp_path / "cache")
    update(updater)
    before = content_of(store_of(tree, tmp_path / "cache"))
    assert update(updater, rebuild=True).parsed == 3
    assert content_of(store_of(tree, tmp_path / "cache")) == before


def test_progress_is_told_in_stages(tree: Path, tmp_path: Path, updater_of: MakeUpdater) -> None:
    told: list[Progress] = []
    updater_of(tree, tmp_path / "cache").update(timeout=1, progress=told.append)
    assert list(dict.fromkeys(item.stage for item in told)) == ["listing", "parsing", "merging", "graph", "done"]
    assert told[-1] == Progress("done", 3, 3)


def test_a_switch_of_branch_and_back_parses_each_content_once(
    repository: Path, tmp_path: Path, updater_of: MakeUpdater, git: Git
) -> None:
    updater = updater_of(repository, tmp_path / "cache")
    update(updater)
    git(repository, "checkout", "-q", "-b", "other")
    (repository / "main.py").write_text("def other():\n    return 2\n")
    git(repository, "commit", "-q", "-a", "-m", "second")
    assert update(updater).parsed == 1
    git(repository, "checkout", "-q", "main")
    assert update(updater).parsed == 0
    git(repository, "checkout", "-q", "other")
    assert update(updater).parsed == 0


def test_worktrees_and_clones_parse_only_what_differs(
    repository: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore, git: Git
) -> None:
    cache = tmp_path / "cache"
    update(updater_of(repository, cache))
    git(repository, "worktree", "add", "-q", "-b", "work", str(tmp_path / "worktree"))
    git(tmp_path, "clone", "-q", str(repository), str(tmp_path / "clone"))
    (tmp_path / "clone" / "new.py").write_text("def new():\n    pass\n")
    assert update(updater_of(tmp_path / "worktree", cache)).parsed == 0
    assert update(updater_of(tmp_path / "clone", cache)).parsed == 1
    families = {store_of(root, cache).family for root in (repository, tmp_path / "worktree", tmp_path / "clone")}
    assert len(families) == 1


def test_clearing_one_tree_leaves_the_others_whole(
    repository: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore, content_of: Content, git: Git
) -> None:
    cache = tmp_path / "cache"
    update(updater_of(repository, cache))
    git(repository, "worktree", "add", "-q", "-b", "work", str(tmp_path / "worktree"))
    update(updater_of(tmp_path / "worktree", cache))
    store = store_of(tmp_path / "worktree", cache)
    before = content_of(store)
    store_of(repository, cache).clear()
    assert content_of(store) == before
    assert update(updater_of(tmp_path / "worktree", cache)).parsed == 0
    family = store.family
    store.clear()
    assert not family.exists()


def test_one_content_in_two_files_is_one_document_under_both_paths(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore
) -> None:
    shutil.copy(tree / "main.py", tree / "copy.py")
    report = update(updater_of(tree, tmp_path / "cache"))
    assert (report.files, report.parsed, report.reused) == (4, 3, 1)
    snapshot = opened(store_of(tree, tmp_path / "cache"))
    docs = {path: int(snapshot.file_doc[number]) for path, number in snapshot.file_number.items()}
    assert docs["copy.py"] == docs["main.py"]
    assert snapshot.symbol(snapshot.symbols_of_doc(docs["main.py"])[0], "copy.py").id == "copy.py:main"


def test_one_content_under_names_of_two_languages_is_parsed_as_each(
    tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore
) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    for name in ("util.c", "util.hpp", "util.h", "util.txt"):
        (root / name).write_text("int load(const char *path);\nint twice(int x) { return 2 * x; }\n")
    assert update(updater_of(root, tmp_path / "cache")).parsed == 4
    snapshot = opened(store_of(root, tmp_path / "cache"))
    languages = dict(zip(snapshot.paths, snapshot.file_language, strict=True))
    assert languages == {"util.c": "c", "util.h": "c", "util.hpp": "cpp", "util.txt": "text"}


@pytest.mark.parametrize("first", [WalkOptions(), WalkOptions(include_generated=True)])
def test_a_change_of_options_takes_effect_at_once(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore, content_of: Content, first: WalkOptions
) -> None:
    (tree / "made.py").write_text("# Code generated by protoc. DO NOT EDIT.\ndef made():\n    pass\n")
    cache = tmp_path / "cache"
    update(updater_of(tree, cache, first))
    (tree / "main.py").write_text("def changed_meanwhile():\n    pass\n")
    second = WalkOptions(include_generated=not first.include_generated)
    update(updater_of(tree, cache, second))
    update(updater_of(tree, tmp_path / "fresh", second))
    content = content_of(store_of(tree, cache))
    assert content == content_of(store_of(tree, tmp_path / "fresh"))
    assert ("made.py" in content["files"]) == second.include_generated


def test_a_file_that_was_let_in_by_force_is_left_out_again(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore
) -> None:
    (tree / "made.py").write_text("# Code generated by protoc. DO NOT EDIT.\ndef made():\n    pass\n")
    updater, store = updater_of(tree, tmp_path / "cache"), store_of(tree, tmp_path / "cache")
    (tree / ".locantignore").write_text("!made.py\n")
    update(updater)
    assert "made.py" in opened(store).paths
    (tree / ".locantignore").unlink()
    report = update(updater)
    assert "made.py" not in opened(store).paths
    assert [(item.path, item.reason) for item in report.left_out] == [("made.py", "generated")]


def test_an_edited_manifest_that_is_not_indexed_itself_still_moves_imports(
    tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore, content_of: Content
) -> None:
    root = tmp_path / "tree"
    (root / "packages" / "kit").mkdir(parents=True)
    (root / "packages" / "kit" / "index.ts").write_text("export function load() {}\n")
    (root / "main.ts").write_text("import { load } from '@scope/kit';\nload();\n")
    manifest = root / "packages" / "kit" / "package.json"
    manifest.write_text('{"name": "@scope/other", "//": "@generated"}\n')
    updater = updater_of(root, tmp_path / "cache")
    update(updater)
    manifest.write_text('{"name": "@scope/kit", "//": "@generated"}\n')
    update(updater)
    update(updater_of(root, tmp_path / "fresh"))
    content = content_of(store_of(root, tmp_path / "cache"))
    assert content == content_of(store_of(root, tmp_path / "fresh"))
    assert content["arrays"]["import_target"] == [list(content["files"]).index("packages/kit/index.ts")]


def test_what_another_parser_made_is_parsed_anew(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore
) -> None:
    update(updater_of(tree, tmp_path / "cache"))
    store = store_of(tree, tmp_path / "cache")
    found = opened(store).opened
    with store.writing(1) as writer:
        segment = writer.add_segment(found.segments[0].arrays, {"fingerprint": "of another parser"})
        writer.commit(replace(found.manifest, segments=(segment,), fingerprint="of another parser"))
    assert update(updater_of(tree, tmp_path / "cache")).parsed == 3


def test_many_edits_leave_few_segments_and_no_other_files(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore
) -> None:
    updater, store = updater_of(tree, tmp_path / "cache"), store_of(tree, tmp_path / "cache")
    for number in range(25):
        (tree / f"extra{number % 12}.py").write_text(f"def extra_{number}():\n    return {number}\n")
        update(updater)
    manifest = store.manifest()
    assert manifest is not None
    assert len(manifest.segments) <= 10
    assert {path.name for path in (store.family / "segments").iterdir()} == {r.name for r in manifest.segments}


def test_old_versions_are_left_behind_when_they_outweigh_the_tree(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore, content_of: Content
) -> None:
    updater, store = updater_of(tree, tmp_path / "cache"), store_of(tree, tmp_path / "cache")
    sizes = []
    for number in range(10):
        lines = (f"value_{number}_{line} = compute(value_{line % 100})\n" for line in range(4000))
        (tree / "large.py").write_text("".join(lines))
        update(updater)
        sizes.append(sum(opened(store).opened.segments[i].doc_count for i in range(len(opened(store).segments))))
    assert sizes[:4] == [4, 5, 6, 7]
    assert max(sizes) < 13
    update(updater_of(tree, tmp_path / "fresh"))
    assert content_of(store) == content_of(store_of(tree, tmp_path / "fresh"))


def test_an_emptied_tree_is_an_empty_index(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore
) -> None:
    updater = updater_of(tree, tmp_path / "cache")
    update(updater)
    for path in tree.rglob("*.py"):
        path.unlink()
    report = update(updater)
    assert (report.files, report.removed) == (0, 3)
    snapshot = opened(store_of(tree, tmp_path / "cache"))
    assert (snapshot.paths, snapshot.live_chunks, snapshot.live_symbols) == ([], 0, 0)
    (tree / "back.py").write_text("def back():\n    pass\n")
    assert update(updater).files == 1


def test_the_index_of_a_sub_folder_has_the_history_of_its_files(
    repository: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore
) -> None:
    update(updater_of(repository / "pkg", tmp_path / "cache"))
    snapshot = opened(store_of(repository / "pkg", tmp_path / "cache"))
    assert dict(zip(snapshot.paths, snapshot.file_column("changes").tolist(), strict=True)) == {
        "__init__.py": 1,
        "load.py": 1,
    }


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("a/x.py", "b/y.py", True),
        ("x.c", "x.C", False),
        ("Makefile", "sub/Makefile", True),
        (".npmrc", ".gemrc", False),
        ("conf.yml", ".clang-format", False),
    ],
)
def test_a_name_decides_how_content_is_parsed_by_language_and_suffix(left: str, right: str, same: bool) -> None:
    options = WalkOptions()
    assert (document_variant(left, options, False) == document_variant(right, options, False)) == same


def opened(store: TreeStore) -> Snapshot:
    found = store.open()
    assert found is not None
    return Snapshot(found)
