"""Names of systems in a report: short, and so that no figure looks like that of a model which was not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from locant.eval.reports.scores import model_rows
from locant.eval.runs.runfile import Run

__all__ = ["labelled"]

WITH_MODEL, STRATEGY = "locant:model=", "strategy="


def labelled(run: Run) -> Run:
    """The run with names for readers.

    What several systems with a language model have in common stands once, beside the dataset. A name says in how many
    rows its model said anything, where that is not all.
    """
    shared = _shared(run.systems)
    short = _shortened(run.systems, shared)
    names = {system: f"{short[system]}{_rows(run, system)}" for system in run.systems}
    dataset = f"{run.header.dataset} ({', '.join(shared)})" if shared else run.header.dataset
    outcomes = tuple(replace(outcome, system=names[outcome.system]) for outcome in run.outcomes)
    return replace(run, header=replace(run.header, dataset=dataset), outcomes=outcomes)


def _settings(system: str) -> list[str]:
    return system.partition(":")[2].split("+")


def _shared(systems: Sequence[str]) -> list[str]:
    """Settings that all systems of locant with a model have, where there are several."""
    with_model = [_settings(system) for system in systems if system.startswith(WITH_MODEL)]
    if len(with_model) < 2:
        return []
    return [setting for setting in with_model[0] if all(setting in settings for settings in with_model)]


def _shortened(systems: Sequence[str], shared: Sequence[str]) -> Mapping[str, str]:
    """Names without what is shared; as they are where two would be the same."""
    short = {system: _short(system, shared) if ":model=" in system else system for system in systems}
    return short if len(set(short.values())) == len(short) else {system: system for system in systems}


def _short(system: str, shared: Sequence[str]) -> str:
    """`rerank` of `locant:model=NAME+strategy=rerank`."""
    if not shared:
        return system
    own = [setting.removeprefix(STRATEGY) for setting in _settings(system) if setting not in shared]
    kind = system.partition(":")[0]
    return "+".join(own) if system.startswith(WITH_MODEL) and own else ":".join((kind, "+".join(own)))


def _rows(run: Run, system: str) -> str:
    outcomes = [outcome for outcome in run.of(system).values() if outcome.status != "impossible"]
    found = model_rows(outcomes)
    if found is None or found == len(outcomes):
        return ""
    otherwise = ", else locant alone" if system.startswith(WITH_MODEL) else ""
    return f" (model in {found} of {len(outcomes)} rows{otherwise})"
