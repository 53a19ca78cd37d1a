"""Sessions in a file, for surfaces where every call is a process of its own."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from locant.agent_tools.types import Session
from locant.errors import QueryError

__all__ = ["load_session", "save_session"]


def load_session(path: Path) -> Session:
    """The session of a file; a new one when there is none, or when it is no session any more.

    Raises:
        QueryError: the file cannot be read.

    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        session = Session(found["repository"], found["path"], found["line"])
    except FileNotFoundError:
        return Session()
    except OSError as error:
        raise QueryError(f"cannot read the session {str(path)!r}: {error.strerror}; name another file") from error
    except (ValueError, KeyError, TypeError, RecursionError):
        return Session()
    is_sound = isinstance(session.repository, str) and isinstance(session.path, str) and isinstance(session.line, int)
    return session if is_sound else Session()


def save_session(path: Path, session: Session) -> None:
    """Write the session, whole or not at all.

    Raises:
        QueryError: the file cannot be written.

    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(json.dumps(asdict(session)), encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise QueryError(f"cannot write the session {str(path)!r}: {error.strerror}; name another file") from error
