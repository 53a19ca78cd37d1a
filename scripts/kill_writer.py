"""Kill the process that writes an index, again and again, and see that nothing is ever lost.

    python scripts/kill_writer.py --kills 200 --seed 1

A tree of real files (a copy of an installed package) is edited; a child process updates its index and is killed with
SIGKILL: half of the time at an instant drawn evenly from how long an update takes, half of the time within milliseconds
of its first write to the cache. After each kill:

- the index opens, and holds either the state before the edit or the state after it, whole;
- the child's worker processes are gone;
- an update completes; what it leaves equals, in files, symbols and answers, an index built from nothing;
- the cache folder holds no file that the manifest does not name.

Now and then the child rebuilds, or makes the first index. Exit code 1 and a line on stderr say what went wrong.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import locant
from locant.errors import LocantError
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore
from locant.indexer.walk.repository import repository_identity

CHILD = """
import json, sys
import locant
root, cache, rebuild = json.loads(sys.argv[1])
locant.open(root, cache_dir=cache).update(rebuild=rebuild)
"""

QUERIES = ("release the lock", "Timeout", "where is the width of a line computed", "raise ValueError")

REBUILD_SHARE = 0.1
FIRST_SHARE = 0.1
"""Shares of the kills that hit a rebuild, and the making of the first index."""

EDITED_FILES = 3

WRITE_POLL_SECONDS = 0.0005
WRITE_DELAY_SECONDS = 0.06
"""After the child's first write it lives on for up to so long: a commit takes a few synced writes."""

WORKERS_END_SECONDS = 10.0
"""Workers see the end of their pipe as soon as they read from it again, after the batch in hand."""

CHILD_SECONDS = 300.0

State = dict[str, tuple[str, tuple[str, ...]]]
"""Blob id and symbols of each file."""


class WrongError(Exception):
    """The index is not what it must be."""


@dataclass
class Tally:
    """Which state was found after a kill, by kind of run."""

    found: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        """Count one kill."""
        self.found[what] = self.found.get(what, 0) + 1


class Bench:
    """A tree, its index, and an index of the same tree that is made anew each time.

    Args:
        folder: where everything is kept.
        tree: what is copied.
        seed: of the random choices.

    """

    def __init__(self, folder: Path, tree: Path, seed: int) -> None:
        self.root, self.cache, self.fresh = folder / "tree", folder / "cache", folder / "fresh"
        shutil.copytree(tree, self.root, ignore=shutil.ignore_patterns("__pycache__", "*.so"))
        self.random = random.Random(seed)  # noqa: S311 - instants, not secrets
        self.store = TreeStore(self.root, self.cache, repository_identity)
        self.index = locant.open(self.root, cache_dir=self.cache)
        started = time.perf_counter()
        self.finish_child(self.start_child(rebuild=False))
        self.seconds = time.perf_counter() - started

    def state(self) -> State | None:
        """What the index on disk holds now; None when there is none."""
        opened = self.store.open()
        return None if opened is None else state_of(Snapshot(opened))

    def edit(self, number: int) -> None:
        """Change some files, and rename one now and then."""
        files = sorted(self.root.rglob("*.py"))
        for file in self.random.sample(files, min(EDITED_FILES, len(files))):
            with file.open("a") as text:
                text.write(f"\n\ndef edit_{number}_{self.random.randrange(1000)}():\n    return {number}\n")
        if number % 5 == 0:
            file = self.random.choice(files)
            file.rename(file.with_name(f"renamed_{number}.py"))

    def start_child(self, *, rebuild: bool) -> subprocess.Popen[bytes]:
        """Start an update in a process (and session) of its own."""
        arguments = json.dumps([str(self.root), str(self.cache), rebuild])
        return subprocess.Popen([sys.executable, "-c", CHILD, arguments], start_new_session=True)

    def finish_child(self, child: subprocess.Popen[bytes]) -> None:
        """Let a child complete."""
        if child.wait(CHILD_SECONDS) != 0:
            raise WrongError(f"an update that nobody killed ended with {child.returncode}")

    def kill(self, child: subprocess.Popen[bytes]) -> None:
        """Kill the child at a random instant, and wait until its workers are gone."""
        if self.random.random() < 0.5:
            self._wait(child, self.random.uniform(0, self.seconds))
        else:
            self._wait_for_write(child)
            self._wait(child, self.random.uniform(0, WRITE_DELAY_SECONDS))
        child.send_signal(signal.SIGKILL)
        child.wait()
        deadline = time.monotonic() + WORKERS_END_SECONDS
        while session_lives(child.pid):
            if time.monotonic() > deadline:
                raise WrongError(f"workers of the killed process {child.pid} are still there")
            time.sleep(0.01)

    def _wait(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            return

    def _wait_for_write(self, child: subprocess.Popen[bytes]) -> None:
        before = names_in(self.cache)
        while child.poll() is None and names_in(self.cache) == before:
            time.sleep(WRITE_POLL_SECONDS)

    def check_answers(self) -> None:
        """Compare the updated index with one that was built from nothing."""
        with locant.open(self.root, cache_dir=self.fresh) as fresh:
            fresh.update(rebuild=True)
            for query in QUERIES:
                if answer(self.index, query) != answer(fresh, query):
                    raise WrongError(f"the answers to {query!r} differ from those of a rebuilt index")
            opened = TreeStore(self.root, self.fresh, repository_identity).open()
        if opened is None or self.state() != state_of(Snapshot(opened)):
            raise WrongError("files or symbols differ from those of a rebuilt index")

    def check_files(self) -> None:
        """Look for files that no manifest names; vectors are kept by content, and tidied, apart from the index."""
        manifest = self.store.manifest()
        if manifest is None:
            raise WrongError("there is no index after an update")
        named = {record.name for record in (*manifest.segments, *manifest.files.values())}
        named |= {"manifest.json", "writer.lock", ".gitignore", self.store.root_file.name}
        left = {Path(name).name for name in names_in(self.cache) if "vectors" not in Path(name).parts} - named
        if left:
            raise WrongError(f"files are left over: {sorted(left)}")


def state_of(snapshot: Snapshot) -> State:
    """Blob and symbols of each file of a snapshot."""
    state: State = {}
    for number, path in enumerate(snapshot.paths):
        symbols = (snapshot.symbol(i, path) for i in snapshot.symbols_of_doc(int(snapshot.file_doc[number])))
        lines = tuple(f"{s.kind} {s.qualified_name} {s.location.start_line}-{s.location.end_line}" for s in symbols)
        state[path] = snapshot.blob(number).hex(), lines
    return state


def answer(index: locant.Index, query: str) -> list[Any]:
    """What of an answer must not depend on how the index came about."""
    hits = index.search(query, limit=20).hits
    return [(hit.location, round(hit.score, 9)) for hit in hits]


def names_in(folder: Path) -> frozenset[str]:
    """Paths of all files below a folder that is being written."""
    return frozenset(os.path.join(where, name) for where, _, names in os.walk(folder) for name in names)  # noqa: PTH118


def session_lives(session: int) -> bool:
    """Whether any process of a session is left."""
    try:
        os.killpg(session, 0)
    except ProcessLookupError:
        return False
    return True


def one_kill(bench: Bench, number: int, tally: Tally) -> None:
    """Edit, start, kill, check."""
    draw = bench.random.random()
    first, rebuild = draw < FIRST_SHARE, draw > 1 - REBUILD_SHARE
    if first:
        bench.index.clear()
    before = bench.state()
    bench.edit(number)
    bench.kill(bench.start_child(rebuild=rebuild))
    found = bench.state()
    bench.index.update()
    after = bench.state()
    if found not in (before, after):
        raise WrongError("what was found after the kill is neither the state before it nor the state after it")
    tally.count(
        f"{'first' if first else 'rebuild' if rebuild else 'update'}: {'old' if found == before else 'new'} state"
    )
    bench.check_answers()
    bench.check_files()


def main() -> int:
    """Kill, check, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--package", default="filelock", help="installed package whose files are indexed")
    options = parser.parse_args()
    spec = importlib.util.find_spec(options.package)
    if spec is None or not spec.submodule_search_locations:
        parser.error(f"there is no installed package {options.package!r}")
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder).resolve(), Path(spec.submodule_search_locations[0]), options.seed)
        number = 0
        try:
            with bench.index:
                for number in range(1, options.kills + 1):
                    one_kill(bench, number, tally)
        except (WrongError, LocantError) as error:
            sys.stderr.write(f"kill {number} with seed {options.seed}: {error}\n")
            return 1
    sys.stdout.write(f"{options.kills} kills: {json.dumps(tally.found, sort_keys=True)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
