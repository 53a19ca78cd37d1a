"""One way to edit all three kinds of file, and the check that nothing but the server's entry changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from locant.agent_tools.installer import edit_json, edit_toml, edit_yaml
from locant.agent_tools.installer.types import Edit, Entry, Place, Syntax

__all__ = ["added", "entry_in", "taken_out", "without"]


@dataclass(frozen=True, slots=True)
class _Editor:
    read: Callable[[str], object]
    insert: Callable[[str, tuple[str, ...], str, Entry], Edit]
    cut: Callable[[str, tuple[str, ...], str], str]


_EDITORS = {
    Syntax.json: _Editor(edit_json.read, edit_json.insert, edit_json.cut),
    Syntax.toml: _Editor(edit_toml.read, edit_toml.insert, edit_toml.cut),
    Syntax.yaml: _Editor(edit_yaml.read, edit_yaml.insert, edit_yaml.cut),
    Syntax.yaml_list: _Editor(edit_yaml.read, edit_yaml.insert_item, edit_yaml.cut),
}


def entry_in(text: str, place: Place, name: str) -> object:
    """What a file says of a server, None when nothing.

    Raises:
        ValueError: the file is broken.

    """
    servers = _servers(_EDITORS[place.syntax].read(text), place.keys)
    if isinstance(servers, dict):
        return servers.get(name)
    if isinstance(servers, list):
        return next((one for one in servers if isinstance(one, dict) and one.get("name") == name), None)
    return None


def _servers(value: object, keys: tuple[str, ...]) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def added(text: str, place: Place, name: str, entry: Entry) -> Edit:
    """The text with the entry in.

    Raises:
        ValueError: the file is broken, or is written in a way that an entry cannot be put into safely.

    """
    editor = _EDITORS[place.syntax]
    before = editor.read(text)
    edit = editor.insert(text, place.keys, name, entry)
    if entry_in(edit.text, place, name) != entry or not _same_but(before, editor.read(edit.text), place.keys, name):
        raise ValueError("an entry cannot be put into it without changing something else")
    return edit


def taken_out(text: str, inserted: str, place: Place, name: str) -> str:
    """The text without the entry: exactly what was put in where that is still there, else the entry by its name.

    Raises:
        ValueError: the entry is not there, or cannot be taken out without changing something else.

    """
    editor = _EDITORS[place.syntax]
    before = editor.read(text)
    if inserted and text.count(inserted) == 1:
        shorter = text.replace(inserted, "")
        if _is_without(editor, before, shorter, place, name):
            return shorter
    return without(text, place, name)


def without(text: str, place: Place, name: str) -> str:
    """The text without the entry of a name; ValueError as for `taken_out`."""
    editor = _EDITORS[place.syntax]
    shorter = editor.cut(text, place.keys, name)
    if not _is_without(editor, editor.read(text), shorter, place, name):
        raise ValueError("the entry cannot be taken out without changing something else")
    return shorter


def _is_without(editor: _Editor, before: object, shorter: str, place: Place, name: str) -> bool:
    try:
        after = editor.read(shorter)
        return entry_in(shorter, place, name) is None and _same_but(before, after, place.keys, name)
    except ValueError:
        return False


def _same_but(one: object, other: object, keys: tuple[str, ...], name: str) -> bool:
    """Whether two files say the same of all but one server; a table without members is as good as none."""
    return _pruned(one, keys, name) == _pruned(other, keys, name)


def _pruned(value: object, keys: tuple[str, ...], name: str) -> object:
    if not keys:
        if isinstance(value, list):
            return [one for one in value if not (isinstance(one, dict) and one.get("name") == name)]
        return {key: one for key, one in value.items() if key != name} if isinstance(value, dict) else value
    if not isinstance(value, dict):
        return value
    inner = _pruned(value.get(keys[0]), keys[1:], name)
    rest = {key: one for key, one in value.items() if key != keys[0]}
    return {**rest, keys[0]: inner} if inner else rest
