"""Gold functions of mined rows, in every language whose grammar is installed by default."""

from __future__ import annotations

from typing import Any

import pytest

from locant.eval.mining.mine import mine

FILES = {
    "a.py": ("def wanted():\n    return 1\n\n\ndef other():\n    return 3\n", "a.py:wanted"),
    "a.go": ("package a\n\nfunc wanted() int {\n\treturn 1\n}\n", "a.go:wanted"),
    "a.js": ("function wanted() {\n  return 1;\n}\n", "a.js:wanted"),
    "a.ts": ("class Cart {\n  wanted(): number {\n    return 1;\n  }\n}\n", "a.ts:Cart.wanted"),
    "A.java": ("class A {\n    int wanted() {\n        return 1;\n    }\n}\n", "A.java:A.wanted"),
    "a.rb": ("class Cart\n  def wanted\n    return 1\n  end\nend\n", "a.rb:Cart.wanted"),
    "a.rs": ("struct Cart;\nimpl Cart {\n    fn wanted() -> i32 {\n        return 1;\n    }\n}\n", "a.rs:Cart.wanted"),
    "a.c": ("int wanted(void) {\n    return 1;\n}\n", "a.c:wanted"),
    "a.cpp": ("namespace shop {\nint wanted() {\n    return 1;\n}\n}\n", "a.cpp:shop.wanted"),
    "a.cs": ("class Cart {\n    int Wanted() {\n        return 1;\n    }\n}\n", "a.cs:Cart.Wanted"),
    "a.php": ("<?php\nfunction wanted() {\n    return 1;\n}\n", "a.php:wanted"),
    "a.kt": ("fun wanted(): Int {\n    return 1\n}\n", "a.kt:wanted"),
    "a.swift": ("func wanted() -> Int {\n    return 1\n}\n", "a.swift:wanted"),
    "a.scala": ("object Cart {\n  def wanted(): Int = {\n    return 1\n  }\n}\n", "a.scala:Cart.wanted"),
    "a.lua": ("local function wanted()\n  return 1\nend\n", "a.lua:wanted"),
    "a.ex": ("defmodule Cart do\n  def wanted do\n    return 1\n  end\nend\n", "a.ex:Cart.wanted"),
    "a.sh": ("wanted() {\n  return 1\n}\n", "a.sh:wanted"),
    "a.zig": ("fn wanted() i32 {\n    return 1;\n}\n", "a.zig:wanted"),
}


@pytest.fixture
def rows(new_repository: Any) -> dict[str, tuple[str, ...]]:
    """One commit for each language, that changes one line of one function."""
    repository = new_repository("shop")
    repository.commit("start", {path: text for path, (text, _) in FILES.items()})
    for number, (path, (text, _)) in enumerate(FILES.items()):
        repository.day = number
        repository.commit(
            f"The number {number} that comes back is too low", {path: text.replace("return 1", "return 2")}
        )
    return {row.gold_files[0]: row.gold_functions for row in mine(repository.root).rows}


def test_the_changed_function_is_gold_in_every_language(rows: dict[str, tuple[str, ...]]) -> None:
    assert rows == {path: (function,) for path, (_, function) in FILES.items()}
