"""`watch`: keeps an index up to date while it runs, so that the first answer after an edit has nothing left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from locant.command.options import AsJson, Debug, NoColor, Repo
from locant.command.run import Run, running
from locant.errors import QueryError, StoreBusyError

if TYPE_CHECKING:
    from locant.facade import Index

__all__ = ["watch"]

PAUSE_MS = 1_600
"""Changes that come in so short a time are taken together: a checkout, a formatter, a build."""

BEAT_MS = 500
"""The watcher says that it is at work after so long without a change; the first update begins then."""


def watch(repo: Repo = None, as_json: AsJson = False, no_color: NoColor = False, debug: Debug = False) -> None:
    """Keep the index up to date while files change, until interrupted."""
    with running("watch", repo, as_json, no_color, debug) as run:
        try:
            import watchfiles
        except ModuleNotFoundError as error:
            raise QueryError(f"`locant watch` needs {error.name}: pip install 'locant[watch]'") from error
        with run.index() as opened:
            changes = watchfiles.watch(
                opened.root, debounce=PAUSE_MS, raise_interrupt=False, rust_timeout=BEAT_MS, yield_on_timeout=True
            )
            next(changes, None)  # it watches from here on: a change during the first update is not missed
            run.note(f"watching {opened.root}; end with Ctrl-C")
            _update(run, opened)
            for changed in changes:
                if changed:
                    _update(run, opened)


def _update(run: Run, opened: Index) -> None:
    """Bring the index up to date; one line, or one JSON object, when that changed it."""
    try:
        report = opened.update()
    except StoreBusyError as error:  # whoever writes it now does the same
        run.note(str(error))
        return
    if report.changed:
        line = f"{report.parsed} parsed, {report.reused} reused, {report.removed} removed in {report.seconds:.2f} s"
        run.answer(opened.root, {"report": report}, lambda: [line])
