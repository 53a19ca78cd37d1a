"""Options that several commands share, declared once so that they read the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from locant.command.progress import ProgressMode

__all__ = [
    "AreaFilter",
    "AsJson",
    "Debug",
    "DryRun",
    "EncoderOption",
    "Explain",
    "IssueFile",
    "IssueText",
    "KindFilter",
    "LanguageFilter",
    "MaxCost",
    "MaxModelSeconds",
    "MaxModelTokens",
    "ModelName",
    "NoColor",
    "PathFilter",
    "ProgressOption",
    "PromptTokens",
    "Repo",
    "Repos",
    "Rewrite",
    "Samples",
    "ServerOption",
    "Strategy",
    "SummariesOption",
]

IssueFile = Annotated[
    str | None,
    typer.Argument(metavar="[ISSUE_FILE]", help="File with the issue's text; - reads stdin.", show_default=False),
]
IssueText = Annotated[
    str | None, typer.Option("--text", "-t", metavar="TEXT", help="The issue itself.", show_default=False)
]
Explain = Annotated[bool, typer.Option("--explain", help="Show each signal's share of the score.")]
Repos = Annotated[
    list[Path] | None,
    typer.Option("--repo", "-C", metavar="PATH", help="Repository or folder; repeatable.", show_default=False),
]
Repo = Annotated[
    Path | None,
    typer.Option(
        "--repo",
        "-C",
        metavar="PATH",
        help="Repository or folder [default: the repository around the current folder]",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object (docs/json.md).")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours; NO_COLOR in the environment does the same.")]
Debug = Annotated[
    bool, typer.Option("--debug", help="Show the traceback of an unexpected error.", envvar="LOCANT_DEBUG")
]
ProgressOption = Annotated[
    ProgressMode, typer.Option("--progress", help="How progress is shown on stderr; auto: a bar on a terminal.")
]
LanguageFilter = Annotated[
    list[str] | None,
    typer.Option("--language", "-l", metavar="NAME", help="Only this language; repeatable.", show_default=False),
]
PathFilter = Annotated[
    list[str] | None,
    typer.Option(
        "--path", "-p", metavar="GLOB", help="Only paths that match, as 'src/**/*.py'; repeatable.", show_default=False
    ),
]
KindFilter = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        "-k",
        metavar="KIND",
        help="Only this kind of symbol, as function or class; repeatable.",
        show_default=False,
    ),
]
AreaFilter = Annotated[
    list[str] | None,
    typer.Option("--area", metavar="AREA", help="Only code, tests, docs or config; repeatable.", show_default=False),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME",
        help="Compare meaning beside words: static, st:MODEL, litellm:MODEL or none.",
        envvar="LOCANT_ENCODER",
        show_default=False,
        show_envvar=False,
    ),
]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="A language model, as openai/gpt-4o-mini: code is sent to it (docs/models-llm.md).",
        envvar="LOCANT_MODEL",
        show_default=False,
        show_envvar=False,
    ),
]
Strategy = Annotated[
    str,
    typer.Option(
        "--strategy", metavar="NAME", help="With --model: rerank, pointwise, hierarchical, rewrite, agent or codeact."
    ),
]
Rewrite = Annotated[
    bool, typer.Option("--rewrite", help="With --model: let it say the text in the words of the code, too.")
]
SummariesOption = Annotated[
    bool, typer.Option("--summaries", help="With summaries of folders, files and definitions (`locant summarize`).")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="With --model: show exactly what would be sent, and send nothing.")
]
MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", metavar="DOLLARS", help="Of the model, for this answer.", show_default=False),
]
MaxModelTokens = Annotated[
    int, typer.Option("--max-model-tokens", metavar="N", min=0, help="Sent and received, for this answer.")
]
MaxModelSeconds = Annotated[
    float, typer.Option("--max-model-seconds", metavar="N", min=0, help="Of waiting for the model, for this answer.")
]
PromptTokens = Annotated[
    int, typer.Option("--prompt-tokens", metavar="N", min=1, help="Of one question to the model; less for small ones.")
]
Samples = Annotated[
    int, typer.Option("--samples", metavar="N", min=1, help="Answers to each question to the model, which are voted.")
]
ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        metavar="URL",
        help="Ask this server (`locant serve`); --repo is then a name there.",
        envvar="LOCANT_SERVER_URL",
        show_default=False,
        show_envvar=False,
    ),
]
