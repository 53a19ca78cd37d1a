"""Measure the project: `python -m benchmarks.run cold`, or freshness, queries, shell, scale,
many-instances, load, server-start, contexts, mcp-start; `--help` shows options.

Each prints medians and a ratio against a peer that ran in the same minutes on the same machine, so that figures from
different machines can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks import (
    across,
    cold,
    contexts,
    freshness,
    load,
    many_instances,
    mcp_start,
    queries,
    scale,
    server_start,
    shell,
)
from benchmarks.measure import show

BENCHMARKS = {
    "across": across,
    "cold": cold,
    "freshness": freshness,
    "queries": queries,
    "shell": shell,
    "scale": scale,
    "many-instances": many_instances,
    "load": load,
    "server-start": server_start,
    "contexts": contexts,
    "mcp-start": mcp_start,
}


def main() -> int:
    """Run one benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="name", required=True)
    for name, module in BENCHMARKS.items():
        command = commands.add_parser(name, help=(module.__doc__ or "").splitlines()[0], description=module.__doc__)
        module.arguments(command)
        command.add_argument("--json", type=Path, help="write the figures here, too")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    figures = BENCHMARKS[options.name].run(options)
    show(f"{options.name}: Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} before", figures)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    if "OPENBLAS_NUM_THREADS" not in os.environ:  # as the command and the server do; numpy has read it by now
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.run", *sys.argv[1:]])  # noqa: S606 - ourselves
    sys.exit(main())
