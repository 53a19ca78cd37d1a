"""`index`, `status`, `clear`: making, describing and removing an index."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from locant.command.options import AsJson, Debug, EncoderOption, NoColor, ProgressOption, Repo, ServerOption
from locant.command.progress import ProgressMode
from locant.command.run import Run, running
from locant.errors import QueryError

__all__ = ["clear", "index", "status"]

LISTED_PATHS = 10
"""Paths under each heading: enough to see what kind of files they are."""


def index(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="Same as --repo.", show_default=False)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be indexed, what not and why.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Parse everything anew.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Processes that parse [default: one per core]", show_default=False),
    ] = None,
    max_file_bytes: Annotated[
        int | None,
        typer.Option("--max-file-bytes", min=1, help="Leave larger files out [default: 1000000]", show_default=False),
    ] = None,
    include_generated: Annotated[
        bool, typer.Option("--include-generated", help="Index files that a tool wrote, too.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Paths listed under each heading; 0: all.")
    ] = LISTED_PATHS,
    encoder: EncoderOption = None,
    progress: ProgressOption = ProgressMode.auto,
    repo: Repo = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Index a repository, or bring its index up to date."""
    with running("index", path or repo, as_json, no_color, debug) as run:
        settings = {**_walk_settings(max_file_bytes, include_generated), "encoder": encoder}
        if dry_run:
            _plan(run, settings, limit)
        else:
            _update(run, settings, limit, jobs=jobs, rebuild=rebuild, progress=progress)


def _walk_settings(max_file_bytes: int | None, include_generated: bool) -> dict[str, Any]:
    """Only what was asked for, so that an index keeps the options it was made with."""
    from locant.indexer.walk.records import DEFAULT_MAX_FILE_BYTES, WalkOptions

    if max_file_bytes is None and not include_generated:
        return {}
    return {"options": WalkOptions(max_file_bytes or DEFAULT_MAX_FILE_BYTES, include_generated)}


def _plan(run: Run, settings: dict[str, Any], limit: int) -> None:
    from locant.command.show_state import plan_json, plan_lines
    from locant.indexer.walk.planning import plan

    planned = plan(run.root, settings.get("options"))
    run.answer(
        Path(planned.root),
        plan_json(planned),
        lambda: plan_lines(run.screen, planned, limit),
        found=bool(planned.files),
    )


def _update(
    run: Run, settings: dict[str, Any], limit: int, *, jobs: int | None, rebuild: bool, progress: ProgressMode
) -> None:
    from locant.command.show_state import report_json, report_lines

    with run.index(workers=jobs, **settings) as opened:
        with run.progress(progress) as sink:
            report = opened.update(rebuild=rebuild, progress=sink)
        state = opened.status()
        run.answer(
            opened.root,
            report_json(report, state),
            lambda: report_lines(run.screen, opened.root, report, state, limit),
        )


def status(
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Show what the index of a repository holds and whether it is fresh."""
    from locant.command.show_state import status_lines

    with running("status", repo, as_json, no_color, debug, server) as run, run.index() as opened:
        state = opened.status()
        run.answer(
            opened.root,
            {"status": state},
            lambda: status_lines(run.screen, state),
            found=state.freshness.indexed_at > 0,
        )


def clear(
    everything: Annotated[bool, typer.Option("--all", help="The indexes of all repositories.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    repo: Repo = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Remove the stored index; the repository itself is never touched."""
    with running("clear", repo, as_json, no_color, debug) as run:
        if everything:
            _clear_all(run, yes)
        else:
            _clear_one(run, yes)


def _clear_one(run: Run, yes: bool) -> None:
    with run.index() as opened:
        if not yes and not _agreed(run, f"Remove the index of {opened.root}?"):
            return
        opened.clear()
        run.answer(opened.root, {"removed": [opened.root]}, lambda: [f"Removed the index of {opened.root}."])


def _clear_all(run: Run, yes: bool) -> None:
    from locant.command.clearing import remove_all
    from locant.command.wording import count
    from locant.indexer.store.folder import cache_folder, stored_trees

    cache = cache_folder()
    roots = [root for _, root in stored_trees(cache)]
    if not yes and not _agreed(run, f"Remove {count(len(roots), 'index', 'indexes')} in {cache}?"):
        return
    remove_all(cache)
    text = f"Removed {count(len(roots), 'index', 'indexes')} from {cache}."
    run.answer(None, {"removed": roots}, lambda: [text])


def _agreed(run: Run, question: str) -> bool:
    if run.as_json or not sys.stdin.isatty():
        raise QueryError(f"{question} Nobody can be asked here: add --yes")
    from locant.command.screen import visible

    if typer.confirm(visible(question)):
        return True
    run.note("nothing was removed")
    return False
