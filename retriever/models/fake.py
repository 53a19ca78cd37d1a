"""A model that answers from a script, for tests of everything around models, and to try things without one.

`fake:FILE` reads the script from a file: a JSON list. An item is the text of an answer; `null` is a failure. After
its end every answer is empty.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from locant.errors import LanguageModelError, QueryError
from locant.retriever.models.protocol import DEFAULT_SECONDS, Price, Reply
from locant.retriever.tokens import estimate_tokens
from locant.types import ModelRequest

__all__ = ["Scripted", "ScriptedModel", "scripted_from"]

Scripted = str | Reply | LanguageModelError | Callable[[ModelRequest], str]
"""One step of a script: a text, a whole reply, a failure, or what makes the text out of the request."""


class ScriptedModel:
    """Gives the steps of its script in order. `requests` holds what it was asked."""

    def __init__(self, script: Sequence[Scripted] = (), name: str = "fake", price: Price | None = None) -> None:
        self.name = name
        self.price = price
        self.requests: list[ModelRequest] = []
        self._script = list(script)
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        """Scripts differ, so answers of one are no answers of another."""
        return f"{self.name}-{id(self)}"

    def complete(self, request: ModelRequest, seconds: float = DEFAULT_SECONDS) -> Reply:
        """The next step."""
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
        step: Scripted = self._script[number] if number < len(self._script) else ""
        if isinstance(step, LanguageModelError):
            raise step
        if isinstance(step, Reply):
            return step
        text = step if isinstance(step, str) else step(request)
        tokens_in = sum(estimate_tokens(message.content) for message in request.messages)
        tokens_out = estimate_tokens(text)
        cost = self.price.of(tokens_in, tokens_out) if self.price else None
        return Reply(text, tokens_in, tokens_out, cost)


def scripted_from(path: Path) -> ScriptedModel:
    """The model of a script in a file.

    Raises:
        QueryError: it cannot be read, or is no list of texts.

    """
    try:
        steps = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise QueryError(f"no script of answers in {path}: {error}; give a JSON list of texts") from error
    if not isinstance(steps, list) or not all(step is None or isinstance(step, str) for step in steps):
        raise QueryError(f"the script {path} is not a JSON list of texts (null for a failure)")
    failure = LanguageModelError("the script says that this call fails")
    return ScriptedModel([failure if step is None else step for step in steps], f"fake:{path}")
