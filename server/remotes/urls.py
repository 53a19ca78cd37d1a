"""The grammar of URLs that we take: narrow, so that git, curl, ssh and we read each of them the same way.

Two parsers that disagree about where a host ends are how a check is passed with one host and another one is asked. So
nothing is repaired here: no encoding in a host, no user in an http URL, no backslash, no query, no empty segment, no
other spelling of a number. What is left is one regular expression.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import unquote_to_bytes

from locant.errors import RemoteRefusedError
from locant.server.remotes.types import DEFAULT_PORTS, GitUrl

__all__ = ["check_ref_name", "is_commit", "parse_url", "same_repository", "shown"]

MAX_URL = 2048
"""Longer than any address of a repository; keeps error messages and logs short."""

_URL = re.compile(
    r"(?P<scheme>[a-z][a-z+.-]*)://(?:(?P<user>[A-Za-z0-9][A-Za-z0-9._-]*)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]*)(?::(?P<port>[0-9]{1,5}))?(?P<path>/[A-Za-z0-9._~/+@,=%-]*)"
)
_SCP = re.compile(r"(?P<user>[A-Za-z0-9][A-Za-z0-9._-]*)@(?P<host>[A-Za-z0-9.-]+):(?P<path>[^/:][^:]*)")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
"""A last label like this makes the whole a number to the resolver: `127.1`, `0x7f000001`, `2130706433`."""
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_REF = re.compile(r"(?!.*(?:\.\.|@\{|//|/\.|\.lock(?:/|$)))[A-Za-z0-9_][\w./+@#=,-]*(?<![./])")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
MAX_REF = 250


def parse_url(text: str) -> GitUrl:
    """Read a URL, or `user@host:path` as ssh writes it.

    Raises:
        RemoteRefusedError: it is outside of the grammar.

    """
    match = _URL.fullmatch(text) or _SCP.fullmatch(text) if len(text) <= MAX_URL else None
    if match is None:
        raise _refused(text, _complaint(text))
    parts = match.groupdict()
    scheme = parts.get("scheme") or "ssh"
    if scheme not in DEFAULT_PORTS:
        raise _refused(text, f"{scheme!r} is none of the schemes {', '.join(DEFAULT_PORTS)}")
    path = parts["path"] if parts["path"].startswith("/") else f"/{parts['path']}"
    url = GitUrl(scheme, _host(text, scheme, parts["host"]), _port(text, scheme, parts), path, parts["user"] or "")
    _check_path(text, url)
    if url.user and scheme != "ssh":
        raise _refused(text, "a user in a URL is no place for credentials; give them in the server's configuration")
    return url


def shown(text: str) -> str:
    """A URL as it may stand in a message: without what stands before an `@`, control characters and great length."""
    bare = re.sub(r"//[^/]*@", "//...@", re.sub(r"[^\x21-\x7e]", "?", text))
    return bare if len(bare) <= 200 else f"{bare[:200]}..."


def same_repository(one: str, other: str) -> bool:
    """Whether two URLs name one repository, whatever scheme, user and ending they are written with."""
    try:
        first, second = parse_url(one), parse_url(other)
    except RemoteRefusedError:
        return False
    return (first.host, _plain(first.path)) == (second.host, _plain(second.path))


def check_ref_name(name: str, what: str) -> str:
    """A branch, tag or commit id that no command can take for an option or a pattern.

    Raises:
        RemoteRefusedError: it is none.

    """
    if len(name) > MAX_REF or not (name.isascii() and _REF.fullmatch(name)):
        raise RemoteRefusedError(
            f"{name[:80]!r} is no name of a {what}; write it as `git branch` or `git tag` shows it"
        )
    return name


def is_commit(name: str) -> bool:
    """Whether a revision is a full commit id."""
    return _COMMIT.fullmatch(name) is not None


def _plain(path: str) -> str:
    return path.strip("/").removesuffix(".git").lower()


def _refused(text: str, reason: str) -> RemoteRefusedError:
    return RemoteRefusedError(f"the URL {shown(text)!r} is refused: {reason}")


def _complaint(text: str) -> str:
    """The most helpful sentence about a text that is outside of the grammar."""
    if len(text) > MAX_URL:
        return f"it is longer than {MAX_URL} characters"
    if re.match(r"[\w.+-]+::", text):
        return "remote helpers (`name::address`) are never run"
    if not text.isascii():
        return "write a host in its xn-- form, and other characters of the path as %XX"
    if re.search(r"[\s\x00-\x1f\x7f\\]", text):
        return "it has spaces, control characters or backslashes"
    if re.search(r"[?#]", text):
        return "a repository's URL has no query or fragment"
    if re.match(r"[a-z]+://[^/]*@", text):
        return "a password in a URL is no place for credentials; give them in the server's configuration"
    return "write it as https://host/path, ssh://user@host/path, user@host:path or file:///path"


def _host(text: str, scheme: str, written: str) -> str:
    host = written.lower()
    if scheme == "file":
        if host:
            raise _refused(text, "a file URL has no host: file:///path")
        return ""
    if host.startswith("["):
        return _address(text, host[1:-1])
    if host.endswith("."):
        raise _refused(text, "write the host without a dot at its end")
    labels = host.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        return _address(text, host)
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(text, f"{host[:80]!r} is no host name")
    return host


def _address(text: str, written: str) -> str:
    try:
        return str(ipaddress.ip_address(written))
    except ValueError as error:
        raise _refused(text, f"{written[:80]!r} is no IP address in its usual form") from error


def _port(text: str, scheme: str, parts: dict[str, str]) -> int:
    written = parts.get("port")
    if written is None:
        return DEFAULT_PORTS[scheme]
    if scheme == "file" or not 0 < int(written) < 65536:
        raise _refused(text, f"{written} is no port that could be asked")
    return int(written)


def _check_path(text: str, url: GitUrl) -> None:
    """Segments that mean a place elsewhere are refused, also where they are encoded."""
    encoded = "%" in url.path
    if encoded and (url.scheme not in ("https", "http") or _PERCENT.search(url.path)):
        raise _refused(text, "only http URLs have %XX in their path, each with two digits")
    plain = unquote_to_bytes(url.path)
    segments = plain.strip(b"/").split(b"/")
    if plain.count(b"/") != url.path.count("/") or re.search(rb"[\x00-\x1f\x7f\\]", plain):
        raise _refused(text, "its path hides slashes or control characters behind %XX")
    if any(segment in (b"", b".", b"..") for segment in segments):
        raise _refused(text, "its path has empty segments, `.` or `..`, or none at all")
    if any(segment.startswith(b"-") for segment in segments):
        raise _refused(text, "a segment of its path begins with `-`")
