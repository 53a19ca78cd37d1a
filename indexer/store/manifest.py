"""What an index consists of at one moment, as JSON with a checksum: the only file of an index that is ever replaced."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

from locant.indexer.store.layout import INDEX_VERSION

__all__ = ["FileRecord", "Manifest", "decode_manifest", "encode_manifest"]

ROLES = frozenset({"snapshot", "history"})

_FILE_NAME = re.compile(r"[0-9a-f]{16}\.(?:seg|arr)")
"""Names that a writer gives: a manifest that names anything else is none of ours, and nothing else is opened for it."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that the manifest names; `stamp` is its size, mtime and ctime when it was written."""

    name: str
    stamp: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index consists of at one moment.

    files: immutable files of the tree by role (`snapshot`, `history`).
    fingerprint: parser and grammar versions that the segments were made with.
    """

    root: str
    segments: tuple[FileRecord, ...]
    files: dict[str, FileRecord]
    fingerprint: str
    indexed_at: float


def encode_manifest(manifest: Manifest) -> str:
    """Text of the manifest file."""
    index = {
        "version": INDEX_VERSION,
        "root": manifest.root,
        "segments": [[record.name, *record.stamp] for record in manifest.segments],
        "files": {role: [record.name, *record.stamp] for role, record in manifest.files.items()},
        "fingerprint": manifest.fingerprint,
        "indexed_at": manifest.indexed_at,
    }
    return json.dumps({"checksum": _checksum(index), "index": index})


def decode_manifest(text: str) -> Manifest:
    """The manifest in a file's text.

    Raises:
        ValueError: the text is not what a writer of this version wrote.

    """
    try:
        data = json.loads(text)
        index = data["index"]
        if _checksum(index) != data["checksum"]:
            raise ValueError("its checksum does not match")
        if index["version"] != INDEX_VERSION:
            raise ValueError(f"its format version is {index['version']}, not {INDEX_VERSION}")
        return _manifest(index)
    except (LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"it is no manifest: {type(error).__name__} {error}") from error


def _manifest(index: dict[str, Any]) -> Manifest:
    files = {role: _record(item) for role, item in index["files"].items()}
    if files.keys() != ROLES:
        raise ValueError(f"it names {sorted(files)} instead of {sorted(ROLES)}")
    return Manifest(
        root=str(index["root"]),
        segments=tuple(_record(item) for item in index["segments"]),
        files=files,
        fingerprint=str(index["fingerprint"]),
        indexed_at=float(index["indexed_at"]),
    )


def _record(item: list[Any]) -> FileRecord:
    name, size, mtime, ctime = item
    if not isinstance(name, str) or not _FILE_NAME.fullmatch(name):
        raise ValueError(f"it names a file {name!r}")
    return FileRecord(name, (int(size), int(mtime), int(ctime)))


def _checksum(index: Any) -> int:  # noqa: ANN401 - whatever JSON holds
    return zlib.crc32(json.dumps(index, sort_keys=True).encode())
