"""What a file is for, told from its path: filters and priors use it, nothing else does.

Paths are the only evidence: contents rarely say "I am a test", folders and file names nearly always do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from locant.types import Area

__all__ = ["AREAS", "Purpose", "purpose_of"]

AREAS: tuple[Area, ...] = ("code", "tests", "docs", "config")
"""Order of the codes that snapshots store."""

DOC_LANGUAGES = frozenset({"markdown", "rst", "text", "html", "latex", "asciidoc", "org"})
CONFIG_LANGUAGES = frozenset({"json", "yaml", "toml", "xml", "ini", "properties"})

_TEST = re.compile(
    r"(^|/)(tests?|__tests__|e2e|testdata|test[-_]\w+|\w+[-_]tests?|fixtures?|src/(test|androidtest|jvmtest|(?-i:[a-z]+Test))|[\w.-]*[.-]tests?)/"
    r"|(^|/)([\w.-]*[-_])?(test-?suites?|unittests|test cases|(?-i:[\w.-]*[A-Za-z0-9]Tests))/"
    r"|(^|/)(test_[^/]*|conftest\.py|(run[-_]?)?tests?\.\w+|[^/]*[._-]tests?\.\w+|[^/]*\.spec\.\w+)$",
    re.IGNORECASE,
)
# Elsewhere `spec` means a specification: `task_spec.py` is code.
_SPEC = re.compile(r"((^|/)specs?/.*|[_-]spec)\.(rb|js|jsx|ts|tsx|mjs|lua|cr|php|exs|coffee|swift)$", re.IGNORECASE)
_TEST_CAMEL = re.compile(
    r"(^|/)[^/]*[a-z0-9](Test|Tests|TestCase|Spec|Suite|IT)\.(java|kt|scala|cs|swift|groovy|php|dart)$"
)
_DOCS = re.compile(r"(^|/)(docs?|documentation|wiki)/", re.IGNORECASE)
_DOC_NAME = re.compile(
    r"(^|/)(readme|changelog|changes|history|news|contributing|license|copying|authors)[^/.]*(\.(md|markdown|rst|txt|adoc|org|html?))?$",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"(^|/)(examples?|samples?|demos?|tutorials?|benchmarks?|bench|benches|playground|scripts?|tools|contrib|misc)/"
    r"|(^|/)([\w.-]+[.-](examples?|samples?|demos?|benchmarks|playground)|(?-i:\w*[a-z0-9](Examples?|Samples?|Demos?)))/"
    r"|(^|/)(setup|noxfile|versioneer|fabfile|gulpfile|gruntfile|rakefile)\.(py|js|ts|mjs|cjs|rb)$",
    re.IGNORECASE,
)
_VENDORED = re.compile(
    r"(^|/)(vendor|vendored|_vendor|third[-_]?party|3rdparty|node_modules|external|extern|deps|bundled|typeshed)/",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Purpose:
    """area: what filters call it. example: example, benchmark, build script or tool. vendored: somebody else's code."""

    area: Area
    example: bool
    vendored: bool


def purpose_of(path: str, language: str) -> Purpose:
    """Purpose of a file from its path and language."""
    return Purpose(_area(path, language), bool(_EXAMPLE.search(path)), bool(_VENDORED.search(path)))


def _area(path: str, language: str) -> Area:
    if _TEST.search(path) or _TEST_CAMEL.search(path) or _SPEC.search(path):
        return "tests"
    if language in DOC_LANGUAGES or _DOC_NAME.search(path) or _DOCS.search(path):
        return "docs"
    if language in CONFIG_LANGUAGES:
        return "config"
    return "code"
