from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locant.indexer.history import FileHistory, HistoryLimits, HistoryReader, HistoryState, file_history, read_history
from locant.indexer.history.records import Said
from locant.indexer.history.said import MESSAGE_BYTES

HALF_LIFE = 180 * 86_400
START = 1_600_000_000


def git(folder: Path, *arguments: str, stdin: str = "") -> str:
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, input=stdin, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@dataclass
class Step:
    """A commit of a made-up repository: what it writes, deletes, moves and says, and which commits it follows."""

    writes: Sequence[str] = ()
    deletes: Sequence[str] = ()
    moves: Sequence[tuple[str, str]] = ()
    parents: Sequence[int] = ()
    time: int = START
    message: str = ""


@dataclass
class Made:
    folder: Path
    ids: list[str] = field(default_factory=list)

    def at(self, step: int) -> Path:
        git(self.folder, "update-ref", "--no-deref", "HEAD", self.ids[step])
        return self.folder


def make(folder: Path, steps: Sequence[Step], linear: bool = True) -> Made:
    """One `git fast-import` for all commits; a linear history when parents are not given."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q")
    lines: list[str] = []
    for i, step in enumerate(steps):
        parents = step.parents or ([i - 1] if linear and i else [])
        lines += [f"commit refs/made/{i}", f"mark :{i + 1}", f"committer T <t@example.org> {step.time} +0000"]
        lines += [f"data {len(step.message.encode())}", step.message]
        lines += [f"{'merge' if n else 'from'} :{parent + 1}" for n, parent in enumerate(parents)]
        lines += [f"R {old} {new}" for old, new in step.moves] + [f"D {path}" for path in step.deletes]
        for path in step.writes:
            text = f"{path} {i}"
            lines += [f"M 100644 inline {path}", f"data {len(text)}", text]
        lines.append("")
    git(folder, "fast-import", "--quiet", "--export-marks=marks", stdin="\n".join(lines))
    marks = dict(line.split() for line in (folder / "marks").read_text().splitlines())
    return Made(folder, [marks[f":{i + 1}"] for i in range(len(steps))])


def history_of(made: Made, paths: list[str], prefix: str = "", head: int = -1) -> FileHistory:
    return file_history(read_history(made.at(head)), paths, prefix)


def partners_of(history: FileHistory, paths: list[str], path: str) -> list[tuple[str, int, float]]:
    i = paths.index(path)
    span = slice(history.starts[i], history.starts[i + 1])
    rows = zip(history.partners[span], history.joint[span], history.strength[span], strict=True)
    return [(paths[j], int(joint), round(float(strength), 4)) for j, joint, strength in rows]


def assert_same(left: HistoryState | Said, right: HistoryState | Said) -> None:
    for name in (f.name for f in fields(left)):
        one, other = getattr(left, name), getattr(right, name)
        if isinstance(one, Said):
            assert_same(one, other)
        elif isinstance(one, np.ndarray):
            assert one.dtype == other.dtype and np.array_equal(one, other), name
        else:
            assert one == other, name


NAMES = ("a.py", "b.py", "c.py", "d/e.py", "d/f.py")
WORDS = ("crash", "getUserName", "naïve", "in", "parse_header", "\n\n")


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Step], list[int], int]:
    """Commits in any shape, with clocks that are wrong, the HEADs to visit, and a limit that may cut them."""
    steps: list[Step] = []
    trees: list[set[str]] = []
    for i in range(draw(st.integers(2, 9))):
        parents: list[int] = draw(st.lists(st.integers(0, i - 1), max_size=2, unique=True)) if i else []
        tree: set[str] = set(trees[parents[0]]) if parents else set()
        moves = bool(tree) and draw(st.booleans())
        moved = draw(st.sampled_from(sorted(tree))) if moves else ""
        writes = draw(st.lists(st.sampled_from([name for name in NAMES if name != moved]), max_size=3, unique=True))
        time = START + draw(st.integers(-3, 9)) * HALF_LIFE // 4
        said = " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=3)))
        steps.append(Step(writes, (), [(moved, f"moved{i}.py")] if moved else [], parents, time, said))
        trees.append((tree - {moved}) | set(writes) | ({f"moved{i}.py"} if moved else set()))
    heads = draw(st.lists(st.integers(0, len(steps) - 1), min_size=2, max_size=3))
    return steps, heads, draw(st.sampled_from([2, 4, 100]))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=histories())
def test_an_update_from_any_other_head_equals_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[list[Step], list[int], int]
) -> None:
    steps, heads, most = drawn
    made = make(tmp_path_factory.mktemp("made"), steps, linear=False)
    limits = HistoryLimits(max_commits=most)
    state = None
    for head in heads:
        state = read_history(made.at(head), state, limits)
        assert_same(state, read_history(made.folder, None, limits))
        assert state.note == ""
        if not len(state.renames):
            assert_counts_by_hand(state)


def assert_counts_by_hand(state: HistoryState) -> None:
    touched = [
        {state.paths[i] for i in state.files[state.starts[c] : state.starts[c + 1]]} for c in range(len(state.times))
    ]
    paths: list[str] = sorted(NAMES)
    history = file_history(state, paths)
    for i, path in enumerate(paths):
        when = [int(t) for t, files in zip(state.times, touched, strict=True) if path in files]
        assert history.changes[i] == len(when)
        assert history.last_change[i] == max(when, default=0)
        expected = sum(0.5 ** (max(state.head_time - t, 0) / HALF_LIFE) for t in when)
        assert history.decayed[i] == pytest.approx(expected, rel=1e-6)
    found = {(path, other): joint for path in paths for other, joint, _ in partners_of(history, paths, path)}
    for one, other in combinations(paths, 2):
        joint = sum(one in files and other in files for files in touched)
        assert found.get((one, other), 0) == found.get((other, one), 0) == (joint if joint >= 2 else 0)


def test_only_commits_that_are_new_are_read_again_after_a_commit_and_after_an_amend(tmp_path: Path) -> None:
    steps = [Step(["a.py"]), Step(["b.py"]), Step(["c.py"]), Step(["d.py"], parents=[1])]
    made = make(tmp_path, steps)
    before = read_history(made.at(2))
    assert read_history(made.at(2), before) is before
    amended = read_history(made.at(3), before)
    assert_same(amended, read_history(made.at(3)))
    assert amended.paths == ("a.py", "b.py", "d.py")


def test_recency_halves_every_half_year_before_head_whatever_the_clock_says(tmp_path: Path) -> None:
    steps = [Step(["old.py"]), Step(["mid.py"], time=START + HALF_LIFE), Step(["new.py"], time=START + 2 * HALF_LIFE)]
    paths = ["mid.py", "new.py", "never.py", "old.py"]
    history = history_of(make(tmp_path, steps), paths)
    assert history.decayed.tolist() == pytest.approx([0.5, 1.0, 0.0, 0.25])
    assert history.changes.tolist() == [1, 1, 0, 1]
    assert history.last_change.tolist() == [START + HALF_LIFE, START + 2 * HALF_LIFE, 0, START]


def test_files_that_change_together_twice_are_partners_strongest_first(tmp_path: Path) -> None:
    together = [["a.py", "z.py"]] * 2 + [["a.py", "c.py"]] * 3 + [["c.py"]] * 2 + [["a.py", "once.py"]]
    paths = ["a.py", "c.py", "once.py", "z.py"]
    history = history_of(make(tmp_path, [Step(files) for files in together]), paths)
    assert partners_of(history, paths, "a.py") == [("z.py", 2, 1.0), ("c.py", 3, 0.6)]
    assert partners_of(history, paths, "c.py") == [("a.py", 3, 0.6)]
    assert partners_of(history, paths, "once.py") == []


@pytest.mark.parametrize(("size", "partners"), [(30, 29), (31, 0)])
def test_a_commit_over_thirty_files_counts_as_a_change_but_ties_nothing_together(
    tmp_path: Path, size: int, partners: int
) -> None:
    paths = [f"m{i:02}.py" for i in range(size)]
    history = history_of(make(tmp_path, [Step(paths), Step(paths)]), paths)
    assert history.changes.tolist() == [2] * size
    assert len(partners_of(history, paths, "m00.py")) == partners


def test_a_file_moved_without_a_change_keeps_its_history_under_the_new_name(tmp_path: Path) -> None:
    steps = [Step(["a.py", "x.py"]), Step(["a.py", "x.py"]), Step(moves=[("a.py", "pkg/b.py")])]
    made = make(tmp_path, [*steps, Step(moves=[("pkg/b.py", "pkg/c.py")])])
    paths = ["pkg/c.py", "x.py"]
    history = history_of(made, paths)
    assert history.changes.tolist() == [4, 2]
    assert partners_of(history, paths, "x.py") == [("pkg/c.py", 2, 1.0)]


def said_of(history: FileHistory, paths: list[str]) -> list[tuple[set[str], set[str]]]:
    """Of each past commit, newest first: its words, and the files that it changed."""
    past = history.past
    words: list[set[str]] = [set() for _ in past.lengths]
    for number, term in enumerate(past.terms):
        for commit in past.sayers[past.said_starts[number] : past.said_starts[number + 1]]:
            words[commit].add(term)
    assert [len(own) for own in words] == past.lengths.tolist()
    spans = zip(past.starts, past.starts[1:], strict=False)
    return [(own, {paths[i] for i in past.files[a:b]}) for own, (a, b) in zip(words, spans, strict=True)]


def test_what_a_commit_said_is_kept_with_the_files_that_it_changed(tmp_path: Path) -> None:
    steps = [
        Step(["a.py", "b.py"], message="Parse the userName\n\nSigned-off-by: Ann <ann@example.org>\n"),
        Step(["gone.py"], message="crash"),
        Step(["b.py"], message=""),
        Step(["b.py"], moves=[("a.py", "c.py")], message="Crash at naïve début #1234", time=START + 86_400),
    ]
    history = history_of(make(tmp_path, steps), paths := ["b.py", "c.py"])
    assert said_of(history, paths) == [
        ({"crash", "at", "naïve", "début", "1234"}, {"b.py", "c.py"}),
        ({"parse", "the", "username", "user", "name"}, {"b.py", "c.py"}),
    ]
    assert history.past.days.tolist() == [0.0, 1.0]


def test_of_a_message_without_end_the_beginning_is_kept(tmp_path: Path) -> None:
    steps = [Step(["a.py"], message="first " + "word " * MESSAGE_BYTES + "last")]
    [(words, _)] = said_of(history_of(make(tmp_path, steps), ["a.py"]), ["a.py"])
    assert "first" in words and "last" not in words


def test_what_was_said_of_a_commit_over_thirty_files_is_not_kept(tmp_path: Path) -> None:
    paths = [f"m{i:02}.py" for i in range(31)]
    made = make(tmp_path, [Step(paths, message="reformat everything"), Step(paths[:30], message="rename")])
    assert said_of(history_of(made, paths), paths) == [({"rename"}, set(paths[:30]))]


def test_paths_of_an_indexed_sub_folder_are_found_below_its_prefix(tmp_path: Path) -> None:
    made = make(tmp_path, [Step(["sub/a.py", "a.py"]), Step(["sub/a.py"])])
    git(made.folder, "read-tree", "-u", "--reset", made.ids[-1])
    state = read_history(made.at(-1) / "sub")
    assert file_history(state, ["a.py"], "sub/").changes.tolist() == [2]
    assert file_history(state, ["a.py"]).changes.tolist() == [1]


def test_names_that_are_not_plain_text_are_read_as_the_walk_reads_them(tmp_path: Path) -> None:
    names = ["with space.py", "naïve.py", 'quo"te.py']
    made = make(tmp_path, [Step(["a.py"])])
    for name in [*map(os.fsencode, names), b"latin\xe9.py"]:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    git(tmp_path, "reset", "-q", "--mixed", made.ids[0])
    git(tmp_path, "add", "--", "*.py")
    git(tmp_path, "commit", "-q", "-m", "names")
    paths = [*names, os.fsdecode(b"latin\xe9.py")]
    assert file_history(read_history(tmp_path), paths).changes.tolist() == [1, 1, 1, 1]


def test_a_shallow_clone_says_so_and_does_not_count_the_cut_as_a_change_of_every_file(tmp_path: Path) -> None:
    made = make(tmp_path / "whole", [Step(["a.py"]), Step(["b.py"]), Step(["a.py"])])
    git(made.at(-1), "update-ref", "refs/heads/main", made.ids[-1])
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{made.folder}", "cut")
    state = read_history(tmp_path / "cut")
    assert "shallow" in state.note
    assert file_history(state, ["a.py", "b.py"]).changes.tolist() == [1, 0]
    git(tmp_path / "cut", "fetch", "-q", "--unshallow")
    whole = read_history(tmp_path / "cut", state)
    assert_same(whole, read_history(made.folder))


def test_a_partial_clone_answers_without_its_origin(tmp_path: Path) -> None:
    made = make(tmp_path / "whole", [Step(["a.py", "b.py"]), Step(["a.py"]), Step(moves=[("b.py", "c.py")])])
    git(made.at(-1), "update-ref", "refs/heads/main", made.ids[-1])
    git(made.folder, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{made.folder}", "part")
    made.folder.rename(tmp_path / "gone")
    assert_same(read_history(tmp_path / "part"), read_history(tmp_path / "gone"))


def test_nothing_that_a_repository_configures_is_run(tmp_path: Path) -> None:
    made = make(tmp_path / "made", [Step(["a.py"]), Step(["a.py"])])
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.pager", "core.fsmonitor", "diff.external", "gpg.program", "diff.x.textconv", "diff.x.command"):
        git(made.folder, "config", key, str(trap))
    git(made.folder, "config", "log.showSignature", "true")
    (made.folder / ".git" / "info" / "attributes").write_text("*.py diff=x\n")
    assert history_of(made, ["a.py"]).changes.tolist() == [2]
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "settings_",
    [{"diff.renames": "copies"}, {"diff.relative": "true"}, {"log.showRoot": "false"}, {"color.ui": "always"}],
)
def test_what_a_user_configures_does_not_change_what_is_read(tmp_path: Path, settings_: dict[str, str]) -> None:
    made = make(tmp_path, [Step(["a.py", "sub/b.py"]), Step(["a.py"], moves=[("sub/b.py", "sub/c.py")])])
    plain = read_history(made.at(-1))
    for key, value in settings_.items():
        git(made.folder, "config", key, value)
    assert_same(read_history(made.folder), plain)


def test_without_commits_without_git_or_with_a_broken_repository_history_is_empty_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    made = make(tmp_path / "broken", [Step(["a.py"]), Step(["a.py"])])
    made.at(-1)
    for stored in (made.folder / ".git" / "objects").rglob("*"):
        if stored.is_file():
            stored.chmod(0o644)
            stored.write_bytes(b"nonsense")
    git(tmp_path, "init", "-q", "fresh")
    for folder in ("plain", "broken", "fresh", "missing"):
        state = read_history(tmp_path / folder)
        assert state.note.startswith("no history: "), folder
        history = file_history(state, ["a.py", "b.py"])
        assert history.changes.tolist() == [0, 0] and history.starts.tolist() == [0, 0, 0]
    assert file_history(state, []).starts.tolist() == [0]


def test_git_that_is_not_installed_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(tmp_path / "made", [Step(["a.py"])])
    made.at(0)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "could not be started" in read_history(made.folder).note


def test_a_log_that_takes_too_long_is_given_up_with_a_note(tmp_path: Path) -> None:
    made = make(tmp_path, [Step([f"{i}.py"]) for i in range(300)])
    state = read_history(made.at(-1), None, HistoryLimits(seconds=0.0))
    assert "longer than" in state.note


def test_a_reader_closed_before_its_result_was_read_has_none(tmp_path: Path) -> None:
    made = make(tmp_path, [Step(["a.py"])])
    reader = HistoryReader(made.at(0)).start()
    reader.close()
    reader.close()
    assert "closed" in reader.result().note
