"""File paths in a text: bare, quoted, in links to a forge, with a line number, of Windows; and path clean-up."""

from __future__ import annotations

import re
from collections.abc import Iterable

from locant.retriever.query.languages import OTHER_EXTENSIONS, SOURCE_EXTENSIONS
from locant.retriever.query.vocabulary import PRODUCT_FILES, RECEIVERS

__all__ = ["PathFinding", "find_links", "find_paths", "is_file_name", "repository_path"]

PathFinding = tuple[str, int | None]

MAX_PATHS = 200  # beyond this the text is a listing of files, and every file would match

_SCHEME = re.compile(r"^(?:file|webpack(?:-internal)?|app|https?|ng|rsc|vite)://+(?:\([\w-]+\)/)?(?:[\w.-]+:\d+/)?")
# What stands before the part of a path that a package's own repository knows.
_INSTALLED = re.compile(
    r".*(?:(?:site|dist)-packages/(?:[^/]+\.egg/)?|node_modules/|\.egg/|/pkg/mod/[^@]+@[^/]+/|/registry/src/[^/]+/"
    r"|/git/checkouts/[^/]+/[0-9a-f]+/|/gems/[^/]+-\d[^/]*/(?=\w)|/vendor/bundle/|bazel-out/[^/]+/bin/)"
)
_DRIVE = re.compile(r"^[A-Za-z]:")
_BLOB_URL = re.compile(
    r"https?://[^\s/]+/[^\s/]+/[^\s/]+/(?:-/)?(?:blob|blame|tree|raw|edit|src)/(?P<ref>[^\s/]+)/"
    r"(?P<path>[^\s#?)\]>\"'`]+)(?:\?[^\s#)]*)?(?:#L(?P<line>\d+))?"
    r"|https?://raw\.githubusercontent\.com/[^\s/]+/[^\s/]+/[^\s/]+/(?P<raw>[^\s#?)\]>\"'`]+)"
)
_URL = re.compile(r"(?:https?|ftp|git|ssh)://[^\s<>\"'`)\]]+")
# One run of path characters; whether it is a path is decided afterwards, so nothing is read twice.
_RUN = re.compile(
    r"(?P<run>(?<![\w.@])(?:[A-Za-z]:(?=[\\/]))?[\w.@~+\-\\/$\[\]%]+)"
    r"(?P<after>:\d+|#L\d+|\(\d+|\", line \d+|\W{0,2} ?line \d+)?"
)
_QUOTED = re.compile(r"[\"'`](?P<path>[^\"'`\n:*?<>|]{1,200}\.\w{1,8})[\"'`]")
_LOOSE = ".-[]+"  # at the end of a run these belong to the sentence
_NUMBER = re.compile(r"\d+")
_VERSION = re.compile(r"^v?\d+(?:\.\d+)*\.?\w{0,3}$")
_WHOLE_NAMES = frozenset(
    {"makefile", "dockerfile", "rakefile", "gemfile", "cmakelists.txt", "jenkinsfile", "procfile", "vagrantfile"}
)


def repository_path(path: str) -> str:
    """The path in POSIX form, cut down to what the repository that holds the file may call it."""
    path = _SCHEME.sub("", path.strip().strip("\"'`")).replace("\\\\", "/").replace("\\", "/")
    path = _DRIVE.sub("", path.split("?", 1)[0])
    path = _INSTALLED.sub("", path)
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", ".", "~", "@", "..."):
            parts.append(part)
    return "/".join(parts)


def find_paths(texts: Iterable[str]) -> list[PathFinding]:
    """Every path with its line, if one is given, in order, each pair once."""
    found: dict[PathFinding, None] = {}
    for text in texts:
        rest = _BLOB_URL.sub(" ", text)
        for finding in [*_from_links(text), *_from_runs(_URL.sub(" ", rest)), *_from_quotes(rest)]:
            found[finding] = None
            if len(found) >= MAX_PATHS:
                return list(found)
    return list(found)


def find_links(texts: Iterable[str]) -> tuple[str, ...]:
    """Paths of files that the texts link to on a forge, once each."""
    return tuple(dict.fromkeys(path for text in texts for path, _ in _from_links(text)))[:MAX_PATHS]


def is_file_name(chain: str) -> bool:
    """Whether a dotted chain is the name of a file rather than of a member: `setup.py`, `perf.log`."""
    stem, dot, ending = chain.split("#")[0].rpartition(".")
    ending = ending.lower()
    if not dot or chain.lower() in PRODUCT_FILES:
        return False
    return ending in OTHER_EXTENSIONS or (len(ending) > 1 and ending in SOURCE_EXTENSIONS and bool(stem))


def _from_links(text: str) -> Iterable[PathFinding]:
    if "://" not in text:
        return
    for match in _BLOB_URL.finditer(text):
        path = repository_path((match["path"] or match["raw"]).rstrip(".,;:"))
        if path:
            yield path, int(match["line"]) if match["line"] else None


def _from_runs(text: str) -> Iterable[PathFinding]:
    for match in _RUN.finditer(text):
        run = match["run"].rstrip(_LOOSE)
        if "]" not in run:
            run = run.lstrip("[")  # the words of a link; `[id].tsx` is a file
        if "." not in run and run.lower() not in _WHOLE_NAMES:
            continue
        run = run.removeprefix("a/") if run.startswith("a/") else run.removeprefix("b/")
        if match["after"] is None and text.startswith("(", match.end()) and "/" not in run:
            continue  # `response.json()`
        if _is_file(run):
            number = _NUMBER.search(match["after"]) if match["after"] and match["run"][-1] not in _LOOSE else None
            path = repository_path(run)
            if path:
                yield path, int(number.group()) if number else None


def _from_quotes(text: str) -> Iterable[PathFinding]:
    """Paths with spaces, which only quotes can hold together."""
    for match in _QUOTED.finditer(text):
        if " " in match["path"] and ("/" in match["path"] or "\\" in match["path"]) and _is_file(match["path"]):
            yield repository_path(match["path"]), None


def _is_file(run: str) -> bool:
    name = run.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, ending = name.rpartition(".")
    if name.lower() in _WHOLE_NAMES:
        return True
    if not dot or ending.lower() not in SOURCE_EXTENSIONS or _VERSION.match(name):
        return False
    if name.lower() in PRODUCT_FILES and name == run:
        return False
    if (
        len(ending) == 1
        and name == run
        and not (len(stem) > 1 and stem.islower() and stem not in RECEIVERS and stem.replace("_", "").isalnum())
    ):
        return False  # `e.g`, `self.c`, `Foo.m`: only a word makes a bare one-letter extension a file
    return bool(stem) or "/" in run
