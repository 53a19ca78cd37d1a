"""What keys and tokens look like. Tables only; `secrets.py` applies them.

Each rule has literals that occur in every match: a file without them never meets the regular expression. The first
group of an expression is the value to hide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = [
    "ANCHORED_RULES",
    "ASSIGNMENT",
    "ASSIGNMENT_WORDS",
    "CONNECTION",
    "KEY_LINE",
    "PLACEHOLDER",
    "PRIVATE_KEY",
    "SecretRule",
]


@dataclass(frozen=True, slots=True)
class SecretRule:
    """A provider's token: `anchors` are where matching starts; `needs_run` that it has a long run without - and _."""

    kind: str
    anchors: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    needs_run: bool


def _rule(kind: str, anchors: str, pattern: str, needs_run: bool = True) -> SecretRule:
    expression = rf"(?<![A-Za-z0-9_])({pattern})(?![A-Za-z0-9])"
    return SecretRule(kind, tuple(anchors.encode().split()), re.compile(expression.encode()), needs_run)


ANCHORED_RULES = (
    _rule("AWS access key", "AKIA ASIA", r"A[KS]IA[A-Z2-7]{16}"),
    _rule("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,}"),
    _rule("GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    _rule("Slack token", "xoxb- xoxp- xoxa- xoxr- xoxs-", r"xox[abprs]-(?:[0-9]{8,}-)+[A-Za-z0-9]{20,}"),
    _rule("Slack webhook", "hooks.slack.com/services/", r"hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20,}"),
    _rule("Stripe key", "sk_live_ rk_live_", r"[rs]k_live_[A-Za-z0-9]{24,}"),
    _rule("Twilio key", "SK AC", r"(?:SK|AC)[0-9a-f]{32}"),
    _rule("npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _rule("Hugging Face token", "hf_", r"hf_[A-Za-z]{34}"),
    _rule("OpenAI key", "sk-", r"sk-(?:[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})"),
    _rule("OpenAI key", "sk-proj- sk-svcacct-", r"sk-(?:proj|svcacct)-[\w-]{40,}", needs_run=False),
    _rule("Anthropic key", "sk-ant-", r"sk-ant-[a-z0-9]+-[\w-]{60,}", needs_run=False),
    _rule("Google API key", "AIza", r"AIza[\w-]{35}", needs_run=False),
    _rule("Google OAuth secret", "GOCSPX-", r"GOCSPX-[\w-]{28}", needs_run=False),
    _rule("GitLab token", "glpat-", r"glpat-[\w-]{20,}", needs_run=False),
    _rule("SendGrid key", "SG.", r"SG\.[\w-]{22}\.[\w-]{43}", needs_run=False),
    _rule("PyPI token", "pypi-AgEI", r"pypi-AgEI[\w-]{50,}", needs_run=False),
    _rule("JSON web token", "eyJ", r"eyJ[\w-]{14,}\.eyJ[\w-]{14,}\.[\w-]{20,}", needs_run=False),
)

PRIVATE_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    rb"((?:[A-Za-z0-9+/=\s\"'\\,:;.()#*>]|-(?!----)){64,16000})"
)
"""Armour and what follows as long as it may be its body; the marker alone is what a parser of keys looks for."""

KEY_LINE = re.compile(rb"(?<!\\)[A-Za-z0-9+/]{16,}={0,2}")
"""Base64 inside such a body; quotes and signs around it stay, so the code around it stays code."""

CONNECTION = re.compile(rb"://[^\s/:@'\"<>{}$%\\]{1,64}:([^\s/:@'\"<>{}$%\\*()\[\]|,]{6,})@([\w.-]+)")
"""Matched at the `://` of a URL: password, then host."""

ASSIGNMENT_WORDS = (b"passw", b"secret", b"token", b"api_key", b"apikey", b"api-key", b"access_key", b"auth_key")
"""Parts of names whose values are secret, in lower case."""

ASSIGNMENT = re.compile(
    rb"[\w.-]{0,40}[\"']?\]?(?:[ \t]*:[ \t]*[\w.\[\]| ]{1,30})?[ \t]*(?::=|=>|=|:)[ \t]*[bru]{0,2}"
    rb"(?:\"([^\s\"]{16,200})\"|'([^\s']{16,200})')"
)
"""Matched at a word of the above: rest of the name, a type, then a quoted value."""

PLACEHOLDER = re.compile(
    rb"example|change|replace|placeholder|dummy|your|xxx|test|fake|sample|secret|passw|token|insert|redacted|invalid"
    rb"|1234567|abcdef|qwerty|\.\.\.|\*\*\*|<|>|\$\{|\{\{|%\(|%s|\{\}|\\[nxu]",
    re.IGNORECASE,
)
"""Values that people write to show where a secret would stand."""
