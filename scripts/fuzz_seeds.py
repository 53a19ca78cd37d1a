"""What the fuzzer starts from: a dense sample of each language, and real files when folders are given."""

from __future__ import annotations

import os
from pathlib import Path

from locant.indexer.syntax.languages import LANGUAGES, detect_language

__all__ = ["load_seeds"]

SAMPLES = Path(__file__).with_name("fuzz_samples")
"""One file per language, named after it; a language without one starts from prose."""

MAX_SEED_BYTES = 60_000
"""Enough for every construct; larger ones only make fewer tries per second."""

SEEDS_PER_LANGUAGE = 60


def load_seeds(folders: list[Path]) -> dict[str, list[bytes]]:
    """Texts by language: our samples, and up to `SEEDS_PER_LANGUAGE` files of each from the folders."""
    seeds = {language.name: [_sample(language.name)] for language in LANGUAGES}
    for folder in folders:
        for path in _files(folder):
            language = detect_language(path.name)
            if language is not None and len(seeds[language.name]) < SEEDS_PER_LANGUAGE:
                seeds[language.name].append(path.read_bytes()[:MAX_SEED_BYTES])
    return seeds


def _sample(language: str) -> bytes:
    own = SAMPLES / f"{language}.txt"
    return (own if own.is_file() else SAMPLES / "text.txt").read_bytes()


def _files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        found.extend(path for name in sorted(names) if (path := Path(parent, name)).is_file() and not path.is_symlink())
    return found
