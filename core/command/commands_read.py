"""`view`, `outline`, `find`, `grep`, `definitions`, `references`, `related`: reading what the index points at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from locant.command.options import (
    AreaFilter,
    AsJson,
    Debug,
    LanguageFilter,
    NoColor,
    PathFilter,
    Repo,
    ServerOption,
    SummariesOption,
)
from locant.command.run import Run, running
from locant.command.targets import Target, parse_target
from locant.command.wording import freshness_line
from locant.payloads import (
    definitions_json,
    find_json,
    grep_json,
    outline_json,
    references_json,
    related_json,
    view_json,
    window,
    with_freshness,
)

if TYPE_CHECKING:
    from locant.facade import Index
    from locant.types import View

__all__ = ["definitions", "find", "grep", "outline", "references", "related", "view"]

Offset = Annotated[int, typer.Option("--offset", min=0, help="Answers to skip.")]


Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Answers to show.")]


@contextmanager
def _reading(run: Run) -> Iterator[Index]:
    """An index that exists: made with progress shown on first use or after damage, as `search` does."""
    from locant.errors import NotFoundError, StoreCorruptError

    with run.index() as opened:
        if run.server is not None:  # it makes its indexes itself
            yield opened
            return
        try:
            opened.status()
        except (NotFoundError, StoreCorruptError):
            with run.progress() as sink:
                opened.update(progress=sink)
        yield opened


def _answer(
    run: Run, opened: Index, payload: Mapping[str, Any], text: Callable[[], Iterable[str]], *, found: bool = True
) -> None:
    """Print an answer that does not say by itself how fresh it is."""
    if not run.as_json and not run.screen.terminal:
        run.answer(opened.root, payload, text, found=found)
        return
    fresh = opened.status().freshness
    lines = lambda: (*text(), freshness_line(run.screen, fresh))  # noqa: E731
    run.answer(opened.root, with_freshness(payload, fresh), lines, found=found)


def view(
    target: Annotated[
        str, typer.Argument(metavar="PATH[:START-END]", help="Also PATH:LINE or PATH:Symbol.", show_default=False)
    ],
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Show lines of a file as they are on disk now, with secrets masked."""
    from locant.command.show_code import view_lines

    with running("view", repo, as_json, no_color, debug, server) as run, _reading(run) as opened:
        wanted = parse_target(target)
        shown = _view(opened, wanted, run.inside(opened, target), run.inside(opened, wanted.path))
        _answer(
            run,
            opened,
            view_json(shown),
            lambda: view_lines(run.screen, opened.root, shown, wanted.line),
        )


def _view(opened: Index, wanted: Target, whole: str, path: str) -> View:
    """The lines or the symbol that a target names; a file whose name looks like a target is taken as it is."""
    from locant.errors import NotFoundError

    if not wanted.symbol:
        return opened.view(path, wanted.start, wanted.end)
    found = opened.definitions(f"{path}:{wanted.symbol}", limit=1)
    if found:
        place = found[0].location
        return opened.view(place.path, place.start_line, place.end_line)
    if (opened.root / whole).is_file():
        return opened.view(whole)
    raise NotFoundError(f"{path!r} defines no {wanted.symbol!r}; `locant outline {path}` lists what it defines")


def outline(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A file.", show_default=False)],
    summaries: SummariesOption = False,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """List the definitions of a file in order."""
    from locant.command.show_code import outline_lines

    with running("outline", repo, as_json, no_color, debug, server) as run, _reading(run) as opened:
        wanted = run.inside(opened, path)
        symbols = opened.outline(wanted, summaries=summaries)
        told = opened.summaries(wanted, kept=True).summaries[0].text if summaries else ""
        _answer(
            run,
            opened,
            outline_json(path, symbols, told),
            lambda: outline_lines(run.screen, opened.root, symbols, told),
            found=bool(symbols),
        )


def find(
    pattern: Annotated[
        str, typer.Argument(help="A file name, a part of one, its letters in order, or a glob.", show_default=False)
    ],
    limit: Limit = 50,
    offset: Offset = 0,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Find files by name."""
    from locant.command.show_code import path_lines

    with running("find", repo, as_json, no_color, debug, server) as run, _reading(run) as opened:
        paths = window(opened.find(pattern, limit=offset + limit + 1), offset, limit)
        _answer(
            run,
            opened,
            find_json(pattern, paths),
            lambda: path_lines(run.screen, opened.root, paths),
            found=bool(paths.items),
        )


def grep(
    pattern: Annotated[str, typer.Argument(help="A regular expression (Python's).", show_default=False)],
    fixed: Annotated[bool, typer.Option("--fixed", "-F", help="The pattern is text, not an expression.")] = False,
    ignore_case: Annotated[bool, typer.Option("--ignore-case", "-i", help="Do not tell A from a.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Matching lines to show.")] = 100,
    language: LanguageFilter = None,
    path: PathFilter = None,
    area: AreaFilter = None,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Find lines by a regular expression, in the likeliest files first, each with the definition around it."""
    from locant.command.show_code import grep_lines

    with running("grep", repo, as_json, no_color, debug, server) as run, _reading(run) as opened:
        answer = opened.grep(
            pattern,
            fixed=fixed,
            ignore_case=ignore_case,
            languages=tuple(language or ()),
            paths=tuple(path or ()),
            areas=tuple(area or ()),
            limit=limit,
        )
        run.answer(
            opened.root,
            grep_json(answer),
            lambda: grep_lines(run.screen, opened.root, answer),
            found=bool(answer.files),
        )


def definitions(
    name: Annotated[str, typer.Argument(help="A name; Class.method and path.py:name narrow it.", show_default=False)],
    limit: Limit = 50,
    offset: Offset = 0,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Show where a name is defined."""
    from locant.command.show_code import definition_lines

    with running("definitions", repo, as_json, no_color, debug, server) as run, _reading(run) as opened:
        found = window(opened.definitions(name, limit=offset + limit + 1), offset, limit)
        _answer(
            run,
            opened,
            definitions_json(name, found),
            lambda: definition_lines(run.screen, opened.root, found),
            found=bool(found.items),
        )


def references(
    name: Annotated[str, typer.Argument(help="A name.", show_default=False)],
    limit: Limit = 200,
    offset: Offset = 0,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Show where a name is called, imported, inherited from or used as a type."""
    from locant.command.show_code import reference_lines

    with running("references", repo, as_json, no_color, debug, server) as run, _reading(run) as opened:
        found = window(opened.references(name, limit=offset + limit + 1), offset, limit)
        _answer(
            run,
            opened,
            references_json(name, found),
            lambda: reference_lines(run.screen, opened.root, found),
            found=bool(found.items),
        )


def related(
    target: Annotated[
        str, typer.Argument(metavar="PATH[:Symbol]", help="A file, or a definition in it.", show_default=False)
    ],
    limit: Limit = 20,
    repo: Repo = None,
    server: ServerOption = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Show the files that have to do with a file: imports, uses and shared history."""
    from locant.command.show_code import related_lines

    with running("related", repo, as_json, no_color, debug, server) as run, _reading(run) as opened:
        wanted = parse_target(target)
        name = run.inside(opened, wanted.path) + (f":{wanted.symbol}" if wanted.symbol else "")
        found = opened.related(name, limit=limit)
        _answer(
            run,
            opened,
            related_json(name, found),
            lambda: related_lines(run.screen, opened.root, found),
            found=bool(found),
        )
