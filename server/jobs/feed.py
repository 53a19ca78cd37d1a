"""Changes of jobs as they happen, whichever process makes them: one look at the store serves all listeners."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from locant.errors import LocantError
from locant.server.records import Job
from locant.server.store.jobs import JobTable

__all__ = ["Feed"]

POLL_SECONDS = 0.2
"""Between two looks: live to the eye."""

MAX_WAITING = 1_000
"""Changes that a slow listener may have waiting; beyond, it misses some and is sent the latest."""


class Feed:
    """Hands changes of jobs to whoever listens; looks at the store only while somebody does."""

    def __init__(self, jobs: JobTable) -> None:
        self._jobs = jobs
        self._listeners: set[asyncio.Queue[Job | None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    @asynccontextmanager
    async def listening(self, since: int | None) -> AsyncIterator[asyncio.Queue[Job | None]]:
        """Changes from now on, or after a `change`; None in the queue means that the server ends."""
        queue: asyncio.Queue[Job | None] = asyncio.Queue(MAX_WAITING)
        if since is not None:
            for job in self._jobs.changed(since):
                self._offer(queue, job)
        if self._is_closed:
            self._offer(queue, None)
        if not self._listeners:
            self._task = asyncio.create_task(self._watch(self._jobs.latest_change()))
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
            if not self._listeners and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _watch(self, last: int) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                changed = self._jobs.changed(last)
            except LocantError:  # the store is busy: what changed is seen at the next look
                continue
            for job in changed:
                last = job.change
                for queue in self._listeners:
                    self._offer(queue, job)

    @staticmethod
    def _offer(queue: asyncio.Queue[Job | None], job: Job | None) -> None:
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(job)

    def close(self) -> None:
        """Tell all listeners that it is over."""
        self._is_closed = True
        for queue in self._listeners:
            self._offer(queue, None)
