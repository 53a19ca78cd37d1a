"""What was put where: the installer's own notes, so that `uninstall` takes out exactly that.

<state>/installed.json   one record for each changed file
<state>/backups/         the bytes of each file as it was before
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from locant.agent_tools.installer.files import read_bytes, write_private
from locant.errors import ConfigurationError

__all__ = ["Ledger", "Record", "state_folder"]

LOCK_SECONDS = 10.0
"""A run holds the lock for the moments in which it writes; longer means that one hangs."""


@dataclass(frozen=True, slots=True)
class Record:
    """One file that was changed.

    inserted: the text that was put in. created: whether there was no file before. folders: those made for it.
    entry: what the agent was told, to know one's own entry again after the file was written anew.
    backup: name of the file with the bytes from before; "" when there was no file.
    project: the folder whose configuration it is; "" for a user's.
    """

    path: str
    agents: tuple[str, ...]
    scope: str
    inserted: str
    created: bool
    folders: tuple[str, ...]
    entry: Mapping[str, object]
    backup: str
    project: str


def state_folder() -> Path:
    """The installer's folder; XDG_STATE_HOME moves it."""
    import platformdirs

    return Path(platformdirs.user_state_dir("locant", appauthor=False))


@dataclass(frozen=True, slots=True)
class Ledger:
    folder: Path

    @property
    def _file(self) -> Path:
        return self.folder / "installed.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out.

        Raises:
            ConfigurationError: another run does not finish, or the folder cannot be written.

        """
        from filelock import FileLock, Timeout

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "lock", timeout=LOCK_SECONDS)
            lock.acquire()
        except Timeout as error:
            raise ConfigurationError("another install or uninstall is running; try again when it is done") from error
        except OSError as error:
            raise ConfigurationError(f"{self.folder} cannot be written ({error.strerror})") from error
        try:
            yield
        finally:
            lock.release()

    def records(self) -> dict[str, Record]:
        """The records by path; ConfigurationError when the notes are damaged."""
        data = read_bytes(self._file)
        try:
            rows = json.loads(data) if data else []
            records = [
                Record(**{**row, "agents": tuple(row["agents"]), "folders": tuple(row["folders"])}) for row in rows
            ]
        except (ValueError, TypeError, KeyError) as error:
            message = (
                f"{self._file} is damaged; remove it, and take the entries named locant out of your agents by hand"
            )
            raise ConfigurationError(message) from error
        return {record.path: record for record in records}

    def note(self, record: Record) -> None:
        """Add a record, or replace that of the same file."""
        self._save({**self.records(), record.path: record})

    def forget(self, record: Record) -> None:
        """Remove a record, and its backup, which nobody needs any more."""
        self._save({path: other for path, other in self.records().items() if path != record.path})
        if record.backup:
            (self.folder / "backups" / record.backup).unlink(missing_ok=True)

    def _save(self, records: Mapping[str, Record]) -> None:
        text = json.dumps([asdict(record) for record in records.values()], indent=2) + "\n"
        write_private(self._file, text.encode())

    def back_up(self, path: Path, data: bytes) -> str:
        """Keep bytes; the name they are kept under."""
        name = f"{hashlib.sha256(str(path).encode() + data).hexdigest()[:16]}-{path.name}"
        write_private(self.folder / "backups" / name, data)
        return name
