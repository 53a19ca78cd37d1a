"""The map as a picture: folders as areas, files sized by centrality, what was found highlighted; one file of SVG.

It holds the drawing twice, for wide and for narrow screens; a style rule shows the one that fits, so that its letters
are never scaled down. It needs nothing from elsewhere, and every name in it is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from locant.indexer.snapshot import Snapshot
from locant.indexer.walk.names import display_path
from locant.numeric import Floats
from locant.retriever.map.focus import Focus
from locant.retriever.map.treemap import Box, squarify

__all__ = ["PictureFile", "draw_picture", "picture_of"]

WIDE, NARROW, HEIGHT = 1200, 390, 800
"""Sizes in pixels at which the two drawings are made; below 700 the narrow one is shown."""

FILES = {WIDE: 200, NARROW: 55}
"""Files with an area of their own; the rest of a folder shares one."""

HEADING = 17.0
MARGIN = 2.0
LETTER = 6.7
"""Height of a folder's heading, space around areas, width of a letter of 11 pixels."""

HITS = 10
"""Files of a focus that are highlighted: more would highlight nothing."""

LEAST_SHARE, LEAST_HIT = 0.04, 0.3
"""Area of the least important file, and of a highlighted one, in those of the most important: they are to be seen."""

STYLE = """
text{font:11px ui-monospace,Menlo,Consolas,monospace;fill:#1c2733}
.folder{fill:#eef1f5;stroke:#b9c3cf}.deep{fill:#e2e8ef;stroke:#b9c3cf}.file{fill:#bfd4ea;stroke:#fff}
.rest{fill:#d5dbe2;stroke:#fff}.hit{fill:#f5a623;stroke:#8a4b00;stroke-width:2}.head{font-weight:600}.say{font-size:13px}
.narrow{display:none}
@media(max-width:700px){.narrow{display:inline}.wide{display:none}}
@media(prefers-color-scheme:dark){.page{fill:#12181f}text{fill:#e6edf3}.folder{fill:#1c242e;stroke:#3b4856}
.deep{fill:#232e3a;stroke:#3b4856}.file{fill:#2f5478;stroke:#12181f}.rest{fill:#333d48;stroke:#12181f}
.hit{fill:#a85b00;stroke:#ffc46b}}
"""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file of the picture: its path, its size (any unit), and the words that appear when it is pointed at."""

    path: str
    size: float
    note: str = ""
    is_hit: bool = False


@dataclass
class _Folder:
    """A folder with what is in it; `more` files without an area of their own, of `more_size` together."""

    path: str
    folders: dict[str, _Folder] = field(default_factory=dict)
    files: list[PictureFile] = field(default_factory=list)
    more: int = 0
    more_size: float = 0.0

    @property
    def size(self) -> float:
        """Of everything in it."""
        return sum(file.size for file in self.files) + sum(f.size for f in self.folders.values()) + self.more_size


def picture_of(snapshot: Snapshot, sizes: Floats, focus: Focus, title: str) -> str:
    """SVG of a snapshot: `sizes` is each file's importance (files,); the best of the focus and known files are hits."""
    best = sorted(focus.files, key=lambda file: (-focus.files[file], file))[:HITS]
    hits = {*best, *focus.known}
    languages = snapshot.file_language
    files = [
        PictureFile(path, size, f"{languages[number]}, importance {size:.3f}", number in hits)
        for number, (path, size) in enumerate(zip(snapshot.paths, sizes.tolist(), strict=True))
    ]
    return draw_picture(files, title)


def draw_picture(files: Sequence[PictureFile], title: str) -> str:
    """SVG of the files; the largest have areas of their own, and all hits do."""
    hits = sum(file.is_hit for file in files)
    told = f"{title}: {len(files):,} files" + (f", {hits:,} highlighted" if hits else "")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="{HEIGHT}" role="img" '
        f'aria-label="{_safe(told)}">',
        f"<style>{STYLE}</style>",
        '<rect class="page" width="100%" height="100%" fill="#fff"/>',
    ]
    for name, width in (("wide", WIDE), ("narrow", NARROW)):
        parts.append(
            f'<svg class="{name}" width="100%" height="100%" viewBox="0 0 {width} {HEIGHT}" '
            'preserveAspectRatio="xMidYMin meet">'
        )
        parts.append(f'<text class="head say" x="6" y="16">{_safe(_cut(told, width - 12, LETTER * 1.19))}</text>')
        parts.extend(_inside(_tree(files, FILES[width]), Box(4, 24, width - 8, HEIGHT - 28), 0))
        parts.append("</svg>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _tree(files: Sequence[PictureFile], limit: int) -> _Folder:
    """Folders with the files that are drawn; folders in a chain without anything else are one."""
    ordered = sorted(files, key=lambda file: (not file.is_hit, -file.size, file.path))
    largest = max((file.size for file in files), default=0.0) or 1.0
    root = _Folder("")
    for place, file in enumerate(ordered):
        folder = root
        *names, _ = file.path.split("/")
        for name in names:
            path = f"{folder.path}/{name}" if folder.path else name
            folder = folder.folders.setdefault(name, _Folder(path))
        size = max(file.size / largest, LEAST_HIT if file.is_hit else LEAST_SHARE)
        if place < limit:
            folder.files.append(PictureFile(file.path, size, file.note, file.is_hit))
        else:
            folder.more += 1
            folder.more_size += LEAST_SHARE / 4
    return root


def _inside(folder: _Folder, box: Box, depth: int) -> list[str]:
    """What is in a folder, drawn into a box."""
    items: list[tuple[float, _Folder | PictureFile | int]] = [
        *((inner.size, _shortest(inner)) for inner in folder.folders.values()),
        *((file.size, file) for file in folder.files),
    ]
    if folder.more:
        items.append((folder.more_size, folder.more))
    items.sort(key=lambda item: -item[0])
    parts: list[str] = []
    for (_, item), place in zip(items, squarify([size for size, _ in items], box), strict=True):
        if isinstance(item, _Folder):
            parts.extend(_folder(item, folder.path, place, depth))
        elif isinstance(item, PictureFile):
            parts.append(_file(item, place))
        else:
            parts.append(_area("rest", place, f"{item:,} more", f"{folder.path or '.'}: {item:,} more files"))
    return parts


def _shortest(folder: _Folder) -> _Folder:
    """The folder that a chain of folders, each with nothing but the next, leads to."""
    while len(folder.folders) == 1 and not folder.files and not folder.more:
        folder = next(iter(folder.folders.values()))
    return folder


def _folder(folder: _Folder, above: str, box: Box, depth: int) -> list[str]:
    name = folder.path[len(above) + 1 if above else 0 :] + "/"
    kind = "deep" if depth % 2 else "folder"
    outer = box.inside(MARGIN / 2)
    parts = [_rect(kind, outer, folder.path)]
    has_heading = outer.height > 2.5 * HEADING and outer.width > 5 * LETTER
    if has_heading:
        parts.append(_label("head", outer, name))
    return [*parts, *_inside(folder, outer.inside(MARGIN, HEADING if has_heading else 0.0), depth + 1)]


def _file(file: PictureFile, box: Box) -> str:
    name = file.path.rpartition("/")[2]
    return _area("hit" if file.is_hit else "file", box, name, f"{file.path}\n{file.note}" if file.note else file.path)


def _area(kind: str, box: Box, name: str, told: str) -> str:
    inner = box.inside(MARGIN / 4)
    label = _label("", inner, name) if inner.height > HEADING * 0.8 and inner.width > 4 * LETTER else ""
    return _rect(kind, inner, told) + label


def _rect(kind: str, box: Box, told: str) -> str:
    return (
        f'<rect class="{kind}" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}">'
        f"<title>{_safe(told)}</title></rect>"
    )


def _label(kind: str, box: Box, text: str) -> str:
    shown = _safe(_cut(text, box.width - 6, LETTER))
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{box.x + 3:.1f}" y="{box.y + 12.5:.1f}" pointer-events="none">{shown}</text>'


def _cut(text: str, width: float, letter: float) -> str:
    """Text that is no wider than `width` pixels."""
    room = max(int(width / letter), 1)
    shown = display_path(text)
    return shown if len(shown) <= room else f"{shown[: room - 1]}…"


def _safe(text: str) -> str:
    """Text as XML takes it."""
    return escape(_NOT_XML.sub("?", "\n".join(map(display_path, text.split("\n")))))
