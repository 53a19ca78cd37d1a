"""The shape of the package: which folder may use which, and that what is declared is what is there."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import locant

ROOT = Path(__file__).resolve().parents[1]

FOLDERS = {
    "core": "locant",
    "indexer": "locant.indexer",
    "retriever": "locant.retriever",
    "agent_tools": "locant.agent_tools",
    "server": "locant.server",
    "eval": "locant.eval",
}
"""Folder -> the name that it imports as, of those that there are so far."""

LAYERS = (
    ("locant.types", "locant.errors", "locant.numeric"),
    ("locant.remote",),
    ("locant.indexer",),
    ("locant.retriever",),
    ("locant.refresh", "locant.jsontext", "locant.payloads", "locant.merging"),
    ("locant.contexts", "locant.localizing", "locant.searching", "locant.summarizing"),
    ("locant.kept_index",),
    ("locant.readable_index",),
    ("locant.facade",),
    ("locant",),
    ("locant.agent_tools",),
    ("locant.skills",),
    ("locant.server",),
    ("locant.eval",),
    ("locant.command", "locant.__main__"),
)
"""Lowest first: a module imports from its own layer and from those below."""

HEAVY = ("urllib3", "numpy", "typer", "rich", "tree_sitter", "pathspec", "filelock", "locant.facade", "locant.indexer")


def module_files() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder, name in FOLDERS.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = [name, *path.relative_to(ROOT / folder).with_suffix("").parts]
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


MODULES = module_files()
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imported(name: str, *, for_types: bool = True) -> Iterator[tuple[str, str]]:
    """Modules of ours that a module imports, anywhere in it, and what it takes out of each ('' for the module).

    Args:
        name: of the module.
        for_types: whether imports that only a type checker follows count.

    """
    guarded = set() if for_types else {id(inner) for node in ast.walk(TREES[name]) for inner in type_checking(node)}
    for node in ast.walk(TREES[name]):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.split(".")[0] == "locant")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "locant":
            assert node.module is not None
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield (inner, "") if inner in MODULES else (node.module, alias.name)


def type_checking(node: ast.AST) -> list[ast.stmt]:
    is_guard = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return node.body if is_guard and isinstance(node, ast.If) else []


def layer_of(module: str) -> int:
    candidates = [
        (len(prefix), number)
        for number, prefixes in enumerate(LAYERS)
        for prefix in prefixes
        if module == prefix or (module.startswith(f"{prefix}.") and prefix != "locant")
    ]
    assert candidates, f"{module} belongs to no layer: name it in LAYERS"
    return max(candidates)[1]


def above(module: str) -> set[str]:
    allowed = {"locant.facade"} if module == "locant" else set[str]()
    return {name for name, _ in imported(module) if layer_of(name) > layer_of(module)} - allowed


def test_a_module_imports_only_from_its_layer_and_below() -> None:
    assert {module: found for module in MODULES if (found := above(module))} == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    uses = {name: {other for other, _ in imported(name, for_types=False)} - {name} for name in MODULES}
    uses["locant"] = set()  # its attributes are imported on first use
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above[above.index(name) :], name))
        if name not in done:
            for other in sorted(uses.get(name, ())):
                visit(other, (*above, name))
            done.add(name)

    for name in sorted(uses):
        visit(name, ())


def test_no_private_name_is_imported_from_another_module() -> None:
    private = re.compile(r"_[^_]")
    taken = [(module, *found) for module in MODULES for found in imported(module)]
    assert [row for row in taken if any(private.match(part) for part in (*row[1].split("."), row[2]))] == []


def test_imports_are_absolute() -> None:
    froms = [
        (name, node) for name, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    ]
    assert [(name, node.lineno) for name, node in froms if node.level] == []


def test_what_a_module_exports_exists_and_is_public() -> None:
    wrong = []
    for module, tree in TREES.items():
        names = {name for node in tree.body if isinstance(node, ast.Assign) for name in exported(node)} - {
            "__version__"
        }
        defined = {name for node in ast.walk(tree) for name in bound(node)}
        wrong += [(module, name) for name in names if name not in defined or name.startswith("_")]
    assert wrong == []


def exported(node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.Assign):
        return []
    is_all = any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)
    return [str(name) for name in ast.literal_eval(node.value)] if is_all else []


def bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).split(".")[0]


def test_the_declared_packages_are_the_folders_with_code() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    table = text[text.index("[tool.setuptools]") :]
    declared = re.findall(
        r'"([\w.]+)"', table[table.index("packages = [") : table.index("]\n", table.index("packages"))]
    )
    present = [name for name, path in MODULES.items() if path.name == "__init__.py"]
    assert sorted(declared) == sorted(present)


def test_every_folder_with_modules_is_a_package() -> None:
    assert [name for name, path in MODULES.items() if not (path.parent / "__init__.py").is_file()] == []


def test_type_checkers_see_every_module_of_the_package() -> None:
    links = {path.name: path.resolve() for path in (ROOT / ".types" / "locant").iterdir()}
    core = {path.name: path for path in (ROOT / "core").iterdir() if path.name != "__pycache__"}
    others = {folder: ROOT / folder for folder in FOLDERS if folder != "core"}
    assert links == core | others


def test_the_public_names_are_few_and_lead_somewhere() -> None:
    assert sorted(locant.__all__) == ["Index", "__version__", "connect", "open"]
    assert all(getattr(locant, name) for name in locant.__all__)
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = locant.absent


def test_importing_the_package_imports_nothing_heavy() -> None:
    script = "import json, sys, locant, locant.types, locant.errors; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not set(json.loads(run.stdout)).intersection(HEAVY)
