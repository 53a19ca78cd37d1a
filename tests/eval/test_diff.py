"""Which old lines a unified diff changes."""

from __future__ import annotations

import pytest

from locant.eval.datasets.diff import Change, parse_diff

HEAD = "diff --git a/pkg/a.py b/pkg/a.py\nindex 1..2 100644\n--- a/pkg/a.py\n+++ b/pkg/a.py\n"


def changes(hunks: str) -> tuple[Change, ...]:
    (file,) = parse_diff(HEAD + hunks)
    return file.changes


def test_context_lines_are_not_changes() -> None:
    hunk = "@@ -10,5 +10,5 @@ def f():\n a\n b\n-old\n+new\n c\n d\n"
    assert changes(hunk) == (Change(12, 12, inserted=False, indent=0),)


def test_context_makes_no_difference_to_the_result() -> None:
    wide = "@@ -10,7 +10,8 @@\n a\n-x\n-y\n+z\n b\n c\n+    new\n+more\n d\n e\n"
    narrow = "@@ -11,2 +11 @@\n-x\n-y\n+z\n@@ -14,0 +14,2 @@\n+    new\n+more\n"
    assert changes(wide) == changes(narrow)


def test_an_insertion_is_kept_as_the_line_it_follows_with_its_indentation() -> None:
    assert changes("@@ -7,0 +8,2 @@\n+\n+    return 1\n") == (Change(7, 7, inserted=True, indent=4),)


def test_blank_lines_alone_are_no_change() -> None:
    assert changes("@@ -7,1 +7,2 @@\n a\n+\n") == ()


def test_a_removed_line_of_dashes_is_not_a_file_name() -> None:
    hunk = "@@ -1,3 +1,3 @@\n--- a comment of SQL\n+++ b comment\n keep\n keep\n"
    assert changes(hunk) == (Change(1, 1, inserted=False, indent=0),)


def test_a_missing_newline_at_the_end_is_no_line() -> None:
    hunk = "@@ -3 +3 @@\n-old\n\\ No newline at end of file\n+new\n\\ No newline at end of file\n"
    assert changes(hunk) == (Change(3, 3, inserted=False, indent=0),)


@pytest.mark.parametrize(
    ("header", "old", "new"),
    [
        (
            "diff --git a/n.py b/n.py\nnew file mode 100644\n--- /dev/null\n+++ b/n.py\n@@ -0,0 +1 @@\n+x\n",
            None,
            "n.py",
        ),
        ("diff --git a/e.py b/e.py\nnew file mode 100644\nindex 0..e69de29\n", None, "e.py"),
        (
            "diff --git a/o.py b/o.py\ndeleted file mode 100644\n--- a/o.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
            "o.py",
            None,
        ),
        ("diff --git a/o.py b/n.py\nsimilarity index 100%\nrename from o.py\nrename to n.py\n", "o.py", "n.py"),
        ("--- a/plain.py\n+++ b/plain.py\n@@ -1 +1 @@\n-x\n+y\n", "plain.py", "plain.py"),
        ("--- plain.py\t2020-01-01\n+++ plain.py\t2020-01-02\n@@ -1 +1 @@\n-x\n+y\n", "plain.py", "plain.py"),
        (
            'diff --git "a/\\303\\251.py" "b/\\303\\251.py"\n--- "a/\\303\\251.py"\n+++ "b/\\303\\251.py"\n',
            "é.py",
            "é.py",
        ),
        ("diff --git a/two words.py b/two words.py\nBinary files differ\n", "two words.py", "two words.py"),
    ],
)
def test_paths_say_what_was_there_before_and_after(header: str, old: str | None, new: str | None) -> None:
    (file,) = parse_diff(header)
    assert (file.old_path, file.new_path) == (old, new)


def test_several_files_keep_their_own_changes() -> None:
    second = HEAD.replace("pkg/a.py", "b.py") + "@@ -2 +2 @@\n-p\n+q\n"
    files = parse_diff(HEAD + "@@ -1 +1 @@\n-x\n+y\n" + second)
    assert [(file.old_path, file.changes[0].start) for file in files] == [("pkg/a.py", 1), ("b.py", 2)]


def test_text_that_is_no_diff_has_no_files() -> None:
    assert parse_diff("hello\n@@ not a hunk\n") == []
