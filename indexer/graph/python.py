"""Python imports: source roots are the folders that are no packages themselves, as on a real `sys.path`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from locant.indexer.graph.records import Place
from locant.indexer.graph.tree import FileTree, join
from locant.indexer.syntax.records import Import

__all__ = ["resolve_python"]

MODULE_FILES = (".py", "/__init__.py", ".pyi", "/__init__.pyi", ".pyx")
"""Where a module may stand, best first; of `m.py` and `m/__init__.py` a repository holds one."""

ROOT_NAMES = frozenset({"src", "lib", "python"})
ROOT_MARKS = ("pyproject.toml", "setup.py", "setup.cfg")
"""A lone `name.py` far from the importer counts only in a folder of such a name, or beside such a file:
`import click` must not lead to `examples/click.py`."""


def resolve_python(tree: FileTree, place: Place, imported: Import) -> Iterator[int]:
    """The submodules that are named, and the module itself when something else is taken out of it."""
    base = _find_relative(tree, place, imported) if imported.level else _find_absolute(tree, place, imported.module)
    if not base:
        return
    submodules = [_submodule(tree, base, name) for name in imported.names]
    yield from (found for found in submodules if found is not None)
    module = _module_at(tree, base)
    if module is not None and (not imported.names or None in submodules):
        yield module


def _find_relative(tree: FileTree, place: Place, imported: Import) -> str | None:
    """Path of the module without its ending; the package's own folder for `from . import x`."""
    above = tree.above(place.folder)
    if imported.level > len(above):
        return None
    folder = above[imported.level - 1]
    return join(folder, imported.module.replace(".", "/")) if imported.module else folder or "."


def _find_absolute(tree: FileTree, place: Place, module: str) -> str | None:
    path = module.replace(".", "/")
    declared = _declared(tree, module)
    if declared or not tree.has_stem(path.rpartition("/")[2]):
        return declared
    found = _on_the_way_up(tree, place, path)
    if found or _is_standard(path):
        return found
    return _elsewhere(tree, place, path) or _repository_is_package(tree, path)


def _declared(tree: FileTree, module: str) -> str | None:
    for package, folder in tree.manifests.python_packages:
        if module == package or module.startswith(package + "."):
            base = join(folder, module[len(package) + 1 :].replace(".", "/")).rstrip("/")
            return base if _exists(tree, base) else None
    return None


def _on_the_way_up(tree: FileTree, place: Place, path: str) -> str | None:
    head = path.partition("/")[0]
    for root in tree.above(place.folder) if tree.has_stem(head) else ():
        base = join(root, path)
        if _exists(tree, base) and not tree.is_package(root):
            return base
    return None


def _elsewhere(tree: FileTree, place: Place, path: str) -> str | None:
    for ending in MODULE_FILES:
        roots = [found[: -len(path + ending)].rstrip("/") for found in tree.ending(path + ending)]
        alone = "/" not in path and not ending.startswith("/")
        files = [join(root, path + ending) for root in roots if _may_be_root(tree, root, alone)]
        near = tree.nearest(files, place.folder)
        if near:
            return tree.paths[near[0]][: -len(ending)]
    found_folder = tree.find_folder(path, place.folder) if "/" in path else None
    return found_folder if found_folder and not tree.is_package(found_folder[: -len(path)].rstrip("/")) else None


def _may_be_root(tree: FileTree, root: str, alone: bool) -> bool:
    if tree.is_package(root):
        return False
    marked = root.rpartition("/")[2] in ROOT_NAMES or any(join(root, mark) in tree.ids for mark in ROOT_MARKS)
    return marked if alone else True


def _repository_is_package(tree: FileTree, path: str) -> str | None:
    """A checkout whose root is the package itself, under whatever name it has there."""
    rest = path.partition("/")[2]
    return rest if rest and tree.is_package("") and _exists(tree, rest) else None


def _is_standard(path: str) -> bool:
    """Shadowed only from a folder above the importer, as when the script's own folder comes first."""
    return path.partition("/")[0] in sys.stdlib_module_names


def _exists(tree: FileTree, base: str) -> bool:
    return _module_at(tree, base) is not None or tree.has_folder(base)


def _submodule(tree: FileTree, base: str, name: str) -> int | None:
    return _module_at(tree, name if base == "." else f"{base}/{name}") if tree.has_stem(name) else None


def _module_at(tree: FileTree, base: str) -> int | None:
    return tree.ids.get("__init__.py") if base == "." else tree.stripped(MODULE_FILES).get(base)
