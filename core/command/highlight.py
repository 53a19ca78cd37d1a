"""Colours for source lines. Rich is imported only when there is a terminal to show them on."""

from __future__ import annotations

from locant.command.screen import Screen

__all__ = ["source_lines"]

_LEXERS = {"tsx": "typescript", "csharp": "c#"}
"""Names of ours that the highlighter calls otherwise."""

THEME = "ansi_dark"
"""Made of the 16 colours that the user's own terminal theme defines, so it is readable on light ones, too."""

UNWRAPPED = 1_000_000
"""Lines have their length already; the highlighter must not fold them."""


def source_lines(screen: Screen, text: str, language: str, room: int = 0) -> list[str]:
    """Lines of source, harmless, cut to the screen, and coloured where the screen has colours."""
    plain = [screen.code(line, room) for line in text.split("\n")]
    return _coloured(plain, _LEXERS.get(language, language)) if screen.colour else plain


def _coloured(plain: list[str], lexer: str) -> list[str]:
    from rich.console import Console
    from rich.syntax import Syntax

    painter = Syntax("", lexer, theme=THEME)
    if painter.lexer is None:
        return plain
    console = Console(force_terminal=True, color_system="standard", width=UNWRAPPED, legacy_windows=False)
    with console.capture() as captured:
        console.print(painter.highlight("\n".join(plain)), soft_wrap=True, end="")
    painted = captured.get().split("\n")
    # A lexer may add or swallow a newline at the end; the count must stay, since line numbers go with it.
    return (painted + plain[len(painted) :])[: len(plain)]
