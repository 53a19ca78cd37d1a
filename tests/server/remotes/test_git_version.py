"""Which git a server starts with: programs on the path that say what such a git would."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from locant.command.app import app


def started_with(folder: Path, said: str | None, *settings: str) -> tuple[int, str]:
    """Exit code and complaint of `locant serve`, which comes no further than to a state folder that cannot be made."""
    programs = folder / "programs"
    programs.mkdir()
    if said is not None:
        (programs / "git").write_text(f"#!/bin/sh\necho '{said}'\n")
        (programs / "git").chmod(0o755)
    (folder / "file").write_text("")
    path = str(programs) if said is None else f"{programs}{os.pathsep}{os.environ['PATH']}"
    options = [word for setting in settings for word in ("--set", setting)]
    command = ["serve", "--port", "0", "--state-dir", str(folder / "file" / "state"), *options]
    result = CliRunner(env={"PATH": path}).invoke(app, command)
    return result.exit_code, result.stderr


OLD = ("2.30.2", "2.39.3", "2.40.1", "2.43.0", "2.45.0", "1.8.3.1")
NEW = ("2.39.4", "2.39.5 (Apple Git-154)", "2.45.1.windows.1", "2.46.0", "2.51", "3.0.0")


@pytest.mark.parametrize("version", OLD)
def test_a_server_that_fetches_does_not_start_with_an_old_git(version: str, tmp_path: Path) -> None:
    code, said = started_with(tmp_path, f"git version {version}", "git_hosts=git.example.org")
    assert code == 3
    assert f"git {'.'.join(version.split('.')[:3])} cannot be kept from" in said
    assert "update it to 2." in said


@pytest.mark.parametrize("version", NEW)
def test_it_starts_with_one_that_has_what_it_needs(version: str, tmp_path: Path) -> None:
    _, said = started_with(tmp_path, f"git version {version}", "git_private_hosts=git.example.org:8443")
    assert "cannot make the folder" in said


@pytest.mark.parametrize("said", [None, "not what you think"])
def test_it_does_not_start_without_git(said: str | None, tmp_path: Path) -> None:
    code, complaint = started_with(tmp_path, said, f"git_file_roots={tmp_path}")
    assert code == 3
    assert "install git 2.39.4 or later" in complaint


def test_a_server_that_does_not_fetch_does_not_look_at_git(tmp_path: Path) -> None:
    _, said = started_with(tmp_path, "git version 1.0.0")
    assert "cannot make the folder" in said
