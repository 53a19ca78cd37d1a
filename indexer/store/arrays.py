"""A file of named arrays: written once, mapped read-only, never changed.

    magic (8) | header length (4) | CRC-32 of the header (4) | header (JSON) | padding | array | padding | array ...

The header names each array's dtype, shape and offset, the format version, and a CRC-32 of all bytes after it. The
header's own CRC-32 is compared each time, as a wrong offset would be answered from; that of the arrays on demand. A
memory-mapped `.npz` does not exist (members are not aligned, and zip directories stand at the end), hence this format.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from locant.errors import StoreCorruptError
from locant.numeric import Ints

__all__ = ["FORMAT_VERSION", "ArrayFile", "Arrays", "write_arrays"]

FORMAT_VERSION = 2
"""Bump when a file is laid out otherwise: one of another version is never read. What its arrays mean is the reader's
matter, for the index `layout.INDEX_VERSION`."""

_MAGIC = b"locant\x01\n"
_ALIGN = 64  # a cache line; also enough for any dtype
_PREAMBLE = struct.Struct("<8sII")  # magic, length of the header, CRC-32 of the header

Arrays = dict[str, Ints]


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """A mapped file: `arrays` are views of the mapping, `meta` is the writer's JSON."""

    path: Path
    arrays: Arrays
    meta: dict[str, Any]
    size: int

    @classmethod
    def open(cls, path: Path, *, verify: bool) -> ArrayFile:
        """Map a file; with `verify` its checksum is compared first.

        Raises:
            StoreCorruptError: the file is missing, cut short, of another version, or its bytes changed.

        """
        view = _map(path)
        header, start = _read_header(path, view)
        if header["end"] != len(view):
            raise _corrupt(path, f"it has {len(view)} bytes instead of {header['end']}")
        if verify and zlib.crc32(view[start:]) != header["crc"]:
            raise _corrupt(path, "its checksum does not match")
        arrays = {name: _view(view, spec) for name, spec in header["arrays"].items()}
        return cls(path, arrays, header["meta"], len(view))


def _corrupt(path: Path, why: str) -> StoreCorruptError:
    return StoreCorruptError(f"index file {path.name} is damaged: {why}; run `locant index --rebuild`")


def _map(path: Path) -> memoryview:
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise _corrupt(path, f"it cannot be mapped ({error})") from error


def _read_header(path: Path, view: memoryview) -> tuple[dict[str, Any], int]:
    if len(view) < _PREAMBLE.size or bytes(view[: len(_MAGIC)]) != _MAGIC:
        raise _corrupt(path, "it does not begin like an index file")
    _, length, crc = _PREAMBLE.unpack_from(view)
    raw = bytes(view[_PREAMBLE.size : _PREAMBLE.size + length])
    if zlib.crc32(raw) != crc:
        raise _corrupt(path, "the checksum of its header does not match")
    header = json.loads(raw)
    if header["version"] != FORMAT_VERSION:
        raise _corrupt(path, f"its format version is {header['version']}, not {FORMAT_VERSION}")
    return header, _aligned(_PREAMBLE.size + length)


def _view(view: memoryview, spec: list[Any]) -> Ints:
    dtype, shape, offset = spec
    count = int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(view, dtype=np.dtype(dtype), count=count, offset=offset).reshape(shape)


def _aligned(position: int) -> int:
    return -(-position // _ALIGN) * _ALIGN


def write_arrays(path: Path, arrays: Mapping[str, Ints], meta: Mapping[str, Any]) -> None:
    """Write and sync a new file at `path`, which must not exist yet; the caller renames it into place."""
    blocks = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header, start, end = _layout(blocks, meta)
    with path.open("xb") as file:
        file.write(_PREAMBLE.pack(_MAGIC, len(header), zlib.crc32(header)) + header)
        position = _PREAMBLE.size + len(header)
        for block in blocks.values():
            file.write(b"\0" * (_aligned(position) - position))
            file.write(block.data.cast("B") if block.size else b"")
            position = _aligned(position) + block.nbytes
        file.write(b"\0" * (max(end, start) - position))
        file.flush()
        os.fsync(file.fileno())


def _layout(blocks: Mapping[str, Ints], meta: Mapping[str, Any]) -> tuple[bytes, int, int]:
    """Header bytes, start of the data, end of the file; the header's length moves the data, so sizes come first."""
    crc = _checksum(blocks)
    probe = _header(blocks, meta, crc, 1 << 48)[0]
    start = _aligned(_PREAMBLE.size + len(probe))
    header, end = _header(blocks, meta, crc, start)
    return header.ljust(len(probe)), start, end


def _header(blocks: Mapping[str, Ints], meta: Mapping[str, Any], crc: int, start: int) -> tuple[bytes, int]:
    specs: dict[str, list[Any]] = {}
    position = start
    for name, block in blocks.items():
        position = _aligned(position)
        specs[name] = [block.dtype.str, list(block.shape), position]
        position += block.nbytes
    end = max(_aligned(position), start)
    header = {"version": FORMAT_VERSION, "crc": crc, "end": end, "arrays": specs, "meta": dict(meta)}
    return json.dumps(header, ensure_ascii=True).encode(), end


def _checksum(blocks: Mapping[str, Ints]) -> int:
    crc = 0
    for block in blocks.values():
        if block.size:
            crc = zlib.crc32(block.data.cast("B"), crc)
        crc = zlib.crc32(b"\0" * (_aligned(block.nbytes) - block.nbytes), crc)
    return crc
