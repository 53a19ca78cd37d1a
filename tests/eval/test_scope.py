"""Which files may be ranked."""

from __future__ import annotations

import pytest

from locant.eval.runs.gold import names_gold
from locant.eval.scope import is_candidate, is_test


@pytest.mark.parametrize(
    "path",
    [
        "tests/a.py",
        "pkg/test/b.py",
        "pkg/test_b.py",
        "pkg/b_test.go",
        "conftest.py",
        "web/a.test.ts",
        "web/a.spec.js",
        "models/user_spec.rb",
        "src/CartTest.java",
        "web/__tests__/a.js",
        "src/Core.Tests/Person.cs",
        "src/UnitTests/Bug.cs",
        "core/src/commonTest/kotlin/Scope.kt",
        "cabal-testsuite/Main.hs",
    ],
)
def test_tests_are_known_by_folder_or_name(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize(
    "path",
    [
        "pkg/testing/a.py",
        "pkg/contest.py",
        "pkg/latest.py",
        "dask/_task_spec.py",
        "src/Latest.java",
        "attest/a.py",
        "RxTest/a.swift",
    ],
)
def test_names_that_only_sound_like_tests_are_source(path: str) -> None:
    assert not is_test(path)
    assert is_candidate(path)


@pytest.mark.parametrize("path", ["README.md", "docs/conf.py", "setup.cfg", "stubs/a.pyi", "a.min.js", "types.d.ts"])
def test_documents_settings_and_declarations_are_no_candidates(path: str) -> None:
    assert not is_candidate(path)


@pytest.mark.parametrize(
    ("path", "language", "expected"),
    [
        ("a.py", "python", True),
        ("a.js", "python", False),
        ("a.tsx", "TypeScript", True),
        ("a.js", "ts", True),
        ("a.h", "c++", True),
        ("a.rs", "", True),
    ],
)
def test_a_row_of_one_language_ranks_files_of_its_family(path: str, language: str, expected: bool) -> None:
    assert is_candidate(path, language) is expected


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("see shop/cart.py", True),
        ("in cart.py line 3", True),
        ("shop.cart.Cart fails", True),
        ("the cart is wrong", False),
        ("__init__.py is empty", False),
    ],
)
def test_a_text_names_the_gold_by_path_file_or_module(text: str, named: bool) -> None:
    assert names_gold(text, ["shop/cart.py", "shop/__init__.py"]) is named
