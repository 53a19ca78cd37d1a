"""Error messages, one table row a form; each is returned on one line, without its place in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from locant.retriever.query.patterns import compiled

__all__ = ["find_errors"]

MAX_ERRORS = 50
MAX_ERROR_LENGTH = 400  # messages that print data structures say what they say at their beginning

_NAME = (
    r"(?:[A-Za-z_][\w$]*[.:]{1,2})*[A-Z][\w$]*"
    r"(?:Error|Exception|Warning|Failure|Fault|Interrupt|Exit|NotFound|Timeout|Panic)"
)

# (needles, pattern). The group is the message; rows are tried in order and the first that matches a line is taken.
_FORMS: tuple[tuple[tuple[str, ...], str], ...] = tuple(
    (tuple(needles.split("|")), regex)
    for needles, regex in (
        ("panicked at ", r".*panicked at '(?P<m>.+)', \S+:\d+"),
        ("panic: |fatal error: |FATAL", r"(?:.*\s)?(?P<m>(?:panic|fatal error|FATAL(?: ERROR)?): .+)"),
        ("error[|warning[", r"\s*(?P<m>(?:error|warning)\[\w+\]: .+)"),
        ("error TS|error CS|error C", r".*\b(?P<m>error (?:TS|CS|C|LNK)\d+: .+?)(?: \[\S+proj\])?$"),
        (
            "Caused by: |Exception in thread |Unhandled exception",
            r".*?(?P<m>(?:Caused by: |(?<=\" )|Unhandled exception\. ).+)",
        ),
        (
            "Fatal error: |PHP Warning",
            r"(?:.*?(?:PHP )?)(?P<m>(?:Uncaught |Fatal error: |Warning:  ).+?)(?: in /\S+(?::\d+| on line \d+))?$",
        ),
        ("** (", r"\s*\*\* (?P<m>\([\w.]+\) .+)"),
        (":in ", r".*?:\d+:in [`'][^'`]*['`]: (?P<m>.+)"),
        ("E   ", r"E\s{2,}(?P<m>\S.*)"),
        (
            "Error|Exception|Warning|Failure|Fault|Interrupt|Exit|NotFound|Timeout",
            rf"\s*(?:\W{{0,3}}\s*)(?:Uncaught(?: \(in promise\))? |Unhandled \w+ |"
            rf"(?:[^\s:]+:\d+: )|\[?(?:ERROR|error)\]?:? )?(?P<m>{_NAME}(?:: ?.*| \(.+\).*)?)$",
        ),
        ("rror: |rror - |RROR", r"(?:.*?[:\s\]])?(?:error|Error|ERROR)\]?(?:: | - | )(?P<m>\S.{4,})"),
        (
            "SIGSEGV|egmentation fault|AddressSanitizer|Assertion",
            r".*?(?P<m>(?:SIGSEGV|[Ss]egmentation fault|AddressSanitizer: |Assertion ).*)",
        ),
    )
)
_BY_NEEDLE = tuple((needle, pattern) for needles, pattern in _FORMS for needle in needles)
_IN_PROSE = re.compile(rf"(?<![\w.])(?P<m>{_NAME}: [^`\n]{{3,200}})")
_CODE_BEFORE = re.compile(r"\s*(?:raise|throw|except|catch|class|def|import|from|return|self|assert|with|@|#|//|\*)\b")
_PANIC = re.compile(r"panicked at \S+:\d+:\d+:$")  # the message of a Rust panic stands on the next line
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}\b")


def find_errors(lines: Iterable[str], prose: Iterable[str] = ()) -> tuple[str, ...]:
    """Messages in lines of code, logs and traces, then those quoted in prose."""
    found: dict[str, None] = {}
    follows_panic = False
    for text in lines:
        message = _tidy(text) if follows_panic else _message(text[:1000])
        follows_panic = _PANIC.search(text[-200:]) is not None
        if message:
            found[message] = None
        if len(found) >= MAX_ERRORS:
            break
    for text in prose:
        if ": " in text:
            found.update({_tidy(match["m"]): None for match in _IN_PROSE.finditer(text[:4000])})
    return tuple(found)[:MAX_ERRORS]


def _message(text: str) -> str:
    if _CODE_BEFORE.match(text) or "Traceback (most recent" in text:
        return ""
    for needle, pattern in _BY_NEEDLE:
        if needle in text:
            match = compiled(pattern).match(text)
            if match:
                return _tidy(match["m"])
    return ""


def _tidy(message: str) -> str:
    return " ".join(_ADDRESS.sub(" ", message[:MAX_ERROR_LENGTH]).strip("` ").split())
