"""The supervisor: starts a process for each job, so many at a time, and ends those that overstep or are cancelled."""

from __future__ import annotations

import logging
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from locant.errors import LocantError
from locant.server.records import Job
from locant.server.remotes.schedule import Fetches
from locant.server.settings import Settings
from locant.server.store.database import Database
from locant.server.store.jobs import Ended, JobTable
from locant.server.store.repositories import RepositoryTable

__all__ = ["Supervisor"]

log = logging.getLogger("locant.server.jobs")

POLL_SECONDS = 0.1
"""Between two looks at the queue and at the processes: what a look costs is far below a percent of that."""

MEMORY_SECONDS = 0.5
"""Between two looks at the memory of a job."""

GRACE_SECONDS = 3.0
"""For a process to end by itself once it is told to."""

FAILED_SECONDS = 1.0
"""Before the store is tried again when it cannot be written: a full disk does not get emptier by asking."""

TOLD_BYTES = 2_000
"""Of what a process said last that is kept with its failure."""

MEGABYTE = 1_000_000

SLACK_MB = 256
"""Of memory that libraries of a job take and do not use, as stacks of threads: what is used is watched."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Of libraries in a job: each of theirs would take memory for itself, and `job_parsers` says how many processors."""

SESSION_NICENESS = "/proc/{pid}/autogroup"
"""Linux shares the processor among sessions first, and a job is a session of its own: niceness alone says nothing."""


@dataclass
class _Running:
    """A job and its process; times are of the monotonic clock, which no correction of the time moves."""

    job: Job
    process: subprocess.Popen[bytes]
    said: IO[bytes]
    started: float = field(default_factory=time.monotonic)
    looked: float = 0.0
    reason: str = ""
    is_cancelled: bool = False


class Supervisor:
    """Runs the jobs of a store; there is one for each store.

    Args:
        settings: limits of jobs.
        database: the store.

    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._line = settings.model_dump_json().encode() + b"\n"
        self._jobs = JobTable(database)
        self._repositories = RepositoryTable(database)
        self._fetches = Fetches(
            settings.fetch_minutes, self._repositories.all, lambda one: self._jobs.add(one.name, "refresh")
        )
        self._running: dict[int, _Running] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; then end all processes and put their jobs back into the queue."""
        is_first = True
        while not stop.is_set():
            pause = POLL_SECONDS
            try:
                if is_first:
                    self._resume()
                    is_first = False
                self._step()
            except (LocantError, OSError) as error:  # the store is full or busy: jobs wait, nothing is lost
                log.warning("the supervisor waits: %s", error)
                pause = FAILED_SECONDS
            stop.wait(pause)
        self._stop()

    def _resume(self) -> None:
        """Queue what ran when the last supervisor was killed, unless it is what kills them."""
        for job in self._jobs.running():
            if job.attempts <= self._settings.job_retries:
                self._jobs.put_back(job.number, counts=True)
            else:
                reason = f"the server was killed each of the {job.attempts} times that it ran"
                self._jobs.end(job.number, Ended("failed", reason))
                self._mark(job, reason)

    def _step(self) -> None:
        self._fetches.step()
        for running in list(self._running.values()):
            if running.process.poll() is not None:
                self._ended(running)
            else:
                self._hold_to_limits(running)
        if self._running:
            for number in self._jobs.to_cancel() & set(self._running):
                self._running[number].is_cancelled = True
                self._end(self._running[number], "it was cancelled")
        while len(self._running) < self._settings.job_workers:
            job = self._jobs.claim()
            if job is None:
                return
            self._start(job)

    def _start(self, job: Job) -> None:
        said = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        process = subprocess.Popen(
            [sys.executable, "-m", "locant.server.jobs.worker", str(job.number)],
            cwd=self._settings.state_dir,  # `-m` imports from the current folder first: that has to be none of others
            env={**ONE_THREAD, **os.environ},
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            start_new_session=True,  # a group of its own, to be ended as one
        )
        _give_way(process.pid, self._settings.job_niceness)
        _bound_memory(process.pid, self._settings.job_memory_mb)
        self._running[job.number] = _Running(job, process, said)
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write(self._line)
            process.stdin.flush()
        log.info("job %d (%s of %s) runs in process %d", job.number, job.kind, job.repository, process.pid)

    def _hold_to_limits(self, running: _Running) -> None:
        now = time.monotonic()
        if now - running.started > self._settings.job_seconds:
            self._end(running, f"it took more than {self._settings.job_seconds:g} s (job_seconds)")
        elif now - running.looked > MEMORY_SECONDS:
            running.looked = now
            used = memory_of(running.process.pid)
            if used > self._settings.job_memory_mb * MEGABYTE:
                self._end(
                    running,
                    f"it used {used // MEGABYTE} MB, more than the {self._settings.job_memory_mb} MB that are allowed "
                    "(job_memory_mb)",
                )

    def _end(self, running: _Running, reason: str) -> None:
        running.reason = reason
        end_group(running.process)
        self._ended(running)

    def _ended(self, running: _Running) -> None:
        """Note how a job ended whose process is no more, unless the process did."""
        job = self._jobs.get(running.job.number)
        if job is not None and job.state == "running":
            if running.is_cancelled:
                self._jobs.end(job.number, Ended("cancelled", "it was cancelled"))
                self._mark(job, "it was cancelled")
            elif not running.reason and job.attempts <= self._settings.job_retries:
                log.warning("job %d is tried again: %s", job.number, _cause(running))
                self._jobs.put_back(job.number, counts=True)
            else:
                reason = running.reason or _cause(running)
                self._jobs.end(job.number, Ended("failed", reason))
                self._mark(job, reason)
        self._jobs.forget(self._settings.job_history)
        del self._running[running.job.number]
        end_group(running.process)  # whatever it left behind
        running.said.close()

    def _mark(self, job: Job, reason: str) -> None:
        repository = self._repositories.get(job.repository)
        if repository is not None:
            state = "failed" if repository.indexed_at is None else repository.state
            self._repositories.update(repository.number, state=state, error=reason)

    def _stop(self) -> None:
        for running in self._running.values():
            end_group(running.process)
            running.said.close()
            with suppress(LocantError):  # else they are put back when a supervisor starts
                self._jobs.put_back(running.job.number, counts=False)
        self._running.clear()


def _cause(running: _Running) -> str:
    code = running.process.returncode
    running.said.seek(0, os.SEEK_END)
    running.said.seek(max(0, running.said.tell() - TOLD_BYTES))
    said = running.said.read().decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
    if code < 0:
        return f"its process was killed by {signal.Signals(-code).name}" + (f": {said}" if said else "")
    return f"its process ended with code {code}" + (f": {said}" if said else "")


def memory_of(pid: int) -> int:
    """Bytes in memory of a process and all below it; what they share counts each time."""
    total = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += one.memory_info().rss
    return total


def _give_way(pid: int, niceness: int) -> None:
    """Let whoever answers questions have the processor first, from the first import of a job on."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    with suppress(OSError):
        Path(SESSION_NICENESS.format(pid=pid)).write_text(str(niceness), encoding="ascii")


def _bound_memory(pid: int, megabytes: int) -> None:
    """Bound the memory of a process and of each that it starts: between two looks at what is used, much can be taken.

    Of its own data only: files that are mapped, as indexes are, can be let go at any time. Linux alone can do this.
    """
    if hasattr(resource, "prlimit"):
        limit = (megabytes + SLACK_MB) * MEGABYTE
        with suppress(OSError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process with all of its group: first by request, then by force."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_SECONDS)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
