"""What git says when a remote cannot be had, in sentences that tell what to do."""

from __future__ import annotations

import re
import signal

from locant.errors import RemoteError

__all__ = ["RemoteBrokenError", "RemoteWithholdsError", "explain"]


class RemoteBrokenError(RemoteError):
    """The clone on our disk is damaged; made anew, it may well work."""


class RemoteWithholdsError(RemoteError):
    """The host gives out what its names lead to, and nothing else by its id."""


_REASONS: tuple[tuple[str, str], ...] = (
    (
        r"could not read Username|Authentication failed|error: 40[13]\b|Permission denied \(|invalid credentials",
        "it asks for credentials, or refuses those that it got; set those of its host in the server's configuration",
    ),
    (
        r"error: 30\d\b|unable to update url base from redirection",
        "it redirects to another address, which is not followed; give the URL that it redirects to",
    ),
    (
        r"epository .*not found|error: 404|does not appear to be a git repository|not valid: is this a git repository",
        "there is no such repository, or it is hidden without credentials",
    ),
    (r"from promisor remote", "its host did not send all that it has of it"),
    (r"not our ref|unadvertised object|couldn't find remote ref", "it has no such branch, tag or commit"),
    (r"transport '[^']*' not allowed", "it leads to a protocol that is not allowed"),
    (r"Host key verification failed|REMOTE HOST IDENTIFICATION", "its host key is not among the known ones"),
    (r"SSL|certificate|TLS", "its certificate is not trusted; a private authority's can be named by `ca_file`"),
    (r"too slow|timed out|Timeout", "it stopped answering; try again later"),
    (r"Could not resolve|Failed to connect|Connection refused|unreachable|Connection reset", "it cannot be reached"),
    (r"[Oo]ut of memory|malloc|Cannot allocate", "it needs more memory than the server's limit"),
    (r"No space left|Disk quota", "the server's disk is full; make room and refresh"),
    (r"File size limit|died of signal 25|signal 25", "it is larger than the server's limit"),
    (r"dubious ownership", "its folder belongs to another user than the server's"),
    (r"bad pack|early EOF|unexpected disconnect|protocol error|fsck error|invalid|RPC failed", "it sent broken data"),
)
_BROKEN = re.compile(
    r"not a git repository|bad object|object [0-9a-f]{40} not found|corrupt|missing blob|unable to read tree"
    r"|loose object|invalid object|could not read [0-9a-f]{40}|unable to find [0-9a-f]{40}|bad config|is missing"
    r"|unable to parse|packfile .* (?:cannot be|does not match)|index file smaller|invalid gitfile"
)


_WITHHELD = re.compile(r"not our ref|unadvertised object")


def explain(command: str, code: int, complaint: bytes) -> RemoteError:
    """The error for a git command that failed; the last line that git said is quoted, cleaned and cut."""
    text = complaint.decode("utf-8", "replace")
    if code == -signal.SIGXFSZ or code == 128 + signal.SIGXFSZ:
        text += "\nFile size limit exceeded"
    said = _last_line(text)
    reason = next((reason for pattern, reason in _REASONS if re.search(pattern, text)), "git could not do it")
    broken, withheld = _BROKEN.search(text), _WITHHELD.search(text)
    kind = RemoteBrokenError if broken else RemoteWithholdsError if withheld else RemoteError
    return kind(f"git {command} failed: {reason} (git said: {said or f'nothing, code {code}'})")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in re.split(r"[\r\n]+", text)]
    weighty = [line for line in lines if line.startswith(("fatal:", "error:", "ERROR:"))] or [
        line for line in lines if line
    ]
    clean = re.sub(r"//[^/\s]*@", "//...@", re.sub(r"[^\x20-\x7e]", "?", weighty[-1])) if weighty else ""
    return clean[:240]
