"""Languages whose modules are dotted names that mirror folders: Java's kin, C#, PHP, Haskell, Elixir, Lua.

The name is turned into a path, which is looked for as a suffix. Kotlin, PHP, C# and Elixir projects leave out
the first parts of it on disk (`com.example`, a vendor, the application), so those may be dropped, but only
down to two parts: a lone `Util` fits everywhere and means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from locant.indexer.graph.records import Place
from locant.indexer.graph.tree import FileTree, join, relative
from locant.indexer.syntax.records import Import

__all__ = ["resolve_csharp", "resolve_elixir", "resolve_haskell", "resolve_jvm", "resolve_lua", "resolve_php"]

MAX_WILDCARD_FILES = 12
"""`import a.b.*` of a larger package says nothing about any one file of it."""

MIN_KEPT_PARTS = 2

JVM_ENDINGS = (".java", ".kt", ".scala", ".groovy")
JVM_PLATFORM = ("java.", "javax.", "jdk.", "sun.", "kotlin.", "kotlinx.", "scala.", "android.", "androidx.")
"""Never shortened: `java.util.List` is not some `util/List.java`."""

WILDCARDS = ("*", "_", "given")

ELIXIR_ROOTS = ("lib", "test/support", "test", "web")
CAMEL_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def resolve_jvm(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """Types, members of types (`static`, companion, nested), else all files of a small package (`a.b.*`)."""
    parts = imported.module.removesuffix(".*").removesuffix("._").split(".")
    named = [name for name in imported.names if name not in WILDCARDS]
    wanted = [[*parts, name] for name in named] or [parts]
    may_shorten = not imported.module.startswith(JVM_PLATFORM)
    found = {i for name in wanted for i in _jvm_type(tree, place, name, may_shorten)}
    return found or (() if named else _jvm_package(tree, place, parts))


def resolve_csharp(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """`using static` and aliases, which name a type; a namespace alone is in no one file and gives no edge."""
    return _shortened(tree, place, imported.module.split("."), (".cs",))


def resolve_php(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """Namespaces by composer's PSR-4 prefixes, else by suffix; included files by their path."""
    if imported.module.endswith((".php", ".inc", ".phtml")):
        return _included(tree, place, imported.module.lstrip("/"))
    module = imported.module.strip("\\").replace("\\", "/")
    wanted = [f"{module}/{name.strip(chr(92))}" for name in imported.names] or [module]
    return {i for name in wanted for i in _php_class(tree, place, name.replace("\\", "/"))}


def resolve_haskell(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """`A.B.C` is `A/B/C.hs` below some source folder."""
    path = imported.module.replace(".", "/")
    return tree.find(path + ".hs", place.folder) or tree.find(path + ".lhs", place.folder)


def resolve_elixir(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """`MyApp.Accounts.User` is `my_app/accounts/user.ex` by convention; `alias A.{B, C}` names several."""
    wanted = [f"{imported.module}.{name}" for name in imported.names if name[:1].isupper()] or [imported.module]
    return {i for name in wanted for i in _elixir_module(tree, place, name)}


def resolve_lua(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """`require 'a.b'`: `a/b.lua` or `a/b/init.lua`, below the importer's folders or any source folder."""
    path = imported.module.replace(".", "/").strip("/")
    if imported.module.endswith(".lua"):
        path = imported.module[:-4]
    return tree.find(path + ".lua", place.folder) or tree.find(path + "/init.lua", place.folder)


def _jvm_type(tree: FileTree, place: Place, parts: list[str], may_shorten: bool) -> tuple[int, ...]:
    """The type that the longest part of the name means; what follows it are members and nested types."""
    for end in range(len(parts), max(len(parts) - 2, 1) - 1, -1):
        found = _shortened(tree, place, parts[:end], JVM_ENDINGS, may_shorten)
        if found:
            return found
    return ()


def _jvm_package(tree: FileTree, place: Place, parts: list[str]) -> Iterator[int]:
    folder = tree.find_folder("/".join(parts), place.folder)
    files = [i for i in tree.files_in(folder) if tree.paths[i].endswith(JVM_ENDINGS)] if folder else []
    if len(files) <= MAX_WILDCARD_FILES:
        yield from files


def _shortened(
    tree: FileTree, place: Place, parts: Sequence[str], endings: tuple[str, ...], may_shorten: bool = True
) -> tuple[int, ...]:
    """The name as a path suffix, whole at first, then without its first part, and so on."""
    endings = tuple(ending for ending in endings if tree.has_name(parts[-1] + ending))
    at_most = len(parts) - MIN_KEPT_PARTS if may_shorten and endings else 0
    for first in range(max(at_most, 0) + 1):
        suffix = "/".join(parts[first:])
        for ending in endings:
            found = tree.find(suffix + ending, place.folder)
            if found:
                return found
    return ()


def _php_class(tree: FileTree, place: Place, path: str) -> tuple[int, ...]:
    for prefix, folder in tree.manifests.php_prefixes:
        if path.startswith(prefix + "/") or not prefix:
            found = tree.first([join(folder, path[len(prefix) :].lstrip("/") + ".php")])
            if found:
                return found
    return _shortened(tree, place, path.split("/"), (".php",)) if "/" in path else ()


def _included(tree: FileTree, place: Place, path: str) -> tuple[int, ...]:
    beside = relative(place.folder, path)
    found = tree.first([beside]) if beside is not None else ()
    return found or tree.find(path.removeprefix("./"), place.folder)


def _elixir_module(tree: FileTree, place: Place, name: str) -> tuple[int, ...]:
    parts = [CAMEL_BORDER.sub("_", part).lower() for part in name.split(".")]
    if parts[:2] == ["mix", "tasks"]:
        parts = [*parts[:2], ".".join(parts[2:])]
    if len(parts) == 1:
        return tree.first(f"{root}/{parts[0]}.ex" for root in ELIXIR_ROOTS)
    return _shortened(tree, place, parts, (".ex", ".exs"))
