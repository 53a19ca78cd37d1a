"""Walk of folders outside git."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from locant.errors import RepositoryError
from locant.indexer.walk.listing import list_tree
from locant.indexer.walk.names import display_path
from locant.indexer.walk.reasons import REASONS, explain_reason
from locant.indexer.walk.records import TreeListing, WalkOptions


def write(folder: Path, *paths: str) -> None:
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x\n")


def paths(listing: TreeListing) -> list[str]:
    return [entry.path for entry in listing.entries]


def reasons(listing: TreeListing) -> dict[str, str]:
    return {item.path: item.reason for item in listing.left_out}


def test_nested_gitignore_rules_hold_and_the_deepest_wins(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "a.log", "keep/b.log", "keep/c.tmp", "out/d.py", "src/out.py", "src/gen/e.py")
    (tmp_path / ".gitignore").write_text("*.log\n/out/\n*.tmp\n")
    (tmp_path / "keep/.gitignore").write_text("!b.log\n")
    (tmp_path / "src/.gitignore").write_text("gen\n")
    assert paths(list_tree(tmp_path)) == [
        ".gitignore",
        "a.py",
        "keep/.gitignore",
        "keep/b.log",
        "src/.gitignore",
        "src/out.py",
    ]


def test_a_file_in_an_ignored_folder_cannot_be_brought_back(tmp_path: Path) -> None:
    write(tmp_path, "build/keep.py", "a.py")
    (tmp_path / ".gitignore").write_text("build/\n!build/keep.py\n")
    assert paths(list_tree(tmp_path)) == [".gitignore", "a.py"]


def test_a_rule_that_is_no_pattern_is_noted_and_the_others_hold(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "b.log")
    (tmp_path / ".gitignore").write_text("!\n*.log\n")
    listing = list_tree(tmp_path)
    assert paths(listing) == [".gitignore", "a.py"]
    assert "'!'" in listing.notes[0]


def test_dependencies_and_caches_are_pruned(tmp_path: Path) -> None:
    write(tmp_path, "node_modules/a.js", "venv/pyvenv.cfg", "venv/b.py", "__pycache__/c.py", "env/d.py", ".hg/e.py")
    listing = list_tree(tmp_path)
    assert paths(listing) == ["env/d.py"]
    assert reasons(listing) == {"node_modules/": "pruned_folder", "venv/": "pruned_folder"}


def test_locantignore_prunes_whole_folders_and_asks_for_files(tmp_path: Path) -> None:
    write(tmp_path, "big/a.py", "big/b.py", "id_rsa", "poetry.lock")
    (tmp_path / ".locantignore").write_text("big/\n!poetry.lock\n")
    listing = list_tree(tmp_path)
    assert paths(listing) == [".locantignore", "poetry.lock"]
    assert reasons(listing) == {"big/": "ignored_by_locantignore", "id_rsa": "secret_name"}


def test_pipes_sockets_and_links_are_left_out_without_being_opened(tmp_path: Path) -> None:
    root = tmp_path / "r"
    write(root, "a.py", "folder/b.py")
    os.mkfifo(root / "pipe")
    (root / "folder/up").symlink_to("..")
    (root / "broken").symlink_to("nowhere")
    (root / "link.py").symlink_to("a.py")
    (root / "etc").symlink_to("/etc")
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as server:
        os.chdir(root)  # a socket's path may have about 100 bytes
        try:
            server.bind("sock")
        finally:
            os.chdir(here)
    listing = list_tree(root)
    assert paths(listing) == ["a.py", "folder/b.py"]
    assert {item.path: (item.reason, item.detail) for item in listing.left_out} == {
        "broken": ("symlink", "the link is broken"),
        "etc": ("symlink", "leads out of the folder"),
        "folder/up": ("symlink", "leads inside the folder"),
        "link.py": ("symlink", "leads inside the folder"),
        "pipe": ("special_file", "a named pipe"),
        "sock": ("special_file", "a socket"),
    }


def test_size_limit_leaves_out_and_names_the_size(tmp_path: Path) -> None:
    (tmp_path / "big.py").write_text("x" * 101)
    (tmp_path / "small.py").write_text("x" * 100)
    listing = list_tree(tmp_path, WalkOptions(max_file_bytes=100))
    assert paths(listing) == ["small.py"]
    assert listing.left_out[0].reason == "oversized"
    assert "101 bytes" in listing.left_out[0].detail


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("photo.PNG", "binary"),
        ("app.min.js", "minified"),
        ("app.js.map", "minified"),
        ("api_pb2.py", "generated"),
        ("api.pb.go", "generated"),
        ("Cargo.lock", "generated"),
        ("package-lock.json", "generated"),
        ("go.sum", "generated"),
        (".env", "secret_name"),
        (".env.production", "secret_name"),
        ("server.pem", "secret_name"),
        ("id_ed25519", "secret_name"),
        ("release.keystore", "secret_name"),
        (".netrc", "secret_name"),
        ("my-service-account.json", "secret_name"),
        ("credentials", "secret_name"),
    ],
)
def test_names_that_decide(tmp_path: Path, name: str, reason: str) -> None:
    write(tmp_path, name)
    assert reasons(list_tree(tmp_path)) == {name: reason}


@pytest.mark.parametrize(
    "name",
    [
        ".env.example",
        ".env.sample",
        ".env.template",
        "environment.py",
        "credentials.py",
        "secrets.py",
        "keystore.go",
        "id_rsa.pub",
        "service_account.py",
        "tokens.py",
        "lock.py",
        "min.js",
        "keyboard.key.ts",
        "pb2.py",
        ".npmrc",
    ],
)
def test_names_that_look_alike_are_kept(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    assert paths(list_tree(tmp_path)) == [name]


def test_generated_names_are_kept_on_request(tmp_path: Path) -> None:
    write(tmp_path, "api_pb2.py")
    assert paths(list_tree(tmp_path, WalkOptions(include_generated=True))) == ["api_pb2.py"]


def test_folders_deeper_than_the_system_can_open_are_left_out(tmp_path: Path) -> None:
    here = Path.cwd()
    write(tmp_path, "a.py")
    os.chdir(tmp_path)
    try:
        for _ in range(40):
            Path("d" * 200).mkdir()
            os.chdir("d" * 200)
    finally:
        os.chdir(here)
    listing = list_tree(tmp_path)
    assert paths(listing) == ["a.py"]
    assert [item.reason for item in listing.left_out] == ["bad_name"]
    remove_deep(tmp_path)


def remove_deep(root: Path) -> None:
    """Take away what `shutil.rmtree` of older Pythons cannot reach."""
    folder = root / ("d" * 200)
    while folder.exists():
        folder.rename(root / "taken")
        inner = root / "taken" / ("d" * 200)
        if inner.exists():
            inner.rename(folder)
        (root / "taken").rmdir()


def test_many_files_in_one_folder_are_listed_in_order(tmp_path: Path) -> None:
    names = [f"f{number:04}.py" for number in range(2_000)]
    write(tmp_path, *names)
    assert paths(list_tree(tmp_path)) == names


def test_a_name_that_is_not_utf8_survives_display_and_json(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9\n.py")).touch()
    (entry,) = list_tree(tmp_path).entries
    shown = display_path(entry.path)
    assert shown == "caf\\xe9\\x0a.py"
    assert json.loads(json.dumps(shown)).encode("utf-8").decode() == shown


def test_a_plain_name_is_displayed_as_it_is() -> None:
    assert display_path("src/\N{SNOWMAN} a.py") == "src/\N{SNOWMAN} a.py"


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_a_root_that_is_no_folder_is_refused(tmp_path: Path, kind: str) -> None:
    if kind == "file":
        write(tmp_path, "file")
    with pytest.raises(RepositoryError, match=kind):
        list_tree(tmp_path / kind)


def test_a_root_reached_through_a_link_is_listed_under_its_real_path(tmp_path: Path) -> None:
    write(tmp_path, "real/a.py")
    (tmp_path / "alias").symlink_to("real")
    listing = list_tree(tmp_path / "alias")
    assert (listing.root, paths(listing)) == (str((tmp_path / "real").resolve()), ["a.py"])


def test_every_reason_has_a_sentence_and_an_unknown_one_speaks_for_itself() -> None:
    assert all(sentence.endswith(".") for sentence in REASONS.values())
    assert explain_reason("of_a_newer_version") == "of_a_newer_version"
