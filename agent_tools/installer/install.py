"""Plan, show, write, undo: what `locant install` and `locant uninstall` do to each file."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from locant.agent_tools.installer.agents import AGENTS
from locant.agent_tools.installer.editing import added, entry_in, taken_out, without
from locant.agent_tools.installer.entries import NAME, entry_for
from locant.agent_tools.installer.files import read_bytes, remove_file, remove_folders, replace_bytes
from locant.agent_tools.installer.ledger import Ledger, Record
from locant.agent_tools.installer.places import file_of, place_of
from locant.agent_tools.installer.types import Agent, Change, Entry, Machine, Outcome, Place, Scope
from locant.errors import ConfigurationError

__all__ = ["apply_install", "apply_uninstall", "difference", "plan_install", "plan_uninstall"]


def plan_install(
    agents: Sequence[Agent], scope: Scope, machine: Machine, command: tuple[str, ...], ledger: Ledger
) -> tuple[Change, ...]:
    """What installing would change, one row for each file; agents without a file in this scope have none."""
    records, planned = ledger.records(), dict[Path, Change]()
    for agent in agents:
        place = place_of(agent, scope)
        if place is None:
            continue
        path = file_of(place, machine)
        if path in planned:  # several agents read one file
            known = planned[path]
            planned[path] = _renamed(known, (*known.agents, agent.name))
            continue
        entry = entry_for(agent, scope, command)
        planned[path] = _plan_one(agent, place, path, entry, records.get(_key(path)))
    return tuple(planned.values())


def _renamed(change: Change, agents: tuple[str, ...]) -> Change:
    return Change(agents, change.path, change.outcome, change.before, change.after, change.inserted, change.reason)


def _key(path: Path) -> str:
    return os.path.realpath(path)


def _plan_one(agent: Agent, place: Place, path: Path, entry: Entry, record: Record | None) -> Change:
    names = (agent.name,)
    try:
        before = read_bytes(path)
        text = _decoded(before)
        present = entry_in(text, place, NAME)
        if present == entry:
            return Change(names, path, Outcome.nothing, reason="is there already")
        if present is not None:
            if record is None or present != record.entry:
                return Change(names, path, Outcome.blocked, reason=f"has another entry named {NAME}; remove it first")
            text = taken_out(text, record.inserted, place, NAME)
        own = before is None or bool(record and record.created and before.decode() == record.inserted)
        edit = added(place.seed if own else text, place, NAME, entry)
    except (ValueError, ConfigurationError) as error:
        return Change(names, path, Outcome.blocked, reason=f"is left alone: {error}")
    inserted = edit.text if own else edit.inserted  # all of a file that is the installer's own
    return Change(names, path, Outcome.write, before, edit.text.encode(), inserted)


def _decoded(data: bytes | None) -> str:
    try:
        return (data or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8") from error


def apply_install(
    changes: Sequence[Change], scope: Scope, machine: Machine, command: tuple[str, ...], ledger: Ledger
) -> None:
    """Write planned changes, each with a backup and a note.

    Raises:
        ConfigurationError: a file changed since it was planned, or cannot be written; those before it are done.

    """
    agents = {agent.name: agent for agent in AGENTS}
    with ledger.locked():
        for change in changes:
            if change.outcome is not Outcome.write or change.after is None:
                continue
            _check_unchanged(change)
            old = ledger.records().get(_key(change.path))
            backup = old.backup if old else ""
            if change.before is not None and old is None:
                backup = ledger.back_up(change.path, change.before)
            folders = replace_bytes(change.path, change.after)
            ledger.note(
                Record(
                    path=_key(change.path),
                    agents=change.agents,
                    scope=scope.value,
                    inserted=change.inserted,
                    created=change.before is None or bool(old and old.created),
                    folders=folders or (old.folders if old else ()),
                    entry=entry_for(agents[change.agents[0]], scope, command),
                    backup=backup,
                    project=_key(machine.project) if scope is Scope.project else "",
                )
            )


def _check_unchanged(change: Change) -> None:
    if read_bytes(change.path) != change.before:
        raise ConfigurationError(f"{change.path} changed in the meantime; run the command again")


def plan_uninstall(names: Sequence[str], scope: Scope | None, project: Path, ledger: Ledger) -> tuple[Change, ...]:
    """What uninstalling would change: every noted file of these agents (all without names) and of this scope.

    Files of projects other than this one stay as they are.
    """
    found = []
    for record in ledger.records().values():
        elsewhere = record.scope == Scope.project.value and record.project != _key(project)
        unwanted = scope is not None and record.scope != scope.value
        if elsewhere or unwanted or (names and not set(names).intersection(record.agents)):
            continue
        found.append(_plan_removal(record))
    return tuple(found)


def _plan_removal(record: Record) -> Change:
    path = Path(record.path)
    place = place_of(next(agent for agent in AGENTS if agent.name == record.agents[0]), Scope(record.scope))
    try:
        before = read_bytes(path)
        text = _decoded(before)
        if before is None or place is None:
            return Change(record.agents, path, Outcome.nothing, reason="is gone")
        if record.created and text == record.inserted:
            return Change(record.agents, path, Outcome.remove, before, None, record.inserted)
        present = entry_in(text, place, NAME)
        if present is None:
            return Change(record.agents, path, Outcome.nothing, before, reason="has no entry any more")
        if present != record.entry:
            reason = f"is left alone: its entry named {NAME} was changed by someone; remove it by hand"
            return Change(record.agents, path, Outcome.blocked, before, reason=reason)
        after = without(text, place, NAME) if record.created else taken_out(text, record.inserted, place, NAME)
    except (ValueError, ConfigurationError) as error:
        return Change(record.agents, path, Outcome.blocked, reason=f"is left alone: {error}")
    return Change(record.agents, path, Outcome.write, before, after.encode(), record.inserted)


def apply_uninstall(changes: Sequence[Change], ledger: Ledger) -> None:
    """Undo planned changes and forget them; ConfigurationError as for `apply_install`."""
    folders: list[str] = []
    with ledger.locked():
        for change in changes:
            record = ledger.records().get(_key(change.path))
            if record is None or change.outcome is Outcome.blocked:
                continue
            if change.outcome is not Outcome.nothing:
                _check_unchanged(change)
            if change.outcome is Outcome.remove:
                remove_file(change.path)
                folders += record.folders
            elif change.outcome is Outcome.write and change.after is not None:
                replace_bytes(change.path, change.after)
            ledger.forget(record)
        remove_folders(folders)  # at last: agents may share one


def difference(change: Change) -> Iterator[str]:
    """A unified diff with one line of context: configurations hold keys, and need not be shown."""
    before, after = (_decoded(data).splitlines() for data in (change.before, change.after))
    yield from difflib.unified_diff(before, after, str(change.path), str(change.path), lineterm="", n=1)
