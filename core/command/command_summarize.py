"""`summarize`: what a repository, a folder or a file is, in a sentence for each part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from locant.command.modelled import (
    MODEL_SECONDS,
    MODEL_TOKENS,
    NO_MODEL_THERE,
    PROMPT_TOKENS,
    ModelFlags,
    model_lines,
)
from locant.command.options import (
    AsJson,
    Debug,
    DryRun,
    MaxCost,
    MaxModelSeconds,
    MaxModelTokens,
    NoColor,
    ProgressOption,
    PromptTokens,
    Repo,
    ServerOption,
)
from locant.command.progress import ProgressMode
from locant.command.run import Run, running
from locant.command.screen import visible
from locant.errors import QueryError

if TYPE_CHECKING:
    from locant.types import SummaryTree

__all__ = ["summarize"]


def summarize(
    path: Annotated[
        str, typer.Argument(metavar="[PATH]", help="A folder or a file; the whole repository without.")
    ] = "",
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="NAME", help="Let a language model write: files are sent to it.", show_default=False
        ),
    ] = None,
    dry_run: DryRun = False,
    max_cost: MaxCost = None,
    max_model_tokens: MaxModelTokens = MODEL_TOKENS,
    max_model_seconds: MaxModelSeconds = MODEL_SECONDS,
    prompt_tokens: PromptTokens = PROMPT_TOKENS,
    progress: ProgressOption = ProgressMode.auto,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Say what the repository, a folder or a file is: a sentence for it and for each of its parts."""
    from locant.payloads import summaries_json

    with running("summarize", repo, as_json, no_color, debug, server) as run:
        flags = ModelFlags(
            model, "rewrite", dry_run, max_cost, max_model_tokens, max_model_seconds, prompt_tokens, samples=1
        )
        if model and run.server is not None:
            raise QueryError(NO_MODEL_THERE)
        asked = {name: value for name, value in flags.settings().items() if name != "strategy"}
        with run.index() as opened, run.progress(progress) as sink:
            wanted = run.inside(opened, path) if path else ""
            answer = opened.summaries("" if wanted == "." else wanted, progress=sink, **asked)
        run.answer(opened.root, summaries_json(answer), lambda: _lines(run, answer), found=bool(answer.summaries))


def _lines(run: Run, answer: SummaryTree) -> Iterator[str]:
    """The first summary, then its parts below it."""
    for place, summary in enumerate(answer.summaries):
        indent = "  " if place else ""
        name = summary.name + ("/" if summary.kind == "folder" else "")
        line = f"{summary.start_line} " if summary.kind not in ("file", "folder", "repository") else ""
        yield f"{indent}{line}{run.screen.paint('symbol', name)}: {visible(summary.text)}"
    yield from model_lines(run.screen, answer.model)
