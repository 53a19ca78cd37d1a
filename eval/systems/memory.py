"""Largest resident memory of this process since a mark, by what the operating system keeps count of."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

__all__ = ["MAXRSS_UNIT", "mark_peak", "peak_since_mark"]

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")
RESET_PEAK = "5"
"""What Linux wants written to set the high-water mark back to the present size."""

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes of one unit of `ru_maxrss`."""


def mark_peak() -> None:
    """Forget what was before; where the system cannot, the peak is that of the process's whole life."""
    try:
        CLEAR.write_text(RESET_PEAK)
    except OSError:
        return


def peak_since_mark() -> int:
    """Bytes."""
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT
    found = next((line for line in lines if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(found.split()[1]) * 1024
