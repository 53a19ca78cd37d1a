"""A short run of the fuzzer over every language; `scripts/fuzz_parsers.py` runs as long as you like."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from locant.indexer.syntax.languages import LANGUAGES

HERE = Path(__file__).parent


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.fuzz_parsers", "--max-bytes", "3000", *arguments],
        cwd=HERE.parents[1],
        env={**os.environ, "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_spoilt_files_of_every_language_neither_stop_nor_mislead_the_workers() -> None:
    done = fuzz("--files", "250")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert f"250 files of {len(LANGUAGES)} languages" in done.stdout
    assert "failures: 0" in done.stdout


def test_the_fuzzer_notices_a_worker_that_forgets_a_chunk() -> None:
    done = fuzz("--files", "30", "--target", "fuzz_targets:index_batch")
    assert done.returncode == 1, done.stderr
    assert "are in no chunk" in done.stdout
