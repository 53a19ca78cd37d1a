"""How a short text is to be read: question, symbol, literal, regular expression or issue.

A question is the safe reading: it also looks for the symbols in it. A regular expression is assumed only for text
that makes no other sense, since a wrong guess there answers nothing.
"""

from __future__ import annotations

import re

from locant.retriever.query.languages import SOURCE_EXTENSIONS
from locant.retriever.query.mentions import is_chain, shape_of
from locant.retriever.query.records import QueryShape
from locant.types import SearchMode

__all__ = ["read_shape"]

ISSUE_WORDS = 40  # a question of more words tells a story, as an issue does
_MAX_PATTERN_LENGTH = 200  # nobody types a longer expression or quotes a longer literal to be found
_MAX_PLAIN_WORDS = 2  # `def test_.*\(self` has two; a sentence about an expression has more

_QUOTED = re.compile(r'"([^"\n]+)"')
_SLASHED = re.compile(r"/(?P<inside>[^\n]+)/(?P<flags>[imsx]*)")
_META = re.compile(r"[\\^$|*+?()\[\]{}]")
_PLAIN_WORD = re.compile(r"(?<![\w\\(\[|.*^])[A-Za-z]{2,}(?![\w\\(\[{|.*+?$])")
_WINDOWS_PATH = re.compile(r"(?:[A-Za-z]:|\.{1,2}|\\)\\[\w. -]+\\")
# Each of these means something in an expression and nothing elsewhere.
_REGEX_SIGNS = re.compile(
    r"\\[wdsWDS](?![A-Za-z0-9])|^\\b|\\b$|\\b[)|]"  # classes and borders, not the folders of a Windows path
    r"|(?<=\w)\\[.(\[](?=[\w\\)]|$)|\\\(|\\\[|\\\{"  # an escaped mark
    r"|(?<![*\s\"'])\.[*+]\??(?=[\w\\(\[$])|^\.[*+]\??(?=\w)"  # `foo.*bar`, not `foo.*` or `*.py`
    r"|^\^(?=[A-Za-z_\\(\[@#])|(?<=[\w)\]*+])\$$(?<=[)\]*+]\$)"
    r"|\[\^?(?:[A-Za-z0-9]-[A-Za-z0-9]|\\.)[^\]\s]*\]"
    r"|\(\?(?:[:=!i]|P?<)"
    r"|\([A-Za-z_]+(?:\|[A-Za-z_]+)+\)"
)
_TRACE = re.compile(
    r"Traceback \(most recent|^\s*at \S+.*:\d+\)?$|^\s*File \"|panicked at|^goroutine \d|^#{1,4} \S|^```", re.M
)


def read_shape(text: str, mode: SearchMode) -> tuple[QueryShape, str]:
    """The shape, and for symbol, literal and regex what to look for.

    A mode that was asked for takes the text as it stands; only `auto` takes quotes and slashes off.
    """
    if mode == "symbol":
        return "symbol", _bare_symbol(text.strip())
    if mode == "literal" or mode == "regex":
        return mode, text.strip("\r\n")
    if _is_issue(text):
        return "issue", ""
    return ("question", "") if mode == "words" else _guess(text)


def _is_issue(text: str) -> bool:
    stripped = text.strip()
    if len(stripped.split(None, ISSUE_WORDS)) > ISSUE_WORDS:
        return True
    return "\n" in stripped and (stripped.count("\n") > 1 or _TRACE.search(stripped) is not None)


def _guess(text: str) -> tuple[QueryShape, str]:
    stripped = text.strip()
    if not stripped or "\n" in stripped or len(stripped) > _MAX_PATTERN_LENGTH:
        return "question", ""
    quoted = _QUOTED.fullmatch(stripped)
    if quoted:
        return "literal", quoted[1]
    pattern = _slashed(stripped) or (text.strip("\r\n") if _looks_like_regex(stripped) else "")
    if pattern and _compiles(pattern):
        return "regex", pattern
    symbol = _bare_symbol(stripped)
    return ("symbol", symbol) if _looks_like_symbol(stripped, symbol) else ("question", "")


def _slashed(text: str) -> str:
    """What is between the slashes, unless the text is a path or a route."""
    match = _SLASHED.fullmatch(text)
    if not match or ("/" in match["inside"].replace(r"\/", "") and not _looks_like_regex(match["inside"])):
        return ""
    if not _META.search(match["inside"]) and len(match["inside"].split()) > 1:
        return ""
    return f"(?{match['flags']})" * bool(match["flags"]) + match["inside"].replace(r"\/", "/")


def _looks_like_regex(text: str) -> bool:
    if _WINDOWS_PATH.match(text) or (text.endswith("?") and " " in text):
        return False
    return len(_PLAIN_WORD.findall(text)) <= _MAX_PLAIN_WORDS and _REGEX_SIGNS.search(text) is not None


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _bare_symbol(text: str) -> str:
    return text.strip("`").removesuffix("()").lstrip("@.#")


def _looks_like_symbol(text: str, symbol: str) -> bool:
    if not is_chain(symbol):
        return False
    if text.endswith("()") or text.startswith(("`", "@")):
        return True
    head, dot, ending = symbol.rpartition(".")
    if dot and ending.lower() in SOURCE_EXTENSIONS and len(ending) > 1 and head.replace(".", "").isidentifier():
        return False  # a file name
    return shape_of(symbol) == "strong" or not symbol.replace("$", "_").isidentifier()
