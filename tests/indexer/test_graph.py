from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.machinery import PathFinder
from itertools import accumulate
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest
import rich
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from locant.indexer.graph import Resolver, in_degree, pagerank, propagate, resolve_imports
from locant.indexer.syntax.parse import parse_file
from locant.indexer.syntax.records import Import


def edges_of(files: Mapping[str, str], manifests: Mapping[str, str] | None = None) -> set[tuple[str, str]]:
    """Parse files, resolve their imports, and name the edges by path."""
    paths = sorted(files)
    parsed = [parse_file(path, files[path].encode()) for path in paths]
    edges = resolve_imports(paths, [p.language for p in parsed], [p.imports for p in parsed], manifests)
    return {(paths[i], paths[j]) for i, j in zip(edges.source, edges.target, strict=True)}


def targets_of(files: Mapping[str, str], path: str, manifests: Mapping[str, str] | None = None) -> set[str]:
    return {target for source, target in edges_of(files, manifests) if source == path}


def blank(*paths: str) -> dict[str, str]:
    return dict.fromkeys(paths, "")


def imports_that_python_would_follow(package: Path) -> set[tuple[str, str]]:
    """By importlib: each name of an import is a module, or else is taken out of one."""
    root = package.parent
    found = set()
    for path in sorted(package.rglob("*.py")):
        own = path.relative_to(root).with_suffix("").as_posix().split("/")
        for node in ast.walk(ast.parse(path.read_bytes())):
            for module in modules_of(node, own[:-1]):
                if module and module.partition(".")[0] == package.name:
                    origin = origin_of(module)
                    if origin and origin != path:
                        found.add((path.relative_to(root).as_posix(), origin.relative_to(root).as_posix()))
    return found


def modules_of(node: ast.AST, package: Sequence[str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    above = package[: len(package) - node.level + 1] if node.level else []
    module = ".".join([*above, *filter(None, [node.module])])
    inside = [f"{module}.{alias.name}" for alias in node.names]
    return [name for name in inside if origin_of(name)] + ([] if all(map(origin_of, inside)) else [module])


@cache
def origin_of(module: str) -> Path | None:
    """Where Python's own finder sees the module, without running its parents."""
    folders: Sequence[str] | None = None
    spec = None
    for part in accumulate(module.split("."), "{}.{}".format):
        spec = PathFinder.find_spec(part, folders)
        if spec is None:
            return None
        folders = spec.submodule_search_locations or []
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


@pytest.mark.parametrize("package", [rich, typer], ids=lambda module: module.__name__)
def test_imports_of_a_real_package_lead_where_python_would_go(package: ModuleType) -> None:
    folder = Path(package.__path__[0])
    files = {p.relative_to(folder.parent).as_posix(): p.read_text("utf-8") for p in folder.rglob("*.py")}
    assert edges_of(files) == imports_that_python_would_follow(folder)


def test_python_finds_packages_below_any_source_root_and_the_nearest_of_several() -> None:
    files = blank("one/src/app/models.py", "two/src/app/models.py", "one/src/app/__init__.py")
    files |= {"one/tests/test_m.py": "from app.models import M", "two/src/run.py": "import app.models"}
    assert targets_of(files, "one/tests/test_m.py") == {"one/src/app/models.py"}
    assert targets_of(files, "two/src/run.py") == {"two/src/app/models.py"}


def test_python_does_not_take_a_module_inside_a_package_for_a_library_of_that_name() -> None:
    files = blank("pkg/__init__.py", "pkg/logging.py", "pkg/redis.py", "examples/click.py")
    files["pkg/core.py"] = "import logging, redis, click"
    assert edges_of(files) == set()


def test_python_follows_relative_levels_and_takes_submodules_before_the_package() -> None:
    files = blank("p/__init__.py", "p/a.py", "p/q/__init__.py", "p/q/b.py")
    files["p/q/c.py"] = "from . import b\nfrom .. import a, VERSION\nfrom .b import x\nfrom .... import beyond"
    assert targets_of(files, "p/q/c.py") == {"p/q/b.py", "p/a.py", "p/__init__.py"}


def test_python_packages_that_setuptools_maps_to_other_folders_are_found() -> None:
    manifest = '[tool.setuptools.package-dir]\n"tool" = "core"\n"tool.parts" = "parts"\n\n[tool.other]\n"tool" = "no"\n'
    files = blank("core/__init__.py", "core/errors.py", "parts/__init__.py", "parts/x.py")
    files["parts/y.py"] = "from tool.errors import E\nimport tool.parts.x\nfrom tool import thing"
    found = targets_of(files, "parts/y.py", {"pyproject.toml": manifest})
    assert found == {"core/errors.py", "parts/x.py", "core/__init__.py"}


def test_a_name_that_fits_more_than_three_places_gives_no_edge() -> None:
    three = blank(*(f"m{i}/com/acme/Util.java" for i in range(3)))
    four = three | blank("m3/com/acme/Util.java")
    importer = {"app/Main.java": "import com.acme.Util;"}
    assert len(edges_of(three | importer)) == 3
    assert edges_of(four | importer) == set()


SMALL_TREES: dict[str, tuple[dict[str, str], set[str]]] = {
    "src/app/main.ts": (
        {
            "src/app/main.ts": 'import "./a"; import b from "../lib"; import c from "./c.js"; import d from "@/lib/d";'
            'import r from "react"; export * from "./missing"; const e = require("src/lib/e");'
        }
        | blank("src/app/a.tsx", "src/lib/index.ts", "src/app/c.ts", "src/lib/d.js", "src/lib/e.cjs", "src/react.ts"),
        {"src/app/a.tsx", "src/lib/index.ts", "src/app/c.ts", "src/lib/d.js", "src/lib/e.cjs"},
    ),
    "app/src/main/java/com/acme/App.java": (
        {
            "app/src/main/java/com/acme/App.java": "import com.acme.util.Text;\nimport static com.acme.Deep.Inner.of;\n"
            "import com.acme.small.*;\nimport java.util.List;\n"
        }
        | blank("lib/src/com/acme/util/Text.java", "lib/src/com/acme/Deep.java", "lib/src/com/acme/small/A.java")
        | blank("app/src/main/java/com/acme/Same.java", "x/util/List.java"),
        {"lib/src/com/acme/util/Text.java", "lib/src/com/acme/Deep.java", "lib/src/com/acme/small/A.java"},
    ),
    "src/main/kotlin/app/Main.kt": (
        {"src/main/kotlin/app/Main.kt": "import com.acme.net.Client\nimport com.acme.net.Client.Companion.make\n"}
        | blank("src/main/kotlin/net/Client.kt", "src/main/kotlin/app/Other.kt"),
        {"src/main/kotlin/net/Client.kt"},
    ),
    "crates/app/src/net/http.rs": (
        {
            "crates/app/src/net/http.rs": "use crate::config::Config;\nuse super::tcp::{Stream, self};\n"
            "use self::body::B;\n"
            "use acme_util::text::trim;\nuse std::fmt;\nmod parse;\nuse crate::Root;\nmod t { use super::*; }\n"
        }
        | blank("crates/app/src/lib.rs", "crates/app/src/config.rs", "crates/app/src/net/mod.rs")
        | blank("crates/app/src/net/tcp.rs", "crates/app/src/net/http/body.rs", "crates/app/src/net/http/parse.rs")
        | blank("crates/app/Cargo.toml", "crates/acme-util/Cargo.toml", "crates/acme-util/src/text/mod.rs"),
        {
            "crates/app/src/config.rs",
            "crates/app/src/net/tcp.rs",
            "crates/app/src/net/http/body.rs",
            "crates/app/src/net/http/parse.rs",
            "crates/acme-util/src/text/mod.rs",
            "crates/app/src/lib.rs",
        },
    ),
    "src/core/a.c": (
        {"src/core/a.c": '#include "a.h"\n#include <acme/api.h>\n#include <string.h>\n#include "../util/u.h"\n'}
        | blank("src/core/a.h", "include/acme/api.h", "compat/string.h", "src/util/u.h"),
        {"src/core/a.h", "include/acme/api.h", "src/util/u.h"},
    ),
    "lib/acme/app.rb": (
        {
            "lib/acme/app.rb": 'require "acme/net/http"\nrequire_relative "util"\nrequire_relative "../x"\n'
            'require "json"\n'
        }
        | blank("lib/acme/net/http.rb", "lib/acme/util.rb", "lib/x.rb", "lib/acme/json.rb"),
        {"lib/acme/net/http.rb", "lib/acme/util.rb", "lib/x.rb"},
    ),
    "src/Http/App.php": (
        {"src/Http/App.php": "<?php\nuse Acme\\Net\\Client;\nuse Acme\\Text\\{Trim, Pad as P};\nuse Other\\Client;\n"}
        | blank("src/Net/Client.php", "src/Text/Trim.php", "src/Text/Pad.php"),
        {"src/Net/Client.php", "src/Text/Trim.php", "src/Text/Pad.php"},
    ),
    "lua/app/init.lua": (
        {"lua/app/init.lua": 'local a = require("app.a")\nlocal b = require "app.b"\nrequire("socket")\n'}
        | blank("lua/app/a.lua", "lua/app/b/init.lua"),
        {"lua/app/a.lua", "lua/app/b/init.lua"},
    ),
    "lib/my_app/web.ex": (
        {"lib/my_app/web.ex": "alias MyApp.HTTPClient\nalias MyApp.Accounts.{User, Team}\nimport Enum\n"}
        | blank("lib/my_app/http_client.ex", "lib/my_app/accounts/user.ex", "lib/my_app/accounts/team.ex"),
        {"lib/my_app/http_client.ex", "lib/my_app/accounts/user.ex", "lib/my_app/accounts/team.ex"},
    ),
    "src/App/Main.hs": (
        {"src/App/Main.hs": "module App.Main where\nimport qualified App.Net.Http as H\nimport Data.Map (Map)\n"}
        | blank("src/App/Net/Http.hs"),
        {"src/App/Net/Http.hs"},
    ),
    "src/main.zig": (
        {"src/main.zig": 'const std = @import("std");\nconst a = @import("a/b.zig");\n'}
        | blank("src/a/b.zig", "src/std.zig"),
        {"src/a/b.zig"},
    ),
    "bin/run.sh": (
        {"bin/run.sh": 'source "$(dirname "$0")/lib.sh"\n. ./env.sh\nsource "$ROOT/tools/log.sh"\n'}
        | blank("bin/lib.sh", "bin/env.sh", "tools/log.sh"),
        {"bin/lib.sh", "bin/env.sh", "tools/log.sh"},
    ),
    "docs/index.md": (
        {"docs/index.md": "[a](a.md#top) [b](../README.md) [c](guide) [d](https://example.org/a.md)\n"}
        | blank("docs/a.md", "README.md", "docs/guide/index.md"),
        {"docs/a.md", "README.md", "docs/guide/index.md"},
    ),
    "docs/index.rst": (
        {"docs/index.rst": ".. toctree::\n\n   intro\n   api/core\n\n.. include:: ../NEWS.rst\n"}
        | blank("docs/intro.rst", "docs/api/core.rst", "NEWS.rst"),
        {"docs/intro.rst", "docs/api/core.rst", "NEWS.rst"},
    ),
    "web/index.html": (
        {"web/index.html": '<script src="js/a.js"></script><link href="/web/c.css"><a href="//example.org/b">b</a>'}
        | blank("web/js/a.js", "web/c.css"),
        {"web/js/a.js", "web/c.css"},
    ),
    "css/main.scss": (
        {"css/main.scss": '@use "vars";\n@import "parts/grid";\n@import url("https://example.org/x.css");\n'}
        | blank("css/_vars.scss", "css/parts/_grid.scss"),
        {"css/_vars.scss", "css/parts/_grid.scss"},
    ),
}


@pytest.mark.parametrize("path", SMALL_TREES)
def test_imports_lead_to_files_of_the_same_tree_only(path: str) -> None:
    files, expected = SMALL_TREES[path]
    assert targets_of(files, path) == expected


GO_FILES = {
    "cmd/run/main.go": 'package main\nimport (\n "fmt"\n "example.org/m/net"\n "github.com/other/errors"\n)\n',
    **blank("net/a.go", "net/b.go", "net/a_test.go", "errors/e.go", "fmt/f.go"),
}


def test_a_go_import_means_the_source_files_of_a_folder_of_this_module() -> None:
    found = targets_of(GO_FILES, "cmd/run/main.go", {"go.mod": "module example.org/m\n\ngo 1.22\n"})
    assert found == {"net/a.go", "net/b.go"}


def test_a_go_package_of_many_files_is_linked_by_the_file_that_bears_its_name() -> None:
    many = GO_FILES | blank("net/net.go", *(f"net/x{i}.go" for i in range(20)))
    assert targets_of(many, "cmd/run/main.go", {"go.mod": "module example.org/m"}) == {"net/net.go"}


def test_packages_of_a_javascript_workspace_are_known_by_the_name_in_their_manifest() -> None:
    files = {"apps/web/main.js": 'import a from "@acme/kit"; import b from "@acme/kit/deep/x"; import c from "kit";'}
    files |= blank("packages/toolkit/src/index.ts", "packages/toolkit/src/deep/x.ts", "kit/index.js")
    found = targets_of(files, "apps/web/main.js", {"packages/toolkit/package.json": '{"name": "@acme/kit"}'})
    assert found == {"packages/toolkit/src/index.ts", "packages/toolkit/src/deep/x.ts"}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": 3}', "[" * 100_000, '{"autoload": {"psr-4": 1}}'])
def test_a_manifest_that_cannot_be_read_is_passed_over(text: str) -> None:
    files = {"a.js": 'import "./b"'} | blank("b.js")
    manifests = dict.fromkeys(["package.json", "composer.json", "go.mod", "pyproject.toml"], text)
    assert edges_of(files, manifests) == {("a.js", "b.js")}


SEGMENTS = st.sampled_from(["a", "b", "pkg", "src", "index", "mod", "..", ".", "", "*", "@", "x.y", "\\", "::"])
LANGUAGES = st.sampled_from(["python", "typescript", "java", "go", "rust", "c", "ruby", "php", "elixir", "bash", "css"])
PATHS = st.lists(
    st.builds(
        "{}/{}.{}".format,
        st.sampled_from(["a", "b", "src/a", "pkg"]),
        st.sampled_from(["a", "b", "index", "__init__", "mod"]),
        st.sampled_from(["py", "ts", "java", "go", "rs", "h", "rb", "php", "ex", "sh", "css"]),
    ),
    min_size=1,
    max_size=12,
    unique=True,
)
IMPORTS = st.lists(
    st.builds(
        Import,
        st.builds(str.join, st.sampled_from([".", "/", "::", "\\", ""]), st.lists(SEGMENTS, max_size=4)),
        st.lists(SEGMENTS, max_size=2).map(tuple),
        st.just(1),
        st.integers(0, 4),
    ),
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), paths=PATHS)
def test_a_resolver_that_has_seen_other_files_answers_as_one_that_has_not(
    data: st.DataObject, paths: list[str]
) -> None:
    languages = [data.draw(LANGUAGES) for _ in paths]
    before = [data.draw(IMPORTS) for _ in paths]
    after = [data.draw(st.one_of(st.just(row), IMPORTS)) for row in before]
    used = Resolver(paths, languages)
    for rows in (before, after):
        kept = [used.resolve(i, row) for i, row in enumerate(rows)]
    assert kept == [Resolver(paths, languages).resolve(i, row) for i, row in enumerate(after)]
    edges = resolve_imports(paths, languages, after)
    assert list(zip(edges.source, edges.target, strict=True)) == [(i, j) for i, row in enumerate(kept) for j in row]
    assert not np.any(edges.source == edges.target)


Indices = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Graph = tuple[int, Indices, Indices, Floats, Floats]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    n = draw(st.integers(1, 8))
    pairs = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=20))
    source, target = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    weights = np.array(draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=len(pairs), max_size=len(pairs))))
    preference = np.array(draw(st.lists(st.sampled_from([0.0, 1.0, 5.0]), min_size=n, max_size=n)))
    return n, source, target, weights, preference


@settings(max_examples=60, deadline=None)
@given(graph=graphs())
def test_pagerank_is_the_solution_of_its_linear_system(graph: Graph) -> None:
    n, source, target, weights, preference = graph
    teleport = preference / preference.sum() if preference.sum() else np.full(n, 1 / n)
    matrix = np.zeros((n, n))
    np.add.at(matrix, (source, target), weights)
    outgoing = matrix.sum(axis=1)
    matrix = np.where(outgoing[:, None] > 0, matrix / np.where(outgoing > 0, outgoing, 1)[:, None], teleport)
    exact = np.linalg.solve(np.eye(n) - 0.85 * matrix.T, 0.15 * teleport)
    found = pagerank(n, source, target, weights, preference)
    assert found == pytest.approx(exact, abs=1e-6)
    assert found.sum() == pytest.approx(1.0)
    assert np.array_equal(found, pagerank(n, source, target, weights, preference))


@settings(max_examples=50, deadline=None)
@given(graph=graphs())
def test_propagation_is_one_step_of_the_degree_normalised_matrix_each_way(graph: Graph) -> None:
    n, source, target, _, scores = graph
    matrix = np.zeros((n, n))
    np.add.at(matrix, (source, target), 1.0)
    root = [np.sqrt(np.maximum(matrix.sum(axis=axis), 1)) for axis in (1, 0)]
    normalised = matrix / root[0][:, None] / root[1][None, :]
    forward, backward = propagate(scores, source, target, n)
    assert forward == pytest.approx(normalised.T @ scores)
    assert backward == pytest.approx(normalised @ scores)
    assert in_degree(n, target).tolist() == matrix.sum(axis=0).tolist()


def test_a_graph_without_files_has_no_ranks() -> None:
    nothing = np.zeros(0, dtype=np.int32)
    assert pagerank(0, nothing, nothing).tolist() == []
    assert len(resolve_imports([], [], []).source) == 0
