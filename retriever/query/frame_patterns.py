"""Stack frames of each language, one row a form. Adding a language is adding rows.

A row is tried only on lines that hold one of its `needles`, and lines are cut before they are matched, so that a
large log costs one substring test per row and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["CARRIERS", "FRAMES", "HEADERS", "STANDARD_CLASSES", "STANDARD_LIBRARY", "FramePattern"]


@dataclass(frozen=True, slots=True)
class FramePattern:
    """One form of frame. Groups: `path`, `line`, `function`, all but `path` optional.

    innermost_first: whether the first frame of a trace is the one that raised.
    carried: the function's name stands on the line before (see `CARRIERS`).
    callee: the function named is the one that was called from this line, not the one the line is in.
    from_class: `function` begins with a package that gives the folder of the file.
    alone: not part of a stack but a place reported by itself (compilers, panics).
    """

    language: str
    needles: tuple[str, ...]
    regex: str
    innermost_first: bool = True
    carried: bool = False
    callee: bool = False
    from_class: bool = False
    alone: bool = False


def _row(language: str, needles: str, regex: str, **flags: bool) -> FramePattern:
    return FramePattern(language, tuple(needles.split("|")), regex, **flags)


_RAISED = r"(?:[A-Za-z_][\w.]*(?:Error|Exception|Warning|Exit|Failed|Interrupt|Failure)\b.*|[A-Z]\w+)?"

FRAMES: tuple[FramePattern, ...] = (
    # Python: interpreter, IPython of both styles, pytest
    _row(
        "python",
        'File "',
        r'\s*(?:E\s+)?File "(?P<path>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>\S+))?',
        innermost_first=False,
    ),
    _row(
        "python",
        "File ",
        r"\s*File (?P<path>(?:[A-Za-z]:)?[^\s:\"][^:\"]*):(?P<line>\d+)(?:, in (?P<function>[\w.<>]+))?\b",
        innermost_first=False,
    ),
    _row(
        "python",
        ") in |.py in |.pyx in |.pyc in |> in ",
        r"(?P<path>[^\s:]\S*\.py[xc]?|<[\w-]+>) in (?P<function>[\w.<>]+)\s?\(",
        innermost_first=False,
    ),
    _row(
        "python", ": in ", r"\s*(?P<path>[^\s:]+\.pyx?):(?P<line>\d+): in (?P<function>[\w<>.]+)", innermost_first=False
    ),
    _row(
        "python", ".py:", rf"\s*(?P<path>(?:[A-Za-z]:)?[^\s:]+\.pyx?):(?P<line>\d+): {_RAISED}$", innermost_first=False
    ),
    _row(
        "python",
        ", in ",
        r"\s*(?P<path>[^\s:,]+(?::\\[^\s:,]+)?\.pyx?):(?P<line>\d+), in (?P<function>[\w.<>]+)\(",
        innermost_first=False,
    ),
    # Java, Kotlin, Scala, Groovy
    _row(
        "java",
        ".java:|.kt:|.scala:|.groovy:|.clj:",
        r"\s*at (?:[\w.@-]*/{1,2})*(?P<function>[\w$.<>-]+)\((?P<path>[\w$-]+\.\w+):(?P<line>\d+)\)",
        from_class=True,
    ),
    # C#
    _row("csharp", ":line ", r"\s*at (?P<function>[^(]+)\(.*\) in (?P<path>.+):line (?P<line>\d+)"),
    # Rust's backtrace has the form of V8's and comes first
    _row("rust", " at ", r"\s+at (?P<path>\S+\.rs):(?P<line>\d+)", carried=True),
    # JavaScript, TypeScript: V8, then Firefox and Safari
    _row(
        "javascript",
        "at ",
        r"\s*at (?:async )?(?:new )?(?P<function>[^\s()]+)(?: \[as [^\]]+\])? "
        r"\((?P<path>\S[^\n]*?):(?P<line>\d+):\d+\)\s*$",
    ),
    _row("javascript", "at ", r"\s*at (?:async )?(?P<path>[^\s()]\S*?):(?P<line>\d+):\d+\s*$"),
    _row("javascript", "@", r"\s*(?P<function>[^@\s]*)@(?P<path>\S*[./]\S*?):(?P<line>\d+):\d+\s*$"),
    # Go: stack, failing test
    _row("go", ".go:", r"\s+(?P<path>\S+\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?\s*$", carried=True),
    _row("go", "_test.go:", r"\s+(?P<path>\S+_test\.go):(?P<line>\d+): "),
    # Rust: panic, backtrace, compiler
    _row("rust", "panicked at ", r".*panicked at .*?(?P<path>[^\s',:]+\.rs):(?P<line>\d+)", alone=True),
    _row("rust", "--> |::: ", r"\s*(?:-->|:::) (?P<path>\S+\.rs):(?P<line>\d+)", alone=True),
    # Ruby: both quote styles, rspec's `# ./lib/x.rb`
    _row(
        "ruby",
        ".rb:|.erb:|.rake:|.ru:",
        r"\s*(?:\d+: )?(?:from |# )?(?P<path>[^\s:]+\.(?:rb|erb|rake|ru)):(?P<line>\d+)"
        r":in [`'](?P<function>[^'`]+)['`]",
    ),
    _row("ruby", "# ./", r"\s*# (?P<path>\./\S+\.rb):(?P<line>\d+)\s*$"),
    # PHP
    _row("php", "): ", r"\s*#\d+ (?P<path>\S[^(]*)\((?P<line>\d+)\): (?P<function>[\w\\:>{}-]+)", callee=True),
    _row("php", ".php", r".*\b(?:in|at) (?P<path>\S+\.php)(?: on line |:| \(line )(?P<line>\d+)", alone=True),
    # C, C++: gdb and lldb, sanitizers
    _row(
        "cpp",
        ") at ",
        r"\s*(?:\* )?(?:frame )?#\d+:?\s+(?:0x[0-9a-f]+ in )?(?P<function>[^\s(]+).* at "
        r"(?P<path>[^\s:]+):(?P<line>\d+)",
    ),
    _row("cpp", " in ", r"\s*#\d+ 0x[0-9a-f]+ in (?P<function>.+) (?P<path>[^\s:]+\.\w+):(?P<line>\d+)"),
    _row("cpp", "` at ", r"\s*frame #\d+: 0x[0-9a-f]+ \S+`(?P<function>[^\s(]+).* at (?P<path>[^\s:]+):(?P<line>\d+)"),
    # Elixir, Swift, Lua, Haskell
    _row(
        "elixir",
        ".ex:|.exs:",
        r"\s*(?:\([\w. -]+\) )?(?P<path>[^\s:]+\.exs?):(?P<line>\d+): (?P<function>[\w.!?]+/\d+)",
    ),
    _row("elixir", ".exs:", r"\s+(?P<path>[^\s:]+_test\.exs):(?P<line>\d+)\s*$"),
    _row("swift", ".swift", r".*\bfile (?P<path>\S+\.swift), line (?P<line>\d+)", alone=True),
    _row("swift", ".swift:", r"(?P<path>\S+\.swift):(?P<line>\d+): Fatal error", alone=True),
    _row(
        "lua",
        ".lua:",
        r"\s*(?:lua\S*: )?(?P<path>[^\s:]+\.lua):(?P<line>\d+): (?:in (?:\w+ )?['<](?P<function>[^'>]+))?",
    ),
    _row(
        "haskell",
        "called at ",
        r"\s*(?P<function>[\w.']+), called at (?P<path>[^\s:]+\.l?hs):(?P<line>\d+)",
        callee=True,
    ),
    # Compilers and type checkers of many languages
    _row(
        "",
        ": error|: fatal error|: warning|- error|: undefined",
        r"\s*(?P<path>(?:[A-Za-z]:)?[^\s:()]+\.\w{1,6})[:(](?P<line>\d+)(?:[:,]\d+)?\)?\s?[:-] "
        r"(?:fatal error|error|warning|undefined)\b",
        alone=True,
    ),
)

# A line that names the function whose place the next line gives.
CARRIERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "go",
        re.compile(
            r"(?:created by )?(?P<function>[\w.~%-]*(?:/[\w.~%-]+)*\.[\w.()*\[\]{}-]+?)"
            r"(?:\([^()]*\)|\(\.\.\.\))?(?: in goroutine \d+)?\s*$"
        ),
    ),
    ("rust", re.compile(r"\s*\d+:\s+(?:0x[0-9a-f]+ - )?(?P<function>[\w<&{][^\n]*\S)\s*$")),
)

# A line that begins a new trace: distances start again after it.
HEADERS = re.compile(
    r"\s*(?:E\s+)?(?:(?:[\w.]+\s+)?Traceback \(most recent call last\)|"
    r"Caused by: |Exception in thread |goroutine \d+ \[|"
    r"stack backtrace:|During handling of the above|The above exception was the direct|"
    r"Stack trace:|PHP Stack trace:|\[Previous exception\]|Suppressed: |=+\d*=* ?ERROR: \w+Sanitizer|--- FAIL: |"
    r"\S+\.rb:\d+:in [`'][^'`]+['`]: )"
)

# Places of the languages' own libraries and runtimes; `STANDARD_CLASSES` for paths made of class names.
STANDARD_CLASSES = re.compile(r"(?:javax?|jdk|sun|com/sun|kotlin|kotlinx|scala|groovy|clojure)/")
STANDARD_LIBRARY = re.compile(
    r"(?:^|/)(?:[Ll]ib/(?:python|pypy)\d[\d.]*|Python\d{2,3}(?:_\d\d)?/[Ll]ib|(?:ana|mini)conda\d?/(?:envs/[^/]+/)?[Ll]ib|"
    r"usr/local/go/src|go/src/(?:runtime|testing|net|reflect|internal|os|sync)|go\d[\d.]*/src|rustc/[0-9a-f]+|"
    r"rustlib/src/rust|lib/ruby/\d[\d.]*|lib/elixir/lib|libsanitizer)/"
    r"|^(?:internal|node:)|^(?:library|src/lib)/?(?:std|core|alloc)/"
)
