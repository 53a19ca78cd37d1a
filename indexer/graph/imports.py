"""From imports as written to edges between files of the same repository.

One resolver per family of languages, in a table; Swift, SQL and data formats have none, since their modules
are no files. Most imports recur in a folder, so each is resolved once per folder and remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from locant.indexer.graph.manifests import Manifests, read_manifests
from locant.indexer.graph.packaged import (
    resolve_csharp,
    resolve_elixir,
    resolve_haskell,
    resolve_jvm,
    resolve_lua,
    resolve_php,
)
from locant.indexer.graph.python import resolve_python
from locant.indexer.graph.records import ImportEdges, LanguageResolver, Place
from locant.indexer.graph.systems import (
    resolve_bash,
    resolve_c,
    resolve_go,
    resolve_ruby,
    resolve_rust,
    resolve_zig,
)
from locant.indexer.graph.tree import FileTree
from locant.indexer.graph.web import resolve_javascript, resolve_link, resolve_stylesheet
from locant.indexer.syntax.records import Import

__all__ = ["RESOLVERS", "Resolver", "resolve_imports"]

RESOLVERS: Mapping[str, LanguageResolver] = {
    "python": resolve_python,
    "javascript": resolve_javascript,
    "typescript": resolve_javascript,
    "tsx": resolve_javascript,
    "java": resolve_jvm,
    "kotlin": resolve_jvm,
    "scala": resolve_jvm,
    "go": resolve_go,
    "rust": resolve_rust,
    "c": resolve_c,
    "cpp": resolve_c,
    "csharp": resolve_csharp,
    "ruby": resolve_ruby,
    "php": resolve_php,
    "bash": resolve_bash,
    "lua": resolve_lua,
    "haskell": resolve_haskell,
    "elixir": resolve_elixir,
    "zig": resolve_zig,
    "markdown": resolve_link,
    "rst": resolve_link,
    "html": resolve_link,
    "css": resolve_stylesheet,
    "less": resolve_stylesheet,
    "scss": resolve_stylesheet,
}

PLACED_BY_FILE = frozenset({"rust"})
"""Languages where the same import means different files for two files of one folder."""


class Resolver:
    """Resolves the imports of any file of one set of paths; to be made anew when paths or manifests change."""

    def __init__(
        self, paths: Sequence[str], languages: Sequence[str], manifests: Mapping[str, str] | None = None
    ) -> None:
        found: Manifests | None = read_manifests(manifests) if manifests else None
        self._tree = FileTree(paths, found)
        self._languages = tuple(languages)
        self._known: dict[tuple[str, str], dict[tuple[str, tuple[str, ...], int], tuple[int, ...]]] = {}

    def resolve(self, path_index: int, imports: Sequence[Import]) -> tuple[int, ...]:
        """Indices of the files that the file at `path_index` imports, ascending, itself left out."""
        language = self._languages[path_index]
        resolver = RESOLVERS.get(language)
        if resolver is None or not imports:
            return ()
        path = self._tree.paths[path_index]
        place = Place(path, path.rpartition("/")[0])
        known = self._known.setdefault((language, path if language in PLACED_BY_FILE else place.folder), {})
        targets: set[int] = set()
        for imported in imports:
            key = (imported.module, imported.names, imported.level)
            found = known.get(key)
            if found is None:
                found = known[key] = tuple(resolver(self._tree, place, imported))
            targets.update(found)
        targets.discard(path_index)
        return tuple(sorted(targets))


def resolve_imports(
    paths: Sequence[str],
    languages: Sequence[str],
    imports: Sequence[Sequence[Import]],
    manifests: Mapping[str, str] | None = None,
) -> ImportEdges:
    """Resolve the imports of all files; `manifests` holds path -> text of those in `MANIFEST_NAMES`."""
    resolver = Resolver(paths, languages, manifests)
    targets = [resolver.resolve(i, of_file) for i, of_file in enumerate(imports)]
    counts = np.fromiter(map(len, targets), dtype=np.int64, count=len(targets))
    return ImportEdges(
        source=np.repeat(np.arange(len(targets), dtype=np.int32), counts),
        target=np.fromiter((j for row in targets for j in row), dtype=np.int32, count=int(counts.sum())),
    )
