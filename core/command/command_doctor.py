"""`doctor`: is everything there that locant needs, and is the index sound?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from locant.command.options import AsJson, Debug, NoColor, Repo
from locant.command.run import running
from locant.command.screen import Screen

if TYPE_CHECKING:
    from locant.command.doctor import Check

__all__ = ["doctor"]

_MARKS = {"good": "ok", "warning": "warn", "bad": "FAIL"}


def doctor(repo: Repo = None, as_json: AsJson = False, no_color: NoColor = False, debug: Debug = False) -> None:
    """Check the installation, the cache folder and the index."""
    from locant.command.doctor import examine

    with running("doctor", repo, as_json, no_color, debug) as run:
        checks = tuple(examine(run.root))
        healthy = all(check.state != "bad" for check in checks)
        run.answer(
            run.root.absolute(),
            {"healthy": healthy, "checks": checks},
            lambda: _lines(run.screen, checks, healthy),
            found=healthy,
        )


def _lines(screen: Screen, checks: Sequence[Check], healthy: bool) -> Iterator[str]:
    for check in checks:
        yield f"{screen.paint(check.state, f'{_MARKS[check.state]:<4}')}  {check.name:<10}  {screen.code(check.detail)}"
    if healthy:
        yield "All is well."
    else:
        yield screen.paint("bad", "Something is wrong: see above.")
