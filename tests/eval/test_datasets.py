"""Dataset files of every known format become the same records; bad rows cost only themselves."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from locant.eval.datasets.jsonlines import write_rows
from locant.eval.datasets.load import load_dataset
from locant.eval.datasets.own import to_own
from locant.eval.errors import DatasetError
from locant.eval.types import Instance
from locant.types import Location

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PATCH = """\
diff --git a/src/app.py b/src/app.py
--- a/src/app.py
+++ b/src/app.py
@@ -3,2 +3,2 @@
 def f():
-    return 1
+    return 2
diff --git a/tests/test_app.py b/tests/test_app.py
--- a/tests/test_app.py
+++ b/tests/test_app.py
@@ -1 +1 @@
-x
+y
diff --git a/src/new.py b/src/new.py
new file mode 100644
--- /dev/null
+++ b/src/new.py
@@ -0,0 +1 @@
+x
diff --git a/README.md b/README.md
--- a/README.md
+++ b/README.md
@@ -1 +1 @@
-x
+y
"""
ISSUE = {"instance_id": "o__n-1", "repo": "o/n", "base_commit": COMMIT, "problem_statement": "f is wrong"}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def test_our_own_format_comes_back_as_it_was_written(tmp_path: Path) -> None:
    instance = Instance(
        id="a-1",
        repository="o/n",
        base_commit=COMMIT,
        text="Größe is wrong",
        gold_files=("a.py", "b.py"),
        gold_functions=("a.py:f",),
        gold_spans=(Location("a.py", 1, 4),),
        patch=PATCH,
        language="python",
        meta={"category": "bug"},
    )
    for name in ("rows.jsonl", "rows.jsonl.gz"):
        assert write_rows(tmp_path / name, [to_own(instance)]) == 1
        assert load_dataset(tmp_path / name).instances == (instance,)


def test_a_question_keeps_its_task_and_where_it_looks(tmp_path: Path) -> None:
    asked = Instance("a-1", "o/n", COMMIT, "where?", ("src/a.py",), task="search", within="src")
    write_rows(tmp_path / "rows.jsonl", [to_own(asked), to_own(asked) | {"id": "a-2", "task": "guess"}])
    dataset = load_dataset(tmp_path / "rows.jsonl")
    assert dataset.instances == (asked,)
    assert "'guess'" in dataset.complaints[0].reason


def test_lines_an_array_and_parquet_hold_the_same_rows(tmp_path: Path) -> None:
    rows = [ISSUE | {"patch": PATCH}, ISSUE | {"instance_id": "o__n-2", "patch": PATCH}]
    expected = load_dataset(write(tmp_path / "d.jsonl", *rows)).instances
    assert len(expected) == 2
    assert load_dataset(write(tmp_path / "d.json", rows)).instances == expected
    arrow, parquet = (pytest.importorskip(name) for name in ("pyarrow", "pyarrow.parquet"))
    parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / "d.parquet")
    assert load_dataset(tmp_path / "d.parquet").instances == expected
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(DatasetError, match=r"broken\.parquet"):
        load_dataset(tmp_path / "broken.parquet")


def test_what_is_no_object_in_an_array_is_reported_with_its_number(tmp_path: Path) -> None:
    dataset = load_dataset(write(tmp_path / "d.json", [3, ISSUE | {"patch": PATCH}, "text"]))
    assert len(dataset.instances) == 1
    assert [(found.line, found.reason.rpartition(" ")[2]) for found in dataset.complaints] == [(1, "int"), (3, "str")]


def test_a_gzipped_dataset_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.jsonl.gz", [{"id": 1}])
    write_rows(tmp_path / "b.jsonl.gz", [{"id": 1}])
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()


def test_swe_bench_gold_leaves_out_new_files_tests_and_documents(tmp_path: Path) -> None:
    (instance,) = load_dataset(write(tmp_path / "d.jsonl", ISSUE | {"patch": PATCH})).instances
    assert instance.gold_files == ("src/app.py",)
    assert instance.gold_spans == (Location("src/app.py", 4, 4),)
    assert instance.language == "python"


def test_multi_swe_bench_rows_are_read_from_their_own_fields(tmp_path: Path) -> None:
    row = {
        "org": "o",
        "repo": "n",
        "number": 7,
        "instance_id": "o__n-7",
        "base": {"sha": COMMIT},
        "fix_patch": PATCH,
        "resolved_issues": [{"title": "f fails", "body": "since 2.0"}],
    }
    (instance,) = load_dataset(write(tmp_path / "d.jsonl", row)).instances
    assert (instance.repository, instance.text) == ("o/n", "f fails\nsince 2.0")


def test_rows_with_labels_are_taken_at_their_labels(tmp_path: Path) -> None:
    row = ISSUE | {"gold_files": ["src/app.py"], "gold_functions": ["src/app.py:f"], "category": "Bug Report"}
    (instance,) = load_dataset(write(tmp_path / "d.jsonl", row)).instances
    assert instance.gold_functions == ("src/app.py:f",)
    assert instance.meta == {"category": "Bug Report"}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("{not json", "not JSON"),
        ("[1, 2]", "JSON object"),
        ({"instance_id": "x"}, "also needs: .*problem_statement"),
        (ISSUE | {"gold_files": ["a.py"], "base_commit": "--upload-pack=x"}, "commit id"),
        (ISSUE | {"gold_files": ["../../etc/passwd"]}, "inside the repository"),
        (ISSUE | {"gold_files": ["/etc/passwd"]}, "inside the repository"),
        (ISSUE | {"gold_files": 3}, "list of texts, not 3"),
        (ISSUE | {"gold_files": ["a.py"], "problem_statement": None}, "problem_statement"),
        (ISSUE | {"gold_files": ["a.py"], "instance_id": "good"}, "second row"),
    ],
)
def test_a_malformed_row_is_reported_with_its_line_and_the_rest_is_kept(
    tmp_path: Path, row: object, complaint: str
) -> None:
    good = ISSUE | {"instance_id": "good", "gold_files": ["a.py"]}
    dataset = load_dataset(write(tmp_path / "d.jsonl", good, "", row))
    assert [instance.id for instance in dataset.instances] == ["good"]
    (found,) = dataset.complaints
    assert found.line == 3
    assert re.search(complaint, found.reason)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", gzip.compress(b"{}", mtime=0)[:-4]])
def test_a_file_that_cannot_be_read_is_a_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "d.jsonl.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"d\.jsonl\.gz"):
        load_dataset(path)


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    one = load_dataset(write(tmp_path / "a.jsonl", ISSUE | {"gold_files": ["a.py"]}))
    two = load_dataset(write(tmp_path / "b.jsonl", ISSUE | {"gold_files": ["b.py"]}))
    assert one.fingerprint != two.fingerprint
