"""What services' failures mean, in one sentence each; which of them may pass; what to do about the others."""

from __future__ import annotations

from dataclasses import dataclass

from locant.errors import LanguageModelError

__all__ = ["explained"]

LONGEST = 200
"""Characters of a service's own words: they may quote the request."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    says: str
    is_temporary: bool = False
    is_too_long: bool = False


_MEANINGS: dict[str, _Meaning] = {
    "AuthenticationError": _Meaning("refuses the key; set the provider's variable, or LOCANT_MODEL_API_KEY"),
    "PermissionDeniedError": _Meaning("does not let this key use the model"),
    "NotFoundError": _Meaning("is not known there; check its name and LOCANT_MODEL_BASE_URL"),
    "ContextWindowExceededError": _Meaning("cannot read so long a question", is_too_long=True),
    "ContentPolicyViolationError": _Meaning("refuses to answer this"),
    "UnsupportedParamsError": _Meaning("does not take what is asked for"),
    "RateLimitError": _Meaning("is busy", is_temporary=True),
    "Timeout": _Meaning("did not answer in time", is_temporary=True),
    "APITimeoutError": _Meaning("did not answer in time", is_temporary=True),
    "ServiceUnavailableError": _Meaning("is not available", is_temporary=True),
    "InternalServerError": _Meaning("failed", is_temporary=True),
    "MidStreamFallbackError": _Meaning("failed while it answered", is_temporary=True),
    "APIConnectionError": _Meaning("cannot be reached, or broke off; check LOCANT_MODEL_BASE_URL", is_temporary=True),
}
"""By the names of litellm's exceptions, which are those of OpenAI's client."""

_UNKNOWN_PROVIDER = "LLM Provider NOT provided"
_UNREACHED = "Connection error."


def explained(name: str, error: Exception) -> LanguageModelError:
    """A foreign failure as ours."""
    kind = type(error).__name__
    said = " ".join(str(error).split())
    if _UNKNOWN_PROVIDER in said:
        return LanguageModelError(
            f"no provider is known for the model {name!r}; write provider/model, or give the address of a server "
            "by LOCANT_MODEL_BASE_URL"
        )
    unreached = said.endswith(_UNREACHED)  # litellm takes it for a failure of the service
    meaning = _MEANINGS.get("APIConnectionError" if unreached else kind, _Meaning("did not answer"))
    return LanguageModelError(
        f"{name} {meaning.says} ({kind}: {said[:LONGEST]})",
        is_temporary=meaning.is_temporary,
        retry_after=_retry_after(error),
        is_too_long=meaning.is_too_long,
    )


def _retry_after(error: Exception) -> float | None:
    """Seconds that the service asks to wait, by its header."""
    response = getattr(error, "response", None)
    headers = getattr(response, "headers", None) or getattr(error, "litellm_response_headers", None) or {}
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, TypeError, ValueError):  # none, or a date
        return None
