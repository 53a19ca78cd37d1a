"""`locant mcp` from its start until it has answered `initialize`, beside a bare server of the same SDK."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped,unused-ignore]

import locant
from benchmarks.measure import Figure, locant_command, median
from benchmarks.trees import copy_standard_library

__all__ = ["arguments", "run"]

PEER = Path(__file__).with_name("peers") / "bare_mcp.py"

GREETING = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "benchmark", "version": "1"},
    },
}


def arguments(parser: ArgumentParser) -> None:
    """Options of this benchmark."""
    parser.add_argument("--tree", type=Path, help="what is served [default: a copy of the standard library]")
    parser.add_argument("--repeat", type=int, default=11, help="starts of each")


def run(options: Namespace) -> list[Figure]:
    """Start each in turn, several times; the first start does not count."""
    with tempfile.TemporaryDirectory(prefix="locant-bench-") as folder:
        tree, cache = options.tree or copy_standard_library(Path(folder, "tree")), Path(folder, "cache")
        with locant.open(tree, cache_dir=cache) as index:
            index.update()
        commands = {"locant": locant_command("mcp", tree), "bare": [sys.executable, str(PEER)]}
        costs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(options.repeat + 1):
            for name, command in commands.items():
                costs[name].append(_greeted(command, cache))
    wall, cpu = ({name: median([c[i] for c in found[1:]]) * 1e3 for name, found in costs.items()} for i in (0, 1))
    return [
        Figure("locant mcp until it answers", wall["locant"], "ms", "< 1,000"),
        Figure("locant mcp until it answers, CPU", cpu["locant"], "ms"),
        Figure("bare server of the SDK", wall["bare"], "ms"),
        Figure("bare server of the SDK, CPU", cpu["bare"], "ms"),
        Figure("RATIO bare / locant, CPU", cpu["bare"] / cpu["locant"], "x"),
    ]


def _greeted(command: Sequence[str], cache: Path) -> tuple[float, float]:
    """Wall and CPU seconds of a server until its first answer."""
    began = time.perf_counter()
    environment = {**os.environ, "LOCANT_CACHE_DIR": str(cache)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
    ) as server:
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write(json.dumps(GREETING) + "\n")
        server.stdin.flush()
        if '"result"' not in server.stdout.readline():
            raise SystemExit(f"{' '.join(command)} did not answer the greeting")
        wall = time.perf_counter() - began
        times = psutil.Process(server.pid).cpu_times()
        server.stdin.close()
    return wall, times.user + times.system
