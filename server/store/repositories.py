"""The table of repositories."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import fields
from typing import Any

from locant.errors import StoreError
from locant.server.records import Repository
from locant.server.store.database import Database, Row

__all__ = ["RepositoryTable"]

_COLUMNS = ", ".join(f'"{field.name}"' for field in fields(Repository))


class RepositoryTable:
    """Repositories by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, repository: Repository) -> Repository | None:
        """Add one; None when the name is taken. Its number and time are given here."""
        values = {field.name: getattr(repository, field.name) for field in fields(Repository)}
        values |= {"created_at": time.time(), "submodules": int(repository.submodules)}
        del values["number"]
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f":{name}" for name in values)
        try:
            with self._database.writing() as connection:
                connection.execute(f"INSERT INTO repositories ({names}) VALUES ({marks})", values)  # noqa: S608
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                return None
            raise
        return self.get(repository.name)

    def get(self, name: str) -> Repository | None:
        """One by name."""
        rows = self._database.read(f"SELECT {_COLUMNS} FROM repositories WHERE name = ?", (name,))  # noqa: S608
        return _repository(rows[0]) if rows else None

    def at(self, root: str) -> Repository | None:
        """The first whose root this is."""
        rows = self._database.read(
            f"SELECT {_COLUMNS} FROM repositories WHERE root = ? ORDER BY number LIMIT 1",  # noqa: S608
            (root,),
        )
        return _repository(rows[0]) if rows else None

    def all(self) -> list[Repository]:
        """All, by name. There are as many as a team has repositories: hundreds, not millions."""
        return [
            _repository(row)
            for row in self._database.read(f"SELECT {_COLUMNS} FROM repositories ORDER BY name")  # noqa: S608
        ]

    def update(self, number: int, **values: Any) -> None:  # noqa: ANN401 - as the columns are
        """Change columns of one; nothing when it was removed meanwhile."""
        names = ", ".join(f'"{name}" = :{name}' for name in values)
        with self._database.writing() as connection:
            connection.execute(
                f"UPDATE repositories SET {names} WHERE number = :number",  # noqa: S608 - names are ours
                {**values, "number": number},
            )

    def remove(self, number: int) -> bool:
        """Remove one; whether it was there."""
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM repositories WHERE number = ?", (number,)).rowcount > 0


def _repository(row: Row) -> Repository:
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118 - a Row iterates over values
    values["submodules"] = bool(values["submodules"])
    values["dirty"] = None if values["dirty"] is None else bool(values["dirty"])
    return Repository(**values)
