"""Encoders by name, as the command line, the environment and the Python API give them.

static            the table in the wheel                           nothing else is needed
static:FILE       a table that `locant eval train embedding` made
st:NAME           a model of sentence-transformers, by name or folder    extra `models`
litellm:NAME      an embedding of a service, through litellm             extra `llm`
fake              directions out of hashes, for tests
none              no encoder
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from locant.errors import QueryError
from locant.retriever.dense.encoder import Encoder

__all__ = ["DEFAULT", "ENCODER_VARIABLE", "chosen_encoder", "make_encoder"]

ENCODER_VARIABLE = "LOCANT_ENCODER"

DEFAULT = "static"
"""docs/ranking.md says what each is worth."""


def chosen_encoder(spec: str | None) -> Encoder | None:
    """The encoder that was asked for, else the environment's, else the default; None for `none`."""
    return make_encoder(spec or os.environ.get(ENCODER_VARIABLE) or DEFAULT)


def make_encoder(spec: str) -> Encoder | None:
    """An encoder by name; models are loaded when they are first used.

    Raises:
        QueryError: there is none of that name.

    """
    kind, _, name = spec.partition(":")
    maker = _MAKERS.get(kind)
    if maker is None or (kind in NAMED and not name) or (kind not in (*NAMED, "static") and name):
        raise QueryError(f"no encoder {spec!r}: use none, static, static:FILE, st:MODEL or litellm:MODEL")
    return maker(name)


NAMED = ("st", "litellm")
"""Kinds that are nothing without the name of a model."""


def _static(name: str) -> Encoder:
    from locant.retriever.dense.static import SHIPPED, StaticEncoder

    path = Path(name).expanduser() if name else SHIPPED
    if not path.is_file():
        raise QueryError(f"no table of vectors at {path}: `locant eval train embedding` makes one")
    return StaticEncoder(path, f"static:{name}" if name else "static")


def _sentence_transformer(name: str) -> Encoder:
    from locant.retriever.dense.sentence import SentenceEncoder

    return SentenceEncoder(name)


def _service(name: str) -> Encoder:
    from locant.retriever.dense.service import ServiceEncoder

    return ServiceEncoder(name)


def _fake(_: str) -> Encoder:
    from locant.retriever.dense.fake import FakeEncoder

    return FakeEncoder()


def _none(_: str) -> None:
    return None


_MAKERS: dict[str, Callable[[str], Encoder | None]] = {
    "static": _static,
    "st": _sentence_transformer,
    "litellm": _service,
    "fake": _fake,
    "none": _none,
}
