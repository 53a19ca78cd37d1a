"""Bytes of a text file as text with plain line ends: all that reading again a file without secrets needs."""

from __future__ import annotations

from locant.indexer.walk.charset import decode_text

__all__ = ["plain_text", "unify_line_ends"]


def plain_text(data: bytes) -> bytes | None:
    """Text of a file that was classified before and held no secret, as it was indexed; None when it is not text."""
    decoded = decode_text(data)
    return None if decoded is None else unify_line_ends(decoded.text_utf8)


def unify_line_ends(text: bytes) -> bytes:
    if b"\r" not in text:
        return text
    text = text.replace(b"\r\n", b"\n")
    return text if b"\n" in text else text.replace(b"\r", b"\n")
