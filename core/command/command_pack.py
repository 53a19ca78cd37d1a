"""`pack`: a repository in one text, for models with a large window."""

from __future__ import annotations

import re
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
from locant.command.screen import visible
from locant.command.wording import count
from locant.errors import QueryError
from locant.types import PackDetail, PackOrder, PackStyle

if TYPE_CHECKING:
    from locant.facade import Index
    from locant.types import Pack

__all__ = ["pack"]

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
        typer.Option("--output", "-o", metavar="FILE", help="Write the text to this file.", show_default=False),
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
    from locant.payloads import pack_json

    with running("pack", repo, as_json, no_color, debug, server) as run:
        words = issue_text(issue, text) if (issue, text) != (None, None) else ""
        count = counting(run, tokenizer)
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
                paths=(*(path or ()), *_not_itself(opened, output)),
                areas=tuple(area or ()),
                progress=sink,
                **count,
            )
        if output is not None and answer.text:
            _write(output, answer.text)
        run.answer(opened.root, pack_json(answer, output), lambda: _lines(run, answer, output), found=bool(answer.text))


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


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise QueryError(
            f"cannot write the pack to {str(output)!r}: {error.strerror}; name a file that can be"
        ) from error


def _lines(run: Run, answer: Pack, output: Path | None) -> Iterator[str]:
    """The text as it is, or what was written where."""
    if not answer.text:
        if run.screen.terminal or output is not None:
            yield "Nothing fits into this budget."
        return
    if output is None:
        yield visible(answer.text)
        return
    folded = sum(file.form == "folded" for file in answer.files)
    yield f"{visible(str(output))}: {answer.tokens:,} tokens of {answer.max_tokens:,}"
    yield f"{count(len(answer.files) - folded, 'file')} whole, {folded:,} folded, {len(answer.named):,} only named"
