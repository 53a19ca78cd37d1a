"""Repository maps beside aider's, at equal tokens: which share of what an issue was about does each show?

    python -m benchmarks.maps rows.jsonl --mirrors clones --aider aider-env/bin/python --repositories a/b --rows 4

Both get the same rows and budgets, once without and once with the issue; tokens are counted by locant's estimate for
both. Aider lets a map be 15 % larger than its budget; what it uses is shown. A file is shown when the map names it, a
function when its name stands below its file, for aider in any line of code that is shown there.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from locant.eval.cli_parts import choose, provider_of
from locant.eval.context import CONTEXTS, Maker, Shown, context_table, measure_contexts
from locant.eval.datasets.load import load_dataset
from locant.retriever.tokens import estimate_tokens

BUDGETS = "1000,2000,4000"
PEER = Path(__file__).with_name("peers") / "aider_map.py"
_WORD = re.compile(r"\w+")


class Aider:
    """Asks the peer process, which keeps aider's tags of what it has parsed."""

    def __init__(self, python: str, cache: str) -> None:
        types = Path(__file__).parents[1] / ".types"
        self._process = subprocess.Popen(
            [python, str(PEER), cache],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": str(types)},
        )

    def maps(self, root: Path, issue: str, budgets: Sequence[int]) -> list[Shown]:
        """What aider's maps show."""
        asked = {"root": str(root), "text": issue, "budgets": list(budgets)}
        print(json.dumps(asked), file=_pipe(self._process.stdin), flush=True)
        answer = _pipe(self._process.stdout).readline()
        if not answer:
            raise SystemExit("aider's process ended; run benchmarks/peers/aider_map.py by hand to see why")
        return [shown_by_aider(text) for text in json.loads(answer)["maps"]]


def shown_by_aider(text: str) -> Shown:
    """Files and every word of the code below them: more than the definitions that it shows, never less."""
    files: list[str] = []
    words: dict[str, None] = {}
    for line in text.splitlines():
        if line.startswith(("│", "⋮")):
            words.update(dict.fromkeys(f"{files[-1]}:{word}" for word in _WORD.findall(line)) if files else {})
        elif line.strip():
            files.append(line.removesuffix(":"))
    return Shown(tuple(files), tuple(words), (), estimate_tokens(text))


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", help="rows, as `locant eval run` takes them")
    parser.add_argument("--mirrors", type=Path, help="folder of clones")
    parser.add_argument("--scratch", type=Path, help="for working trees")
    parser.add_argument("--repositories", default="", help="only these, comma-separated")
    parser.add_argument("--rows", type=int, default=1_000, help="rows of each repository at most")
    parser.add_argument("--budgets", default=BUDGETS, help="tokens, comma-separated")
    parser.add_argument("--maps", default="map,map-issue", help="of ours, as in `locant eval context`")
    parser.add_argument("--aider", metavar="PYTHON", help="interpreter of an environment with aider-chat")
    options = parser.parse_args()
    rows = choose(load_dataset(options.dataset), options.repositories, 0, options.rows)
    budgets = [int(budget) for budget in options.budgets.split(",")]
    makers: dict[str, Maker] = {name: CONTEXTS[name] for name in options.maps.split(",")}
    with tempfile.TemporaryDirectory(prefix="locant-maps-") as cache:
        if options.aider:
            aider = Aider(options.aider, str(Path(cache, "tags")))
            makers["aider"] = lambda root, _, budgets: aider.maps(root, "", budgets)
            makers["aider-issue"] = aider.maps
        found = list(measure_contexts(rows, provider_of(options.mirrors, options.scratch), makers, budgets))
    sys.stdout.write(context_table(found) + "\n")


if __name__ == "__main__":
    main()
