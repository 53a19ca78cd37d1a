"""`keys`: who may ask a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from locant.command.options import AsJson, Debug, NoColor
from locant.command.run import Run, choice, running
from locant.errors import NotFoundError, QueryError

if TYPE_CHECKING:
    from locant.server.access.keys import Key, KeyTable

__all__ = ["keys"]

_ACTIONS = ("create", "list", "revoke")


def keys(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="create, list or revoke.")],
    key_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Of the key to revoke.", show_default=False)
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Whose key it is; stands in the audit log.")] = "",
    scope: Annotated[str, typer.Option("--scope", metavar="SCOPE", help="read, write or admin.")] = "read",
    repository: Annotated[
        list[str] | None,
        typer.Option(
            "--repository", metavar="NAME", help="Only this repository; repeatable [default: all]", show_default=False
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="The server's settings as TOML.", show_default=False),
    ] = None,
    state_dir: Annotated[
        Path | None, typer.Option("--state-dir", metavar="DIR", help="The server's state folder.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    no_color: NoColor = False,
    debug: Debug = False,
) -> None:
    """Make, list and revoke the keys of a server on this machine; it may be running."""
    with running("keys", None, as_json, no_color, debug) as run:
        wanted = choice(action, _ACTIONS, "action")
        table = _table(config, state_dir)
        if wanted == "create":
            key, text = table.create(name, scope, repository or None)
            run.answer(None, {"keys": [_row(key)], "key": text}, lambda: [f"{text}", "It is shown this once."])
        elif wanted == "list":
            found = table.all()
            run.answer(None, {"keys": [_row(key) for key in found]}, lambda: _lines(found))
        else:
            _revoke(run, table, key_id)


def _table(config: Path | None, state_dir: Path | None) -> KeyTable:
    try:
        from locant.server.access.keys import KeyTable
        from locant.server.settings import load_settings
        from locant.server.store.database import Database
    except ModuleNotFoundError as error:
        raise QueryError(f"`locant keys` needs {error.name}: pip install 'locant[server]'") from error
    settings = load_settings(config, {} if state_dir is None else {"state_dir": state_dir})
    return KeyTable(Database(settings.database))


def _revoke(run: Run, table: KeyTable, key_id: str | None) -> None:
    if key_id is None:
        raise QueryError("name the key to revoke: locant keys revoke ID; `locant keys list` shows the ids")
    if not table.revoke(key_id):
        raise NotFoundError(f"there is no key {key_id!r} that counts; `locant keys list` shows all")
    run.answer(None, {"revoked": key_id}, lambda: [f"Revoked {key_id}; it counts no more."])


def _row(key: Key) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(key)


def _lines(found: list[Key]) -> Iterator[str]:
    for key in found:
        seen = "all repositories" if key.repositories is None else ", ".join(key.repositories)
        state = "revoked" if key.revoked_at is not None else "never used" if key.used_at is None else "used"
        yield f"{key.id}  {key.scope:5}  {state:10}  {key.name}  ({seen})"
    if not found:
        yield "No keys: the server answers this machine alone."
