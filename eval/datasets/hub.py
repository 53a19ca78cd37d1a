"""Public benchmarks by name: which files of the Hugging Face hub hold them. Its client is an extra, loaded on use.

Files, not the `datasets` library: they come as Parquet or JSON lines, which is what a local file may be too, so that
one reader serves both, and a set that is in the hub's cache is read without a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from locant.eval.datasets.jsonlines import SUFFIXES
from locant.eval.errors import DatasetError
from locant.eval.extras import library

__all__ = ["PUBLIC_SETS", "HubSet", "files_of_hub"]


@dataclass(frozen=True, slots=True)
class HubSet:
    """A dataset repository of the hub, and which of its files belong to the set."""

    repository: str
    pattern: str


PUBLIC_SETS = {
    "swe-bench": HubSet("SWE-bench/SWE-bench", "data/test-*"),
    "swe-bench-lite": HubSet("SWE-bench/SWE-bench_Lite", "data/test-*"),
    "swe-bench-verified": HubSet("SWE-bench/SWE-bench_Verified", "data/test-*"),
    "swe-bench-multilingual": HubSet("SWE-bench/SWE-bench_Multilingual", "data/test-*"),
    "swe-bench-live": HubSet("SWE-bench-Live/SWE-bench-Live", "data/full-*"),
    "multi-swe-bench": HubSet("ByteDance-Seed/Multi-SWE-bench", "*.jsonl"),
    "loc-bench": HubSet("czlll/Loc-Bench_V1", "data/test-*"),
    "coderag-humaneval": HubSet("openai/openai_humaneval", "openai_humaneval/test-*"),
    "coderag-mbpp": HubSet("google-research-datasets/mbpp", "full/*"),
    "coderag-swe-bench-lite": HubSet("SWE-bench/SWE-bench_Lite", "data/test-*"),
}
"""By the names that people use. CodeRAG-Bench's other tasks are folders that its own scripts write: give the folder."""


def files_of_hub(name: str, cache: Path | None = None, *, offline: bool = False) -> list[Path]:
    """Files of a public set, downloaded unless the hub's cache (or `cache`) already has them.

    offline: never ask the network.
    """
    wanted = PUBLIC_SETS[name]
    folder = _snapshot(name, wanted, cache, offline)
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name.endswith(SUFFIXES))
    chosen = [file for file in files if fnmatch(file.relative_to(folder).as_posix(), wanted.pattern)]
    if not chosen:
        raise DatasetError(
            f"{wanted.repository} on the hub has no file {wanted.pattern} any more: download its rows and give the file"
        )
    return chosen


def _snapshot(name: str, wanted: HubSet, cache: Path | None, offline: bool) -> Path:
    client, errors = (
        library(module, f"the public set {name}") for module in ("huggingface_hub", "huggingface_hub.errors")
    )
    try:
        found = client.snapshot_download(
            wanted.repository,
            repo_type="dataset",
            allow_patterns=[wanted.pattern],
            cache_dir=cache,
            local_files_only=offline,
        )
    except (OSError, ValueError, errors.HfHubHTTPError) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise DatasetError(
            f"cannot get {name} ({wanted.repository}) from the hub: {said[0]}. Go online, or give a file that you have."
        ) from error
    return Path(found)
