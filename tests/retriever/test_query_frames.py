"""Stack traces of each language, as issues paste them."""

from __future__ import annotations

import pytest

from locant.retriever.query.analyse import analyse
from locant.retriever.query.records import Frame

Place = tuple[str, int | None, str | None, int]


def places(text: str) -> list[Place]:
    """Frames of the project itself, nearest first."""
    return [_place(frame) for frame in analyse(text).frames if not frame.is_standard_library]


def _place(frame: Frame) -> Place:
    return frame.path, frame.line, frame.function, frame.distance


TRACES: dict[str, tuple[str, list[Place], str]] = {
    "python": (
        """Reading an empty file fails

```pytb
Traceback (most recent call last):
  File "/home/ann/run.py", line 3, in <module>
    load("x")
  File "/usr/lib/python3.10/site-packages/acme/io/reader.py", line 41, in load
    return json.loads(text)
  File "/usr/lib/python3.10/json/__init__.py", line 346, in loads
    return _default_decoder.decode(s)
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
```
""",
        [("acme/io/reader.py", 41, "load", 0), ("home/ann/run.py", 3, None, 1)],
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    ),
    "python chained": (
        """x
Traceback (most recent call last):
  File "acme/a.py", line 1, in first
    inner()
KeyError: 'k'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "acme/b.py", line 2, in second
    outer()
ValueError: bad value
""",
        [("acme/a.py", 1, "first", 0), ("acme/b.py", 2, "second", 0)],
        "ValueError: bad value",
    ),
    "python syntax error": (
        'x\n  File "acme/gen.py", line 7\n    def f(:\n          ^\nSyntaxError: invalid syntax\n',
        [("acme/gen.py", 7, None, 0)],
        "SyntaxError: invalid syntax",
    ),
    "python in json log": (
        'x\n{"msg": "Error - Traceback (most recent call last):\\n  File \\"/app/acme/hook.py\\", line 9, in call\\n'
        "    go()\\nKeyError: 'meta'\\n\"}",
        [("app/acme/hook.py", 9, "call", 0)],
        "KeyError: 'meta'",
    ),
    "pytest": (
        """x
tests/test_a.py:12: in test_a
    run()
src/acme/a.py:34: in run
    check()
E   AssertionError: assert 1 == 2
src/acme/b.py:5: AssertionError
""",
        [("src/acme/b.py", 5, None, 0), ("src/acme/a.py", 34, "run", 1), ("tests/test_a.py", 12, "test_a", 2)],
        "AssertionError: assert 1 == 2",
    ),
    "ipython old": (
        """x
```
KeyError                                  Traceback (most recent call last)
<ipython-input-3-abc> in <module>
----> 1 frame.pivot()

~/conda/lib/python3.7/site-packages/acme/frame.py in pivot(self, index)
   5906         from acme.reshape import pivot
-> 5907         return pivot(self, index=index)

acme/_libs/index.pyx in acme._libs.index.Engine.get_loc()
KeyError: 'a'
```""",
        [("acme/_libs/index.pyx", None, "acme._libs.index.Engine.get_loc", 0), ("acme/frame.py", 5907, "pivot", 1)],
        "KeyError: 'a'",
    ),
    "ipython new": (
        """x
```
Cell In[1], line 1
----> 1 go()

File ~/venv/lib/python3.11/site-packages/acme/top.py:12, in go(args)
     11 def go(args):
---> 12     deep()

File C:\\py\\Lib\\site-packages\\acme\\deep.py:5, in deep()
ValueError: no
```""",
        [("acme/deep.py", 5, "deep", 0), ("acme/top.py", 12, "go", 1)],
        "ValueError: no",
    ),
    "javascript": (
        """Crash on empty body
```
TypeError: Cannot read properties of undefined (reading 'length')
    at parseBody (/app/node_modules/body-parser/lib/read.js:45:12)
    at new Router (file:///home/u/api/src/router.js:10:3)
    at async Server.handle [as onRequest] (webpack:///./src/server.ts:99:7)
    at /home/u/api/src/anon.mjs:3:1
    at Array.map (<anonymous>)
    at Module._compile (node:internal/modules/cjs/loader:1105:14)
```
""",
        [
            ("body-parser/lib/read.js", 45, "parseBody", 0),
            ("home/u/api/src/router.js", 10, "Router", 1),
            ("src/server.ts", 99, "Server.handle", 2),
            ("home/u/api/src/anon.mjs", 3, None, 3),
        ],
        "TypeError: Cannot read properties of undefined (reading 'length')",
    ),
    "firefox": (
        "x\nUncaught TypeError: n is null\nrender@http://localhost:8080/static/app.js:120:15\n"
        "@webpack-internal:///./src/App.jsx:12:3\n",
        [("static/app.js", 120, "render", 0), ("src/App.jsx", 12, None, 1)],
        "TypeError: n is null",
    ),
    "typescript compiler": (
        "x\nsrc/shape.ts(12,3): error TS2345: Argument of type 'A' is not assignable\n",
        [("src/shape.ts", 12, None, 0)],
        "error TS2345: Argument of type 'A' is not assignable",
    ),
    "java": (
        """NPE in parser
Exception in thread "main" java.lang.IllegalStateException: boom
\tat com.acme.core.Engine$Worker.run(Engine.java:42)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1540)
\tat app//com.acme.MainKt.main(Main.kt:7)
\tat com.acme.Native.call(Native Method)
\t... 12 more
Caused by: java.lang.NullPointerException: "s" is null
\tat com.acme.parse.Lexer.<init>(Lexer.java:11)
\t... 3 more
""",
        [
            ("com/acme/core/Engine.java", 42, "com.acme.core.Engine$Worker.run", 0),
            ("com/acme/parse/Lexer.java", 11, None, 0),
            ("com/acme/Main.kt", 7, "com.acme.MainKt.main", 1),
        ],
        'Caused by: java.lang.NullPointerException: "s" is null',
    ),
    "go": (
        """panic on nil map
```
panic: assignment to entry in nil map

goroutine 1 [running]:
panic({0x45e0a0, 0x48f1b0})
\t/usr/local/go/src/runtime/panic.go:884 +0x213
github.com/acme/tool/internal/cache.(*Store).Put(...)
\t/home/u/tool/internal/cache/store.go:31
main.main()
\t/home/u/tool/cmd/tool/main.go:12 +0x1d
created by main.run in goroutine 5
\t/root/go/pkg/mod/golang.org/x/sync@v0.3.0/errgroup/errgroup.go:75 +0x96
```""",
        [
            ("home/u/tool/internal/cache/store.go", 31, "github.com/acme/tool/internal/cache.(*Store).Put", 0),
            ("home/u/tool/cmd/tool/main.go", 12, "main.main", 1),
            ("errgroup/errgroup.go", 75, "main.run", 2),
        ],
        "panic: assignment to entry in nil map",
    ),
    "go test": (
        "x\n--- FAIL: TestPut (0.00s)\n    store_test.go:12: got 1, want 2\n",
        [("store_test.go", 12, None, 0)],
        "",
    ),
    "rust": (
        """x
thread 'main' panicked at 'called `Option::unwrap()` on a `None` value', src/parse/lexer.rs:88:21
stack backtrace:
   0: rust_begin_unwind
             at /rustc/90c541806f23/library/std/src/panicking.rs:578:5
   4: acme::parse::lexer::Lexer::next
             at ./src/parse/lexer.rs:88:21
   5: acme::main
             at ./src/main.rs:10:5
""",
        [
            ("src/parse/lexer.rs", 88, "acme::parse::lexer::Lexer::next", 0),
            ("src/main.rs", 10, "acme::main", 1),
        ],
        "called `Option::unwrap()` on a `None` value",
    ),
    "rust new panic": (
        "x\nthread 'tests::x' panicked at src/x.rs:10:5:\nassertion failed: left == right\n",
        [("src/x.rs", 10, None, 0)],
        "assertion failed: left == right",
    ),
    "rust compiler": (
        "x\nerror[E0308]: mismatched types\n --> src/lib.rs:3:1\n",
        [("src/lib.rs", 3, None, 0)],
        "error[E0308]: mismatched types",
    ),
    "ruby": (
        """x
/app/lib/acme/job.rb:10:in `perform': undefined method `name' for nil:NilClass (NoMethodError)
\tfrom /app/lib/acme/runner.rb:22:in `block in run'
\tfrom /usr/lib/ruby/3.0.0/set.rb:5:in `each'
\tfrom /usr/lib/ruby/gems/3.0.0/gems/rake-13.0.6/lib/rake/task.rb:281:in `execute'
""",
        [
            ("app/lib/acme/job.rb", 10, "perform", 0),
            ("app/lib/acme/runner.rb", 22, "block in run", 1),
            ("lib/rake/task.rb", 281, "execute", 2),
        ],
        "undefined method `name' for nil:NilClass (NoMethodError)",
    ),
    "ruby 3.4": (
        "x\nlib/x.rb:3:in 'Acme::Job#run': boom (RuntimeError)\n\tfrom lib/y.rb:9:in 'Acme.start'\n",
        [("lib/x.rb", 3, "Acme::Job#run", 0), ("lib/y.rb", 9, "Acme.start", 1)],
        "boom (RuntimeError)",
    ),
    "csharp": (
        """x
Unhandled exception. System.NullReferenceException: Object reference not set.
   at Acme.Core.Engine.Run(String[] args, Int32 n) in /src/Acme/Core/Engine.cs:line 12
   at Acme.Program.Main(String[] args) in C:\\work\\Acme\\Program.cs:line 3
   at System.Threading.Tasks.Task.Execute()
""",
        [
            ("src/Acme/Core/Engine.cs", 12, "Acme.Core.Engine.Run", 0),
            ("work/Acme/Program.cs", 3, "Acme.Program.Main", 1),
        ],
        "System.NullReferenceException: Object reference not set.",
    ),
    "php": (
        """x
PHP Fatal error:  Uncaught InvalidArgumentException: bad in /var/www/app/src/Kernel.php:12
Stack trace:
#0 /var/www/app/src/Http.php(202): App\\Kernel->boot()
#1 /var/www/app/public/index.php(9): App\\Http->handle()
#2 {main}
""",
        [
            ("var/www/app/src/Kernel.php", 12, None, 0),
            ("var/www/app/src/Http.php", 202, "App\\Http->handle", 0),
            ("var/www/app/public/index.php", 9, None, 1),
        ],
        "Fatal error: Uncaught InvalidArgumentException: bad",
    ),
    "gdb": (
        """x
Program received signal SIGSEGV, Segmentation fault.
#0  0x00007ffff7a in parse_header (buf=0x0, n=3) at src/http.c:12
#1  0x0000555 in main (argc=1, argv=0x7f) at main.c:40
""",
        [("src/http.c", 12, "parse_header", 0), ("main.c", 40, "main", 1)],
        "SIGSEGV, Segmentation fault.",
    ),
    "sanitizer": (
        """x
==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602 at pc
    #0 0x4f in foo::Bar::baz(int) /home/u/p/src/bar.cpp:99:7
    #1 0x50 in main /home/u/p/src/main.cpp:5
""",
        [("home/u/p/src/bar.cpp", 99, "foo::Bar::baz(int)", 0), ("home/u/p/src/main.cpp", 5, "main", 1)],
        "AddressSanitizer: heap-buffer-overflow on address 0x602 at pc",
    ),
    "c compiler": (
        "x\nsrc/util.c:10:3: error: unknown type name 'foo_t'\n",
        [("src/util.c", 10, None, 0)],
        "unknown type name 'foo_t'",
    ),
    "elixir": (
        """x
** (KeyError) key :a not found in: %{}
    (acme 0.1.0) lib/acme/worker.ex:12: Acme.Worker.run/2
    (acme 0.1.0) lib/acme/top.ex:3: Acme.Top.start/1
""",
        [("lib/acme/worker.ex", 12, "Acme.Worker.run/2", 0), ("lib/acme/top.ex", 3, "Acme.Top.start/1", 1)],
        "(KeyError) key :a not found in: %{}",
    ),
    "swift": (
        "x\nAcme/View.swift:12: Fatal error: Index out of range\n",
        [("Acme/View.swift", 12, None, 0)],
        "Fatal error: Index out of range",
    ),
    "lua": (
        "x\nlua: app/main.lua:12: attempt to index a nil value (global 'cfg')\n",
        [("app/main.lua", 12, None, 0)],
        "",
    ),
}


@pytest.mark.parametrize("name", TRACES)
def test_frames_run_from_the_error_outwards(name: str) -> None:
    text, expected, _ = TRACES[name]
    assert places(text) == expected


@pytest.mark.parametrize("name", [name for name, case in TRACES.items() if case[2]])
def test_the_error_message_is_found(name: str) -> None:
    text, _, message = TRACES[name]
    assert message in analyse(text).errors


@pytest.mark.parametrize("name", TRACES)
def test_lines_of_a_trace_are_neither_prose_nor_example_code(name: str) -> None:
    text, expected, _ = TRACES[name]
    query = analyse(text)
    spoken = query.prose + "".join(query.code)
    assert query.traces
    assert not any(f"{path.rpartition('/')[2]}:" in spoken for path, *_ in expected)


def test_frames_of_the_standard_library_are_far_away() -> None:
    frames = analyse(TRACES["python"][0]).frames
    assert [frame.path for frame in frames if frame.is_standard_library] == ["usr/lib/python3.10/json/__init__.py"]
    assert frames[-1].is_standard_library


def test_the_language_of_a_trace_is_a_hint() -> None:
    assert analyse(TRACES["rust"][0]).language_hint == "rust"
    assert analyse(TRACES["go"][0]).language_hint == "go"
    assert analyse("Fails\n```ts\nconst a = 1\n```\nsee lib/x.py:3").language_hint == "typescript"
    assert analyse("nothing to see").language_hint is None


def test_functions_on_the_stack_are_mentions_with_their_owner_as_pair() -> None:
    query = analyse(TRACES["ruby 3.4"][0])
    weights = {mention.text: mention.weight for mention in query.mentions if mention.source == "frame"}
    assert weights["run"] > weights["start"]
    assert ("Job", "run") in query.pairs


def test_places_in_a_trace_are_paths_with_lines() -> None:
    query = analyse(TRACES["python"][0])
    assert ("acme/io/reader.py", 41) in query.path_lines
    assert "reader.py" in query.file_names
    assert not any("json/__init__" in path for path in query.paths)
