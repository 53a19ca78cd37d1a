"""Vectors of chunks on disk, one set for each encoder: what was paid for once is not computed again.

    <family>/vectors/<encoder's fingerprint>/<id>.vec     immutable: some documents and the vectors of their chunks

A document is a content under the way in which it was parsed, so all branches and clones share its vectors. A pack is
written beside and renamed: a run that is killed loses the batch that it was at, nothing else. Two processes write packs
of their own; what both made is there twice until packs are merged. A damaged pack is dropped, and its documents are
encoded again. Components are 8-bit numbers: of unit vectors that costs less than a hundredth of a cosine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from locant.errors import StoreCorruptError
from locant.indexer.store.arrays import ArrayFile, Arrays
from locant.indexer.store.files import remove, translated_errors, write_new
from locant.numeric import Ints, Singles

__all__ = ["DocumentKey", "Quantised", "VectorStore", "document_key", "quantise"]

DocumentKey = bytes

KEY_BYTES = 24
"""A git blob id, and four bytes for how its content was parsed."""

MAX_PACKS = 8
"""More are merged: each costs a look at the disk when the vectors are opened."""

SPARE = 3.0
"""Bytes kept for other branches and old contents, as a multiple of what the present tree needs."""

SPARE_BYTES = 64_000_000
"""Kept in any case: below this, throwing away saves nothing that anyone would notice."""

INT8 = 127


@dataclass(frozen=True, slots=True, eq=False)
class Quantised:
    """Vectors as 8-bit numbers (n, d), each with its scale (n,)."""

    numbers: Ints
    scale: Singles

    def __len__(self) -> int:
        return len(self.scale)


def quantise(vectors: Singles) -> Quantised:
    """Rows as 8-bit numbers; the largest component of each becomes 127."""
    top = np.abs(vectors).max(axis=1, initial=0.0)
    scale = (top / INT8).astype(np.float32)
    return Quantised(np.rint(vectors / np.where(top > 0, scale, 1.0)[:, None]).astype(np.int8), scale)


def document_key(blob: bytes, variant: str) -> DocumentKey:
    """Key of a content that was parsed in some way."""
    return blob + hashlib.blake2b(variant.encode("utf-8", "surrogateescape"), digest_size=4).digest()


@dataclass(frozen=True, slots=True, eq=False)
class _Pack:
    """One file. keys: of its documents. at: where each begins among its vectors, with the end."""

    path: Path
    keys: tuple[DocumentKey, ...]
    at: Ints
    vectors: Quantised
    size: int


class VectorStore:
    """All vectors that one encoder has made for one family of trees.

    Args:
        folder: of this encoder's packs; made when something is written.
        dimension: length of a vector.

    """

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self._dimension = dimension
        self._packs: dict[str, _Pack] = {}
        self._unwritten: dict[str, _Pack] = {}
        self._places: dict[DocumentKey, tuple[_Pack, int]] = {}

    def refresh(self) -> None:
        """Look at the disk: what others have written since, or removed."""
        names = {path.name: path for path in sorted(self._folder.glob("*.vec"))}
        packs = {name: self._packs.get(name) or self._open(path) for name, path in names.items()}
        self._packs = {**{name: pack for name, pack in packs.items() if pack is not None}, **self._unwritten}
        self._places = {key: (pack, i) for pack in self._packs.values() for i, key in enumerate(pack.keys)}

    def missing(self, documents: Mapping[DocumentKey, int]) -> list[DocumentKey]:
        """Which of these have no vectors, or not as many as they have chunks."""
        return [key for key, chunks in documents.items() if self._count(key) != chunks]

    def add(self, documents: Iterable[tuple[DocumentKey, Quantised]]) -> None:
        """Keep vectors of documents: all of them or, when killed, none; in memory when the cache cannot be written."""
        listed = list(documents)
        if not listed:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(listed)
        except OSError:
            name = f"unwritten-{len(self._unwritten)}"
            self._unwritten[name] = _pack(Path(name), _arrays(listed, self._dimension), 0)
        self.refresh()

    def gather(self, keys: Sequence[DocumentKey], counts: Ints) -> Quantised:
        """Vectors of documents one after the other; zero for a document that has none.

        Args:
            keys: of the documents, in the order that is wanted.
            counts: chunks of each (documents,).

        """
        ends = np.cumsum(counts, dtype=np.int64)
        found = Quantised(
            np.zeros((int(ends[-1]) if len(ends) else 0, self._dimension), dtype=np.int8),
            np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.float32),
        )
        rows: dict[str, tuple[list[int], list[int], list[int]]] = {}
        for i, key in enumerate(keys):
            if self._count(key) == counts[i]:
                pack, number = self._places[key]
                from_, to, many = rows.setdefault(pack.path.name, ([], [], []))
                from_.append(int(pack.at[number]))
                to.append(int(ends[i] - counts[i]))
                many.append(int(counts[i]))
        for name, (from_, to, many) in rows.items():
            source, target = _ranges(from_, many), _ranges(to, many)
            found.numbers[target] = self._packs[name].vectors.numbers[source]
            found.scale[target] = self._packs[name].vectors.scale[source]
        return found

    def tidy(self, live: Mapping[DocumentKey, int]) -> None:
        """Merge many packs into one; above the bound, forget what the present tree does not use.

        Args:
            live: documents of the present tree, with their numbers of chunks.

        """
        size = sum(pack.size for pack in self._packs.values())
        needed = sum(live.values()) * (self._dimension + 4)
        is_over = size > max(SPARE_BYTES, (1 + SPARE) * needed)
        if self._unwritten or (len(self._packs) <= MAX_PACKS and not is_over):
            return
        from filelock import FileLock, Timeout

        with suppress(Timeout), translated_errors(self._folder), FileLock(self._folder / "tidy.lock", timeout=0):
            self.refresh()
            old = list(self._packs.values())
            kept = [key for key in self._places if not is_over or key in live]
            self._write([(key, self._vectors_of(key)) for key in kept])
            for pack in old:
                remove(pack.path)
            self.refresh()

    def _count(self, key: DocumentKey) -> int:
        """Vectors that a document has; -1 when it is not there."""
        if key not in self._places:
            return -1
        pack, number = self._places[key]
        return int(pack.at[number + 1] - pack.at[number])

    def _vectors_of(self, key: DocumentKey) -> Quantised:
        pack, number = self._places[key]
        rows = slice(int(pack.at[number]), int(pack.at[number + 1]))
        return Quantised(pack.vectors.numbers[rows], pack.vectors.scale[rows])

    def _write(self, documents: Sequence[tuple[DocumentKey, Quantised]]) -> None:
        write_new(self._folder, ".vec", _arrays(documents, self._dimension), {})

    def _open(self, path: Path) -> _Pack | None:
        """A pack; a damaged one is removed."""
        try:
            file = ArrayFile.open(path, verify=True)
            if file.arrays["numbers"].shape != (len(file.arrays["scale"]), self._dimension):
                raise StoreCorruptError(f"vectors of another length in {path}; they are made again")
            return _pack(path, file.arrays, file.size)
        except (StoreCorruptError, KeyError):
            with suppress(OSError):
                remove(path)
            return None


def _arrays(documents: Sequence[tuple[DocumentKey, Quantised]], dimension: int) -> Arrays:
    """A pack as it is written."""
    none = Quantised(np.zeros((0, dimension), dtype=np.int8), np.zeros(0, dtype=np.float32))
    vectors = [none, *(vectors for _, vectors in documents)]
    return {
        "key": np.frombuffer(b"".join(key for key, _ in documents), dtype=np.uint8).reshape(-1, KEY_BYTES),
        "at": np.cumsum([len(some) for some in vectors], dtype=np.uint32),
        "numbers": np.concatenate([some.numbers for some in vectors]),
        "scale": np.concatenate([some.scale for some in vectors]),
    }


def _pack(path: Path, arrays: Arrays, size: int) -> _Pack:
    keys = tuple(_rows(arrays["key"].tobytes()))
    return _Pack(path, keys, arrays["at"], Quantised(arrays["numbers"], arrays["scale"]), size)


def _rows(keys: bytes) -> Iterator[DocumentKey]:
    return (keys[i : i + KEY_BYTES] for i in range(0, len(keys), KEY_BYTES))


def _ranges(starts: Sequence[int], counts: Sequence[int]) -> Ints:
    """`[start, start + 1, ...]` of every range, one after the other."""
    many = np.asarray(counts, dtype=np.int64)
    before = np.cumsum(many) - many
    return np.repeat(np.asarray(starts, dtype=np.int64) - before, many) + np.arange(int(many.sum()))
