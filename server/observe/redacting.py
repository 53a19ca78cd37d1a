"""Takes secrets out of texts: whatever has the form of one, and those that this server knows."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["Redactor"]

HIDDEN = "[hidden]"
LEAST = 8
"""Characters of a known secret; shorter ones would hide ordinary words."""

_FORMS = (
    (re.compile(r"\blct_[0-9a-f]{12}_[A-Za-z0-9_-]+"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"(?i)((?:authorization|x-gitlab-token|x-hub-signature-256|cookie|private-token)\b['\"]?\s*[:=]\s*).+"
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(://)[^/\s@]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|gitea_)[A-Za-z0-9_-]{8,}"), HIDDEN),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), HIDDEN),
)


class Redactor:
    """Hides secrets.

    Args:
        known: secrets themselves, as tokens of hosts.

    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = sorted({text for text in known if len(text) >= LEAST}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, HIDDEN)
        for form, instead in _FORMS:
            text = form.sub(instead, text)
        return text
