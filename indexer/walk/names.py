"""Decisions and display that need only a path."""

from __future__ import annotations

import os
import re

from locant.indexer.walk import reasons
from locant.indexer.walk.name_tables import (
    BINARY_SUFFIXES,
    EXAMPLE_SUFFIXES,
    GENERATED_NAMES,
    GENERATED_SUFFIXES,
    MINIFIED_SUFFIXES,
    SECRET_NAMES,
    SECRET_PATTERNS,
    SECRET_SUFFIXES,
)
from locant.types import LeftOut

__all__ = ["classify_name", "display_path", "extension"]

_SECRET_PATTERN = re.compile("|".join(SECRET_PATTERNS))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def display_path(path: str) -> str:
    r"""Path as it can be printed and put into JSON: bytes that are not UTF-8 and control characters as `\xNN`.

    Never used to open a file; the index finds the file back by comparing display forms.
    """
    printable = os.fsencode(path).decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda match: f"\\x{ord(match.group()):02x}", printable)


def extension(path: str) -> str:
    """Lower-case extension without the dot; empty for `Makefile` and `.bashrc`."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot + 1 :].lower() if dot > 0 else ""


def classify_name(path: str, include_generated: bool = False) -> LeftOut | None:
    """Leave a file out by its name alone, or None when its content has to decide."""
    name = path[path.rfind("/") + 1 :].lower()
    if extension(name) in BINARY_SUFFIXES:
        return LeftOut(path, reasons.BINARY, f"files ending in .{extension(name)}")
    if _is_secret_name(name):
        return LeftOut(path, reasons.SECRET_NAME, "files of this name hold keys or passwords")
    if name.endswith(MINIFIED_SUFFIXES):
        return LeftOut(path, reasons.MINIFIED, "minified code or a source map, by its name")
    if not include_generated and (name in GENERATED_NAMES or name.endswith(GENERATED_SUFFIXES)):
        return LeftOut(path, reasons.GENERATED, "a tool writes files of this name")
    return None


def _is_secret_name(name: str) -> bool:
    if name in SECRET_NAMES or name.endswith(SECRET_SUFFIXES):
        return True
    return _SECRET_PATTERN.fullmatch(name) is not None and not name.endswith(EXAMPLE_SUFFIXES)
