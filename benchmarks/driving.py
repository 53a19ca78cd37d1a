"""Many clients at once: by wrk where there is one, else by a loop of our own; both count what was refused or lost."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.measure import percentile

__all__ = ["Driven", "drive"]


@dataclass(frozen=True, slots=True)
class Driven:
    """What a number of clients saw: requests answered, seconds, milliseconds at three percentiles, and failures."""

    answered: int
    seconds: float
    p50: float
    p95: float
    p99: float
    failed: int
    driver: str

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return self.answered / self.seconds if self.seconds else 0.0


SCRIPT = """\
local bodies = { %s }
local at = 0
function request()
  at = at %% #bodies + 1
  return wrk.format("POST", "%s", { ["Content-Type"] = "application/json" }, bodies[at])
end
function done(summary, latency)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format('RESULT {"answered": %%d, "micros": %%d, "failed": %%d, ',
    summary.requests, summary.duration, failed))
  io.write(string.format('"p50": %%f, "p95": %%f, "p99": %%f}\\n',
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
"""
"""For wrk: each client sends the questions in turn; times are microseconds."""


def drive(url: str, path: str, bodies: Sequence[object], clients: int, seconds: float, driver: str = "") -> Driven:
    """POST the bodies in turn, from so many clients at once, each as soon as its last answer is there."""
    chosen = driver or ("wrk" if shutil.which("wrk") else "python")
    texts = [json.dumps(body) for body in bodies]
    if chosen == "wrk":
        return _wrk(url, path, texts, clients, seconds)
    return asyncio.run(_python(url, path, texts, clients, seconds))


def _wrk(url: str, path: str, texts: Sequence[str], clients: int, seconds: float) -> Driven:
    lua = ", ".join(f"[==[{text}]==]" for text in texts)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "questions.lua")
        script.write_text(SCRIPT % (lua, path), encoding="utf-8")
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds:.0f}s", "--timeout", "30s", "-s", str(script), url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"^RESULT (.*)$", said, re.MULTILINE)
    if found is None:
        raise SystemExit(f"wrk said nothing that can be read:\n{said}")
    told = json.loads(found[1])
    p50, p95, p99 = (told[name] / 1e3 for name in ("p50", "p95", "p99"))
    failed = int(told["failed"])
    return Driven(int(told["answered"]) - failed, told["micros"] / 1e6, p50, p95, p99, failed, "wrk")


async def _python(url: str, path: str, texts: Sequence[str], clients: int, seconds: float) -> Driven:
    host = urlsplit(url).netloc
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: "
    requests = [f"{head}{len(text.encode())}\r\n\r\n{text}".encode() for text in texts]
    took: list[float] = []
    failures: list[object] = []
    end = time.perf_counter() + seconds
    began = time.perf_counter()
    await asyncio.gather(*(_client(host, requests, end, took, failures) for _ in range(clients)))
    spent = time.perf_counter() - began
    points = [percentile(took, share) * 1e3 if took else 0.0 for share in (0.5, 0.95, 0.99)]
    return Driven(len(took), spent, points[0], points[1], points[2], len(failures), "python")


async def _client(host: str, requests: Sequence[bytes], end: float, took: list[float], failures: list[object]) -> None:
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    place = 0
    while time.perf_counter() < end:
        began = time.perf_counter()
        try:
            writer.write(requests[place % len(requests)])
            status = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            failures.append(error)
            reader, writer = await asyncio.open_connection(name, int(port))
            continue
        if status == 200:
            took.append(time.perf_counter() - began)
        else:
            failures.append(status)
        place += 1
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = re.search(rb"content-length: (\d+)", head)
    if length is None:
        raise OSError("an answer without its length")
    await reader.readexactly(int(length[1]))
    return int(head.split(b" ", 2)[1])
