"""On a terminal: colours, highlighted code, and nothing that a repository's files could steer it with."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from locant.command.highlight import source_lines
from locant.command.screen import Screen, visible

EVIL = "\x1b]0;owned\x07\x1b[2Jretry\u202edecode"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service")
    (folder / "retry.py").write_text(f'def retry_delay():\n    """{EVIL}"""\n    return 1\n', encoding="utf-8")
    (folder / "na\x1bme.py").write_text("def evil_name():\n    pass\n")
    (folder / os.fsdecode(b"b\xffd.py")).write_text("def bad_name():\n    pass\n")
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return {
        **kept,
        "LOCANT_CACHE_DIR": str(tmp_path_factory.mktemp("cache")),
        "TERM": "xterm-256color",
        "COLUMNS": "100",
    }


def on_terminal(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    """What the command writes to a terminal."""
    outer, inner = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "locant", *arguments],
        cwd=folder,
        env=environment,
        stdout=inner,
        stderr=subprocess.DEVNULL,
    )
    os.close(inner)
    data = b""
    while True:
        try:
            piece = os.read(outer, 65_536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        data += piece
    os.close(outer)
    process.wait()
    return data.decode("utf-8")


COLOURS_ONLY = re.compile(r"\x1b\[[0-9;]*m")


def test_a_terminal_gets_colours_and_no_foreign_control_characters(repo: Path, environment: dict[str, str]) -> None:
    shown = on_terminal(repo, environment, "search", "retry_delay")
    assert "\x1b[1;35mretry.py\x1b[0m" in shown
    plain = COLOURS_ONLY.sub("", shown)
    assert "\x1b" not in plain
    assert "\x07" not in plain
    assert "\u202e" not in plain
    assert "\\x1b]0;owned\\x07\\x1b[2Jretry\\u202edecode" in plain


def test_no_color_means_none(repo: Path, environment: dict[str, str]) -> None:
    assert "\x1b" not in on_terminal(repo, environment, "search", "retry_delay", "--no-color")
    assert "\x1b" not in on_terminal(repo, {**environment, "NO_COLOR": "1"}, "search", "retry_delay")


def test_a_pipe_gets_no_control_characters_either(repo: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "locant", "view", "retry.py"]
    done = subprocess.run(command, cwd=repo, env=environment, capture_output=True, check=True)
    assert b"\x1b" not in done.stdout
    assert b"\\x1b]0;owned" in done.stdout


def test_strange_names_are_spelled_out(repo: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "locant", "find", "*.py", "-C", str(repo)]
    text = subprocess.run(command, cwd=repo, env=environment, capture_output=True, check=True).stdout.decode("utf-8")
    assert sorted(text.split()) == ["b\\xffd.py", "na\\x1bme.py", "retry.py"]
    answer = subprocess.run([*command, "--json"], cwd=repo, env=environment, capture_output=True, check=True).stdout
    assert b"\x1b" not in answer
    assert b'"b\\\\xffd.py"' in answer


def test_grep_on_a_terminal_groups_by_file_and_names_the_definition(repo: Path, environment: dict[str, str]) -> None:
    plain = COLOURS_ONLY.sub("", on_terminal(repo, environment, "grep", "return")).replace("\r", "").splitlines()
    assert plain[:3] == ["retry.py", "   in retry_delay", "3:     return 1"]


def interrupted(process: subprocess.Popen[bytes]) -> int:
    """Exit code after interrupts; one that arrives just before the process waits for input goes unnoticed."""
    while True:
        process.send_signal(signal.SIGINT)
        try:
            return process.wait(timeout=20.0)  # a busy machine needs some; a second one could meet its end
        except subprocess.TimeoutExpired:
            continue


def answer_prompt(folder: Path, environment: dict[str, str], reply: bytes | None) -> tuple[int, str]:
    """Run `clear` on a terminal up to its question; reply to it, or interrupt when there is no reply."""
    outer, inner = pty.openpty()
    # A shell's background jobs ignore interrupts, and so would what they start: with a handler of ours it does not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "locant", "clear"], cwd=folder, env=environment, stdin=inner, stdout=inner, stderr=inner
    )
    os.close(inner)
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(outer, 1_000)
    if reply is None:
        code = interrupted(process)
    else:
        os.write(outer, reply)
        code = process.wait()
    shown += os.read(outer, 10_000)
    os.close(outer)
    return code, shown.decode()


def test_clear_asks_first_and_can_be_interrupted(repo: Path, environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "locant", "index"], cwd=repo, env=environment, capture_output=True, check=True
    )
    code, shown = answer_prompt(repo, environment, None)
    assert (code, "locant: interrupted" in shown, "Traceback" in shown) == (130, True, False)
    assert "nothing was removed" in answer_prompt(repo, environment, b"n\n")[1]
    code, shown = answer_prompt(repo, environment, b"y\n")
    assert (code, "Removed the index of" in shown) == (0, True)


def test_code_keeps_its_lines_when_it_is_highlighted(tmp_path: Path) -> None:
    screen = Screen(colour=True, terminal=True, columns=200, base=tmp_path)
    for language, text in {
        "python": '\n\ndef f():\n    """open string\n\n    x = 1\n\n',
        "tsx": "const a = <b>{c}</b>;\n",
        "rust": "fn main() {}\n\n",
        "no such language": "a\nb\n",
    }.items():
        painted = [COLOURS_ONLY.sub("", line) for line in source_lines(screen, text, language)]
        assert painted == text.split("\n")


def test_long_lines_are_cut_on_a_terminal_only(tmp_path: Path) -> None:
    wide = "x" * 500
    narrow = Screen(colour=False, terminal=True, columns=80, base=tmp_path)
    assert len(narrow.code(wide, room=10)) == 70
    assert Screen(colour=False, terminal=False, columns=80, base=tmp_path).code(wide) == wide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("\u2066x", "\\u2066x"),
        ("\udcff", "\\xff"),
        ("é漢", "é漢"),
    ],
)
def test_visible_spells_out_only_what_could_do_harm(text: str, shown: str) -> None:
    assert visible(text) == shown
