"""The dry run."""

from __future__ import annotations

from pathlib import Path

from locant.indexer.walk.planning import plan
from locant.indexer.walk.records import WalkOptions


def test_a_plan_says_what_would_be_indexed_and_what_not_and_why(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "b.go").write_text("package b\n")
    (tmp_path / "notes").write_bytes("clé\n".encode("latin-1"))
    (tmp_path / "blob.dat").write_bytes(b"\x00\x01")
    (tmp_path / "big.py").write_text("x" * 2_000)
    result = plan(tmp_path, WalkOptions(max_file_bytes=1_000))
    assert [(file.path, file.size, file.language) for file in result.files] == [
        ("a.py", 6, "python"),
        ("b.go", 10, "go"),
        ("notes", 5, "text"),
    ]
    assert {item.path: item.reason for item in result.left_out} == {"big.py": "oversized", "blob.dat": "binary"}
    assert result.total_bytes == 21
    assert result.languages == {"python": 1, "go": 1, "text": 1}
    assert "cp1252" in result.files[2].notes[0]


def test_more_text_takes_longer(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    short = plan(tmp_path).estimated_seconds
    (tmp_path / "b.py").write_text("x = 1\n" * 100_000)
    assert plan(tmp_path).estimated_seconds > short > 0
