"""What a text names outright leads there: links, lines and the scope of a title; imports and other files do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import locant
from locant.retriever.query.analyse import analyse
from locant.types import RankerName

MakeIndex = Callable[..., locant.Index]

READER = '''"""Reads carts."""


def read_cart(source):
    """The cart in a source."""
    return source.load("cart")


def read_total(source):
    """The total in a source."""
    return source.load("total")
'''

FILES = {
    "shop/reader.py": READER,
    "shop/writer.py": READER.replace("read", "write").replace("Read", "Write").replace("load", "store"),
    "shop/base.py": READER.replace("read_", "base_"),
    "shop/billing/engine.py": READER.replace("read_", "charge_"),
    "main.py": "from shop.reader import read_cart\n\nprint(read_cart(None))\n",
}


def first_file(index: locant.Index, text: str) -> str:
    return index.localize(text, ranker="fusion").files[0].path


def signals_of(index: locant.Index, text: str, path: str) -> set[str]:
    hits = index.localize(text, ranker="fusion").files
    return {item.signal for hit in hits if hit.path == path for item in hit.evidence}


@pytest.mark.parametrize("ranker", ["learned", "fusion"])
def test_a_link_to_a_file_and_line_leads_to_that_function(make_index: MakeIndex, ranker: RankerName) -> None:
    text = "The total of a cart is wrong\n\nsee https://forge.example/acme/shop/blob/3f2a1bc/shop/writer.py#L10"
    found = make_index(FILES).localize(text, ranker=ranker)
    assert (found.files[0].path, found.functions[0].qualified_name) == ("shop/writer.py", "write_total")


def test_a_path_of_another_project_is_not_the_file_of_that_name_here(make_index: MakeIndex) -> None:
    other = (
        'It fails\n\n  File "/lib/pandas/core/base.py", line 4, in agg\n    return source.load("cart")\nKeyError: cart'
    )
    index = make_index(FILES)
    here = other.replace("/lib/pandas/core/base.py", "/srv/shop/base.py")
    named = {"frame", "named_path"}
    assert first_file(index, here) == "shop/base.py"
    assert named & signals_of(index, here, "shop/base.py") == named
    assert not named & signals_of(index, other, "shop/base.py")


def test_what_an_example_imports_is_not_what_the_text_is_about(make_index: MakeIndex) -> None:
    text = "Writing a cart loses the total\n\n```python\nfrom shop.reader import read_cart\nread_cart(None)\n```\n"
    index = make_index(FILES)
    assert "named_path" not in signals_of(index, text, "shop/reader.py")
    assert "named_path" in signals_of(index, "Writing fails in shop.reader when empty", "shop/reader.py")


@pytest.mark.parametrize("title", ["engine: wrong cart", "fix(billing/engine): wrong cart", "[engine] wrong cart"])
def test_what_a_title_begins_with_leads_to_the_file_of_that_name(make_index: MakeIndex, title: str) -> None:
    index = make_index(FILES)
    assert first_file(index, title) == "shop/billing/engine.py"
    assert "scope" in signals_of(index, title, "shop/billing/engine.py")


@pytest.mark.parametrize(
    ("title", "scope"),
    [
        ("net/http: deadline is ignored", ("net/http",)),
        ("feat(cli, core): add a switch", ("cli", "core")),
        ("[single file] loading fails", ("single_file",)),
        ("TypeError: 'int' object is not callable", ("TypeError",)),
        ("bug: it fails", ()),
        ("It fails in this way: always", ()),
        ("12:30 is read as noon", ()),
    ],
)
def test_the_scope_of_a_title_is_what_stands_before_its_colon_or_in_brackets(
    title: str, scope: tuple[str, ...]
) -> None:
    assert analyse(title).scope == scope


def test_imports_are_told_from_modules_that_the_prose_names() -> None:
    query = analyse(
        "Slow\n\nIt hangs in `shop.reader.load`.\n\n```python\nimport shop.writer\nfrom shop.reader import x\n```"
    )
    assert query.imports == ("shop.reader", "shop.reader.x", "shop.writer")
    assert "shop.reader" in query.modules or "shop.reader.load" in query.modules
    assert "shop.writer" not in query.modules
