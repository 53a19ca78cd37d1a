"""Which files count as candidates. One rule for every system and every gold, so that none gains by it.

The papers on issues search source files that are not tests. Documentation folders are left out as well: no public
benchmark has gold there, and an agent that looks for a bug does not open them first. Questions to a codebase may be
about its tests too, and a corpus of documents is all candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath

from locant.eval.types import Instance
from locant.indexer.syntax.languages import LANGUAGES

__all__ = ["candidates", "family", "is_candidate", "is_test", "language_of", "may_be_ranked"]

TEST_FOLDERS = frozenset({"test", "tests", "__tests__", "testdata", "test-data", "test_data", "e2e"})
_TEST_FOLDER = re.compile(
    r"^[\w.-]*[.-][Tt]ests?$|^[a-z]+Test$|^[\w.-]*[A-Za-z0-9]Tests$"
    r"|^([\w.-]*[-_])?(test-?suites?|unittests|test cases)$"
)
"""Of projects that call tests after what they test: `Core.Tests`, `UnitTests`, `commonTest`, `cabal-testsuite`."""

DOCUMENT_FOLDERS = frozenset({"doc", "docs", "documentation"})

DECLARATIONS = (".pyi", ".d.ts", ".min.js")
"""Stubs and bundles declare or repeat what other files define; nobody fixes an issue there."""

_TEST_NAME = re.compile(
    r"^(test_.*|tests?\.\w+|conftest\.py)$"
    r"|_(test|tests)\.\w+$|_spec\.(rb|lua|js|ts|cr)$"
    r"|\.(test|spec)\.\w+$"
    r"|(?-i:[a-z0-9](Test|Tests|Spec)\.(java|kt|scala|cs|php|swift|groovy)$)",
    re.IGNORECASE,
)
_LANGUAGE_OF_SUFFIX = {
    suffix: language.name for language in LANGUAGES if language.grammar is not None for suffix in language.extensions
}
_ALIASES = {"js": "javascript", "ts": "typescript", "c++": "cpp", "c#": "csharp", "golang": "go", "py": "python"}

FAMILIES = (
    frozenset({"javascript", "typescript", "tsx"}),
    frozenset({"c", "cpp"}),
    frozenset({"java", "kotlin"}),
)
"""Languages that share files in practice: a row of one may have its gold in another."""


def is_test(path: str) -> bool:
    """Whether a path is a test by its folder or its name."""
    parts = PurePosixPath(path).parts
    return any(map(_is_test_folder, parts[:-1])) or bool(_TEST_NAME.search(parts[-1]))


def _is_test_folder(name: str) -> bool:
    return name.lower() in TEST_FOLDERS or _TEST_FOLDER.search(name) is not None


def language_of(path: str) -> str:
    """Name of the programming language of a path by its suffix; empty for everything else."""
    return _LANGUAGE_OF_SUFFIX.get(PurePosixPath(path).suffix.lower(), "")


@lru_cache(maxsize=100_000)  # asked about the same paths at every commit of a repository
def is_candidate(path: str, language: str = "") -> bool:
    """Whether a path may be ranked for a row of this language (any language when empty)."""
    found = language_of(path)
    if not found or path.endswith(DECLARATIONS) or is_test(path):
        return False
    if any(part.lower() in DOCUMENT_FOLDERS for part in PurePosixPath(path).parts[:-1]):
        return False
    return not language or found in family(language)


def candidates(paths: Iterable[str], language: str = "") -> list[str]:
    """The paths that may be ranked, in the given order."""
    return [path for path in paths if is_candidate(path, language)]


def may_be_ranked(path: str, instance: Instance) -> bool:
    """Whether a path is a candidate for an instance: by what it asks for, in which language, and where."""
    if instance.within and not path.startswith(f"{instance.within.strip('/')}/"):
        return False
    if instance.task == "documents":
        return True
    if instance.task == "search":
        return bool(language_of(path))
    return is_candidate(path, instance.language)


def family(language: str) -> frozenset[str]:
    """Languages that count as one for rows of a language."""
    name = _ALIASES.get(language.lower(), language.lower())
    return next((family for family in FAMILIES if name in family), frozenset({name}))
