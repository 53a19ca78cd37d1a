"""Gold functions from changed lines: innermost definition, by old line numbers."""

from __future__ import annotations

from locant.eval.datasets.diff import parse_diff
from locant.eval.datasets.gold import canonical_names, functions_changed, names_of
from locant.indexer.syntax.parse import parse_file

SOURCE = """\
import os


class Store:
    limit = 3

    def __init__(self):
        self.items = []

    def add(self, item):
        def check(value):
            return value

        self.items.append(check(item))


def helper():
    return os.sep
"""


def changed(hunks: str, source: str = SOURCE, path: str = "m.py") -> list[str]:
    (file,) = parse_diff(f"--- a/{path}\n+++ b/{path}\n{hunks}")
    return functions_changed(parse_file(path, source.encode()), source, file.changes)


def test_a_changed_line_counts_for_the_innermost_definition() -> None:
    assert changed("@@ -18 +18 @@\n-    return os.sep\n+    return os.altsep\n") == ["helper"]


def test_a_method_is_named_with_its_class() -> None:
    assert changed("@@ -14 +14 @@\n-        self.items.append(check(item))\n+        pass\n") == ["Store.add"]


def test_the_constructor_counts_as_its_class() -> None:
    assert changed("@@ -8 +8 @@\n-        self.items = []\n+        self.items = ()\n") == ["Store"]


def test_a_line_of_a_class_body_counts_as_the_class() -> None:
    assert changed("@@ -5 +5 @@\n-    limit = 3\n+    limit = 4\n") == ["Store"]


def test_a_function_inside_a_function_counts_as_the_outer_one() -> None:
    assert changed("@@ -12 +12 @@\n-            return value\n+            return int(value)\n") == ["Store.add"]


def test_a_line_at_module_level_has_no_function() -> None:
    assert changed("@@ -1 +1 @@\n-import os\n+import sys\n") == []


def test_a_function_that_is_only_shown_as_context_is_not_gold() -> None:
    context = "@@ -13,6 +13,6 @@\n \n         self.items.append(check(item))\n \n \n"
    hunk = f"{context}-def helper():\n+def helper(x):\n     return os.sep\n"
    assert changed(hunk) == ["helper"]


def test_a_new_function_after_the_last_line_of_another_is_not_blamed_on_it() -> None:
    assert changed("@@ -18,0 +19,2 @@\n+def another():\n+    return 1\n") == []


def test_lines_added_to_the_end_of_a_function_belong_to_it() -> None:
    assert changed("@@ -18,0 +19 @@\n+    # unreachable\n") == ["helper"]


def test_each_function_is_named_once_in_order_of_first_touch() -> None:
    constructor = "@@ -7,2 +7,1 @@\n-    def __init__(self):\n-        self.items = []\n+    items = []\n"
    helper = "@@ -17 +17 @@\n-def helper():\n+def helper(a):\n"
    assert changed(constructor + helper) == ["Store", "helper"]


def test_gold_is_derived_for_other_languages() -> None:
    source = "package a\n\nfunc Add(x int) int {\n\treturn x\n}\n"
    assert changed("@@ -4 +4 @@\n-\treturn x\n+\treturn x + 1\n", source, "a.go") == ["Add"]


def test_canonical_names_map_what_a_system_may_answer() -> None:
    names = canonical_names(parse_file("m.py", SOURCE.encode()))
    assert names["Store.__init__"] == "Store"
    assert names["Store.add"] == "Store.add"
    assert names["helper"] == "helper"
    assert {names[name] for name in names if name.endswith("check")} == {"Store.add"}


def test_a_method_belongs_to_the_module_of_its_class_and_is_read_apart_from_it() -> None:
    names = names_of(parse_file("m.py", SOURCE.encode()))
    assert names.modules == {"Store": "Store", "Store.add": "Store", "helper": "helper"}
    method = SOURCE.partition("    def add")[2].partition("\n\n\n")[0]
    assert names.sizes["Store.add"] == len("def add" + method)
    whole = SOURCE[SOURCE.index("class Store") : SOURCE.index("\n\n\ndef helper")]
    assert names.sizes["Store"] == len(whole) - names.sizes["Store.add"]
