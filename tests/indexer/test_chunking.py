"""Chunks are in order, disjoint, cover every line that is not blank, and follow the tree."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locant.indexer.syntax.chunking import MAX_CHUNK_BYTES
from locant.indexer.syntax.parse import parse_file
from locant.indexer.syntax.records import ParsedFile

PIECES = st.sampled_from(
    [
        "def f(a):\n    return a\n", "class A(B):\n", "    x = 1\n", "    def m(self):\n        pass\n", "\n",
        "# note\n",
        "@dec\n", "if x:\n", "    y = [\n", "]\n", "é = 'ü'\n", "}\n", "void f() {\n", "x = 1", " ", "\t", "  \r\n",
        "int a; int b; void g() { h(); }\n", "l = " + "x" * 9_000 + "\n",
        "\n" * 30, "z = 2\n" * 70, "'''\n", "/* */\n",
    ]
)  # fmt: skip


def assert_law(source: bytes, parsed: ParsedFile) -> None:
    end = 0
    for chunk in parsed.chunks:
        assert end <= chunk.start_byte < chunk.end_byte <= len(source)
        assert chunk.end_byte - chunk.start_byte <= MAX_CHUNK_BYTES
        assert not source[end : chunk.start_byte].strip()
        assert source[: chunk.start_byte].count(b"\n") + 1 == chunk.start_line
        assert source[: chunk.end_byte - 1].count(b"\n") + 1 == chunk.end_line
        end = chunk.end_byte
    assert not source[end:].strip()


def names(parsed: ParsedFile) -> list[tuple[str, str]]:
    return [
        (chunk.kind, parsed.definitions[chunk.definition].qualified_name if chunk.definition >= 0 else "")
        for chunk in parsed.chunks
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25), st.sampled_from(["a.py", "a.c", "a.cpp", "a.js", "a.java"]))
def test_any_mixture_of_pieces_obeys_the_law(pieces: list[str], path: str) -> None:
    source = "".join(pieces).encode()
    assert_law(source, parse_file(path, source))


def test_real_files_obey_the_law() -> None:
    for path in sorted(Path(inspect.__file__).parent.glob("*.py"))[:60]:
        source = path.read_bytes()
        if b"\f" not in source:  # bytes.strip counts it as space, and so does the chunker: nothing to compare
            assert_law(source, parse_file("a.py", source))


def body(n_lines: int) -> str:
    return "".join(
        f"        value_{i} = compute_something(self.table, {i}, 'of some length')\n" for i in range(n_lines)
    )


def test_a_method_is_a_chunk_with_its_decorators_and_comment() -> None:
    source = (
        f"import os\n\nclass A:\n    '''{'word ' * 60}'''\n\n    # says why\n    @cached\n    def m(self):\n{body(6)}"
    )
    parsed = parse_file("a.py", source.encode())
    assert names(parsed) == [("module", ""), ("class", "A"), ("function", "A.m")]
    assert (parsed.chunks[2].start_line, parsed.definitions[1].start_line) == (6, 8)


def test_a_long_function_is_split_at_statement_borders_into_balanced_pieces() -> None:
    blocks = "".join(f"    if x == {i}:\n        a = {i}\n        b = a\n        c = b\n" for i in range(50))
    parsed = parse_file("a.py", f"def f(x):\n{blocks}".encode())
    assert [chunk.kind for chunk in parsed.chunks] == ["function"] * 3
    assert all((chunk.start_line - 2) % 4 == 0 for chunk in parsed.chunks[1:])
    assert all(50 <= chunk.end_line - chunk.start_line <= 80 for chunk in parsed.chunks)


def test_a_nested_function_stays_with_the_outer_one_unless_that_is_long() -> None:
    inner = "    def inner():\n" + body(8)
    short = parse_file("a.py", f"def outer():\n{inner}    return inner\n".encode())
    assert names(short) == [("function", "outer")]
    long = parse_file("a.py", f"def outer():\n{inner}{body(100).replace('        ', '    ')}".encode())
    assert ("function", "outer.inner") in names(long)


def test_tiny_neighbours_share_a_chunk() -> None:
    getters = "".join(f"    def get_{i}(self):\n        return {i}\n" for i in range(6))
    parsed = parse_file("a.py", f"class A:\n{getters}".encode())
    assert names(parsed) == [("class", "A")]


def test_closing_brackets_belong_to_what_they_close() -> None:
    method = "    void m() {\n" + "        step();\n" * 20 + "    }\n"
    parsed = parse_file("A.java", f"class A {{\n{method}}}\n".encode())
    assert parsed.chunks[-1].end_line == 24
    assert names(parsed)[-1] == ("function", "A.m")


def test_a_huge_line_is_split_by_bytes_and_the_pieces_share_its_number() -> None:
    source = ("x = '" + "äb" * 20_000 + "'\n").encode()
    parsed = parse_file("a.py", source)
    assert {chunk.start_line for chunk in parsed.chunks} == {1}
    assert len(parsed.chunks) == -(-len(source) // MAX_CHUNK_BYTES)
    for chunk in parsed.chunks:
        source[chunk.start_byte : chunk.end_byte].decode("utf-8")


@pytest.mark.parametrize("source", [b"", b"\n\n", b" \n\t\n"])
def test_blank_files_have_no_chunks(source: bytes) -> None:
    assert parse_file("a.py", source).chunks == ()
