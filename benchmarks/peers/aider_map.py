"""Peer of the repository map: aider's `RepoMap`, run without a model in an environment that has aider-chat.

One JSON object per line on standard input, {"root": ..., "text": ..., "budgets": [...]}, gives one on standard output:
{"maps": [text of the map under each budget]}. With a text, aider gets what its own coder would take from a message: the
identifiers and the files that it mentions. Tokens are counted by the same function as for locant's maps.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from aider.coders.base_coder import Coder
from aider.io import InputOutput
from aider.repomap import RepoMap

from locant.retriever.tokens import estimate_tokens


class Model:
    """What RepoMap asks of a model."""

    token_count = staticmethod(estimate_tokens)


class Conversation:
    """What aider's readers of a message ask of a coder: the files of the repository, none of them in the chat yet."""

    abs_read_only_fnames: tuple[str, ...] = ()

    def __init__(self, files: list[str]) -> None:
        self._files = files

    def get_all_relative_files(self) -> list[str]:
        """All tracked files."""
        return self._files

    get_addable_relative_files = get_all_relative_files

    def get_inchat_relative_files(self) -> list[str]:
        """None."""
        return []

    def mentions(self, text: str) -> tuple[set[str], set[str]]:
        """Files and identifiers, as `Coder.get_repo_map` puts them together."""
        files = set(Coder.get_file_mentions(self, text))
        idents = set(Coder.get_ident_mentions(self, text))
        return files | set(Coder.get_ident_filename_matches(self, idents)), idents


def maps(root: str, text: str, budgets: list[int]) -> list[str]:
    """Aider's map of a tree under each budget; the ranking, which is the same for all, is made once."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    files = [name for name in listed.decode("utf-8", "replace").split("\0") if name and Path(root, name).is_file()]
    made = RepoMap(root=root, main_model=Model(), io=InputOutput(pretty=False, yes=True))
    mentioned_files, idents = Conversation(files).mentions(text) if text else (set(), set())
    ranked: list[Any] = []
    rank = made.get_ranked_tags

    def rank_once(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - aider's own types
        if not ranked:
            ranked.append(rank(*given, **named))
        return ranked[0]

    made.get_ranked_tags = rank_once
    paths = [str(Path(root, name)) for name in files]
    return [
        made.get_ranked_tags_map_uncached(set(), paths, budget, mentioned_files, idents) or "" for budget in budgets
    ]


def main() -> None:
    """Answer line by line; aider's own messages go to stderr."""
    out, sys.stdout = sys.stdout, sys.stderr
    RepoMap.TAGS_CACHE_DIR = sys.argv[1]  # outside the tree: it would be a file of the repository otherwise
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"maps": maps(asked["root"], asked["text"], asked["budgets"])}
        out.write(json.dumps(answer) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
