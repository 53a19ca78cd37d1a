"""Sends the page: read once at the start, each file under an address that changes with its content.

`/` is asked for anew each time and costs a 304; everything it names lies under `/assets/<digest of all files>/` and is
kept by browsers for good. Modules import each other by relative names, so they stay within one digest without a build.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from locant.server.problems import Problem, problem_response

__all__ = ["PageFiles", "page_routes", "read_page"]

FOLDER = Path(__file__).parent

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Files that are sent; what else lies in the folder is not."""

MARK = b"{{assets}}"
"""In index.html, where the address of the other files goes."""

FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class PageFiles:
    """The page: `index` with the addresses in it, its ETag, and the other files by name."""

    index: bytes
    tag: str
    digest: str
    files: Mapping[str, tuple[bytes, str]]


def read_page(folder: Path = FOLDER) -> PageFiles:
    """Read all files of the page."""
    found = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in TYPES}
    digest = hashlib.sha256()
    for name, content in found.items():
        digest.update(name.encode() + b"\0" + content)
    short = digest.hexdigest()[:16]
    index = found.pop("index.html").replace(MARK, f"assets/{short}".encode())
    files = {name: (content, TYPES[Path(name).suffix]) for name, content in found.items()}
    return PageFiles(index, f'"{short}"', short, files)


def page_routes(page: PageFiles | None = None) -> list[Route]:
    """Routes of the page."""
    sent = page or read_page()

    async def index(request: Request) -> Response:
        headers = {"ETag": sent.tag, "Cache-Control": "no-cache"}
        known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
        if sent.tag in known:
            return Response(status_code=304, headers=headers)
        return Response(sent.index, headers=headers, media_type=TYPES[".html"])

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in sent.files:
            return problem_response(Problem(404, "no-such-path", f"the page has no file {name!r}"))
        content, kind = sent.files[name]
        # A page of another version may still be open: it gets what there is, and does not keep it.
        keep = FOREVER if request.path_params["digest"] == sent.digest else "no-cache"
        return Response(content, headers={"Cache-Control": keep}, media_type=kind)

    return [Route("/", index), Route("/assets/{digest}/{name}", asset)]
