r"""Packs beside repomix, code2prompt, files-to-prompt and gitingest: how much of what an issue is about is in each?

    python -m benchmarks.packs rows.jsonl --mirrors clones --out packs.jsonl --rows 2 \
        --peer repomix=node_modules/.bin/repomix --peer gitingest=env/bin/gitingest

The peers know no budget and no question: what they write is cut after so many tokens, as whoever has a window of that
size has to do, and counted by the same tokenizer. What a text shows is judged in the same way for all: a file is whole
when all its lines stand below its name, partly there when any does; a function's code is there when all its lines
are, its signature when the line with its name is. Lines of the file on disk, after `--out` was begun, go on from there.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import locant
from benchmarks.measure import Cost, cost_of, locant_command
from benchmarks.packed_text import Judged, Wanted, cut_at, judge, wanted_of
from benchmarks.peers.packers import OURS, PACKERS, command_of, sections
from locant.eval.cli_parts import choose, provider_of
from locant.eval.datasets.load import load_dataset
from locant.eval.types import Instance
from locant.retriever.tokens import TokenCounter, token_counter
from locant.types import RankerName

BUDGETS = "8000,32000,100000,200000"
COST_TOKENS = 100_000
"""Budget of the packs whose time and memory are measured."""

OUR_KINDS: dict[str, RankerName | None] = {"pack": None, "pack-issue": "learned", "pack-issue:fusion": "fusion"}
"""Ours by name: without the issue, and with it by a ranker."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one system shows of one row's gold under one budget; `whole_tokens` is what it would take uncut, if known.

    With budget 0: what it cost to make, `cold` where nothing was known of the repository.
    """

    instance: str
    repository: str
    system: str
    budget: int
    tokens: int = 0
    whole_tokens: int = 0
    judged: Judged | None = None
    wall: float = 0.0
    cpu: float = 0.0
    peak_bytes: int = 0
    cold: bool = False


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured: budgets, the tokenizer by name, peers by name, and a folder for what is thrown away.

    costs: whether ours is also run as a command, for its time and memory.
    """

    budgets: Sequence[int]
    tokenizer: str
    peers: Mapping[str, str]
    scratch: Path
    costs: bool = True

    @property
    def count(self) -> TokenCounter:
        """The tokenizer."""
        return token_counter(self.tokenizer)

    def measure(self, system: str, row: Instance, tree: Path, wanted: Wanted) -> Iterator[Row]:
        """Rows of one system."""
        if system in OUR_KINDS:
            yield from self._ours(system, row, tree, wanted)
        else:
            yield from self._peer(system, row, tree, wanted)

    def _ours(self, system: str, row: Instance, tree: Path, wanted: Wanted) -> Iterator[Row]:
        ranker, made = OUR_KINDS[system], partial(Row, row.id, row.repository, system)
        text, count = row.text if ranker else "", self.count
        with locant.open(tree) as index:
            for budget in self.budgets:
                pack = index.pack(text, max_tokens=budget, count_tokens=count, ranker=ranker or "learned")
                if pack.tokens > budget:
                    raise SystemExit(f"{system} used {pack.tokens} of {budget} tokens for {row.id}: a defect")
                yield made(budget, count(pack.text), 0, judge(sections(pack.text, OURS, tree), wanted))
        if not self.costs:
            return
        with tempfile.TemporaryDirectory(dir=self.scratch) as cache:
            issue = Path(cache, "issue.md")
            issue.write_text(row.text, "utf-8")
            given = [issue] if ranker else []
            command = locant_command("pack", *given, "--repo", tree, "--max-tokens", str(COST_TOKENS))
            command += ["--tokenizer", self.tokenizer, "--output", str(Path(cache, "out"))]
            for cold in (True, False):
                yield _cost(made, cost_of(command, Path(cache, "index")), cold=cold)

    def _peer(self, system: str, row: Instance, tree: Path, wanted: Wanted) -> Iterator[Row]:
        made = partial(Row, row.id, row.repository, system)
        packer, out = PACKERS[system], self.scratch / "packed"
        cost = cost_of(command_of(packer, self.peers[system], tree, out))
        text = out.read_text("utf-8", "replace")
        out.unlink()
        all_tokens = self.count(text)
        for budget in self.budgets:
            part = cut_at(text, budget, self.count)
            shown = judge(sections(part, packer.head, tree), wanted)
            yield made(budget, self.count(part), all_tokens, shown)
        yield _cost(made, cost, cold=True)


def _cost(made: Callable[..., Row], cost: Cost, *, cold: bool) -> Row:
    return made(0, wall=cost.wall, cpu=cost.cpu, peak_bytes=cost.peak_bytes, cold=cold)


def run(options: argparse.Namespace, bench: Bench, systems: Sequence[str]) -> None:
    """Measure what is not on disk yet; one line for each row, system and budget, written when the system is done."""
    rows = choose(load_dataset(options.dataset), options.repositories, 0, options.rows)
    done = {(row.instance, row.system) for row in read(options.out)}
    provider = provider_of(options.mirrors, options.scratch)
    for row in sorted(rows.instances, key=lambda item: (item.repository, item.id)):
        missing = [system for system in systems if (row.id, system) not in done]
        if not missing:
            continue
        with provider.tree(row.repository, row.base_commit) as tree:
            wanted = wanted_of(row, tree)
            for system in missing if wanted is not None else ():
                assert wanted is not None
                found = list(bench.measure(system, row, tree, wanted))
                with options.out.open("a", encoding="utf-8") as file:
                    file.write("".join(f"{json.dumps(asdict(item))}\n" for item in found))
        sys.stderr.write(f"{row.id}: {', '.join(missing)}\n")


def read(path: Path) -> list[Row]:
    """Rows on disk."""
    if not path.exists():
        return []
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.endswith("}"))
    return [Row(**{**row, "judged": Judged(**row["judged"]) if row["judged"] else None}) for row in rows]


def table(rows: Sequence[Row], systems: Sequence[str]) -> str:
    """Shares of gold by system and budget, then what each system takes, on the rows that all systems have."""
    common = set.intersection(*({row.instance for row in rows if row.system == system} for system in systems))
    chosen = [row for row in rows if row.instance in common]
    repositories = {row.repository for row in chosen}
    lines = [f"{len(common)} rows of {len(repositories)} repositories", ""]
    lines.append(
        f"{'system':<18} {'budget':>8} {'tokens':>8} {'most':>8} {'files':>6} {'whole':>6} {'signed':>7} {'code':>6}"
    )
    for system in systems:
        own = [row for row in chosen if row.system == system]
        lines += [_shares(system, budget, own) for budget in sorted({row.budget for row in own if row.budget})]
    lines += ["", f"{'system':<18} {'':>6} {'wall s':>8} {'CPU s':>8} {'peak MB':>8} {'CPU, ratio to ours cold':>24}"]
    lines += list(_costs(chosen, systems))
    return "\n".join(lines)


def _shares(system: str, budget: int, rows: Sequence[Row]) -> str:
    found = [row for row in rows if row.budget == budget]
    judged = [row.judged for row in found if row.judged is not None]
    shares = (
        _mean([item.partly for item in judged]),
        _mean([item.whole for item in judged]),
        _mean([item.signatures for item in judged]),
        _mean([item.code for item in judged]),
    )
    files, whole, signed, code = (f"{100 * share:.1f}" for share in shares)
    tokens = statistics.mean(row.tokens for row in found)
    most = max(row.tokens for row in found)
    return f"{system:<18} {budget:>8} {tokens:>8.0f} {most:>8} {files:>6} {whole:>6} {signed:>7} {code:>6}"


def _costs(rows: Sequence[Row], systems: Sequence[str]) -> Iterator[str]:
    """Medians over rows; the ratio is taken row by row."""
    cpu = {(row.system, row.instance, row.cold): row.cpu for row in rows if not row.budget}
    for system in systems:
        for cold in (True, False):
            own = [row for row in rows if row.system == system and not row.budget and row.cold is cold]
            if own:
                base = {row.instance: cpu.get(("pack", row.instance, True)) for row in own}
                ratios = [row.cpu / ours for row in own if (ours := base[row.instance])]
                ratio = f"{statistics.median(ratios):.2f}" if ratios else ""
                wall, used, peak = (
                    statistics.median(getattr(row, name) for row in own) for name in ("wall", "cpu", "peak_bytes")
                )
                kind = "cold" if cold else "warm"
                yield f"{system:<18} {kind:>6} {wall:>8.2f} {used:>8.2f} {peak / 1e6:>8.0f} {ratio:>24}"


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", help="rows, as `locant eval run` takes them")
    parser.add_argument("--mirrors", type=Path, help="folder of clones")
    parser.add_argument("--scratch", type=Path, help="for working trees")
    parser.add_argument("--out", type=Path, required=True, help="what was measured, one JSON object a line")
    parser.add_argument("--repositories", default="", help="only these, comma-separated")
    parser.add_argument("--rows", type=int, default=1_000, help="rows of each repository at most")
    parser.add_argument("--budgets", default=BUDGETS, help="tokens, comma-separated")
    parser.add_argument("--tokenizer", default="estimate", help="as for `locant pack`")
    parser.add_argument("--ours", default=",".join(OUR_KINDS), help="which of ours, comma-separated")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=EXECUTABLE", help=", ".join(PACKERS))
    parser.add_argument("--no-costs", action="store_true", help="do not run ours as a command, for time and memory")
    options = parser.parse_args()
    peers = dict(peer.split("=", 1) for peer in options.peer)
    systems = [*filter(None, options.ours.split(",")), *peers]
    budgets = [int(budget) for budget in options.budgets.split(",")]
    with tempfile.TemporaryDirectory(prefix="locant-packs-") as scratch:
        os.environ.setdefault("LOCANT_CACHE_DIR", str(Path(scratch, "cache")))
        run(options, Bench(budgets, options.tokenizer, peers, Path(scratch), not options.no_costs), systems)
    sys.stdout.write(table(read(options.out), systems) + "\n")


if __name__ == "__main__":
    main()
