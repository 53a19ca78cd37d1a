"""Texts that were read before, for as long as their files are untouched: a server shows the same ones again and again.

A text is kept under the signature that its file had before it was read: size, both time stamps, inode. It is given
out again only while the file, looked at anew, has that very signature, and one that is older than a tick of the file
system's clock, as the check of the whole tree demands. Who puts an old time stamp on a new content still changes
`ctime`. Only plain texts that are as they were indexed are kept: what changed or holds a secret is read each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

from locant.indexer.walk.records import Signature

__all__ = ["KeptTexts"]

Text = TypeVar("Text")

Place = tuple[str, str]
"""Root of a tree, and a path in it."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Text]):
    signature: Signature
    blob: bytes
    text: Text


class KeptTexts(Generic[Text]):
    """The texts that were asked for last, of all trees of the process; used from any number of threads.

    Args:
        max_bytes: of all files whose texts are kept. Texts that were split into lines take some four times as much.

    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Place, _Kept[Text]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, place: Place, signature: Signature, blob: bytes) -> Text | None:
        """The text of a file that looks as it did, if it is the content of that id."""
        with self._lock:
            found = self._kept.get(place)
            if found is None or found.signature != signature or found.blob != blob:
                return None
            self._kept.move_to_end(place)
            return found.text

    def put(self, place: Place, signature: Signature, blob: bytes, text: Text) -> None:
        """Keep a text instead of those that were not asked for longest."""
        with self._lock:
            self._drop(place)
            self._kept[place] = _Kept(signature, blob, text)
            self._bytes += signature.size
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, place: Place) -> None:
        found = self._kept.pop(place, None)
        self._bytes -= found.signature.size if found is not None else 0
