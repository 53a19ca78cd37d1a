"""`search` and `localize`: from a question or an issue to places. Both index on first use."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from locant.command.modelled import (
    MODEL_SECONDS,
    MODEL_TOKENS,
    NO_MODEL,
    NO_MODEL_THERE,
    PROMPT_TOKENS,
    ModelFlags,
    rewriting_settings,
)
from locant.command.options import (
    AreaFilter,
    AsJson,
    Debug,
    DryRun,
    EncoderOption,
    Explain,
    IssueFile,
    IssueText,
    KindFilter,
    LanguageFilter,
    MaxCost,
    MaxModelSeconds,
    MaxModelTokens,
    ModelName,
    NoColor,
    PathFilter,
    ProgressOption,
    PromptTokens,
    Repo,
    Repos,
    Rewrite,
    Samples,
    ServerOption,
    Strategy,
    SummariesOption,
)
from locant.command.progress import ProgressMode
from locant.command.run import Run, choice, running
from locant.errors import QueryError
from locant.types import RankerName, RerankName, SearchMode

if TYPE_CHECKING:
    from locant.merging import Comparable
    from locant.payloads import Searched

__all__ = ["issue_text", "localize", "search"]

LEAST_FILES, LEAST_FUNCTIONS = 20, 50
"""What --json gives unless told otherwise."""

LINE_SHAPES = ("literal", "regex")
"""Modes that look for lines; as `locant.searching` has it, which takes long to import."""

SHOWN = 10
"""What fits on a screen: files, then functions."""

MAX_ISSUE_BYTES = 4_000_000
"""No issue is longer; a log file given by mistake is refused before it is read."""


def search(
    text: Annotated[
        str, typer.Argument(help="Words, a symbol, a literal or a regular expression.", show_default=False)
    ],
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Repositories to search, instead of --repo.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Hits to show.")] = SHOWN,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Hits to skip.")] = 0,
    mode: Annotated[str, typer.Option("--mode", "-m", help="auto, words, symbol, literal or regex.")] = "auto",
    language: LanguageFilter = None,
    path: PathFilter = None,
    kind: KindFilter = None,
    area: AreaFilter = None,
    explain: Explain = False,
    encoder: EncoderOption = None,
    summaries: SummariesOption = False,
    rewrite: Rewrite = False,
    model: ModelName = None,
    dry_run: DryRun = False,
    max_cost: MaxCost = None,
    progress: ProgressOption = ProgressMode.auto,
    repo: Repos = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Find the places that words, a symbol, a literal or a regular expression are about."""
    from locant.command.show_search import search_lines
    from locant.payloads import merge, search_json

    roots = [*(repo or ()), *(paths or ())]
    with running("search", roots[0] if len(roots) == 1 else None, as_json, no_color, debug, server) as run:
        filters = (tuple(language or ()), tuple(path or ()), tuple(kind or ()), tuple(area or ()))
        wanted = cast("SearchMode", choice(mode, get_args(SearchMode), "mode"))
        further = rewriting_settings(model, rewrite, dry_run, max_cost, is_local=run.server is None)
        most = offset + limit + 1  # one more than is shown tells whether there is more
        question = _Question(text, most, wanted, *filters, summaries, further)
        answers = _ask_all(run, [*dict.fromkeys(roots)] or run.roots(), question, encoder, progress)
        shown, more = merge(answers, offset, limit)
        run.answer(
            Path(answers[0].root) if len(answers) == 1 else None,
            search_json(answers, shown, more),
            lambda: search_lines(run.screen, answers, shown, more, explain=explain),
            found=bool(shown),
        )


@dataclass(frozen=True, slots=True)
class _Question:
    """What `search` asks of each repository."""

    text: str
    limit: int
    mode: SearchMode
    languages: tuple[str, ...]
    paths: tuple[str, ...]
    kinds: tuple[str, ...]
    areas: tuple[str, ...]
    summaries: bool
    further: Mapping[str, Any]


def _ask_all(
    run: Run, roots: Sequence[Path], question: _Question, encoder: str | None, progress: ProgressMode
) -> list[Searched]:
    """The answer of each repository; of several, with scores that can be compared."""
    if len(roots) == 1:
        return [_ask(run, roots[0], question, encoder, progress, is_only=True).answer]
    from locant.merging import compared

    return compared([_ask(run, root, question, encoder, progress) for root in roots])


def _ask(
    run: Run, root: Path, question: _Question, encoder: str | None, progress: ProgressMode, *, is_only: bool = False
) -> Comparable[Searched]:
    from locant.merging import Comparable
    from locant.payloads import Searched
    from locant.types import Vocabulary

    with run.index(root, encoder=encoder) as opened, run.progress(progress) as sink:
        result = opened.search(
            question.text,
            limit=question.limit,
            mode=question.mode,
            languages=question.languages,
            paths=question.paths,
            kinds=question.kinds,
            areas=question.areas,
            summaries=question.summaries,
            progress=sink,
            **question.further,
        )
        has_words = not is_only and result.mode not in LINE_SHAPES  # lines match or do not, everywhere alike
        words = opened.vocabulary(question.text) if has_words else Vocabulary(0, {})
        return Comparable(Searched(opened.root, result), words)


def localize(
    issue: IssueFile = None,
    text: IssueText = None,
    files: Annotated[
        int | None,
        typer.Option("--files", min=1, help="Files to name [default: 10; with --json 20]", show_default=False),
    ] = None,
    functions: Annotated[
        int | None,
        typer.Option("--functions", min=1, help="Functions to name [default: 10; with --json 50]", show_default=False),
    ] = None,
    ranker: Annotated[
        str, typer.Option("--ranker", metavar="NAME", help="learned (models that ship with locant) or fusion.")
    ] = "learned",
    rerank: Annotated[
        str, typer.Option("--rerank", metavar="NAME", help="none, or neural (a model that reads code).")
    ] = "none",
    model: ModelName = None,
    strategy: Strategy = "rerank",
    rewrite: Rewrite = False,
    dry_run: DryRun = False,
    max_cost: MaxCost = None,
    max_model_tokens: MaxModelTokens = MODEL_TOKENS,
    max_model_seconds: MaxModelSeconds = MODEL_SECONDS,
    prompt_tokens: PromptTokens = PROMPT_TOKENS,
    samples: Samples = 1,
    explain: Explain = False,
    progress: ProgressOption = ProgressMode.auto,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Find the files, functions and lines that an issue is about."""
    from locant.command.show_localize import localization_lines
    from locant.payloads import localization_json

    with running("localize", repo, as_json, no_color, debug, server) as run:
        words = issue_text(issue, text)
        if rewrite and not model:
            raise QueryError(NO_MODEL)
        limits = (max_cost, max_model_tokens, max_model_seconds, prompt_tokens)
        flags = ModelFlags(model, "rewrite" if rewrite else strategy, dry_run, *limits, samples)
        asked = flags.settings()
        if asked and run.server is not None:
            raise QueryError(NO_MODEL_THERE)
        with run.index() as opened, run.progress(progress) as sink:
            answer = opened.localize(
                words,
                files=files or LEAST_FILES,
                functions=functions or LEAST_FUNCTIONS,
                ranker=cast("RankerName", choice(ranker, get_args(RankerName), "ranker")),
                rerank=cast("RerankName", choice(rerank, get_args(RerankName), "last stage")),
                progress=sink,
                **asked,
            )
        run.answer(
            opened.root,
            localization_json(answer),
            lambda: localization_lines(
                run.screen, opened.root, answer, files or SHOWN, functions or SHOWN, explain=explain
            ),
            found=bool(answer.files),
        )


def issue_text(issue: str | None, text: str | None) -> str:
    """The issue from its file, from stdin or as it is given; a QueryError when there is none, or two."""
    if (issue is None) == (text is None):
        raise QueryError("give either an ISSUE_FILE (or - for stdin) or --text 'what is wrong'")
    words = text if text is not None else _read_issue(issue or "-")
    if not words.strip():
        raise QueryError(f"the issue {issue or '--text'!r} is empty; it needs at least a few words")
    return words


def _read_issue(issue: str) -> str:
    if issue == "-":
        return sys.stdin.read(MAX_ISSUE_BYTES)
    path = Path(issue)
    try:
        if path.stat().st_size > MAX_ISSUE_BYTES:
            raise QueryError(f"{issue!r} is larger than {MAX_ISSUE_BYTES:,} bytes; give the text of one issue")
        return path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        raise QueryError(
            f"cannot read the issue file {issue!r}: {error.strerror}. To give the text itself, use --text"
        ) from error
