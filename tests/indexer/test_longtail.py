"""The long tail of languages: what is read with the extra installed, and that all is well without it."""

from __future__ import annotations

import sys

import pytest

from locant.indexer.syntax.chunking import chunk_source
from locant.indexer.syntax.longtail import available, extract_longtail, longtail_language
from locant.indexer.syntax.longtail_table import LONGTAIL

needs_grammars = pytest.mark.skipif(not available(), reason="the extra locant[languages] is not installed")
without_grammars = pytest.mark.skipif(available(), reason="the extra locant[languages] is installed")

# Grammar -> source, its definitions as kind:name, some of its calls.
SAMPLES = {
    "ada": (
        "procedure Hello is\n   function Add (A : Integer) return Integer is\n   begin\n      return A;\n   end Add;\n"
        'begin\n   Put_Line ("x");\nend Hello;\n',
        "function:Hello function:Hello.Add",
        {"Put_Line"},
    ),
    "clojure": (
        "(ns my.app)\n(defn greet [x] (join x))\n(defmacro twice [x] x)\n(defrecord Point [a])\n",
        "module:my.app function:greet macro:twice struct:Point",
        {"join"},
    ),
    "dart": (
        "class C extends B {\n  C(this.x);\n  int m(int a) { return 1; }\n}\nmixin M { void q() {} }\nvoid main() {}\n",
        "class:C constructor:C.C method:C.m trait:M method:M.q function:main",
        set(),
    ),
    "erlang": (
        "-module(foo).\n-record(rec, {a}).\nadd(A, B) -> bar:baz(A) + q(B).\n",
        "module:foo struct:rec function:add",
        {"baz", "q"},
    ),
    "elisp": ("(defun my-fn (x) (other x))\n(defmacro my-mac (x) x)\n", "function:my-fn macro:my-mac", {"other"}),
    "fortran": (
        "module m\ncontains\n  subroutine foo(a)\n    call bar(a)\n  end subroutine foo\nend module m\n",
        "module:m function:m.foo",
        {"bar"},
    ),
    "fsharp": (
        "module App\ntype R = { A: int }\nlet add a b = foo a\n",
        "module:App type:App.R function:App.add",
        {"foo"},
    ),
    "graphql": (
        "type User implements Node { id: ID! }\nenum E { A }\ninterface Node { id: ID }\n",
        "type:User field:User.id enum:E interface:Node field:Node.id",
        set(),
    ),
    "hcl": (
        'resource "aws_instance" "web" {\n  ami = foo("x")\n}\nlocals { a = 1 }\n',
        "section:web section:locals",
        {"foo"},
    ),
    "julia": (
        "module M\nstruct P\n  x::Int\nend\nfunction add(a, b)\n  foo(a)\nend\nend\n",
        "module:M struct:M.P function:M.add",
        {"foo"},
    ),
    "make": ("CC = gcc\nall: main.o\n\tcc\n", "constant:CC rule:all", set()),
    "nim": ("proc add*(a: int): int =\n  foo(a)\n", "function:add", {"foo"}),
    "nix": ("let\n  add = a: b: a;\nin add 1 2\n", "function:add", {"add"}),
    "objc": (
        "@interface Foo : NSObject\n- (void)bar:(int)x;\n@end\n"
        "@implementation Foo\n- (void)bar:(int)x { foo(x); }\n@end\n",
        "class:Foo method:Foo.bar class:Foo method:Foo.bar",
        {"foo"},
    ),
    "ocaml": (
        "type t = A | B\nlet add a b = foo a b\nmodule M = struct let q z = z end\n",
        "type:t constructor:t.A constructor:t.B function:add module:M function:M.q",
        {"foo"},
    ),
    "pascal": (
        "unit U;\ninterface\nimplementation\nprocedure TFoo.Bar(x: Integer);\nbegin\n  Baz(x);\nend;\nend.\n",
        "module:U function:U.TFoo.Bar",
        set(),
    ),
    "perl": (
        "package Foo::Bar;\nsub new { my $c = shift; return bless {}, $c; }\nsub go { helper(2); }\n1;\n",
        "module:Foo.Bar function:new function:go",
        set(),
    ),
    "powershell": (
        "function Get-Foo {\n  param($x)\n  Write-Host $x\n}\nclass C { [int] M() { return 1 } }\n",
        "function:Get-Foo class:C method:C.M",
        set(),
    ),
    "proto": (
        "message Foo { int32 a = 1; }\nservice S { rpc Get(Foo) returns (Foo); }\n",
        "struct:Foo field:Foo.a interface:S method:S.Get",
        set(),
    ),
    "r": ("add <- function(a, b) {\n  foo(a)\n}\nsq = function(x) x\n", "function:add function:sq", {"foo"}),
    "racket": ("#lang racket\n(define (add a) (foo a))\n(struct point (x y))\n", "function:add struct:point", {"foo"}),
    "solidity": (
        "contract C is B {\n  uint x;\n  event Ev(uint a);\n  function f(uint a) public { g(a); }\n}\n",
        "class:C method:C.Ev method:C.f",
        {"g"},
    ),
    "verilog": (
        "module top(input clk);\n  function int f(int a); return a; endfunction\nendmodule\n",
        "module:top function:top.f",
        set(),
    ),
    "vim": ("function! s:add(a) abort\n  call Foo(a:a)\nendfunction\n", "function:s.add", {"Foo"}),
}


@needs_grammars
@pytest.mark.parametrize("name", SAMPLES)
def test_definitions_and_calls_are_found_by_the_names_of_node_types(name: str) -> None:
    source, definitions, calls = SAMPLES[name]

    extraction = extract_longtail(source.encode(), name)

    assert extraction is not None
    assert " ".join(f"{found.kind}:{found.qualified_name}" for found in extraction.definitions) == definitions
    assert calls <= {found.name for found in extraction.references if found.kind == "call"}


@needs_grammars
def test_comments_and_imports_are_read_too() -> None:
    extraction = extract_longtail(b"#include <a/b.h>\n// Shades.\nfloat shade(int x) { return 1.0; }\n", "hlsl")

    assert extraction is not None
    assert [found.module for found in extraction.imports] == ["a/b.h"]
    assert [(found.doc, found.start_line) for found in extraction.definitions] == [("Shades.", 3)]


@needs_grammars
def test_chunks_follow_the_functions() -> None:
    body = "\n".join(f"  y{i} <- x" for i in range(30))
    source = f"first <- function(x) {{\n{body}\n}}\n\nsecond <- function(x) {{\n{body}\n}}\n".encode()
    extraction = extract_longtail(source, "r")

    assert extraction is not None
    chunks = chunk_source(extraction)
    assert [extraction.definitions[chunk.definition].name for chunk in chunks] == ["first", "second"]


@needs_grammars
@pytest.mark.parametrize("grammar", LONGTAIL)
def test_every_grammar_of_the_table_loads_and_bears_broken_text(grammar: str) -> None:
    extraction = extract_longtail(b"((( fn class { \x00 def \xc3\xa9 = [1, 2\n)", grammar)

    assert extraction is not None


@needs_grammars
@pytest.mark.parametrize(
    ("path", "grammar"),
    [("src/a.jl", "julia"), ("LIB/X.PM", "perl"), ("CMakeLists.txt", "cmake"), ("a.py", None), ("noext", None)],
)
def test_the_grammar_is_chosen_by_file_name_or_extension(path: str, grammar: str | None) -> None:
    assert longtail_language(path) == grammar


@without_grammars
def test_without_the_extra_no_file_has_a_grammar_and_nothing_is_imported() -> None:
    assert longtail_language("a.jl") is None
    assert extract_longtail(b"f(x) = x", "julia") is None
    assert "tree_sitter_language_pack" not in sys.modules


def test_a_grammar_outside_the_table_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'cobol' is not in the table of grammars"):
        extract_longtail(b"", "cobol")


def test_no_extension_belongs_to_two_grammars() -> None:
    extensions = [extension for row in LONGTAIL.values() for extension in row.extensions]

    assert len(extensions) == len(set(extensions))
