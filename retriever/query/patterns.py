"""Patterns of tables, compiled when a line first needs them: most searches hold no trace and no error at all."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["compiled"]


@cache
def compiled(source: str) -> re.Pattern[str]:
    """The pattern, compiled once a process; only for sources written in this package."""
    return re.compile(source)
