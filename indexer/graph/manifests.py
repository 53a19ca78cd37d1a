"""What the manifests of a repository say about where modules live.

Paths alone cannot tell that `@scope/kit` is `packages/toolkit`, that `example.org/m/pkg` is `pkg`, or that
`locant` is the folder `core`. The few files that say so are read as data, never run; what cannot be read is
passed over, since resolution works without any of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["MANIFEST_NAMES", "Manifests", "read_manifests"]

MANIFEST_NAMES = frozenset({"package.json", "go.mod", "composer.json", "pyproject.toml"})
"""File names whose text `read_manifests` understands."""

GO_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
PACKAGE_DIR_TABLE = re.compile(r"^\[tool\.setuptools\.package-dir\]\s*\n((?:[^\[\n].*\n?|\n)*)", re.MULTILINE)
PACKAGE_DIR_ROW = re.compile(r"^\s*[\"']?([\w.]*)[\"']?\s*=\s*[\"']([^\"']*)[\"']", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Manifests:
    """Names to folders, per ecosystem; prefixes longest first, so that the first that fits is the closest.

    packages: npm package name -> folder.
    go_modules: (module path, folder).
    php_prefixes: (namespace with `/`, folder), PSR-4.
    python_packages: (dotted package, folder), setuptools' `package-dir`.
    """

    packages: Mapping[str, str]
    go_modules: tuple[tuple[str, str], ...]
    php_prefixes: tuple[tuple[str, str], ...]
    python_packages: tuple[tuple[str, str], ...]


def read_manifests(texts: Mapping[str, str]) -> Manifests:
    """Read manifests, given as path -> text; other files among them are passed over."""
    rows: dict[str, list[tuple[str, str]]] = {name: [] for name in MANIFEST_NAMES}
    for path in sorted(texts):
        folder, _, name = path.rpartition("/")
        if name in READERS:
            rows[name].extend(READERS[name](texts[path], folder))
    return Manifests(
        packages=dict(rows["package.json"]),
        go_modules=_longest_first(rows["go.mod"]),
        php_prefixes=_longest_first(rows["composer.json"]),
        python_packages=_longest_first(rows["pyproject.toml"]),
    )


def _longest_first(rows: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(rows, key=lambda row: (-len(row[0]), row)))


def _package_json(text: str, folder: str) -> Iterator[tuple[str, str]]:
    name = _json_object(text).get("name")
    if isinstance(name, str) and name:
        yield name, folder


def _go_mod(text: str, folder: str) -> Iterator[tuple[str, str]]:
    found = GO_MODULE.search(text)
    if found:
        yield found.group(1), folder


def _composer_json(text: str, folder: str) -> Iterator[tuple[str, str]]:
    data = _json_object(text)
    for section in ("autoload", "autoload-dev"):
        autoload = data.get(section)
        prefixes = autoload.get("psr-4") if isinstance(autoload, dict) else None
        for prefix, folders in prefixes.items() if isinstance(prefixes, dict) else ():
            for place in folders if isinstance(folders, list) else [folders]:
                if isinstance(place, str):
                    yield prefix.replace("\\", "/").strip("/"), _below(folder, place)


def _pyproject(text: str, folder: str) -> Iterator[tuple[str, str]]:
    table = PACKAGE_DIR_TABLE.search(text)
    for row in PACKAGE_DIR_ROW.finditer(table.group(1)) if table else ():
        if row.group(1):
            yield row.group(1), _below(folder, row.group(2))


READERS = {
    "package.json": _package_json,
    "go.mod": _go_mod,
    "composer.json": _composer_json,
    "pyproject.toml": _pyproject,
}


def _below(folder: str, place: str) -> str:
    parts = [part for part in (*folder.split("/"), *place.split("/")) if part not in ("", ".")]
    return "/".join(parts)


def _json_object(text: str) -> dict[str, object]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
