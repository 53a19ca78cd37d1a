"""Damage: whatever happens to a file of an index, the answer is a clear error or a new index, never a wrong answer."""

from __future__ import annotations

import json
import random
import shutil
import struct
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import locant
from locant.errors import StoreCorruptError, StoreError
from locant.indexer.store.arrays import FORMAT_VERSION, ArrayFile, write_arrays
from locant.indexer.store.folder import TreeStore
from locant.indexer.update import Updater

MakeUpdater = Callable[..., Updater]
MakeStore = Callable[[Path, Path], TreeStore]
Content = Callable[[TreeStore], dict[str, Any]]

FILES = ("manifest", "segment", "snapshot", "history", "root")


def flip(path: Path, seed: int) -> None:
    data = bytearray(path.read_bytes())
    data[random.Random(seed).randrange(len(data))] ^= 1 << seed % 8
    path.write_bytes(data)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "emptied": lambda path: path.write_bytes(b""),
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "one byte short": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "grown": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "deleted": Path.unlink,
    "garbage": lambda path: path.write_bytes(random.Random(1).randbytes(3000)),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "foreign version": lambda path: path.write_bytes(path.read_bytes().replace(b'"version": 1', b'"version": 7')),
    **{f"flipped byte {seed}": partial(flip, seed=seed) for seed in range(6)},
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("damaged") / "tree"
    root.mkdir()
    for number in range(5):
        text = f"import os\n\n\ndef load_{number}(path):\n    '''Loads a config.'''\n    return os.stat(path)\n"
        (root / f"file{number}.py").write_text(text)
    return root


def file_of(store: TreeStore, role: str) -> Path:
    manifest = store.manifest()
    assert manifest is not None
    if role == "segment":
        return store.family / "segments" / manifest.segments[0].name
    if role in manifest.files:
        return store.folder / manifest.files[role].name
    return store.root_file if role == "root" else store.folder / "manifest.json"


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("role", FILES)
def test_a_damaged_file_is_never_answered_from(
    role: str,
    damage: str,
    tree: Path,
    tmp_path: Path,
    updater_of: MakeUpdater,
    store_of: MakeStore,
    content_of: Content,
) -> None:
    updater, store = updater_of(tree, tmp_path / "cache"), store_of(tree, tmp_path / "cache")
    updater.update(timeout=1)
    sound = content_of(store)
    DAMAGE[damage](file_of(store, role))
    try:
        found = content_of(store) if store_of(tree, tmp_path / "cache").open() is not None else sound
        assert found == sound
    except StoreError as error:
        assert "--rebuild" in str(error)
    updater.update(timeout=1)
    assert content_of(store_of(tree, tmp_path / "cache")) == sound


def test_a_search_heals_a_damaged_index_and_answers_as_before(tree: Path, tmp_path: Path, store_of: MakeStore) -> None:
    def ask() -> list[Any]:
        with locant.open(tree, cache_dir=tmp_path / "cache", workers=1) as index:
            return [(hit.location, hit.score) for hit in index.search("load a config").hits]

    before = ask()
    assert len(before) == 5
    for role in FILES:
        flip(file_of(store_of(tree, tmp_path / "cache"), role), seed=3)
        assert ask() == before


def test_damage_to_one_file_does_not_cost_parsing_the_others_again(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore
) -> None:
    updater_of(tree, tmp_path / "cache").update(timeout=1)
    file_of(store_of(tree, tmp_path / "cache"), "snapshot").unlink()
    assert updater_of(tree, tmp_path / "cache").update(timeout=1).parsed == 0


def test_a_copied_cache_is_as_good_as_the_original(
    tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore, content_of: Content
) -> None:
    updater_of(tree, tmp_path / "cache").update(timeout=1)
    shutil.copytree(tmp_path / "cache", tmp_path / "copy")
    assert content_of(store_of(tree, tmp_path / "copy")) == content_of(store_of(tree, tmp_path / "cache"))
    assert updater_of(tree, tmp_path / "copy").update(timeout=1).parsed == 0


def test_a_file_of_another_format_version_is_refused_by_that_name(tmp_path: Path) -> None:
    path = tmp_path / "file.arr"
    write_arrays(path, {}, {})
    magic, length, _ = struct.unpack_from("<8sII", path.read_bytes())
    header = json.loads(path.read_bytes()[16 : 16 + length])
    foreign = json.dumps({**header, "version": 9}).encode()
    path.write_bytes(struct.pack("<8sII", magic, len(foreign), zlib.crc32(foreign)) + foreign)
    with pytest.raises(StoreCorruptError, match=f"format version is 9, not {FORMAT_VERSION}"):
        ArrayFile.open(path, verify=False)


@pytest.mark.parametrize("where", ["segments", "trees", "roots"])
def test_what_others_put_into_the_cache_does_no_harm(
    where: str, tree: Path, tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore, content_of: Content
) -> None:
    store = store_of(tree, tmp_path / "cache")
    updater_of(tree, tmp_path / "cache").update(timeout=1)
    before = content_of(store)
    folder = store.base / "roots" if where == "roots" else store.family / where
    (folder / "note.json").write_text("[]")
    (folder / "folder").mkdir()
    (folder / "folder" / "manifest.json").write_text("{}")
    (tree / "file0.py").touch()
    updater_of(tree, tmp_path / "cache").update(timeout=1)
    assert content_of(store)["files"] == before["files"]
