"""A real server for benchmarks: started as a command, with a client, and the CPU time of all its processes."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

import locant
from benchmarks.measure import locant_command
from locant.remote.client import Server

__all__ = ["Running", "add_and_wait", "serving"]


class Running:
    """A server in processes of its own."""

    def __init__(self, process: subprocess.Popen[str], url: str, seconds: float) -> None:
        self.process = process
        self.url = url
        self.seconds = seconds
        """From the start of the command until it said that it answers."""

    def cpu(self) -> float:
        """CPU seconds of the processes that answer: those of jobs come and go, and are not counted."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        return sum(_cpu(one) for one in family if _answers(one))


def _answers(process: psutil.Process) -> bool:
    try:
        return "locant.server.process" in process.cmdline()
    except psutil.Error:
        return False


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


@contextmanager
def serving(root: Path, state: Path, options: Sequence[str] = ()) -> Iterator[tuple[Running, Server]]:
    """A server that may serve what is in `root`, and a client of it."""
    command = locant_command("serve", "--port", "0", "--root", root, "--state-dir", state, *options)
    began = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            found = re.search(r"http://\S+", line)
            if found is None:
                raise SystemExit(f"the server did not start: {line}{process.stderr.read()}")
            with locant.connect(found[0]) as client:
                yield Running(process, found[0], time.perf_counter() - began), client
        finally:
            process.terminate()
            process.wait()


def add_and_wait(client: Server, path: Path) -> str:
    """Have a folder served and indexed; its name there."""
    made = client.add(path=str(path))
    if made.job is None or client.wait(made.job).state != "done":
        raise SystemExit(f"{path} could not be indexed: {client.jobs(repository=made.name)}")
    return made.name
