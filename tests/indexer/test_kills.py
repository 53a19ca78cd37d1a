"""A few kills of a writer at random instants; `scripts/kill_writer.py` does the same by the hundred."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "kill_writer.py"


def test_a_killed_writer_leaves_the_old_index_or_the_new_one() -> None:
    command = [sys.executable, str(SCRIPT), "--kills", "5", "--seed", "7", "--package", "pluggy"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("5 kills: ")
