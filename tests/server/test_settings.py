"""Settings: one schema, three places, and nothing that makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from locant.errors import ConfigurationError
from locant.server.settings import load_settings, settings_table

ROOT = Path(__file__).parents[2]


def test_flags_win_over_the_environment_and_that_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "server.toml"
    file.write_text('port = 1\nprocesses = 2\nquery_seconds = 3\nhosts = ["a.example", "b.example"]\n')
    monkeypatch.setenv("LOCANT_SERVER_PORT", "4")
    monkeypatch.setenv("LOCANT_SERVER_PROCESSES", "5")
    monkeypatch.setenv("LOCANT_SERVER_ALLOWED_ROOTS", f"{tmp_path}, /")
    found = load_settings(file, {"port": 6})
    assert (found.port, found.processes, found.query_seconds) == (6, 5, 3.0)
    assert found.hosts == ("a.example", "b.example")
    assert found.allowed_roots == (tmp_path.resolve(), Path("/"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = 99999", "'port' (from "),
        ("prot = 1", "there is no setting 'prot'"),
        ('query_seconds = "soon"', "'query_seconds'"),
        ("port = ", "are no TOML"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        load_settings(file)
    assert said in str(refused.value)


def test_a_variable_that_is_no_setting_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCANT_SERVER_PROT", "1")
    with pytest.raises(ConfigurationError, match="LOCANT_SERVER_PROT"):
        load_settings()
    with pytest.raises(ConfigurationError, match="cannot read the settings"):
        monkeypatch.delenv("LOCANT_SERVER_PROT")
        load_settings(tmp_path / "none.toml")


def test_the_page_has_the_table_of_all_settings() -> None:
    assert settings_table() in (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
