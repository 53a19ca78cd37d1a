"""Webhooks of GitHub, GitLab and Gitea: is this from the host, is it new, and what changed.

GitHub and Gitea (and Forgejo) sign the body with a shared secret, GitLab sends the secret itself. None of them signs a
time or the number of the delivery, so a copy of an old delivery is known by its body alone: each is taken once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from locant.server.problems import ProblemError
from locant.server.remotes.types import Push
from locant.server.store.database import Database

__all__ = ["HOSTS", "Deliveries", "read_push", "secrets_at"]

KEPT_SECONDS = 90 * 86_400
"""For which a delivery is remembered. A refresh that an older copy would cause finds nothing new."""
MIN_SECRET = 16
"""Characters; a shorter one can be guessed by who has one signed body."""
_BRANCHES = "refs/heads/"


@dataclass(frozen=True, slots=True)
class _Host:
    """How one kind of host says it."""

    proof: str
    event: str
    pushes: tuple[str, ...]
    is_right: Callable[[str, bytes, bytes], bool]
    places: tuple[tuple[str, ...], ...]
    default_branch: tuple[str, ...]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _signed(given: str, secret: bytes, body: bytes) -> bool:
    return _same(given, hmac.new(secret, body, hashlib.sha256).hexdigest())


def _signed_with_prefix(given: str, secret: bytes, body: bytes) -> bool:
    return _signed(given.removeprefix("sha256="), secret, body) and given.startswith("sha256=")


def _is_secret(given: str, secret: bytes, _: bytes) -> bool:
    return hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(secret).digest())


_GITHUB_PLACES = tuple(("repository", name) for name in ("clone_url", "ssh_url", "html_url"))
_GITLAB_PLACES = tuple(("project", name) for name in ("git_http_url", "git_ssh_url", "web_url"))

HOSTS: Mapping[str, _Host] = {
    "github": _Host(
        "X-Hub-Signature-256",
        "X-GitHub-Event",
        ("push",),
        _signed_with_prefix,
        _GITHUB_PLACES,
        ("repository", "default_branch"),
    ),
    "gitlab": _Host(
        "X-Gitlab-Token",
        "X-Gitlab-Event",
        ("Push Hook",),
        _is_secret,
        _GITLAB_PLACES,
        ("project", "default_branch"),
    ),
    "gitea": _Host(
        "X-Gitea-Signature",
        "X-Gitea-Event",
        ("push",),
        _signed,
        _GITHUB_PLACES,
        ("repository", "default_branch"),
    ),
}


def secrets_at(places: Sequence[str]) -> list[bytes]:
    """The secrets that settings lead to, as they are now; several make it possible to change one.

    Raises:
        ProblemError: 503 where one cannot be read or is too short to be one.

    """
    found = []
    for place in places:
        kind, _, name = place.partition(":")
        try:
            text = os.environ.get(name, "") if kind == "env" else Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            text = ""
        if len(text.strip()) < MIN_SECRET:
            detail = f"a secret of webhooks cannot be read, or has fewer than {MIN_SECRET} characters"
            raise ProblemError(503, "no-webhook-secret", detail)
        found.append(text.strip().encode())
    return found


def read_push(host: str, headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes]) -> Push | None:
    """What a delivery says, once it is proved that the host sent it; None where it is no push.

    Raises:
        ProblemError: 401 where the proof is missing or wrong, 400 where the body makes no sense.

    """
    kind = HOSTS[host]
    given = headers.get(kind.proof, "")
    proofs = [kind.is_right(given, secret, body) for secret in secrets]  # each is tried, whichever fits
    if not given or not any(proofs):
        detail = f"the header {kind.proof} does not prove that this was sent with the secret that was agreed on"
        raise ProblemError(401, "unsigned", detail)
    if headers.get(kind.event) not in kind.pushes:
        return None
    payload = _payload(headers.get("Content-Type", ""), body)
    ref = payload.get("ref")
    branch = ref.removeprefix(_BRANCHES) if isinstance(ref, str) and ref.startswith(_BRANCHES) else None
    urls = tuple(text for place in kind.places if (text := _at(payload, place)))
    return Push(urls, branch, _at(payload, kind.default_branch) or None, _at(payload, ("after",)) or None)


class Deliveries:
    """Those that were taken, so that none is taken twice; shared by all processes.

    Args:
        database: the store.
        clock: POSIX seconds. Set back, it has what was taken remembered for longer.

    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def take(self, host: str, body: bytes) -> None:
        """Remember one.

        Raises:
            ProblemError: 409 where it was taken before.

        """
        digest = hashlib.sha256(f"{host}\n".encode() + body).hexdigest()
        now = self._clock()
        with self._database.writing() as connection:
            connection.execute("DELETE FROM deliveries WHERE at < ?", (now - KEPT_SECONDS,))
            added = connection.execute("INSERT OR IGNORE INTO deliveries (digest, at) VALUES (?, ?)", (digest, now))
            if not added.rowcount:
                raise ProblemError(409, "replayed", "this delivery was taken before; nothing was done again")


def _payload(content_type: str, body: bytes) -> dict[str, Any]:
    try:
        text = body.decode("utf-8")
        if content_type.startswith("application/x-www-form-urlencoded"):
            text = parse_qs(text, strict_parsing=True, max_num_fields=10)["payload"][0]
        found = json.loads(text)
    except (ValueError, KeyError, RecursionError) as error:
        raise ProblemError(400, "bad-json", "the body of the delivery is no JSON") from error
    if not isinstance(found, dict):
        raise ProblemError(400, "bad-json", "the body of the delivery is no JSON object")
    return found


def _at(payload: dict[str, Any], place: Sequence[str]) -> str:
    value: Any = payload
    for name in place:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
