from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import locant
from locant.errors import NotFoundError, QueryError
from locant.refresh import Policy
from locant.retriever.reading.patterns import GrepRequest, is_bounded, required_literal

KEY = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_view_shows_the_lines_that_were_asked_for(shop: locant.Index, shop_root: Path) -> None:
    lines = (shop_root / "shop/pricing/tax.py").read_text().splitlines()
    view = shop.view("shop/pricing/tax.py", 8, 10)
    assert view.text == "\n".join(lines[7:10])
    assert (view.start_line, view.end_line, view.total_lines) == (8, 10, len(lines))
    assert (view.inside, view.language, view.stale) == ("tax_rate", "python", False)


def test_view_ends_with_the_file(shop: locant.Index) -> None:
    whole = shop.view("shop/pricing/tax.py")
    assert (whole.start_line, whole.end_line) == (1, whole.total_lines)
    assert shop.view("shop/pricing/tax.py", 10, 9_999).end_line == whole.total_lines


@pytest.mark.parametrize(("start", "end"), [(0, None), (-3, None), (999, None), (5, 4), (0, 0)])
def test_lines_that_do_not_exist_are_refused(shop: locant.Index, start: int, end: int | None) -> None:
    with pytest.raises(NotFoundError, match="has 15 lines"):
        shop.view("shop/pricing/tax.py", start, end)


def test_empty_files_and_files_without_a_last_line_end_are_viewed(make_index: Any) -> None:
    index = make_index({"empty.py": "", "one.py": "x = 1", "blank.py": "\n"})
    assert [index.view(name).total_lines for name in ("empty.py", "one.py", "blank.py")] == [0, 1, 1]
    assert index.view("empty.py").text == ""
    assert index.outline("empty.py") == ()


def test_a_long_view_is_cut_and_says_where_to_go_on(make_index: Any) -> None:
    view = make_index({"long.txt": "line\n" * 5_000}).view("long.txt", 11)
    assert (view.start_line, view.end_line) == (11, 2_010)
    assert "2011" in view.notes[0]


def test_a_file_can_be_named_by_the_end_of_its_path(shop: locant.Index) -> None:
    assert shop.view("pricing/tax.py").path == "shop/pricing/tax.py"
    assert shop.view("./shop/pricing/tax.py").path == "shop/pricing/tax.py"
    with pytest.raises(NotFoundError, match="could be"):
        shop.view("__init__.py")
    with pytest.raises(NotFoundError, match=r"did you mean .*tax\.py"):
        shop.view("shop/pricing/taxes.py")


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/passwd", "shop/../../outside.txt"])
def test_nothing_outside_of_the_tree_is_shown(make_index: Any, tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.txt").write_text("private")
    index = make_index({"a.py": "x = 1\n"})
    with pytest.raises(NotFoundError):
        index.view(path)


def test_outline_lists_definitions_in_order_with_what_they_are_in(shop: locant.Index) -> None:
    outline = [(s.qualified_name, s.kind, s.parent) for s in shop.outline("shop/pricing/engine.py")]
    assert outline == [
        ("CENT", "constant", None),
        ("PriceEngine", "class", None),
        ("PriceEngine.__init__", "method", "PriceEngine"),
        ("PriceEngine.total", "method", "PriceEngine"),
        ("PriceEngine.apply_voucher", "method", "PriceEngine"),
        ("PriceEngine.round_amount", "method", "PriceEngine"),
    ]
    assert shop.outline("shop/pricing/engine.py")[3].signature == "def total(self, basket, voucher=None)"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.go", ["mailer/mail.go", "mailer/queue.go"]),
        ("shop/**/e*.py", ["shop/errors.py", "shop/pricing/engine.py"]),
        ("engine.py", ["shop/pricing/engine.py"]),
        ("Reserv", ["warehouse/src/main/java/shop/warehouse/Reservation.java"]),
        ("*.cobol", []),
    ],
)
def test_files_are_found_by_glob_name_or_part(shop: locant.Index, pattern: str, expected: list[str]) -> None:
    assert list(shop.find(pattern))[: max(len(expected), 1)] == expected


def test_files_are_found_by_letters_in_order(shop: locant.Index) -> None:
    assert "shop/pricing/engine.py" in shop.find("prieng")
    assert shop.find("engine")[0] == "shop/pricing/engine.py"
    assert shop.find("rtr")[0] == "web/router.js"


def test_a_name_with_brackets_is_found_as_it_is(make_index: Any) -> None:
    assert make_index({"pages/[id].tsx": "export const x = 1\n"}).find("[id].tsx") == ("pages/[id].tsx",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("total", ["PriceEngine.total"]),
        ("PriceEngine.total", ["PriceEngine.total"]),
        ("engine.PriceEngine", ["PriceEngine"]),
        ("Queue::Push", ["Queue.Push"]),
        ("mailer.NormalizeAddress", ["NormalizeAddress"]),
        ("shop/pricing/tax.py:tax_rate", ["tax_rate"]),
        ("TAX_RATE", ["tax_rate"]),
        ("tax_rate()", ["tax_rate"]),
        ("Nowhere.total", []),
        ("web/cart.js:total", []),
        ("", []),
    ],
)
def test_definitions_are_found_by_qualified_names(shop: locant.Index, name: str, expected: list[str]) -> None:
    assert [symbol.qualified_name for symbol in shop.definitions(name)] == expected


def test_the_exact_spelling_goes_before_others(make_index: Any) -> None:
    index = make_index({"a.py": "class Parser:\n    pass\n\n\ndef parser():\n    return Parser()\n"})
    assert [s.qualified_name for s in index.definitions("Parser")] == ["Parser"]
    assert [s.qualified_name for s in index.definitions("parser")] == ["parser"]
    assert {s.qualified_name for s in index.definitions("PARSER")} == {"Parser", "parser"}


def test_definitions_in_code_come_before_those_in_tests(make_index: Any) -> None:
    index = make_index({"a/tests/test_run.py": "def run():\n    pass\n", "z/run.go": "package z\n\nfunc run() {\n}\n"})
    assert [symbol.location.path for symbol in index.definitions("run")] == ["z/run.go", "a/tests/test_run.py"]


def test_functions_and_types_come_before_variables_of_the_name(make_index: Any) -> None:
    index = make_index(
        {"a.js": "var View = require('./view');\n", "view.js": "function View(name) {\n  return name;\n}\n"}
    )
    assert [symbol.kind for symbol in index.definitions("View")] == ["function", "variable"]


def test_references_are_calls_types_bases_and_imports(make_index: Any) -> None:
    index = make_index(
        {
            "base.py": "class Base:\n    pass\n",
            "use.py": "from base import Base\n\n\nclass Child(Base):\n    pass\n\n\n"
            "def make(old: Base) -> None:\n    Base()\n",
            "only.py": "from base import Base\n\n__all__ = ['Base']\n",
            "tests/test_use.py": "from base import Base\n\n\ndef test_base():\n    assert Base()\n",
        }
    )
    found = [(u.location.path, u.location.start_line, u.kind, u.inside) for u in index.references("Base")]
    assert [item for item in found if item[0] == "use.py"] == [
        ("use.py", 1, "import", None),
        ("use.py", 4, "inherit", "Child"),
        ("use.py", 8, "type", "make"),
        ("use.py", 9, "call", "make"),
    ]
    assert ("only.py", 1, "import", None) in found
    assert found[-1][0] == "tests/test_use.py"
    assert index.references("base.Base")[0].line_text == "from base import Base"
    assert len(index.references("Base", limit=2)) == 2
    assert index.references("nobody") == ()


def test_grep_counts_lines_names_what_is_around_and_marks_columns(shop: locant.Index) -> None:
    result = shop.grep("voucher", paths=("shop/",))
    assert result.total == sum(file.total for file in result.files)
    file = next(file for file in result.files if file.path == "shop/pricing/engine.py")
    assert file.total == len(file.matches) == 8
    match = file.matches[0]
    assert (match.line, match.inside) == (17, "PriceEngine.total")
    assert match.text[match.start_column - 1 : match.end_column - 1] == "voucher"
    assert shop.grep("VOUCHER").files == ()
    assert shop.grep("VOUCHER", ignore_case=True).total > result.total


def test_grep_stops_at_its_limit_and_still_counts(make_index: Any) -> None:
    index = make_index({"a.txt": "needle\n" * 50, "b.txt": "needle\n" * 3})
    result = index.grep("needle", limit=5)
    assert sum(len(file.matches) for file in result.files) == 5
    assert (result.total, result.truncated) == (53, True)
    assert [len(file.matches) for file in index.grep("needle", limit=53).files] == [26, 3]
    assert len(index.grep("needle", paths=("a.txt",)).files[0].matches) == 50
    assert not index.grep("needle", paths=("a.txt",)).truncated


@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        (r"^def", [1, 4]),
        (r"\)$", [5]),
        (r"^$", [3]),
        (r"^\s+return", [2, 5]),
        (r"(?i)DEF two", [4]),
        (r"\bone\b|\btwo\b", [1, 4, 5]),
        (r"(?<!\s)one", []),
        (r"(?m)^    return \w+$", [2]),
        (r"x\nd", []),
        (r"return x\n\ndef", [2]),
        (r"(\w)\1", [5]),
        (r"\Adef", [1, 4]),
    ],
)
def test_expressions_read_line_by_line(make_index: Any, pattern: str, lines: list[int]) -> None:
    index = make_index({"a.py": "def one(x):\n    return x\n\ndef two(x):\n    return one(xx)\n"})
    found = index.grep(pattern)
    assert [match.line for file in found.files for match in file.matches] == lines


@pytest.mark.parametrize("text", ["a == b[0]['x']", "# ---- (1) ----", "$.each(", "f(x): return  x", "é ü", "\\d+"])
def test_literals_are_found_with_all_their_marks(make_index: Any, text: str) -> None:
    index = make_index({"a.txt": f"before {text} after\n", "b.txt": "nothing of the kind\n"})
    found = index.grep(text, fixed=True)
    assert [(file.path, file.total) for file in found.files] == [("a.txt", 1)]


def test_a_literal_of_several_lines_is_found(make_index: Any) -> None:
    index = make_index({"a.py": "x = 1\nif x:\n    y = 2\n"})
    found = index.grep("if x:\n    y", fixed=True)
    assert [match.line for match in found.files[0].matches] == [2]


def test_an_expression_that_backtracks_for_ever_is_stopped(make_index: Any) -> None:
    index = make_index({"hard.txt": "a" * 300 + "!\n", "easy.txt": "aaa\n"})
    found = index.grep("(a+)+$")
    assert found.truncated
    assert [file.path for file in found.files] == ["easy.txt"]
    assert "takes too long" in index.search("/(a+)+$/").hint


@pytest.mark.parametrize(
    ("pattern", "bounded"),
    [
        ("def \\w+", True),
        ("[a-z+*]+$", True),
        ("a?b?c?", True),
        (r"\(\w*\)", True),
        ("(?i)x+", True),
        ("(ab|cd)", True),
        ("(a+)+", False),
        ("(a|b)*", False),
        ("a*b*", False),
        (r"(\w)\1", False),
        ("(?:ab){2,9}", False),
        ("a?" * 30, False),
    ],
)
def test_only_patterns_whose_form_bounds_them_run_in_this_process(pattern: str, bounded: bool) -> None:
    assert is_bounded(GrepRequest(pattern, fixed=False, ignore_case=False)) is bounded


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        ("def total", "def total"),
        (r"raise \w+Error\(", "raise "),
        ("colou?r map", "r map"),
        ("abc*", "ab"),
        ("abc|def", ""),
        ("(?i)abc", ""),
        ("(abc)?def", ""),
        ("[abc]{3}", ""),
        ("ab", ""),
    ],
)
def test_the_literal_of_a_pattern_is_in_all_that_it_matches(pattern: str, literal: str) -> None:
    assert required_literal(GrepRequest(pattern, fixed=False, ignore_case=False)) == literal


@pytest.mark.parametrize("pattern", ["", "(", "x" * 20_000])
def test_patterns_that_make_no_sense_are_refused(shop: locant.Index, pattern: str) -> None:
    with pytest.raises(QueryError):
        shop.grep(pattern)


def test_secrets_are_masked_wherever_text_is_shown(make_index: Any) -> None:
    index = make_index({"client.py": f'def connect():\n    token = "{KEY}"\n    return token\n'})
    shown = [
        index.view("client.py").text,
        index.search("connect token").hits[0].snippet,
        index.grep("token").files[0].matches[0].text,
        index.search('"token ="').hits[0].snippet,
    ]
    assert all("token" in text and KEY not in text for text in shown)
    assert index.grep(KEY, fixed=True).files == ()


def _index_another_tree(folder: Path) -> None:
    folder.mkdir()
    (folder / "other.py").write_text("def other():\n    pass\n")
    with locant.open(folder, cache_dir=folder / ".cache") as index:
        index.update()


def test_a_file_that_was_shown_before_is_shown_as_it_is_now(tmp_path: Path) -> None:
    file = tmp_path / "tree" / "money.py"
    file.parent.mkdir()
    file.write_text("def price():\n    return 1\n")
    with locant.open(tmp_path / "tree", cache_dir=tmp_path / "cache") as index:
        index.update()
    policy = Policy(updates=False, compares=False)  # nobody looks at the tree but who shows a file
    with locant.open(tmp_path / "tree", cache_dir=tmp_path / "cache", policy=policy) as index:
        before = file.stat()
        assert ["return 1" in index.view("money.py").text for _ in range(3)] == [True] * 3
        file.write_text("def price():\n    return 2\n")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # of the same size and age
        for name in ("one", "two"):  # at once, and when the edit is older than a tick of the clock
            view, hit = index.view("money.py"), index.search("price").hits[0]
            assert ("return 2" in view.text, view.stale) == (True, True)
            assert ("return 2" in hit.snippet, hit.stale) == (True, True)
            _index_another_tree(tmp_path / name)


def test_a_folder_that_became_a_link_is_not_followed_to_a_text_that_was_shown_before(tmp_path: Path) -> None:
    folder = tmp_path / "tree" / "shop"
    folder.mkdir(parents=True)
    (folder / "money.py").write_text("def price():\n    return 1\n")
    with locant.open(tmp_path / "tree", cache_dir=tmp_path / "cache") as index:
        index.update()
    policy = Policy(updates=False, compares=False)
    with locant.open(tmp_path / "tree", cache_dir=tmp_path / "cache", policy=policy) as index:
        assert ["return 1" in index.view("shop/money.py").text for _ in range(3)] == [True] * 3
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
        with pytest.raises(NotFoundError):
            index.view("shop/money.py")
        assert index.search("price").hits[0].snippet == ""


def test_related_files_import_are_imported_use_or_change_together(make_index: Any) -> None:
    index = make_index(
        {
            "app/core.py": "def compute_everything():\n    return 1\n",
            "app/main.py": "from app.core import compute_everything\n\n\ndef main():\n    compute_everything()\n",
            "app/other.py": "def unrelated():\n    return 2\n",
        }
    )
    core = {(item.path, item.relation) for item in index.related("app/core.py")}
    assert core == {("app/main.py", "imports it"), ("app/main.py", "uses it")}
    assert ("app/core.py", "imported by it") in {(item.path, item.relation) for item in index.related("app/main.py")}
    assert index.related("app/core.py:compute_everything")[0].path == "app/main.py"
    assert index.related("app/other.py") == ()
    with pytest.raises(NotFoundError, match="defines no 'nothing'"):
        index.related("app/core.py:nothing")
