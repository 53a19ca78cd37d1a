"""Many readers and several writers, in processes of their own: every answer is from one state of the index."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from locant.errors import StoreBusyError
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore
from locant.indexer.update import Updater

MakeUpdater = Callable[..., Updater]
MakeStore = Callable[[Path, Path], TreeStore]

READER = """
import json, sys
from pathlib import Path
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore
from locant.indexer.walk.repository import repository_identity

root, cache, stop = map(Path, sys.argv[1:])
states, reads = set(), 0
while not stop.exists() or not reads:
    snapshot = Snapshot(TreeStore(root, cache, repository_identity).open())
    names = {snapshot.symbol(i, "").name for doc in snapshot.file_doc for i in snapshot.symbols_of_doc(int(doc))}
    found = {len(snapshot.postings("body", name)[0]) for name in names}
    states.add((len(snapshot.paths), *sorted(names), *sorted(found)))
    reads += 1
print(json.dumps([reads, sorted(states)]))
"""

SEARCHER = """
import json, sys
import locant
with locant.open(sys.argv[1], cache_dir=sys.argv[2], workers=1) as index:
    print(json.dumps([[hit.location.path, round(hit.score, 9)] for hit in index.search("load the config").hits]))
"""

FILES = 12


def start(script: str, *arguments: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> Any:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out)


def write_generation(root: Path, number: int) -> None:
    for file in range(FILES):
        text = f"def generation_{number}():\n    return 'file {file}'\n"
        (root / f"file{file}.py").write_text(text)


def opened(store: TreeStore) -> Snapshot:
    found = store.open()
    assert found is not None
    return Snapshot(found)


def test_readers_see_whole_states_while_a_writer_updates(tmp_path: Path, updater_of: MakeUpdater) -> None:
    root, cache, stop = tmp_path / "tree", tmp_path / "cache", tmp_path / "stop"
    root.mkdir()
    updater = updater_of(root, cache)
    write_generation(root, 0)
    updater.update(timeout=1)
    readers = [start(READER, root.resolve(), cache, stop) for _ in range(3)]
    for number in range(1, 15):
        write_generation(root, number)
        updater.update(timeout=1, rebuild=number % 5 == 0)
    stop.touch()
    for reader in readers:
        reads, states = finish(reader)
        assert reads > 0
        assert [state[0] for state in states] == [FILES] * len(states)
        assert all(len(state) == 3 and state[1].startswith("generation_") and state[2] == FILES for state in states)


def test_processes_that_need_the_first_index_at_once_all_get_the_same_answer(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    write_generation(root, 0)
    (root / "config.py").write_text("def load_config(path):\n    return open(path).read()\n")
    answers = [finish(process) for process in [start(SEARCHER, root, tmp_path / "cache") for _ in range(3)]]
    assert answers[0][0][0] == "config.py"
    assert answers == [answers[0]] * 3


def test_an_open_snapshot_can_be_read_on_after_its_files_are_swept(
    tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore
) -> None:
    root, cache = tmp_path / "tree", tmp_path / "cache"
    root.mkdir()
    write_generation(root, 0)
    updater = updater_of(root, cache)
    updater.update(timeout=1)
    old = opened(store_of(root, cache))
    names = {record.name for record in old.opened.manifest.segments}
    write_generation(root, 1)
    updater.update(timeout=1, rebuild=True)
    left = {path.name for path in (store_of(root, cache).family / "segments").iterdir()}
    assert not names & left
    assert old.paths == [f"file{i}.py" for i in sorted(range(FILES), key=str)]
    assert len(old.symbols_named("generation_0")) == FILES
    assert len(old.postings("body", "generation_0")[0]) == FILES
    assert opened(store_of(root, cache)).symbols_named("generation_0") == []


def test_a_second_writer_is_refused_after_its_patience_and_let_in_afterwards(
    tmp_path: Path, updater_of: MakeUpdater, store_of: MakeStore
) -> None:
    root, cache = tmp_path / "tree", tmp_path / "cache"
    root.mkdir()
    write_generation(root, 0)
    with store_of(root, cache).writing(1), pytest.raises(StoreBusyError, match="try again later"):
        updater_of(root, cache).update(timeout=0)
    assert updater_of(root, cache).update(timeout=0).files == FILES


def test_a_writer_that_finds_the_work_done_by_another_does_nothing(tmp_path: Path, updater_of: MakeUpdater) -> None:
    root, cache = tmp_path / "tree", tmp_path / "cache"
    root.mkdir()
    first, second = updater_of(root, cache), updater_of(root, cache)
    write_generation(root, 0)
    first.update(timeout=1)
    second.update(timeout=1)
    write_generation(root, 1)
    assert first.update(timeout=1).parsed == FILES
    assert second.update(timeout=1).parsed == 0
