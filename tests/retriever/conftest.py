from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import locant

GOLDEN = Path(__file__).parent / "golden"

MakeIndex = Callable[..., locant.Index]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write the golden rankings anew")


def read_txtar(text: str) -> dict[str, str]:
    """Files of an archive in the format of Go's txtar."""
    files: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith("-- ") and line.endswith(" --"):
            current = files.setdefault(line[3:-3], [])
        else:
            current.append(line)
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}


def write_tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


@pytest.fixture(scope="session")
def shop_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tree(tmp_path_factory.mktemp("shop") / "shop", read_txtar((GOLDEN / "shop.txtar").read_text()))


@pytest.fixture(scope="session")
def shop(shop_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[locant.Index]:
    """Index of the shop; nobody writes to its tree."""
    with locant.open(shop_root, cache_dir=tmp_path_factory.mktemp("cache"), workers=1) as index:
        index.update()
        index.close()
        yield index


@pytest.fixture
def make_index(tmp_path: Path) -> Iterator[MakeIndex]:
    """Index of a folder with the given files: `make_index({"a.py": "..."}, git=True)`."""
    opened: list[locant.Index] = []

    def make(files: Mapping[str, str | bytes], *, git: bool = False, encoder: str | None = None) -> locant.Index:
        root = write_tree(tmp_path / "tree", files)
        if git:
            commit_all(root)
        opened.append(locant.open(root, cache_dir=tmp_path / "cache", workers=1, encoder=encoder))
        return opened[-1]

    yield make
    for index in opened:
        index.close()


def commit_all(root: Path, message: str = "change") -> None:
    """Commit everything, as nobody in particular."""
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", message]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
