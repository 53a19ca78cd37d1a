"""Which model, where, under which budget: what flags, environment and Python callers give, checked in one place.

NAME              as litellm has it: openai/gpt-4o-mini, anthropic/claude-3-5-haiku-latest, ollama_chat/qwen2.5-coder
NAME + address    any OpenAI-compatible server: --model qwen2.5-coder, LOCANT_MODEL_BASE_URL=http://127.0.0.1:8000/v1
fake:FILE         answers of a script, for tests
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from locant.errors import QueryError
from locant.retriever.models.fake import scripted_from
from locant.retriever.models.litellm_model import LitellmModel, Service
from locant.retriever.models.protocol import LanguageModel, Price
from locant.retriever.models.retrying import Limited, Retrying

__all__ = ["BASE_URL_VARIABLE", "KEY_VARIABLE", "MODEL_VARIABLE", "PRICE_VARIABLE", "make_model"]

MODEL_VARIABLE = "LOCANT_MODEL"
BASE_URL_VARIABLE = "LOCANT_MODEL_BASE_URL"
KEY_VARIABLE = "LOCANT_MODEL_API_KEY"
PRICE_VARIABLE = "LOCANT_MODEL_PRICE"

AT_ONCE = 4
"""Calls side by side: what hosted services allow on their smallest plans, and what a local server can queue."""

FAKE = "fake:"


def make_model(name: str, environment: Mapping[str, str] = os.environ) -> LanguageModel:
    """A model by name, with the address, key and price of the environment; nothing is sent or imported yet.

    Raises:
        QueryError: the name, address or price makes no sense.

    """
    if name.startswith(FAKE):
        return scripted_from(Path(name[len(FAKE) :]).expanduser())
    if not name.strip() or any(character.isspace() for character in name):
        raise QueryError(f"{name!r} is no name of a model; give one as openai/gpt-4o-mini (docs/models-llm.md)")
    address = environment.get(BASE_URL_VARIABLE) or None
    if address is not None and not address.startswith(("http://", "https://")):
        raise QueryError(f"{BASE_URL_VARIABLE} is {address!r}; give an address that begins with http:// or https://")
    service = Service(name, address, environment.get(KEY_VARIABLE) or None)
    return Retrying(Limited(LitellmModel(service, _price(environment.get(PRICE_VARIABLE))), AT_ONCE))


def _price(text: str | None) -> Price | None:
    if not text:
        return None
    try:
        per_in, per_out = (float(part) for part in text.split(","))
    except ValueError:
        raise QueryError(
            f"{PRICE_VARIABLE} is {text!r}; give dollars per million tokens sent and answered, as 0.15,0.60"
        ) from None
    if not (per_in >= 0 and per_out >= 0):
        raise QueryError(f"{PRICE_VARIABLE} is {text!r}; prices are not below 0")
    return Price(per_in, per_out)
