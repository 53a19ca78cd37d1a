"""Secrets are masked in everything that is sent to a model, whatever text it came from."""

from __future__ import annotations

from dataclasses import replace

from locant.indexer.walk.secrets import find_secrets, mask_spans
from locant.types import ModelMessage, ModelRequest

__all__ = ["redacted"]


def redacted(request: ModelRequest) -> tuple[ModelRequest, int]:
    """The request with asterisks in the place of keys, tokens and passwords, and how many were masked.

    Code comes masked from the reader already; an issue's text and a tool's arguments come as they were typed.
    """
    masked = [_masked(message) for message in request.messages]
    count = sum(number for _, number in masked)
    return (replace(request, messages=tuple(message for message, _ in masked)), count) if count else (request, 0)


def _masked(message: ModelMessage) -> tuple[ModelMessage, int]:
    text = message.content.encode("utf-8", "replace")
    found = find_secrets(text)
    if not found:
        return message, 0
    return replace(message, content=mask_spans(text, found)[0].decode("utf-8", "replace")), len(found)
