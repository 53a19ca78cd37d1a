"""What a file is for is told from its path, and a name that documents share with modules is not mistaken."""

from __future__ import annotations

import pytest

from locant.indexer.areas import purpose_of


@pytest.mark.parametrize(
    "path", ["finance/history.py", "src/changes.rs", "lib/license.rb", "app/news.ts", "readme_generator.py"]
)
def test_a_module_with_the_name_of_a_document_is_code(path: str) -> None:
    assert purpose_of(path, "python").area == "code"


@pytest.mark.parametrize("path", ["HISTORY.rst", "CHANGES", "docs/api.py", "LICENSE-MIT", "README.zh-CN.md"])
def test_documents_are_documents(path: str) -> None:
    assert purpose_of(path, "text").area == "docs"


@pytest.mark.parametrize(
    "path",
    [
        *("jwcrypto/tests.py", "runtests.py", "a/test.rs", "pkg/test_walk.py", "web/app.spec.ts"),
        *("src/Core.Tests/Person.cs", "src/UnitTests/Bug.cs", "core/src/commonTest/kotlin/Scope.kt"),
        *("cabal-testsuite/Main.hs", "App-iOSTests/Mock.swift", "test cases/common/install.py"),
    ],
)
def test_files_of_tests_are_tests_also_outside_of_test_folders(path: str) -> None:
    assert purpose_of(path, "python").area == "tests"


@pytest.mark.parametrize(
    "path",
    ["src/contest.py", "latest.py", "core/task_spec.py", "attestation/run.go", "src/latest/a.kt", "RxTest/Event.swift"],
)
def test_words_that_contain_test_are_not_tests(path: str) -> None:
    assert purpose_of(path, "python").area == "code"


@pytest.mark.parametrize(
    ("path", "example"),
    [
        *(("setup.py", True), ("tools/lint.py", True), ("app/setup/run.py", False)),
        *(("RxExample/Feed.swift", True), ("bench/Core.Benchmarks/Data.cs", True), ("paint_by_example/pipe.py", False)),
    ],
)
def test_build_scripts_and_tools_are_run_aside(path: str, *, example: bool) -> None:
    assert purpose_of(path, "python").example is example


def test_the_stubs_of_other_projects_are_vendored() -> None:
    assert purpose_of("mypy/typeshed/stdlib/typing.pyi", "python").vendored
    assert not purpose_of("mypy/types.py", "python").vendored
