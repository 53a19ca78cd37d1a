"""Exit codes of `locant`, documented in docs/cli.md: scripts branch on them, so no number gets a new meaning."""

from __future__ import annotations

from locant.errors import LocantError, NotFoundError, QueryError

__all__ = ["FAILED", "FOUND", "INTERNAL", "INTERRUPTED", "NOTHING", "USAGE", "exit_code"]

FOUND = 0
NOTHING = 1  # as grep: the question was fine, the answer is empty
USAGE = 2  # as every option parser
FAILED = 3
INTERNAL = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130  # 128 + SIGINT, as shells count

_CODES: tuple[tuple[type[LocantError], int], ...] = (
    (NotFoundError, NOTHING),
    (QueryError, USAGE),
    (LocantError, FAILED),
)


def exit_code(error: LocantError) -> int:
    """Code of an expected error; the first row that fits counts, so special classes stand before their bases."""
    return next(code for kind, code in _CODES if isinstance(error, kind))
