"""JavaScript and TypeScript modules, and the links of documents: paths that are written out."""

from __future__ import annotations

from collections.abc import Iterable

from locant.indexer.graph.records import Place
from locant.indexer.graph.tree import FileTree, join, relative
from locant.indexer.syntax.records import Import

__all__ = ["resolve_javascript", "resolve_link", "resolve_stylesheet"]

SCRIPT_ENDINGS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".json")
"""Tried in TypeScript's order: source before what is compiled from it."""

SCRIPT_MODULES = (*SCRIPT_ENDINGS, *(f"/index{ending}" for ending in SCRIPT_ENDINGS))

COMPILED_TO_SOURCE = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
"""ECMAScript modules in TypeScript name the file that the compiler will write."""

SOURCE_ALIASES = ("@/", "~/", "#/", "~~/", "@@/")
"""By convention of bundlers, the nearest `src` folder or project root."""

LINK_ENDINGS = ("", ".md", ".mdx", ".rst", ".html", "/README.md", "/index.md", "/index.rst", "/index.html")
STYLE_ENDINGS = ("", ".scss", ".sass", ".less", ".css", "/_index.scss", "/index.scss", "/index.css")


def resolve_javascript(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """Relative modules, the source aliases, packages of the workspace, and paths from a source root."""
    module = imported.module.partition("?")[0]
    if module.startswith("."):
        return _script_at(tree, relative(place.folder, module))
    if module.startswith("/"):
        return _from_roots(tree, place, module[1:])
    for alias in SOURCE_ALIASES:
        if module.startswith(alias):
            return _from_roots(tree, place, module[len(alias) :])
    return _workspace_package(tree, module) or (_from_roots(tree, place, module) if "/" in module else ())


def resolve_link(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """Links of Markdown, reStructuredText and HTML, with or without the ending of what they name."""
    target = imported.module.partition("#")[0].partition("?")[0]
    return () if _is_elsewhere(target) else _linked(tree, place, target, LINK_ENDINGS)


def resolve_stylesheet(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """`@import` and `@use`; Sass partials carry an underscore that is not written."""
    target = imported.module.partition("#")[0].partition("?")[0]
    if _is_elsewhere(target):
        return ()
    folder, _, name = target.rpartition("/")
    return _linked(tree, place, target, STYLE_ENDINGS) or _linked(tree, place, join(folder, "_" + name), STYLE_ENDINGS)


def _linked(tree: FileTree, place: Place, target: str, endings: tuple[str, ...]) -> tuple[int, ...]:
    rooted = target.startswith("/")
    path = relative("" if rooted else place.folder, target.lstrip("/") if rooted else target)
    return () if path is None else tree.first(path + ending for ending in endings)


def _is_elsewhere(target: str) -> bool:
    return not target or "://" in target or target.startswith(("//", "mailto:", "data:", "javascript:"))


def _script_at(tree: FileTree, path: str | None) -> tuple[int, ...]:
    if path is None:
        return ()
    stem, dot, ending = path.rpartition(".")
    exact = tree.first((*(stem + source for source in COMPILED_TO_SOURCE.get(dot + ending, ())), path))
    found = tree.stripped(SCRIPT_MODULES).get(path or "index")
    return exact or (() if found is None else (found,))


def _from_roots(tree: FileTree, place: Place, path: str) -> tuple[int, ...]:
    """From the folders above the importer, each with its `src`; the nearest wins."""
    head = path.partition("/")[0]
    if not tree.has_stem(path.rpartition("/")[2].partition(".")[0]):
        return ()
    for root in tree.above(place.folder):
        for base in (join(root, "src"), root):
            if "/" in path and not tree.has_folder(join(base, head)):
                continue
            found = _script_at(tree, join(base, path))
            if found:
                return found
    return ()


def _workspace_package(tree: FileTree, module: str) -> tuple[int, ...]:
    parts = module.split("/")
    size = 2 if module.startswith("@") else 1
    folder = _package_folder(tree, "/".join(parts[:size]))
    if folder is None:
        return ()
    rest = "/".join(parts[size:])
    bases = (join(folder, "src"), folder, join(folder, "lib"))
    return next(filter(None, (_script_at(tree, join(base, rest) if rest else base) for base in bases)), ())


def _package_folder(tree: FileTree, name: str) -> str | None:
    """By its manifest when one was read, else the only folder of that name that holds a `package.json`."""
    declared = tree.manifests.packages.get(name)
    if declared is not None or tree.manifests.packages:
        return declared
    found = tree.ending(name.rpartition("/")[2] + "/package.json")
    return found[0].rpartition("/")[0] if len(found) == 1 else None
