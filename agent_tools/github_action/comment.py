"""Comments on the issue of an event where in the code it is probably about; run by the action in this folder.

All it knows comes from environment variables that GitHub sets: the event's file, the checkout, the address of the API.
The comment is found again by a mark, so that an edited issue changes it instead of adding another.
"""

from __future__ import annotations

import html
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import locant
from locant.agent_tools.text import one_line, why
from locant.errors import LocantError, QueryError
from locant.types import Localization

__all__ = ["Issue", "comment_text", "main", "read_event"]

MARK = "<!-- locant: likely places -->"

ACTIONS = ("opened", "edited", "reopened")

SECONDS = 30.0
"""Of one request."""

MAX_TEXT = 200_000
"""Characters of an issue that are read: GitHub allows 65,536."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What an event says about an issue."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository is to be seen: address of its server, `owner/name`, and the commit that is checked out."""

    server: str
    repository: str
    commit: str


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Comment on the event's issue; the exit code. A failure is one line in the job's log."""
    try:
        issue = read_event(Path(_needed(environment, "GITHUB_EVENT_PATH")))
        if issue is None:
            print("This event is about no issue that was opened or edited: nothing to do.")
            return 0
        _comment(issue, environment)
    except (LocantError, OSError) as error:
        print(f"::error::{_command_text(str(error))}", file=sys.stderr)
        return 1
    return 0


def _comment(issue: Issue, environment: Mapping[str, str]) -> None:
    limits = [_number(environment, name) for name in ("LOCANT_FILES", "LOCANT_FUNCTIONS")]
    with locant.open(_needed(environment, "GITHUB_WORKSPACE")) as index:
        found = index.localize(issue.text, files=limits[0], functions=limits[1])
    place = Place(
        environment.get("GITHUB_SERVER_URL", "https://github.com"),
        _needed(environment, "GITHUB_REPOSITORY"),
        found.freshness.commit or environment.get("GITHUB_SHA", "HEAD"),
    )
    if not found.files:
        print("Nothing in the code stands out for this issue: no comment.")
        return
    base = f"{environment.get('GITHUB_API_URL', 'https://api.github.com')}/repos/{quote(place.repository)}/issues"
    api = Api(base, _needed(environment, "LOCANT_TOKEN"))
    api.publish(issue.number, comment_text(found, place))


def read_event(path: Path) -> Issue | None:
    """The issue of an event; None when the event is about something else.

    Raises:
        QueryError: the file is no event.

    """
    try:
        event = json.loads(path.read_text(encoding="utf-8"))
        issue = event.get("issue")
        if issue is None or "pull_request" in issue or event.get("action") not in ACTIONS:
            return None
        text = f"{issue.get('title') or ''}\n\n{issue.get('body') or ''}"
        return Issue(int(issue["number"]), text[:MAX_TEXT])
    except OSError as error:
        raise QueryError(
            f"cannot read the event {str(path)!r}: {error.strerror}; run this in a GitHub Action"
        ) from error
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise QueryError(f"{str(path)!r} is no event of GitHub: {error}; run this in a GitHub Action") from error


def comment_text(found: Localization, place: Place) -> str:
    """The comment: links to files and functions, each with its reasons; no text of the issue or the code steers it."""
    return "\n".join(_lines(found, place))


def _lines(found: Localization, place: Place) -> Iterator[str]:
    yield MARK
    yield "Where this is probably about, found by text search without a model. It may be wrong."
    yield ""
    for hit in found.files:
        yield f"- {_link(place, hit.path)}{_reasons(why(hit.evidence))}"
    if found.functions:
        yield ""
        yield "<details><summary>Functions</summary>"
        yield ""
        for function in found.functions:
            link = _link(place, function.path, function.start_line, function.end_line, function.qualified_name)
            yield f"- {link}{_reasons(why(function.evidence))}"
        yield ""
        yield "</details>"


def _link(place: Place, path: str, start: int = 0, end: int = 0, name: str = "") -> str:
    lines = f"#L{start}-L{end}" if start else ""
    said = _span(f"{path}:{start}" + (f" {name}" if name else "") if start else path)
    address = f"{place.server}/{quote(place.repository)}/blob/{quote(place.commit)}/{quote(os.fsencode(path))}"
    return f"[{said}]({address}{lines})"


def _span(text: str) -> str:
    """Foreign text as code: a code span ends at the next backtick, so there is none in it."""
    return f"`{one_line(text).replace('`', chr(39))}`"


def _reasons(text: str) -> str:
    """Foreign text in a sentence: marks of Markdown and HTML are spelled out, and nobody is mentioned."""
    if not text:
        return ""
    escaped = "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|~>$" else letter for letter in html.escape(text))
    silent = escaped.replace("@", "@\u200b")
    return f": {silent}"


def _command_text(text: str) -> str:
    """Text for one line of a workflow command, escaped as GitHub reads it."""
    return one_line(text).replace("%", "%25")


class Api:
    """Comments of a repository's issues.

    Args:
        base: address of the issues.
        token: may write them.

    """

    def __init__(self, base: str, token: str) -> None:
        self._base = base
        self._token = token

    def publish(self, number: int, text: str) -> None:
        """Write the comment, or rewrite the one that was written before."""
        before = self._ask("GET", f"{self._base}/{number}/comments?per_page=100")
        own = [item for item in before if isinstance(item, dict) and _is_own(item)]
        if own:
            self._ask("PATCH", f"{self._base}/comments/{int(own[0]['id'])}", {"body": text})
        else:
            self._ask("POST", f"{self._base}/{number}/comments", {"body": text})

    def _ask(self, method: str, address: str, body: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        if not address.startswith(("https://", "http://127.0.0.1")):
            raise QueryError(f"{address!r} is no address of an API; check GITHUB_API_URL")
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "locant",
        }
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise QueryError(
                    f"GitHub answered {error.code} to {method} {address}; the token needs `issues: write`"
                ) from error
        except (urllib.error.URLError, ValueError) as error:
            raise QueryError(f"cannot reach {address}: {error}; try again") from error


def _is_own(comment: Mapping[str, Any]) -> bool:
    """Whether this action wrote a comment; a person who writes the mark does not have it overwritten."""
    user = comment.get("user") or {}
    return user.get("type") == "Bot" and str(comment.get("body", "")).startswith(MARK)


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise QueryError(f"{name} is not set; run this in a GitHub Action")
    return value


def _number(environment: Mapping[str, str], name: str) -> int:
    value = environment.get(name) or "5"
    if not value.isdecimal() or not 1 <= int(value) <= 50:
        raise QueryError(f"{name} has to be a number from 1 to 50, not {value[:20]!r}")
    return int(value)


if __name__ == "__main__":
    sys.exit(main())
