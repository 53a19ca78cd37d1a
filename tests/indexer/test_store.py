"""The store: what is written is read back, damage is seen, one writer at a time, and orphans are swept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locant.errors import StoreBusyError, StoreCorruptError, StoreReadOnlyError
from locant.indexer.store.arrays import ArrayFile, write_arrays
from locant.indexer.store.folder import TreeStore, TreeWriter, cache_folder, stored_trees
from locant.indexer.store.manifest import FileRecord, Manifest, decode_manifest, encode_manifest

DTYPES = st.sampled_from(["u1", "u4", "i4", "i8", "f8", "?"])
SHAPES = st.sampled_from([(0,), (1,), (7,), (0, 20), (3, 20)])


def store_at(folder: Path, root: str = "tree", family: str = "family") -> TreeStore:
    return TreeStore(folder / root, folder / "cache", lambda _: family)


def commit(store: TreeStore, writer: TreeWriter, segments: tuple[FileRecord, ...] = ()) -> Manifest:
    files = {role: writer.add_file({"a": np.arange(3)}, {}) for role in ("snapshot", "history")}
    manifest = Manifest(str(store.root), segments, files, "parser", 1.5)
    writer.commit(manifest)
    return manifest


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(DTYPES, SHAPES), max_size=5), st.dictionaries(st.text(), st.integers(), max_size=3))
def test_arrays_and_meta_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, specs: list[tuple[str, tuple[int, ...]]], meta: dict[str, int]
) -> None:
    arrays = {
        f"a{i}": np.arange(int(np.prod(shape))).astype(dtype).reshape(shape) for i, (dtype, shape) in enumerate(specs)
    }
    path = tmp_path_factory.mktemp("arrays") / "file.arr"
    write_arrays(path, arrays, meta)
    opened = ArrayFile.open(path, verify=True)
    assert opened.meta == meta
    assert opened.size == path.stat().st_size
    assert opened.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        assert opened.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(opened.arrays[name], array)


def test_a_mapped_array_cannot_be_written_to(tmp_path: Path) -> None:
    write_arrays(tmp_path / "file.arr", {"a": np.arange(3)}, {})
    with pytest.raises(ValueError, match="read-only"):
        ArrayFile.open(tmp_path / "file.arr", verify=True).arrays["a"][0] = 1


def test_every_single_flipped_byte_of_a_file_is_seen_or_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.arr"
    write_arrays(path, {"a": np.arange(5, dtype=np.uint32), "b": np.ones(3)}, {"note": "text"})
    data = path.read_bytes()
    for position in range(len(data)):
        path.write_bytes(data[:position] + bytes([data[position] ^ 0x41]) + data[position + 1 :])
        try:
            opened = ArrayFile.open(path, verify=True)
        except StoreCorruptError as error:
            assert path.name in str(error)
            continue
        assert opened.meta == {"note": "text"}
        assert opened.arrays["a"].tolist() == [0, 1, 2, 3, 4]
        assert opened.arrays["b"].tolist() == [1.0, 1.0, 1.0]


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.arr"
    write_arrays(path, {"a": np.arange(50, dtype=np.uint32)}, {})
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(StoreCorruptError, match=r"damaged.*--rebuild"):
            ArrayFile.open(path, verify=False)


MANIFEST = Manifest(
    "/repo",
    (FileRecord("0123456789abcdef.seg", (1, 2, 3)),),
    {role: FileRecord("fedcba9876543210.arr", (4, 5, 6)) for role in ("snapshot", "history")},
    "parser",
    1_700_000_000.123456,
)


def test_a_manifest_comes_back_as_it_was_written() -> None:
    assert decode_manifest(encode_manifest(MANIFEST)) == MANIFEST


@settings(deadline=None)
@given(st.integers(0, len(encode_manifest(MANIFEST)) - 1), st.integers(32, 126))
def test_a_changed_character_of_a_manifest_is_refused_or_changes_nothing(position: int, code: int) -> None:
    text = encode_manifest(MANIFEST)
    changed = text[:position] + chr(code) + text[position + 1 :]
    try:
        assert decode_manifest(changed) == MANIFEST
    except ValueError:
        assert changed != text


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["index", "checksum", "files", "segments"]), inner),
)


@settings(deadline=None, max_examples=40)
@given(JSON)
def test_any_other_json_is_refused_as_a_manifest(data: object) -> None:
    with pytest.raises(ValueError, match=r"manifest|checksum"):
        decode_manifest(json.dumps(data))


@pytest.mark.parametrize("text", ["", "[" * 100_000, '{"index": 1e999}', "\x00", '{"index": {}, "checksum": NaN}'])
def test_hostile_text_is_refused_as_a_manifest(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_manifest(text)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "a.seg", "", "0123456789abcdef.seg\n", "..", "\x00"]
)
def test_a_manifest_cannot_name_a_file_that_no_writer_makes(name: str) -> None:
    hostile = Manifest("/repo", (FileRecord(name, (1, 2, 3)),), MANIFEST.files, "parser", 1.0)
    with pytest.raises(ValueError, match="names a file"):
        decode_manifest(encode_manifest(hostile))


def test_nothing_is_found_where_nothing_was_written(tmp_path: Path) -> None:
    assert store_at(tmp_path).open() is None
    assert not (tmp_path / "cache").exists()


def test_what_is_committed_is_what_opens(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    with store.writing(1) as writer:
        manifest = commit(store, writer)
    opened = store.open()
    assert opened is not None
    assert opened.manifest == manifest
    assert opened.files["snapshot"].arrays["a"].tolist() == [0, 1, 2]
    assert stored_trees(tmp_path / "cache") == [(store.family, str(store.root))]


def test_what_is_written_and_not_committed_does_not_count_and_is_swept(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    with store.writing(1) as writer:
        commit(store, writer)
    with store.writing(1) as writer:
        writer.add_file({"a": np.arange(9)}, {})
        (store.folder / "dead.tmp").write_bytes(b"half")
        (store.family / "segments" / "dead.tmp").write_bytes(b"half")
        store.root_file.with_name(f"{store.root_file.name}.dead.tmp").write_bytes(b"half")
    with store.writing(1) as writer:
        manifest = commit(store, writer)
    named = {"manifest.json", *(record.name for record in manifest.files.values())}
    assert {path.name for path in store.folder.iterdir()} == named
    assert list((store.family / "segments").iterdir()) == []
    assert list(store.root_file.parent.iterdir()) == [store.root_file]


def test_a_tree_that_was_never_finished_is_swept_by_another_of_its_family(tmp_path: Path) -> None:
    unfinished, store = store_at(tmp_path, "first"), store_at(tmp_path, "second")
    with unfinished.writing(1) as writer:
        writer.add_file({"a": np.arange(9)}, {})
    with store.writing(1) as writer:
        commit(store, writer)
    assert not unfinished.folder.exists()
    assert store.folder.exists()


def test_clearing_the_last_tree_removes_the_family(tmp_path: Path) -> None:
    first, second = store_at(tmp_path, "first"), store_at(tmp_path, "second")
    for store in (first, second):
        with store.writing(1) as writer:
            commit(store, writer)
    family = first.family
    first.clear()
    assert first.open() is None
    assert second.open() is not None
    second.clear()
    assert not family.exists()
    assert stored_trees(tmp_path / "cache") == []


def test_a_second_writer_is_told_that_the_first_is_busy(tmp_path: Path) -> None:
    first, second = store_at(tmp_path), store_at(tmp_path, "worktree")
    with first.writing(1), pytest.raises(StoreBusyError, match=r"worktree.*try again"), second.writing(0):
        pytest.fail("two writers at once")
    with second.writing(0):
        assert second.folder.exists()


def test_a_damaged_root_file_does_not_lead_to_another_family(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    with store.writing(1) as writer:
        commit(store, writer)
    for text in ("", "{", "[" * 100_000, '{"family": "../.."}', '{"family": 3}', '{"family": "' + "0" * 24 + '"}'):
        store.root_file.write_text(text)
        assert store_at(tmp_path).family == store.family
        assert store_at(tmp_path).open() is not None


def below_a_file(folder: Path) -> Path:
    (folder / "file").write_text("no folder")
    return folder / "file" / "cache"


@pytest.mark.parametrize("cache", [below_a_file, lambda _: Path("/proc/locant"), lambda _: Path("/dev/null/cache")])
def test_a_cache_that_cannot_be_written_is_refused_with_advice(tmp_path: Path, cache: Callable[[Path], Path]) -> None:
    store = TreeStore(tmp_path, cache(tmp_path), lambda _: "family")
    assert store.open() is None
    with pytest.raises(StoreReadOnlyError, match=r"cannot be written.*LOCANT_CACHE_DIR"), store.writing(1):
        pytest.fail("it was written to")


def test_the_cache_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCANT_CACHE_DIR", str(tmp_path / "elsewhere"))
    assert cache_folder() == tmp_path / "elsewhere"
    monkeypatch.delenv("LOCANT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert "locant" in cache_folder().parts
