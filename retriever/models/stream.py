"""An answer as it comes in, and when enough of it has come: too long, too late, said already, or said in a loop."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from typing import Any

__all__ = ["Stream"]

CHARACTERS_PER_TOKEN = 12
"""No tokenizer has longer tokens over a whole answer: what is longer than that times `max_tokens` has no end."""

LOOK = 200
"""Characters after which an answer is looked at, and that a model may add to its object before it is cut."""

TIMES = 3
"""That the last `LOOK` characters stand in an answer: nobody says so much three times but a model in a loop."""


class Stream:
    """Text of an answer, tokens in and out as the service counted them (0 where it did not), and whether it was cut.

    Args:
        max_tokens: that the answer may have.
        deadline: by the monotonic clock; what comes later is not waited for.
        is_object: one JSON object is wanted, and nothing behind it.

    """

    def __init__(self, max_tokens: int, deadline: float, *, is_object: bool = False) -> None:
        self.deadline = deadline
        self.usage = (0, 0)
        self.is_cut = True  # until it says that it is done
        self._parts: list[str] = []
        self._room = max_tokens * CHARACTERS_PER_TOKEN
        self._is_object = is_object
        self._length = self._looked = 0
        self._stopped = threading.Event()

    @property
    def text(self) -> str:
        """What has come so far."""
        return "".join(self._parts)

    def stop(self) -> None:
        """Nobody waits any more."""
        self._stopped.set()

    def read(self, chunks: Iterable[Any]) -> None:
        """Take what a service sends until it ends, or until it is enough; then the connection is closed."""
        is_whole = False
        for chunk in chunks:
            if self._stopped.is_set():
                break
            self._take(chunk)
            if self._is_over():
                break
            if (is_whole := self._is_whole()) or self._is_loop():
                break
        else:
            return
        self.is_cut = not is_whole
        close = getattr(chunks, "close", None)
        if close is not None:
            close()

    def _take(self, chunk: Any) -> None:  # noqa: ANN401 - as litellm has it
        counted = getattr(chunk, "usage", None)
        if counted is not None:
            self.usage = (int(counted.prompt_tokens or 0), int(counted.completion_tokens or 0))
        for choice in chunk.choices[:1]:
            piece = choice.delta.content or ""
            self._parts.append(piece)
            self._length += len(piece)
            self._room -= len(piece)
            if choice.finish_reason:
                self.is_cut = choice.finish_reason == "length"

    def _is_over(self) -> bool:
        return self._room < 0 or time.monotonic() > self.deadline

    def _is_whole(self) -> bool:
        """Whether the object that was asked for has come, and the model goes on behind it."""
        if not self._is_object or not self._is_due():
            return False
        text = self.text
        start = text.find("{")
        try:
            found, end = json.JSONDecoder().raw_decode(text, max(start, 0))
        except (ValueError, RecursionError):
            return False
        return isinstance(found, dict) and len(found) > 0 and len(text) - end > LOOK

    def _is_loop(self) -> bool:
        if not self._is_due():
            return False
        text = self.text
        self._looked = self._length
        return text.count(text[-LOOK:]) >= TIMES

    def _is_due(self) -> bool:
        return self._length - self._looked >= LOOK
