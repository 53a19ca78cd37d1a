"""What a commit message says about a change, without what gives the answer away, and which messages say too little."""

from __future__ import annotations

import re

__all__ = ["is_chore", "issue_text"]

MIN_WORDS = 5
"""Shorter messages ("fix typo", "update tests") describe no place; the public benchmarks have none like them."""

MAX_CHARACTERS = 6_000
"""A longer message is a pasted log or a squashed branch."""

_TRAILER = re.compile(
    r"^(signed-off-by|co-authored-by|reviewed-by|acked-by|tested-by|reported-by|suggested-by|cc|change-id|git-svn-id|"
    r"approved-by|bug|fixes|closes|resolves|refs?|see[- ]also|pr-url|reviewed-on|differential revision|link):\s.*$",
    re.IGNORECASE,
)
"""Lines below the title. A title may begin in the same way: `BUG: mean of an empty list`."""

_ISSUE = (
    r"(?:(?:fix(?:es|ed)?|closes?d?|resolves?d?|refs?|see(?:[- ]also)?|addresses)[:\s]\s*)?(?:(?:bug|issue)[:\s]\s*)?"
    r"(?:(?:[\w.-]+/[\w.-]+)?#\d+|\bgh-\d+|https?://\S+)"
)
_REFERENCE = re.compile(rf"^{_ISSUE}(?:(?:,|\s|and\b|&)+{_ISSUE})*[\s.:,\u2013-]*", re.IGNORECASE)
"""What only names an issue: `Fixes #12`, or the start of `Closes #3, #4. Prices are wrong`."""

_REVIEW_STATE = re.compile(r"^\s*(?:\[(?:MRG|WIP|RFC|RDY|READY|DNM)(?:\s*\+\s*\d+)?\]\s*:?\s*)+", re.IGNORECASE)
_FILE_LINE = re.compile(
    r"^[\s*+\-•]*(?:[AMDR]\s+)?[\w./+@-]+/[\w./+@-]+\.\w{1,5}(?:\s*[:(,|].*)?$"  # "* src/a.c (f): why", "M src/a.c"
    r"|^\s*\S+\s+\|\s+(?:\d+\s[+-]*|Bin\b.*)$"  # "src/a.c | 4 ++--"
    r"|^\s*\d+ files? changed\b.*$|^\s*(?:create|delete) mode \d+ .*$"  # the end of `git diff --stat`
    r"|^\s*\*\s+[\w./+-]+\.\w{1,5}\s*[:(].*$"  # "* a.c (f): why", as in a ChangeLog
    r"|^\s*(?:modified|new file|deleted|renamed):\s+\S.*$"  # `git status`
)
_NUMBER = re.compile(r"\s*\((?:#|gh-|GH-)\d+\)|^\s*(?:#\d+[:,]?\s*)+")
_WORD = re.compile(r"[^\W\d_]{2,}")

BOTS = (r"\[bot\]", r"\bbot\b", "dependabot", "renovate", "greenkeeper", "pre-commit-ci", "weblate", "github-actions")
CHORES = (
    r"(?:revert|reapply|merge|bump|release|backport|cherry[- ]pick)\b",
    r"prepare(?: for)? (?:release|version)|version \d|v?\d+\.\d+",
    r"(?:chore|build|ci|style|docs?|tests?|release)(?:\([^)]*\))?!?:",
    r"(?:update|upgrade) (?:(?:the )?(?:changelog|dependenc|version|copyright)|.* to (?:v\d|\d+\.\d+))",
    r"(?:run (?:black|ruff|prettier|gofmt|clang-format)|(?:re)?format|(?:fix (?:a )?)?(?:typos?|lint)|fix ci)\b",
)
"""How titles of commits begin that are about no place: reverts, releases, dependencies, documents, clean-up."""

_BOT = re.compile("|".join(BOTS), re.IGNORECASE)
_CHORE = re.compile(rf"^(?:{'|'.join(CHORES)})|this reverts commit|\bbump(?:s|ed)? \S+ (?:from|to)\b", re.IGNORECASE)


def is_chore(author: str, message: str) -> bool:
    """Whether a commit is a bot's, a revert, a release, a dependency bump or clean-up: not about a place."""
    return bool(_BOT.search(author) or _CHORE.search(message.strip()))


def issue_text(message: str) -> str:
    """The message as an issue's text: without trailers, lists of files and numbers; empty when little is left."""
    lines = [_bare(line, number) for number, line in enumerate(message.strip().splitlines())]
    kept = [line.rstrip() for line in lines if line is not None and not _FILE_LINE.match(line)]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    title, newline, body = text.partition("\n")
    text = (_NUMBER.sub("", title).strip() + newline + body).strip()
    enough = len(_WORD.findall(text)) >= MIN_WORDS and len(text) <= MAX_CHARACTERS
    return text if enough else ""


def _bare(line: str, number: int) -> str | None:
    """The title without an issue's number and a state of review before it; another line as it is, None to drop it."""
    if number:
        return None if _TRAILER.match(line) or (line.strip() and _REFERENCE.fullmatch(line.strip())) else line
    return _REFERENCE.sub("", _REVIEW_STATE.sub("", line))
