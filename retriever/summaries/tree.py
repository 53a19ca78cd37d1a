"""The tree of summaries: definitions, files, folders, the repository. Each level is made of the one below it.

What a content says of itself is kept by content; what depends on the rest of the tree (which identifiers tell it from
others, what stands in a folder) is worked out when it is asked for, so that it is always that of the tree as it is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from locant.errors import NotFoundError
from locant.indexer.areas import AREAS
from locant.indexer.snapshot import Snapshot
from locant.retriever.dense.vectors import DocumentKey, document_key
from locant.retriever.map.entries import LISTED
from locant.retriever.reading.text import SourceText, TextReader
from locant.retriever.reading.visible import visible
from locant.retriever.summaries.extract import Said
from locant.retriever.summaries.speaker import Extractive, Speaker
from locant.retriever.summaries.store import SaidStore, folder_key
from locant.types import Summary

__all__ = ["Summaries"]

NAMES, TELLING, MEMBERS = 8, 6, 6
"""Definitions and identifiers named of a file, files and folders named of a folder."""

SPEAKERS = ("readme", "__init__", "mod", "index", "doc", "package-info")
"""Stems of files that speak for their folder, in this order."""

DOCUMENTS = AREAS.index("docs")


class Summaries:
    """Summaries of one snapshot.

    Args:
        snapshot: the index.
        reader: reads the files.
        store: where sentences are kept.
        speaker: says what a file and a folder are.

    """

    def __init__(self, snapshot: Snapshot, reader: TextReader, store: SaidStore, speaker: Speaker) -> None:
        self._snapshot = snapshot
        self._reader = reader
        self._speaker = speaker
        self._store = store
        self._said: dict[int, Said] = {}
        self._fresh: dict[DocumentKey, Said] = {}

    def under(self, path: str) -> tuple[Summary, ...]:
        """The summary of a file with those of its definitions, or of a folder with those of what is in it.

        Args:
            path: of a file or folder; empty for the repository.

        Raises:
            NotFoundError: there is neither.

        """
        number = self._snapshot.file_number.get(path)
        if number is not None:
            self._prepare([number])
            return (self.file(number), *self._definitions(number))
        files = self._below(path)
        if not files:
            raise NotFoundError(f"there is no indexed file or folder {path!r}; `locant find` looks for files by name")
        self._prepare(files)
        folders, direct = self._members(path, files)
        return (
            self._folder(path, files),
            *(self._folder(inner, own) for inner, own in folders.items()),
            *(self.file(file) for file in direct),
        )

    def file(self, number: int) -> Summary:
        """Of one file: what it says of itself, what it defines, and what tells it from others."""
        said, path = self._said.get(number, Said()), self._snapshot.paths[number]
        names = self._names(number)
        parts = [said.file]
        if names:
            parts.append(f"Defines {', '.join(names)}.")
        telling = [name for name in self._telling([number]) if name not in names]
        if telling:
            parts.append(f"Uses {', '.join(telling)}.")
        lines = max(int(self._snapshot.file_lines[number]), 1)
        return Summary("file", path, path.rpartition("/")[2], 1, lines, _joined(parts))

    def sentences(self, number: int) -> Said:
        """About one file and its definitions; what is said now is kept by `keep`."""
        if number not in self._said:
            self._take(number, self._key(number))
        return self._said.get(number, Said())

    def sentence_of_folder(self, path: str) -> str:
        """About one folder: what is kept, or what speaks for it; empty where nobody says what it is."""
        files = self._below(path)
        for file in self._speakers(path, files):
            self.sentences(file)
        return self._folder_sentence(path, self._most_used(files))

    def known(self) -> Mapping[int, Said]:
        """What is kept of the files of the tree, by their number; nothing is read."""
        keys = {file: self._key(file) for file in range(len(self._snapshot.paths))}
        kept = self._store.get(list(keys.values()))
        self._said.update({file: kept[key] for file, key in keys.items() if key in kept})
        return self._said

    def complete(self, limit: int) -> bool:
        """Have said what nobody has said yet, unless that is of more files than `limit`; whether all is said now."""
        known = self.known()
        missing = [file for file in range(len(self._snapshot.paths)) if file not in known]
        if len(missing) > limit:
            return False
        self._prepare(missing)
        return True

    def known_of_folders(self) -> Mapping[str, tuple[str, tuple[int, ...]]]:
        """The sentence about every folder that has one, out of what is kept, with the files below it."""
        below: dict[str, list[int]] = {}
        for file, path in enumerate(self._snapshot.paths):
            parts = path.split("/")[:-1]
            for depth in range(len(parts)):
                below.setdefault("/".join(parts[: depth + 1]), []).append(file)
        said = {path: self._folder_sentence(path, self._most_used(files)) for path, files in below.items()}
        return {path: (sentence, tuple(below[path])) for path, sentence in said.items() if sentence}

    def _definitions(self, number: int) -> Iterator[Summary]:
        said, path = self._said.get(number, Said()), self._snapshot.paths[number]
        for symbol_number in self._snapshot.symbols_of_doc(int(self._snapshot.file_doc[number])):
            symbol = self._snapshot.symbol(symbol_number, path)
            sentence = said.definitions.get(symbol.qualified_name, "")
            if symbol.kind in LISTED and sentence:
                place = symbol.location
                yield Summary(
                    symbol.kind, path, symbol.qualified_name, place.start_line, place.end_line, visible(sentence)
                )

    def _folder(self, path: str, files: Sequence[int]) -> Summary:
        """Of a folder: what speaks for it, what matters most in it, and what tells it from others."""
        best = self._most_used(files)
        members = [self._snapshot.paths[file][len(path) + 1 if path else 0 :] for file in best[:MEMBERS]]
        parts = [self._folder_sentence(path, best)]
        parts.append(f"{len(files):,} file{'' if len(files) == 1 else 's'}, most used: {', '.join(members)}.")
        telling = self._telling(best[: 4 * MEMBERS])
        if telling:
            parts.append(f"About {', '.join(telling)}.")
        kind = "folder" if path else "repository"
        return Summary(kind, path, path.rpartition("/")[2] or self._reader.name, 0, 0, _joined(parts))

    def _most_used(self, files: Sequence[int]) -> list[int]:
        ranks = self._snapshot.file_column("pagerank")
        return sorted(files, key=lambda file: (-float(ranks[file]), self._snapshot.paths[file]))

    def _folder_sentence(self, path: str, files: Sequence[int]) -> str:
        """What was said of a folder, or what speaks for it; `files` are those below it, most used first."""
        said = ((self._snapshot.paths[file], self._said.get(file, Said()).file) for file in files)
        spoken = [f"{name}: {sentence}" for name, sentence in said if sentence]
        key = folder_key(path, spoken)
        kept = self._store.get([key]).get(key)
        if kept is not None:
            return kept.file
        sentence = self._speaker.folder(path, spoken)
        if sentence:
            self._store.add({key: Said(sentence)})
        return sentence or self._spoken(path, files)

    def _spoken(self, path: str, files: Sequence[int]) -> str:
        spoken = (self._said.get(file, Said()).file for file in self._speakers(path, files))
        return next((sentence for sentence in spoken if sentence), "")

    def _speakers(self, path: str, files: Sequence[int]) -> list[int]:
        """Files that speak for a folder, the first of them before the others."""
        direct: dict[str, int] = {}
        for file in files:
            folder, _, name = self._snapshot.paths[file].rpartition("/")
            if folder == path:
                direct.setdefault(name.split(".", 1)[0].lower(), file)
        return [direct[stem] for stem in SPEAKERS if stem in direct]

    def _members(self, path: str, files: Sequence[int]) -> tuple[dict[str, list[int]], list[int]]:
        """Folders directly in a folder with their files, and files directly in it."""
        folders: dict[str, list[int]] = {}
        direct: list[int] = []
        prefix = f"{path}/" if path else ""
        for file in files:
            head, slash, _ = self._snapshot.paths[file][len(prefix) :].partition("/")
            if slash:
                folders.setdefault(prefix + head, []).append(file)
            else:
                direct.append(file)
        return folders, direct

    def _below(self, path: str) -> list[int]:
        prefix = f"{path.strip('/')}/" if path.strip("/") else ""
        return [number for number, other in enumerate(self._snapshot.paths) if other.startswith(prefix)]

    def _names(self, number: int) -> list[str]:
        """Definitions of a file that stand for themselves, most used first."""
        snapshot = self._snapshot
        own = snapshot.symbols_of_doc(int(snapshot.file_doc[number]))
        outer = [n for n in own if snapshot.symbol_parent[n] < 0 and snapshot.symbol_kind(n) in LISTED]
        names = list(dict.fromkeys(snapshot.symbol_name(n) for n in outer))
        uses = {name: len(snapshot.chunks_using(name)) for name in names}
        return sorted(names, key=lambda name: -uses[name])[:NAMES]

    def _telling(self, files: Sequence[int]) -> list[str]:
        """Names that are used here often and elsewhere seldom: tf-idf over the names that code uses."""
        snapshot, times = self._snapshot, Counter[str]()
        for file in files:
            for chunk in snapshot.chunks_of_doc(int(snapshot.file_doc[file])):
                times.update(set(snapshot.names_used(chunk)))
        total = len(snapshot.paths)

        def weight(name: str) -> float:
            holders = len(np.unique(snapshot.chunk_doc[snapshot.chunks_using(name)]))
            return (1.0 + math.log(times[name])) * math.log1p(total / max(holders, 1))

        defined = [name for name in times if snapshot.symbols_named(name)]
        return sorted(defined, key=lambda name: (-round(weight(name), 9), name))[:TELLING]

    def _prepare(self, files: Sequence[int]) -> None:
        """Read what is not known yet of these files."""
        keys = {file: self._key(file) for file in files if file not in self._said}
        known = self._store.get(list(keys.values()))
        for file, key in keys.items():
            self._take(file, key, known.get(key))
            if len(self._fresh) >= self._speaker.batch:
                self.keep()
        self.keep()

    def _take(self, file: int, key: DocumentKey, said: Said | None = None) -> None:
        """Take what was said of a file, or have it said now."""
        said = said or self._fresh.get(key)
        if said is None:
            said = self._read(file, self._speaker)
            if said is not None:
                self._fresh[key] = said
            else:  # what the speaker owes is said without it, and not kept
                said = self._read(file, Extractive())
        if said is not None:
            self._said[file] = said

    def keep(self) -> None:
        """Keep what was said since."""
        if self._fresh:
            self._store.add(self._fresh)
            self._fresh = {}

    def _read(self, file: int, speaker: Speaker) -> Said | None:
        """What is said of a file; None when it cannot be read as it was indexed, or there is nothing to be kept."""
        source = self._reader.read(file)
        if not isinstance(source, SourceText) or source.stale:
            return None
        path, snapshot = self._snapshot.paths[file], self._snapshot
        symbols = [snapshot.symbol(n, path) for n in snapshot.symbols_of_doc(int(snapshot.file_doc[file]))]
        is_document = int(snapshot.file_column("area")[file]) == DOCUMENTS
        return speaker.file(path, source.lines, symbols, is_document=is_document)

    def _key(self, file: int) -> DocumentKey:
        return document_key(self._snapshot.blob(file), self._snapshot.file_language[file])


def _joined(parts: Sequence[str]) -> str:
    return visible(" ".join(part if part.endswith((".", "!", "?", "…")) else f"{part}." for part in parts if part))
