"""Any provider or OpenAI-compatible server, through litellm (extra `llm`). Imported when a call is made, never before.

Answers are streamed: an answer without end is cut when it is too long or too late, and the connection closed. The call
runs in a thread of its own, so that a server that drips bytes cannot hold the caller beyond the time of the call.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import threading
import time
import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from typing import Any

from locant.errors import LanguageModelError
from locant.retriever.models.budget import request_tokens
from locant.retriever.models.failures import explained
from locant.retriever.models.protocol import DEFAULT_SECONDS, Price, Reply
from locant.retriever.models.stream import Stream
from locant.retriever.tokens import estimate_tokens
from locant.types import ModelRequest

__all__ = ["LitellmModel", "Service"]

ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOG": "CRITICAL",
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_TELEMETRY": "False",
}
"""Set before it is imported: it would fetch a table of prices else, write to stderr, and in many versions read a `.env`
file above it, which may be one of the repository that is looked at."""

NOISY = ("litellm", "pydantic")
"""Modules that warn of each other's code, also while a call is made; a user can do nothing about it."""

TAKE_SCHEMAS = frozenset({"azure", "hosted_vllm", "lm_studio", "ollama", "ollama_chat", "openai", "vllm"})
"""Providers to which litellm hands a JSON Schema as it is; for others it makes tools of it, which changes answers."""

REFUSE_SCHEMAS = frozenset({"BadRequestError", "UnsupportedParamsError", "UnprocessableEntityError"})
"""Failures of a server that does not know what to do with a schema."""

NO_KEY = "none"
"""Local servers want a key in the header and do not look at it."""

_import_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Service:
    """Where a model is: its name for litellm, the address of a server, and its key (else the provider's variable)."""

    model: str
    base_url: str | None = None
    api_key: str | None = None


class LitellmModel:
    """A model of a service. `price` is what is asked for when litellm has none."""

    def __init__(self, service: Service, price: Price | None = None) -> None:
        self.name = service.model
        self._service = service
        self._given_price = price
        self._sends_schemas = True  # until the service refuses one

    @property
    def identity(self) -> str:
        """Name and address."""
        text = f"{self._service.model}\0{self._service.base_url or ''}"
        return f"litellm-{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"

    @property
    def price(self) -> Price | None:
        """As it was given, else as litellm's table has it."""
        return self._price

    @cached_property
    def _price(self) -> Price | None:
        if self._given_price is not None or self._service.base_url:
            return self._given_price
        try:
            costs = self._library.cost_per_token(
                model=self._service.model, prompt_tokens=1_000_000, completion_tokens=1_000_000
            )
        except LanguageModelError:
            raise
        except Exception:  # models that it has no price for
            return None
        return Price(float(costs[0]), float(costs[1])) if any(costs) else None

    def complete(self, request: ModelRequest, seconds: float = DEFAULT_SECONDS) -> Reply:
        """Its answer.

        Raises:
            LanguageModelError: the extra is missing, or the service does not answer.

        """
        began = time.monotonic()
        _ = self._library  # what is missing is said at once; importing it takes time of the call
        results: queue.SimpleQueue[LanguageModelError | None] = queue.SimpleQueue()
        stream = Stream(request.max_tokens, began + seconds, is_object=bool(request.schema))
        threading.Thread(target=lambda: results.put(self._read(request, stream)), daemon=True).start()
        try:
            failure = results.get(timeout=max(0.0, stream.deadline - time.monotonic()))
        except queue.Empty:
            stream.stop()
            if not stream.text.strip():
                raise LanguageModelError(f"{self.name} did not answer in {seconds:.0f} s", is_temporary=True) from None
            failure = None  # the beginning of an order is worth something
        if failure is not None:
            raise failure
        return self._reply(request, stream, time.monotonic() - began)

    def _reply(self, request: ModelRequest, stream: Stream, seconds: float) -> Reply:
        tokens_in = stream.usage[0] or request_tokens(request)
        tokens_out = stream.usage[1] or estimate_tokens(stream.text)
        cost = self.price.of(tokens_in, tokens_out) if self.price else None
        return Reply(stream.text, tokens_in, tokens_out, cost, seconds, stream.is_cut)

    def _read(self, request: ModelRequest, stream: Stream) -> LanguageModelError | None:
        """Read the answer; what went wrong, or None. Who refuses a schema is asked without one, now and later."""
        with_schema = bool(request.schema) and self._takes_schemas
        asked = request if with_schema else replace(request, schema="")
        try:
            stream.read(self._library.completion(**self._arguments(asked, stream.deadline - time.monotonic())))
            _ = self.price  # litellm may fail here, too
        except Exception as error:  # litellm raises classes of many services, and has no base for all of them
            if with_schema and type(error).__name__ in REFUSE_SCHEMAS and not stream.text:
                self._sends_schemas = False
                return self._read(request, stream)
            return explained(self.name, error)
        return None

    @property
    def _takes_schemas(self) -> bool:
        return self._sends_schemas and (
            bool(self._service.base_url) or self._full_name.partition("/")[0] in TAKE_SCHEMAS
        )

    def _arguments(self, request: ModelRequest, seconds: float) -> dict[str, Any]:
        service = self._service
        arguments: dict[str, Any] = {
            "model": self._full_name,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "timeout": max(seconds, 0.1),
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_retries": 0,
            "num_retries": 0,
            "drop_params": True,
        }
        if request.stop:
            arguments["stop"] = list(request.stop)
        if request.schema:
            arguments["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": json.loads(request.schema), "strict": False},
            }
        if service.base_url:
            arguments |= {"api_base": service.base_url, "api_key": service.api_key or NO_KEY}
        elif service.api_key:
            arguments["api_key"] = service.api_key
        return arguments

    @property
    def _full_name(self) -> str:
        """With an address, a name without a provider is one of an OpenAI-compatible server."""
        provider = self._service.model.partition("/")[0]
        known = {str(getattr(item, "value", item)) for item in self._library.provider_list}
        if self._service.base_url and (provider == self._service.model or provider not in known):
            return f"openai/{self._service.model}"
        return self._service.model

    @cached_property
    def _library(self) -> Any:  # noqa: ANN401 - their module, when the extra is installed
        for name, value in ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        for module in NOISY:
            warnings.filterwarnings("ignore", module=module)
        try:
            with _import_lock:
                library: Any = import_module("litellm")
        except ModuleNotFoundError as error:
            raise LanguageModelError(
                f"{self.name} needs {error.name}, which is not installed: pip install 'locant[llm]'"
            ) from error
        except Exception as error:  # of any of its dependencies, in versions that do not fit
            raise LanguageModelError(
                f"litellm cannot be imported ({type(error).__name__}: {error}): pip install -U 'locant[llm]'"
            ) from error
        library.suppress_debug_info = True
        library.telemetry = False
        return library
