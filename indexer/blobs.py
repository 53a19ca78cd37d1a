"""How contents are called: as git calls them, so that a file has one name inside and outside git."""

from __future__ import annotations

import hashlib

__all__ = ["blob_id"]


def blob_id(data: bytes) -> bytes:
    r"""The 20 bytes by which git calls this content: SHA-1 of `blob <size>\0<data>`."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).digest()
