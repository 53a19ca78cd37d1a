"""What is said of a pack beside its text: how much of it is what, and what is not in it."""

from __future__ import annotations

from collections.abc import Iterator

from locant.command.screen import visible
from locant.command.wording import count
from locant.types import Pack

__all__ = ["forms_line", "pack_stats"]

LARGEST = 10
"""Files that are named with their tokens: those that one would leave out to make room."""


def forms_line(answer: Pack) -> str:
    """How many files are shown in which form."""
    folded = sum(file.form == "folded" for file in answer.files)
    return f"{count(len(answer.files) - folded, 'file')} whole, {folded:,} folded, {len(answer.named):,} only named"


def pack_stats(answer: Pack) -> Iterator[str]:
    """Tokens by file, largest first, and what is not in the pack: by reason, and what did not fit by name."""
    yield f"{answer.tokens:,} tokens of {answer.max_tokens:,}: {forms_line(answer)}"
    largest = sorted(answer.files, key=lambda file: (-file.tokens, file.path))[:LARGEST]
    digits = max((len(f"{file.tokens:,}") for file in largest), default=0)
    for file in largest:
        share = 100 * file.tokens / max(answer.tokens, 1)
        yield f"  {file.tokens:>{digits},} ({share:4.1f} %)  {visible(file.path)}{_form(file.form)}"
    left_out = sorted(answer.freshness.left_out.items(), key=lambda item: (-item[1], item[0]))
    if left_out:
        reasons = ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in left_out)
        yield f"left out on purpose: {reasons} (`locant index` names them)"
    if answer.named:
        more = f", … and {len(answer.named) - LARGEST:,} more" if len(answer.named) > LARGEST else ""
        yield f"did not fit: {', '.join(map(visible, answer.named[:LARGEST]))}{more}"


def _form(form: str) -> str:
    return "" if form == "whole" else f" ({form})"
