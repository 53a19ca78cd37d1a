"""Colours for source lines. Pygments is imported only when there is a terminal to show them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locant.command.screen import Screen

if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ["source_lines"]

_LEXERS = {"tsx": "typescript", "csharp": "c#", "jsx": "javascript"}
"""Names of ours that Pygments calls otherwise."""


def source_lines(screen: Screen, text: str, language: str, room: int = 0) -> list[str]:
    """Lines of source, harmless, cut to the screen, and coloured where the screen has colours."""
    plain = [screen.code(line, room) for line in text.split("\n")]
    lexer = _lexer(language) if screen.colour else None
    if lexer is None:
        return plain
    return _coloured(plain, lexer)


def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(_LEXERS.get(language, language), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _coloured(plain: list[str], lexer: Lexer) -> list[str]:
    """Let the user's own terminal colours decide: the 16 colour names fit dark and light themes."""
    from pygments import highlight
    from pygments.formatters import TerminalFormatter

    painted = highlight("\n".join(plain), lexer, TerminalFormatter()).split("\n")
    # A lexer may add or swallow a newline at the end; the count must stay, since line numbers go with it.
    return (painted + plain[len(painted) :])[: len(plain)]
