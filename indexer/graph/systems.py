"""Go, Rust, C, C++, Zig, Ruby and Bash: packages as folders, module trees, and included paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from locant.indexer.graph.records import Place
from locant.indexer.graph.tree import FileTree, join, relative
from locant.indexer.syntax.records import Import

__all__ = ["resolve_bash", "resolve_c", "resolve_go", "resolve_ruby", "resolve_rust", "resolve_zig"]

MAX_PACKAGE_FILES = 12
"""A Go import means a folder. Of one with more files only the file that bears its name is linked."""

C_STANDARD_NAMES = (
    "assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic"
    " stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar unistd wchar wctype"
)
C_STANDARD_HEADERS = frozenset(f"{name}.h" for name in C_STANDARD_NAMES.split())
"""Taken for the system's, unless one stands beside the file that includes it."""

RUBY_STANDARD_NAMES = (
    "abbrev base64 benchmark bigdecimal cgi coverage csv date delegate digest English erb etc fiddle fileutils find"
    " forwardable getoptlong io ipaddr json logger matrix monitor mutex_m net objspace observer open3 openssl optparse"
    " ostruct pathname pp prime pstore psych rbconfig readline rexml ripper securerandom set shellwords singleton"
    " socket stringio strscan tempfile time timeout tmpdir tsort uri weakref yaml zlib"
)
RUBY_STANDARD_LIBRARY = frozenset(RUBY_STANDARD_NAMES.split())

CRATE_ROOTS = ("lib.rs", "main.rs")
RUST_MODULE_FILES = (*CRATE_ROOTS, "mod.rs")
SHELL_ENDINGS = ("", ".sh", ".bash")
SHELL_PREFIX = re.compile(r"^[\"']?(?:\$\([^)]*\)|\$\{[^}]*\}|\$\w+|~)[\"']?/")
"""A folder that only the running script knows, as in `$(dirname "$0")/lib.sh`; the query files may drop it, but not
the slash, so that a leading slash is taken for such a folder too."""


def resolve_go(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """The files of the package's folder, tests left out."""
    folder = _go_folder(tree, place, imported.module)
    if folder is None:
        return ()
    files = [i for i in tree.files_in(folder) if _is_go_source(tree.paths[i])]
    if len(files) <= MAX_PACKAGE_FILES:
        return files
    name = folder.rpartition("/")[2] or imported.module.rpartition("/")[2]
    return tree.first([join(folder, name + ".go"), join(folder, "doc.go")])


def resolve_c(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """Beside the includer, then below the folders above it or their `include`, then by suffix."""
    module = imported.module.strip("<>\"' ")
    beside = relative(place.folder, module)
    found = tree.first([beside]) if beside is not None else ()
    if found or module in C_STANDARD_HEADERS or not module:
        return found
    plain = module.lstrip("./")
    return tree.below_ancestor(join("include", plain), place.folder) or tree.find(plain, place.folder)


def resolve_zig(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """`@import("x.zig")` is relative; a bare name is a package, whose root is `src/root.zig` or `name.zig`."""
    if imported.module.endswith((".zig", ".zon")):
        path = relative(place.folder, imported.module)
        return tree.first([path]) if path is not None else ()
    return ()


def resolve_ruby(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """Below a `lib` of the repository, then beside the file, then by suffix; `./x` only beside the file.

    Whether `require` or `require_relative` was written is not recorded, so a lone name that the standard library
    has is taken for the library's.
    """
    path = imported.module.removesuffix(".rb")
    beside = relative(place.folder, path)
    near = tree.first([f"{beside}.rb"]) if beside is not None else ()
    if path.startswith(".") or not path:
        return near
    in_lib = tree.below_ancestor(f"lib/{path}.rb", place.folder) or tree.nearest(
        tree.ending(f"lib/{path}.rb"), place.folder
    )
    if in_lib or path in RUBY_STANDARD_LIBRARY:
        return in_lib
    return near or (tree.find(path + ".rb", place.folder) if "/" in path else ())


def resolve_bash(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """`source x`, with or without a leading folder that is a variable."""
    path = imported.module.strip("\"' ")
    plain = SHELL_PREFIX.sub("", path).lstrip("/")
    if not plain or "$" in plain:
        return ()
    beside = relative(place.folder, plain)
    near = tree.first(beside + ending for ending in SHELL_ENDINGS) if beside is not None else ()
    return near or tree.find(plain.lstrip("./"), place.folder)


def resolve_rust(tree: FileTree, place: Place, imported: Import) -> Iterable[int]:
    """`mod x;`, and `use` of paths of this crate or of a crate of the workspace.

    `use super::*` is left out: nearly all of them stand in a `mod tests` inside the file that they mean.
    """
    if (imported.module, imported.names) == ("super", ("*",)):
        return ()
    parts = [part for part in imported.module.split("::") if part]
    if not parts:
        return {i for name in imported.names for i in _rust_path(tree, place, name.split("::"))}
    names = [name.split("::") for name in imported.names if name and name not in ("*", "self")]
    wanted = [[*parts, *name] for name in names] or [parts]
    return {i for path in wanted for i in _rust_path(tree, place, path)}


def _go_folder(tree: FileTree, place: Place, module: str) -> str | None:
    if module.startswith("."):
        return relative(place.folder, module)
    for name, folder in tree.manifests.go_modules:
        if module == name or module.startswith(name + "/"):
            return join(folder, module[len(name) + 1 :]).rstrip("/")
    if tree.manifests.go_modules or "." not in module.partition("/")[0]:
        return None
    return _go_folder_by_suffix(tree, place, module.split("/"))


def _go_folder_by_suffix(tree: FileTree, place: Place, parts: list[str]) -> str | None:
    """Without `go.mod`: the module path is taken to be host, owner and name, or as much as leaves a folder."""
    for first in range(1, len(parts)):
        rest = "/".join(parts[first:])
        for root in tree.above(place.folder):
            if tree.files_in(join(root, rest)):
                return join(root, rest)
    return None


def _is_go_source(path: str) -> bool:
    return path.endswith(".go") and not path.endswith("_test.go")


def _rust_path(tree: FileTree, place: Place, parts: list[str]) -> tuple[int, ...]:
    head, rest = parts[0], parts[1:]
    if head == "crate":
        root = _crate_root(tree, place.folder)
        return _rust_module(tree, root, rest) if root is not None else ()
    if head in ("self", "super"):
        return _rust_upwards(tree, place, parts)
    own = _rust_folder(place)
    return (
        _rust_child(tree, own, head, rest)
        or _rust_child(tree, place.folder, head, rest)
        or _rust_crate(tree, head, rest)
    )


def _rust_upwards(tree: FileTree, place: Place, parts: list[str]) -> tuple[int, ...]:
    folder = _rust_folder(place)
    while parts and parts[0] in ("self", "super"):
        folder = folder.rpartition("/")[0] if parts[0] == "super" else folder
        parts = parts[1:]
    return _rust_module(tree, folder, parts)


def _rust_child(tree: FileTree, folder: str, head: str, rest: list[str]) -> tuple[int, ...]:
    """A module that is a child of the one whose children stand in `folder`; nothing when there is no such child."""
    if not tree.first(_rust_files(join(folder, head))):
        return ()
    return _rust_module(tree, folder, [head, *rest])


def _rust_crate(tree: FileTree, name: str, rest: list[str]) -> tuple[int, ...]:
    folders = [*tree.ending(f"{name}/Cargo.toml"), *tree.ending(f"{name.replace('_', '-')}/Cargo.toml")]
    if len(set(folders)) != 1:
        return ()
    return _rust_module(tree, join(folders[0].rpartition("/")[0], "src"), rest)


def _rust_module(tree: FileTree, folder: str, parts: list[str]) -> tuple[int, ...]:
    """The deepest module on the path that is a file; the last parts are items in it."""
    for end in range(len(parts), 0, -1):
        found = tree.first(_rust_files(join(folder, "/".join(parts[:end]))))
        if found:
            return found
    return tree.first((join(folder, "mod.rs"), folder + ".rs", *(join(folder, name) for name in CRATE_ROOTS)))


def _rust_files(base: str) -> Iterator[str]:
    yield base + ".rs"
    yield base + "/mod.rs"


def _rust_folder(place: Place) -> str:
    """Where the children of this file's module stand: `src/a.rs` has them in `src/a/`, `mod.rs` beside itself."""
    name = place.path.rpartition("/")[2]
    return place.folder if name in RUST_MODULE_FILES else join(place.folder, name.removesuffix(".rs"))


def _crate_root(tree: FileTree, folder: str) -> str | None:
    for above in tree.above(folder):
        if any(join(above, name) in tree.ids for name in CRATE_ROOTS):
            return above
        if join(above, "Cargo.toml") in tree.ids:
            return join(above, _part_below(above, folder) or "src")
    return None


def _part_below(above: str, folder: str) -> str:
    """First part of `folder` below `above`: `tests/` and `benches/` of a package are crates of their own."""
    return folder[len(above) :].strip("/").partition("/")[0]
