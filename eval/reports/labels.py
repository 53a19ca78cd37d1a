"""Names of systems in a report, so that no figure looks like that of a model which was not there."""

from __future__ import annotations

from dataclasses import replace

from locant.eval.reports.scores import model_rows
from locant.eval.runs.runfile import Run

__all__ = ["labelled"]

OURS = "locant:"


def labelled(run: Run) -> Run:
    """The run, in which the name of a system says in how many rows its model said anything, where that is not all."""
    names = {system: _name(run, system) for system in run.systems}
    return replace(run, outcomes=tuple(replace(outcome, system=names[outcome.system]) for outcome in run.outcomes))


def _name(run: Run, system: str) -> str:
    outcomes = [outcome for outcome in run.of(system).values() if outcome.status != "impossible"]
    found = model_rows(outcomes)
    if found is None or found == len(outcomes):
        return system
    otherwise = ", else locant alone" if system.startswith(OURS) else ""
    return f"{system} (model in {found} of {len(outcomes)} rows{otherwise})"
