"""One realistic file per language; what must be found in it is written by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from locant.indexer.syntax.parse import parse_file


@dataclass(frozen=True)
class Case:
    """names: qualified name -> kind. bases and docs by qualified name. calls, types: some that must be there."""

    path: str
    source: str
    names: dict[str, str]
    bases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    docs: dict[str, str] = field(default_factory=dict)
    signatures: dict[str, str] = field(default_factory=dict)
    imports: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    calls: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()


PYTHON = Case(
    "pkg/store.py",
    '''from __future__ import annotations
import os.path as p, sys
from . import codec
from ..net.http import Client as C, get
LIMIT = 10
left, RIGHT = 1, 2
try:
    import fast
    FAST = True
except ImportError:
    FAST = False
# Not the docstring.
@register("store")
class Store(Base[int], net.Sink, metaclass=Meta):
    """Keeps things.

    For long.
    """
    size: int = 3
    @property
    # why
    def load(self, key: Key, *, maps: dict[str, m.Map]) -> Value | None:
        "Read one."
        local = 1
        def inner(): return decode(local)
        return self.cache.get(key)
''',
    {
        "LIMIT": "constant", "left": "variable", "RIGHT": "constant", "FAST": "constant", "Store": "class",
        "Store.size": "field", "Store.load": "method", "Store.load.inner": "function",
    },
    bases={"Store": ("Base", "net.Sink")},
    docs={"Store": "Keeps things.\n\nFor long.", "Store.load": "Read one."},
    signatures={"Store.load": "def load(self, key: Key, *, maps: dict[str, m.Map]) -> Value | None"},
    imports=(
        ("__future__", ("annotations",), 0), ("os.path", (), 0), ("sys", (), 0), ("", ("codec",), 1),
        ("net.http", ("Client", "get"), 2), ("fast", (), 0),
    ),
    calls=frozenset({"register", "property", "decode", "get"}),
    types=frozenset({"Key", "Map", "Value"}),
)  # fmt: skip

JAVASCRIPT = Case(
    "src/app.jsx",
    """import React, { useState as state } from 'react';
import * as path from "path";
export { a, b as c } from './m';
const { readFile, x: y } = require('fs');
/**
 * Adds.
 */
export const add = (a, b) => {
  const inner = 1;
  return a + b;
};
export default function App({ x }) {
  const onClick = () => set(1);
  return <Foo.Bar onClick={onClick}><Baz x={1} /><div /></Foo.Bar>;
}
class A extends B.C {
  #secret = 1;
  handler = (e) => { this.x(e); };
  constructor(a) { super(a); }
  async *gen() {}
}
/** Goes. */

A.prototype.go = function (q) { return new X.Y(q); };
exports.run = function run() { lib.call(); };
module.exports = { one() { return 1 }, two: function () {}, four: 4 };
const LIMIT = 10;
import('./lazy');
""",
    {
        "add": "function", "App": "function", "App.onClick": "function", "A": "class", "A.secret": "field",
        "A.handler": "method", "A.constructor": "constructor", "A.gen": "method", "A.go": "function", "run": "function",
        "one": "method", "two": "method", "LIMIT": "constant",
    },
    bases={"A": ("B.C",)},
    docs={"add": "Adds.", "A.go": "Goes."},
    signatures={"add": "export const add = (a, b) =>", "App": "export default function App({ x })"},
    imports=(
        ("react", ("useState", "React"), 0), ("path", (), 0), ("./m", ("a", "b"), 0), ("fs", ("readFile", "x"), 0),
        ("./lazy", (), 0),
    ),
    calls=frozenset({"Bar", "Baz", "set", "Y", "call", "require"}),
)  # fmt: skip

TYPESCRIPT = Case(
    "src/service.ts",
    """import type { Conf } from './types';
import fs = require("fs");
/** Serves. */
@Injectable({ scope: 'x' })
export class Service<T> extends Base<T> implements I1, ns.I2<string> {
  private readonly conf: Conf = load();
  constructor(private http: HttpClient) { super(); }
  @Input() label: string;
  async get<K>(a: Map<string, Item>): Promise<void> { await this.http.fetch<Row>(a); }
  on = async (e: Event) => { };
}
export interface Props extends P1, P2<X> { a: string; cb(x: number): void }
export type Alias = Foo | Bar;
export enum Color { Red, Green = 'g' }
namespace NS { export function f() {} }
export const useX = <T,>(a: T): T => { return a; };
""",
    {
        "Service": "class", "Service.conf": "field", "Service.constructor": "constructor", "Service.label": "field",
        "Service.get": "method", "Service.on": "method", "Props": "interface", "Props.a": "field", "Props.cb": "method",
        "Alias": "type", "Color": "enum", "Color.Red": "constant", "Color.Green": "constant", "NS": "namespace",
        "NS.f": "function", "useX": "function",
    },
    bases={"Service": ("Base", "I1", "ns.I2"), "Props": ("P1", "P2")},
    docs={"Service": "Serves.", "Service.get": ""},
    imports=(("./types", ("Conf",), 0), ("fs", (), 0)),
    calls=frozenset({"Injectable", "Input", "load", "fetch"}),
    types=frozenset({"Conf", "HttpClient", "Map", "Item", "Promise", "Row", "Event", "Foo", "Bar"}),
)  # fmt: skip

TSX = Case(
    "src/view.tsx",
    """export function View(props: Props): Element {
  return <List items={props.items}><Row /></List>;
}
""",
    {"View": "function"},
    calls=frozenset({"List", "Row"}),
    types=frozenset({"Props", "Element"}),
)

JAVA = Case(
    "src/A.java",
    """package a.b;
import java.util.List;
import java.io.*;
/**
 * Doc of A.
 */
@Deprecated
public final class A<T> extends Base<T> implements I1, I2.K<String> {
    public static final int LIMIT = 3;
    enum Color { RED, GREEN; }
    record Point(int x) implements P { Point { check(x); } }
    @interface Ann { String value() default ""; }
    interface I3 extends I4 { void m(); }
    public A(int a) { this.a = a; }
    @Override // always
    public <K> Map<K, V> run(final String s) throws Ex {
        List<String> l = new ArrayList<>();
        l.stream().map(Foo::bar);
        return new Outer.Inner(s);
    }
}
""",
    {
        "A": "class", "A.LIMIT": "field", "A.Color": "enum", "A.Color.RED": "constant", "A.Color.GREEN": "constant",
        "A.Point": "class", "A.Point.x": "field", "A.Point.Point": "constructor", "A.Ann": "interface",
        "A.Ann.value": "method", "A.I3": "interface", "A.I3.m": "method", "A.A": "constructor", "A.run": "method",
    },
    bases={"A": ("Base", "I1", "I2.K"), "A.Point": ("P",), "A.I3": ("I4",)},
    docs={"A": "Doc of A."},
    signatures={"A.run": "public <K> Map<K, V> run(final String s) throws Ex"},
    imports=(("java.util.List", (), 0), ("java.io", ("*",), 0)),
    calls=frozenset({"check", "stream", "map", "bar", "ArrayList", "Inner", "Override"}),
    types=frozenset({"Map", "List", "Ex"}),
)  # fmt: skip

GO = Case(
    "cmd/main.go",
    """package main

import (
	"fmt"
	m "example.com/mod/v2"
)

// Limit is the limit.
const Limit = 3

var x, Y = 1, 2

// Server serves.
type Server struct {
	sync.Mutex
	*Base
	Name string
}
type Runner interface { Run(a int) error; fmt.Stringer }
type Fn func(a int) Bar

// Run runs.
// Really.
func (s *Server) Run(ctx context.Context) (err error) {
	local := &Foo{A: 1}
	return New[int](m.Call(local))
}
func (g G[T]) Get() T { return g.v }
func main() { fmt.Println() }
""",
    {
        "Limit": "constant", "x": "variable", "Y": "constant", "Server": "struct", "Server.Name": "field",
        "Runner": "interface", "Runner.Run": "method", "Fn": "type", "Server.Run": "method", "G.Get": "method",
        "main": "function",
    },
    bases={"Server": ("sync.Mutex", "Base"), "Runner": ("fmt.Stringer",)},
    docs={"Limit": "Limit is the limit.", "Server.Run": "Run runs.\nReally."},
    signatures={"Server.Run": "func (s *Server) Run(ctx context.Context) (err error)"},
    imports=(("fmt", (), 0), ("example.com/mod/v2", (), 0)),
    calls=frozenset({"Foo", "New", "Call", "Println"}),
    types=frozenset({"Context", "Bar"}),
)  # fmt: skip

RUST = Case(
    "src/lib.rs",
    """use std::collections::HashMap;
use crate::a::{b, c::{d, e as f}, g::h};
use foo::*;
pub mod sub;

/// A point.
/// More.
#[derive(Debug)]
pub struct Point<T> { pub x: T }
enum Shape { Circle(f64) }
pub trait Draw: Base + fmt::Debug { fn draw(&self) -> Out; }
impl<T> Point<T> {
    /// Makes one.
    #[inline]
    pub fn new(x: T) -> Self { Point { x } }
}
impl fmt::Display for Point<u8> { fn fmt(&self) -> Res { write!(f, "{}", helper(1)) } }
macro_rules! mac { () => {} }
static GLOBAL: u8 = 1;
mod tests { #[test] fn t() { Shape::Circle(1.0); } }
""",
    {
        "Point": "struct", "Point.x": "field", "Shape": "enum", "Shape.Circle": "constant", "Draw": "trait",
        "Draw.draw": "method", "Point.new": "method", "Point.fmt": "method", "mac": "macro", "GLOBAL": "constant",
        "tests": "module", "tests.t": "function",
    },
    bases={"Point": ("fmt::Display",), "Draw": ("Base", "fmt::Debug")},
    docs={"Point": "A point.\nMore.", "Point.new": "Makes one.", "Point.x": ""},
    signatures={"Point.new": "pub fn new(x: T) -> Self"},
    imports=(
        ("std::collections::HashMap", (), 0), ("crate::a", ("b", "g::h"), 0), ("crate::a::c", ("d", "e"), 0),
        ("foo", ("*",), 0), ("sub", (), 0),
    ),
    calls=frozenset({"Point", "write", "helper", "Circle"}),
    types=frozenset({"Out", "Res", "Shape"}),
)  # fmt: skip

C = Case(
    "src/a.c",
    """#ifndef A_H
#define A_H
#include <stdio.h>
#include "my/b.h"
#define SQ(x) ((x)*(x))
typedef struct { int a; } Anon;
typedef struct tag { int *b; int (*cb)(int, struct other *o); } tag_t;
typedef struct same { int s; } same;
typedef int (*fn_t)(int);
enum color { RED, GREEN = 2 };
static const char *names[] = { "a" };
LIB_API struct tag *proto(int a);
/*
 * Doc of f.
 */
static inline int
f(struct tag *t, Anon a)
{
    int local = SQ(1);
    t->cb(local, NULL);
    return g(local);
}
char **h(void) { return 0; }
#endif
""",
    {
        "SQ": "macro", "Anon": "struct", "Anon.a": "field", "tag": "struct", "tag.b": "field", "tag.cb": "field",
        "tag_t": "type", "same": "struct", "same.s": "field", "fn_t": "type", "color": "enum", "color.RED": "constant",
        "color.GREEN": "constant", "names": "variable", "proto": "prototype", "f": "function", "h": "function",
    },
    docs={"f": "Doc of f."},
    signatures={"f": "static inline int f(struct tag *t, Anon a)", "proto": "LIB_API struct tag *proto(int a);"},
    imports=(("stdio.h", (), 0), ("my/b.h", (), 0)),
    calls=frozenset({"SQ", "cb", "g"}),
    types=frozenset({"other", "tag", "Anon"}),
)  # fmt: skip

CPP = Case(
    "src/a.cc",
    """#include <vector>
namespace a::b {
class Fwd;
/// Doc of A
template <typename T>
class LIB_EXPORT A : public Base<T>, private ns::Other {
public:
    explicit A(int x) : x_(x) {}
    virtual ~A() = default;
    virtual void pure() = 0;
    operator bool() const { return true; }
    using value = T;
private:
    std::vector<Foo> foos_;
};
enum class E { One };
}
// ctor
template <typename T>
a::b::A<T>::A() { std::make_unique<Foo>(1); }
int *A::f(int a) const { return new Foo(a); }
bool A::operator<(const A& o) { return ns::x::call(o), p->run<int>(); }
extern "C" { void cfun(int); }
""",
    {
        "a.b": "namespace", "a.b.A": "class", "a.b.A.A": "method", "a.b.A.~A": "method", "a.b.A.pure": "prototype",
        "a.b.A.operator bool": "method", "a.b.A.value": "type", "a.b.A.foos_": "field", "a.b.E": "enum",
        "a.b.E.One": "constant", "A.f": "method", "A.operator<": "method", "cfun": "prototype",
    },
    bases={"a.b.A": ("Base", "ns::Other")},
    docs={"a.b.A": "Doc of A"},
    imports=(("vector", (), 0),),
    calls=frozenset({"make_unique", "Foo", "call", "run"}),
    types=frozenset({"vector"}),
)  # fmt: skip

CASES = (PYTHON, JAVASCRIPT, TYPESCRIPT, TSX, JAVA, GO, RUST, C, CPP)


@pytest.fixture(params=CASES, ids=lambda case: case.path)
def case(request: pytest.FixtureRequest) -> Case:
    value = request.param
    assert isinstance(value, Case)
    return value


def test_definitions_have_their_qualified_names_and_kinds(case: Case) -> None:
    parsed = parse_file(case.path, case.source.encode())
    assert {d.qualified_name: d.kind for d in parsed.definitions} == case.names
    assert parsed.note == ""


def test_bases_are_listed_as_written_and_are_references(case: Case) -> None:
    parsed = parse_file(case.path, case.source.encode())
    assert {d.qualified_name: d.bases for d in parsed.definitions if d.bases} == case.bases
    inherited = {r.name for r in parsed.references if r.kind == "inherit"}
    assert inherited == {base.replace("::", ".").split(".")[-1] for bases in case.bases.values() for base in bases}


def test_doc_comments_and_signatures_are_plain_words_on_the_right_definition(case: Case) -> None:
    parsed = parse_file(case.path, case.source.encode())
    docs = {d.qualified_name: d.doc for d in parsed.definitions}
    signatures = {d.qualified_name: d.signature for d in parsed.definitions}
    assert {name: docs[name] for name in case.docs} == case.docs
    assert {name: signatures[name] for name in case.signatures} == case.signatures


def test_imports_are_all_found(case: Case) -> None:
    parsed = parse_file(case.path, case.source.encode())
    assert [(i.module, i.names, i.level) for i in parsed.imports] == list(case.imports)


def test_calls_and_types_are_references(case: Case) -> None:
    parsed = parse_file(case.path, case.source.encode())
    assert case.calls <= {r.name for r in parsed.references if r.kind == "call"}
    assert case.types <= {r.name for r in parsed.references if r.kind == "type"}


def test_a_truncated_file_still_parses(case: Case) -> None:
    source = case.source.encode()
    for end in range(0, len(source), 17):
        parsed = parse_file(case.path, source[:end])
        assert all(chunk.end_byte <= end for chunk in parsed.chunks)


def test_rust_type_is_the_parent_of_what_its_later_impl_blocks_hold() -> None:
    source = b"struct A;\nimpl A { fn f(&self) {} }\nimpl T for A { fn g(&self) {} }\nimpl B { fn h() {} }\n"
    found = parse_file("a.rs", source)

    assert [(item.qualified_name, item.parent) for item in found.definitions] == [
        ("A", -1),
        ("A.f", 0),
        ("A.g", 0),
        ("B.h", -1),
    ]


def names_of(path: str, source: str) -> list[str]:
    return [f"{item.kind} {item.qualified_name}" for item in parse_file(path, source.encode()).definitions]


def test_annotations_of_locks_do_not_take_the_names_of_cpp_members() -> None:
    source = (
        "class A {\n"
        "  bool f(int x) LOCKS_EXCLUDED(mu_) { return true; }\n"
        "  int g() const EXCLUSIVE_LOCKS_REQUIRED(mu_)\n"
        "      LOCKS_EXCLUDED(other_);\n"
        "  size_t used_ GUARDED_BY(mu_);\n"
        "};\n"
    )
    assert names_of("a.cc", source) == ["class A", "method A.f", "prototype A.g", "field A.used_"]


def test_function_types_of_c_are_found_with_and_without_a_star() -> None:
    source = "typedef void (scan)(void *p);\ntypedef void *(alloc)(void *p);\ntypedef int (*compare)(int);\n"
    assert names_of("a.h", source) == ["type scan", "type alloc", "type compare"]


def test_a_preprocessor_line_where_no_grammar_takes_one_costs_no_class() -> None:
    source = (
        "class Limiter {\n"
        " public:\n"
        "  Limiter(int n)\n"
        "      :\n"
        "#if !defined(NDEBUG)\n"
        "        most_(n),\n"
        "#endif\n"
        "        left_(n) {}\n"
        "  int left_;\n"
        "};\n"
        "int after() { return 1; }\n"
    )
    parsed = parse_file("a.cc", source.encode())
    spans = [(item.qualified_name, item.start_line, item.end_line) for item in parsed.definitions]
    assert (parsed.note, spans) == (
        "",
        [("Limiter", 1, 10), ("Limiter.Limiter", 3, 8), ("Limiter.left_", 9, 9), ("after", 11, 11)],
    )
