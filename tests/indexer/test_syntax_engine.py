"""The engine agrees with Python's own parser, and no input makes it fail."""

from __future__ import annotations

import argparse
import ast
import asyncio.base_events
import dataclasses
import json.decoder
from pathlib import Path
from types import ModuleType

import pytest

from locant.indexer.syntax.engine import extract
from locant.indexer.syntax.languages import LANGUAGES, detect_language, language_named
from locant.indexer.syntax.parse import parse_file

DEFINITION_KINDS = {"function", "method", "class"}


def expected_definitions(tree: ast.Module) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    stack: list[tuple[ast.AST, str]] = [(tree, "")]
    while stack:
        node, outer = stack.pop()
        name = outer
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{outer}.{node.name}" if outer else node.name
            found.append((name, node.lineno))
        stack.extend((child, name) for child in ast.iter_child_nodes(node))
    return sorted(found)


def expected_calls(tree: ast.Module) -> set[tuple[str, int]]:
    """Calls by name, and decorators without brackets, which call as well."""
    found = set()
    for node in ast.walk(tree):
        functions = [node.func] if isinstance(node, ast.Call) else getattr(node, "decorator_list", [])
        for function in functions:
            if isinstance(function, ast.Name):
                found.add((function.id, function.lineno))
            elif isinstance(function, ast.Attribute):
                found.add((function.attr, function.end_lineno or 0))
    return found


@pytest.mark.parametrize(
    "module", [argparse, asyncio.base_events, dataclasses, json.decoder], ids=lambda module: module.__name__
)
def test_python_definitions_and_calls_equal_those_of_ast(module: ModuleType) -> None:
    assert module.__file__ is not None
    source = Path(module.__file__).read_bytes()
    tree = ast.parse(source)
    parsed = parse_file("a.py", source)
    found = sorted((d.qualified_name, d.start_line) for d in parsed.definitions if d.kind in DEFINITION_KINDS)
    assert found == expected_definitions(tree)
    calls = {(r.name, r.line) for r in parsed.references if r.kind == "call"}
    inherited = {(r.name, r.line) for r in parsed.references if r.kind == "inherit"}
    assert calls | inherited >= expected_calls(tree)
    assert calls <= expected_calls(tree)


@pytest.mark.parametrize("name", [language.name for language in LANGUAGES if language.grammar])
def test_every_query_compiles_and_reads_nothing_out_of_nothing(name: str) -> None:
    language = language_named(name)
    assert language is not None
    extraction = extract(b"", language)
    assert (extraction.definitions, extraction.references, extraction.imports) == ((), (), ())


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.py", b"x = " + b"[" * 100_000 + b"]" * 100_000),
        ("a.js", b"f(" * 40_000 + b")" * 40_000),
        ("a.js", b"(" * 100_000),
        ("a.c", b"int f() {" + b"{\n" * 20_000 + b"}" * 20_000),
        ("a.cpp", b"namespace a {\n" * 3_000 + b"}\n" * 3_000),
        ("a.java", b"\x00\xff\xfe" * 10_000),
    ],
    ids=["brackets", "calls", "unclosed", "blocks", "namespaces", "noise"],
)
def test_hostile_nesting_is_read_without_recursion(path: str, source: bytes) -> None:
    parsed = parse_file(path, source)
    assert parsed.chunks
    assert max((len(d.qualified_name) for d in parsed.definitions), default=0) < 200


def test_a_file_of_another_language_gets_line_chunks_and_says_so() -> None:
    parsed = parse_file("a.py", b"((((<<<< ??? >>>> %% {{ }} !! \n" * 50)
    assert {chunk.kind for chunk in parsed.chunks} == {"lines"}
    assert "syntax errors" in parsed.note


def test_some_syntax_errors_are_noted_and_the_rest_is_kept() -> None:
    parsed = parse_file("a.py", b"def good():\n    return 1\n\ndef = = 3\n\nclass Fine:\n    pass\n")
    assert {"good", "Fine"} <= {d.name for d in parsed.definitions}
    assert "syntax error" in parsed.note


def test_an_unknown_extension_is_plain_text() -> None:
    assert parse_file("notes.unheard", b"hello\n").language == "text"


@pytest.mark.parametrize(
    ("path", "head", "name"),
    [
        ("a/b.py", b"", "python"),
        ("x.h", b"int a;", "c"),
        ("x.h", b"#pragma once\nnamespace a {", "cpp"),
        ("x.C", b"", "cpp"),
        ("run", b"#!/usr/bin/env python3.11\n", "python"),
        ("run", b"#!/usr/bin/env -S FOO=1 node --x\n", "javascript"),
        ("run", b"#!/bin/bash -e\n", "bash"),
        ("lib/Rakefile", b"", "ruby"),
        ("Dockerfile.dev", b"", "text"),
        ("App.TSX", b"", "tsx"),
    ],
)
def test_a_language_is_known_by_extension_name_or_interpreter(path: str, head: bytes, name: str) -> None:
    language = detect_language(path, head)
    assert language is not None
    assert language.name == name


def test_no_extension_or_file_name_belongs_to_two_languages() -> None:
    keys = [key for language in LANGUAGES for key in (*language.extensions, *language.filenames)]
    assert sorted(keys) == sorted(set(keys))
