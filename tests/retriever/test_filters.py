from __future__ import annotations

from typing import Any

import pytest

import locant
from locant.errors import QueryError


def paths_of(index: locant.Index, text: str, **filters: Any) -> list[str]:
    return [hit.location.path for hit in index.search(text, limit=100, **filters).hits]


@pytest.fixture
def crowd(make_index: Any) -> locant.Index:
    """A word that stands in hundreds of files, and hardly in one."""
    files = {f"src/m{i}.py": f"def parse_{i}(parse):\n    '''Parse the parse.'''\n    parse()\n" for i in range(150)}
    padding = "\n".join(f"def other_{i}():\n    return {i}\n" for i in range(60))
    index: locant.Index = make_index({**files, "deep/down/last.py": f"{padding}\n# parse\n"})
    return index


def test_a_filter_that_leaves_the_worst_file_still_finds_it(crowd: locant.Index) -> None:
    assert "deep/down/last.py" not in paths_of(crowd, "parse")[:10]
    assert [hit.location.path for hit in crowd.search("parse", limit=1, paths=("deep/",)).hits] == ["deep/down/last.py"]
    assert [hit.path for hit in crowd.localize("parse", files=1, paths=("deep/",)).files] == ["deep/down/last.py"]


def test_languages_are_filtered_by_name_or_short_name(shop: locant.Index) -> None:
    assert all(path.endswith(".js") for path in paths_of(shop, "article pieces", languages=("javascript",)))
    assert paths_of(shop, "article", languages=("JS", "go")) == paths_of(
        shop, "article", languages=("javascript", "go")
    )
    assert paths_of(shop, "queue", languages=("go",)) == ["mailer/queue.go"]


@pytest.mark.parametrize(
    ("globs", "expected"),
    [
        (("shop/pricing/",), {"shop/pricing/engine.py", "shop/pricing/tax.py"}),
        (("*.md",), {"docs/pricing.md"}),
        (("**/tax.*",), {"shop/pricing/tax.py"}),
        (("shop/**/*.py", "!engine.py"), {"shop/pricing/tax.py"}),
        (("!*.py",), {"docs/pricing.md"}),
        (("nowhere/",), set()),
    ],
)
def test_paths_are_filtered_by_globs(shop: locant.Index, globs: tuple[str, ...], expected: set[str]) -> None:
    assert set(paths_of(shop, "tax", paths=globs)) == expected


def test_areas_are_filtered(shop: locant.Index) -> None:
    assert set(paths_of(shop, "voucher", areas=("tests",))) == {"tests/test_engine.py"}
    assert set(paths_of(shop, "voucher", areas=("docs",))) == {"docs/pricing.md"}
    assert set(paths_of(shop, "voucher", areas=("docs", "tests"))) == {"docs/pricing.md", "tests/test_engine.py"}
    assert not any(path.startswith(("tests/", "docs/")) for path in paths_of(shop, "voucher", areas=("code",)))


def test_kinds_are_filtered_and_the_hit_is_of_that_kind(shop: locant.Index) -> None:
    classes = shop.search("voucher is_expired", kinds=("class",)).hits
    assert {hit.symbol.kind for hit in classes if hit.symbol} == {"class"}
    assert all(hit.symbol for hit in classes)
    functions = shop.search("tax rate", kinds=("function",)).hits
    assert functions[0].symbol is not None
    assert functions[0].symbol.qualified_name == "tax_rate"


def test_filters_hold_for_literals_and_expressions_too(shop: locant.Index) -> None:
    assert set(paths_of(shop, '"voucher"', areas=("tests",))) == {"tests/test_engine.py"}
    assert paths_of(shop, r"/voucher\w*/", paths=("shop/basket.py",)) == []
    assert paths_of(shop, r"/[Vv]oucher\w*/", paths=("shop/basket.py",)) == ["shop/basket.py"]
    methods = shop.search(r"/expired/", kinds=("method",)).hits
    assert {hit.symbol.kind for hit in methods if hit.symbol} == {"method"}


def test_filters_hold_for_localize_and_grep(shop: locant.Index) -> None:
    found = shop.localize("voucher expired", languages=("java",))
    paths = [hit.path for hit in found.files] + [hit.path for hit in found.functions] + [s.path for s in found.spans]
    assert {path.rsplit(".", 1)[-1] for path in paths} == {"java"}
    files = shop.grep("article", languages=("ruby",)).files
    assert [file.path for file in files] == ["reports/lib/reports/daily.rb"]


def test_both_of_two_equal_files_are_found_through_filters(make_index: Any) -> None:
    text = "def twin_function(value):\n    return value\n"
    index = make_index({"left/a.py": text, "right/a.py": text})
    for folder in ("left", "right"):
        only = f"{folder}/a.py"
        assert paths_of(index, "twin_function", paths=(f"{folder}/",)) == [only]
        found = index.localize("twin_function fails", paths=(f"{folder}/",))
        assert [hit.path for hit in found.files] == [only]
        assert [hit.path for hit in found.functions] == [only]
        assert {span.path for span in found.spans} == {only}
        assert [file.path for file in index.grep("twin_function", paths=(f"{folder}/",)).files] == [only]
    assert [symbol.location.path for symbol in index.definitions("twin_function")] == ["left/a.py", "right/a.py"]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"languages": ("cobol",)}, "languages here are"),
        ({"areas": ("examples",)}, "areas are code, tests, docs, config"),
        ({"kinds": ("gadget",)}, "kinds here are"),
    ],
)
def test_a_filter_that_cannot_match_is_refused_with_what_there_is(
    shop: locant.Index, filters: dict[str, Any], message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        shop.search("voucher", **filters)


def test_nothing_left_by_the_filters_is_said(shop: locant.Index) -> None:
    assert "filters" in shop.search("voucher", paths=("web/",)).hint
