"""`brief` and `map`: what an agent, or a person, should have read before the first step. Both index on first use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from locant.command.commands_find import issue_text
from locant.command.options import (
    AsJson,
    Debug,
    IssueFile,
    IssueText,
    NoColor,
    ProgressOption,
    Repo,
    ServerOption,
    SummariesOption,
)
from locant.command.progress import ProgressMode
from locant.command.run import Run, running
from locant.command.screen import visible
from locant.command.wording import freshness_line
from locant.payloads import brief_json, map_json

if TYPE_CHECKING:
    from locant.facade import Index
    from locant.types import RepoMap

__all__ = ["MaxTokens", "Tokenizer", "brief", "counting", "map_command"]

MOST_TOKENS = 1_000_000_000
"""A budget that no answer reaches; more is a slip of the finger."""

NOTHING_FITS = "nothing fits into {tokens} tokens: give more by --max-tokens"
NO_FILES = "there is no file to show: the repository has none, or all are left out (`locant index --dry-run` says why)"

MaxTokens = Annotated[
    int, typer.Option("--max-tokens", "-n", min=0, max=MOST_TOKENS, help="Tokens of the text at most; never more.")
]
Tokenizer = Annotated[
    str,
    typer.Option(
        "--tokenizer", metavar="NAME", help="estimate (rather too many than too few), tiktoken or tiktoken:ENCODING."
    ),
]


def brief(
    issue: IssueFile = None,
    text: IssueText = None,
    max_tokens: MaxTokens = 4_000,
    pin: Annotated[
        list[str] | None,
        typer.Option("--pin", metavar="FILE", help="A file that is known to matter; repeatable.", show_default=False),
    ] = None,
    tokenizer: Tokenizer = "estimate",
    progress: ProgressOption = ProgressMode.auto,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Write the opening context for an issue: candidates, code, neighbours, tests and a map, under a token budget."""
    with running("brief", repo, as_json, no_color, debug, server) as run:
        words, count = issue_text(issue, text), counting(run, tokenizer)
        with run.index() as opened, run.progress(progress) as sink:
            pinned = tuple(run.inside(opened, file) for file in pin or ())
            answer = opened.brief(words, max_tokens=max_tokens, pin=pinned, progress=sink, **count)
        shown = bool(answer.places or answer.map_files)
        if not answer.text:
            run.note(NOTHING_FITS.format(tokens=answer.max_tokens))
        run.answer(opened.root, brief_json(answer), lambda: _text_lines(answer.text), found=shown)


def map_command(
    focus: Annotated[
        str | None,
        typer.Option("--focus", "-t", metavar="TEXT", help="Show first what this is about.", show_default=False),
    ] = None,
    file: Annotated[
        list[str] | None,
        typer.Option(
            "--file",
            "-f",
            metavar="FILE",
            help="Show what hangs together with this file; repeatable.",
            show_default=False,
        ),
    ] = None,
    max_tokens: MaxTokens = 2_000,
    tokenizer: Tokenizer = "estimate",
    summaries: SummariesOption = False,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="OUT", help="Write a picture to this file, too.", show_default=False)
    ] = None,
    progress: ProgressOption = ProgressMode.auto,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Show the most important files, definitions and signatures of a repository, under a token budget."""
    with running("map", repo, as_json, no_color, debug, server) as run:
        count = counting(run, tokenizer)
        with run.index() as opened, run.progress(progress) as sink:
            known = tuple(run.inside(opened, path) for path in file or ())
            answer = opened.repo_map(
                focus=focus or "", files=known, max_tokens=max_tokens, summaries=summaries, progress=sink, **count
            )
            if svg is not None:
                _write_picture(opened, svg, focus or "", known)
        if not answer.text:
            run.note(NOTHING_FITS.format(tokens=answer.max_tokens) if answer.total_files else NO_FILES)
        run.answer(
            opened.root,
            map_json(answer, svg),
            lambda: _map_lines(run, answer, svg),
            found=bool(answer.text or svg),
        )


def counting(run: Run, tokenizer: str) -> dict[str, Any]:
    """How tokens are counted, as an argument of the index; the estimate is what a server counts by itself."""
    from locant.retriever.tokens import estimate_tokens, token_counter

    counter = token_counter(tokenizer)
    return {} if run.server is not None and counter is estimate_tokens else {"count_tokens": counter}


def _write_picture(opened: Index, out: Path, focus: str, files: tuple[str, ...]) -> None:
    from locant.command.writing import write_whole

    write_whole(out, opened.map_picture(focus=focus, files=files), "picture")


def _text_lines(text: str) -> Iterator[str]:
    """The text as it is: what reads it counts its tokens, so nothing is added in a pipe."""
    if text:
        yield visible(text)


def _map_lines(run: Run, answer: RepoMap, svg: Path | None) -> Iterator[str]:
    yield from _text_lines(answer.text)
    if run.screen.terminal:
        yield ""
        if svg is not None:
            yield f"picture in {visible(str(svg))}"
        yield freshness_line(run.screen, answer.freshness)
