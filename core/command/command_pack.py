"""`pack`: a repository in one text, for models with a large window."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from locant.command.commands_context import MaxTokens, Tokenizer, counting
from locant.command.commands_find import issue_text
from locant.command.options import (
    AreaFilter,
    AsJson,
    Debug,
    LanguageFilter,
    NoColor,
    PathFilter,
    ProgressOption,
    Repo,
    ServerOption,
)
from locant.command.progress import ProgressMode
from locant.command.run import Run, choice, running
from locant.command.screen import visible, write_lines
from locant.types import PackDetail, PackOrder, PackStyle

if TYPE_CHECKING:
    from locant.facade import Index
    from locant.types import Pack

__all__ = ["pack"]

STDOUT = Path("-")

_SPECIAL = re.compile(r"([*?\[\]!#\\ ])")
"""What has a meaning in a glob."""


def pack(
    issue: Annotated[
        str | None,
        typer.Argument(metavar="[ISSUE_FILE]", help="File with an issue's text; - reads stdin.", show_default=False),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", "-t", help="An issue or a question itself.", show_default=False)
    ] = None,
    max_tokens: MaxTokens = 100_000,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the text to this file; - is standard output.",
            show_default=False,
        ),
    ] = None,
    style: Annotated[str, typer.Option("--style", metavar="NAME", help="xml, markdown or plain.")] = "xml",
    order: Annotated[
        str, typer.Option("--order", metavar="NAME", help="relevance (best first), best-last or path.")
    ] = "relevance",
    detail: Annotated[
        str, typer.Option("--detail", metavar="NAME", help="auto (whole, then folded), whole or folded.")
    ] = "auto",
    line_numbers: Annotated[bool, typer.Option("--line-numbers", help="Give lines their numbers.")] = False,
    no_tree: Annotated[bool, typer.Option("--no-tree", help="Leave out the tree of the repository.")] = False,
    stats: Annotated[
        bool, typer.Option("--stats", help="Say on stderr what takes most tokens, and what is left out and why.")
    ] = False,
    language: LanguageFilter = None,
    path: PathFilter = None,
    area: AreaFilter = None,
    tokenizer: Tokenizer = "estimate",
    progress: ProgressOption = ProgressMode.auto,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Pack the repository into one text for a model with a large window, most relevant first, under a token budget."""
    from locant.command.show_pack import pack_stats
    from locant.command.writing import write_whole
    from locant.payloads import pack_json

    with running("pack", repo, as_json, no_color, debug, server) as run:
        words = issue_text(issue, text) if (issue, text) != (None, None) else ""
        count, target = counting(run, tokenizer), None if output == STDOUT else output
        with run.index() as opened, run.progress(progress) as sink:
            answer = opened.pack(
                words,
                max_tokens=max_tokens,
                style=cast("PackStyle", choice(style, get_args(PackStyle), "style")),
                order=cast("PackOrder", choice(order, get_args(PackOrder), "order")),
                detail=cast("PackDetail", choice(detail, get_args(PackDetail), "detail")),
                line_numbers=line_numbers,
                tree=not no_tree,
                languages=tuple(language or ()),
                paths=(*(path or ()), *_not_itself(opened, target)),
                areas=tuple(area or ()),
                progress=sink,
                **count,
            )
        if target is not None and answer.text:
            write_whole(target, f"{answer.text}\n", "pack")
        if not answer.text and answer.hint and not as_json:
            run.note(answer.hint)
        if stats:
            write_lines(pack_stats(answer), sys.stderr)
        run.answer(opened.root, pack_json(answer, target), lambda: _lines(run, answer, target), found=bool(answer.text))


def _not_itself(index: Index, output: Path | None) -> tuple[str, ...]:
    """A filter that leaves out the file that is written: the pack of yesterday is no part of that of today."""
    if output is None:
        return ()
    try:
        inside = output.absolute().parent.resolve().joinpath(output.name).relative_to(index.root).as_posix()
    except (OSError, ValueError):
        return ()
    escaped = _SPECIAL.sub(r"\\\1", inside)
    return (f"!/{escaped}",)


def _lines(run: Run, answer: Pack, output: Path | None) -> Iterator[str]:
    """The text as it is, or what was written where."""
    if not answer.text:
        if not answer.hint and (run.screen.terminal or output is not None):
            yield "Nothing fits into this budget."
        return
    if output is None:
        yield visible(answer.text)
        return
    from locant.command.show_pack import forms_line

    yield f"{visible(str(output))}: {answer.tokens:,} tokens of {answer.max_tokens:,}"
    yield forms_line(answer)
