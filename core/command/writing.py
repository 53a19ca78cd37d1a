"""Writing an answer to a file that a person names: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from locant.errors import QueryError

__all__ = ["write_whole"]


def write_whole(target: Path, text: str, what: str) -> None:
    """Write a file; one that was there stays as it was when this fails, as on a full disk.

    Args:
        target: the file.
        text: what shall be in it.
        what: its name in a message.

    Raises:
        QueryError: it cannot be written.

    """
    try:
        if target.exists() and not target.is_file():  # a device or a pipe: there is nothing to replace
            target.write_text(text, encoding="utf-8")
        else:
            _replace(target.resolve(), text)
    except OSError as error:
        raise QueryError(
            f"cannot write the {what} to {str(target)!r}: {error.strerror}; name a file that can be"
        ) from error


def _replace(target: Path, text: str) -> None:
    """By way of a file beside it, which has the rights that the target has or would get."""
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current
