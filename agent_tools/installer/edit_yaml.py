"""Putting a server into a YAML file and taking it out, line by line: comments, quotes and order stay as they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from locant.agent_tools.installer.types import Edit, Entry

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

__all__ = ["cut", "insert", "insert_item", "read"]


def read(text: str) -> object:
    """The value of a file; an empty one is an empty mapping. ValueError when it is broken."""
    import yaml

    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    return {} if value is None else value


def insert(text: str, keys: tuple[str, ...], name: str, entry: Entry) -> Edit:
    """The text with a member `name` in the mapping of `keys`."""
    lines = [f"{name}:", *(f"  {line}" for line in _members(entry))]
    return _put(text, keys, lines, json.dumps(name) + ": " + json.dumps(entry), "  ")


def insert_item(text: str, keys: tuple[str, ...], name: str, entry: Entry) -> Edit:
    """The text with an item in the list of `keys`; its name is in the entry."""
    del name
    first, *others = _members(entry)
    return _put(text, keys, [f"- {first}", *(f"  {line}" for line in others)], json.dumps(entry), "  ")


def _members(entry: Entry) -> list[str]:
    return [f"{key}: {json.dumps(value)}" for key, value in entry.items()]  # JSON is YAML


def _put(text: str, keys: tuple[str, ...], lines: list[str], flow: str, indent: str) -> Edit:
    (key,) = keys
    newline = "\r\n" if "\r\n" in text else "\n"
    found = _member(text, key)
    if found is None:
        gap = newline if text and not text.endswith("\n") else ""
        inserted = gap + newline.join([f"{key}:", *(indent + line for line in lines), ""])
        return _at(text, len(text), inserted)
    from yaml.nodes import CollectionNode

    name, value = found
    if isinstance(value, CollectionNode) and value.flow_style:
        start = text.index("{" if flow.startswith('"') else "[", value.start_mark.index) + 1
        return _at(text, start, flow + (", " if value.value else ""))
    if isinstance(value, CollectionNode):
        indent = " " * value.start_mark.column
    end = text.find("\n", name.end_mark.index)
    start, gap = (len(text), newline) if end < 0 else (end + 1, "")
    inserted = gap + newline.join([*(indent + line for line in lines), ""])
    return _at(text, start, inserted)


def _at(text: str, start: int, inserted: str) -> Edit:
    return Edit(text[:start] + inserted + text[start:], start, inserted)


def _member(text: str, key: str) -> tuple[Node, Node] | None:
    import yaml
    from yaml.nodes import MappingNode

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    if root is None:
        return None
    if not isinstance(root, MappingNode) or root.flow_style:
        raise ValueError("the file is not a mapping in block form")
    return _named(root, key)


def _named(node: MappingNode, key: str) -> tuple[Node, Node] | None:
    return next(((name, value) for name, value in node.value if name.value == key), None)


def cut(text: str, keys: tuple[str, ...], name: str) -> str:
    """The text without the lines of the server in a mapping or list in block form; ValueError when it is not there."""
    from yaml.nodes import MappingNode, SequenceNode

    found = _member(text, keys[0])
    own: tuple[Node, Node] | None = None
    if found and isinstance(found[1], MappingNode) and not found[1].flow_style:
        own = _named(found[1], name)
    elif found and isinstance(found[1], SequenceNode) and not found[1].flow_style:
        own = next(((item, item) for item in found[1].value if _is_named(item, name)), None)
    if own is None or found is None:
        raise ValueError(f"there is no {name} in block form")
    lines = text.splitlines(keepends=True)
    first, last = own[0].start_mark.line, _last_line(own[1])
    alone = len(found[1].value) == 1  # a key with nothing under it would become null
    return "".join(lines[: found[0].start_mark.line if alone else first] + lines[last + 1 :])


def _is_named(item: Node, name: str) -> bool:
    from yaml.nodes import MappingNode

    found = _named(item, "name") if isinstance(item, MappingNode) else None
    return found is not None and found[1].value == name


def _last_line(node: Node) -> int:
    """Line of the last character; a block ends before comments that belong to what follows."""
    from yaml.nodes import CollectionNode, MappingNode

    if isinstance(node, CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(node, MappingNode) else last)
    end = node.end_mark
    return int(end.line - 1 if end.column == 0 and end.line > node.start_mark.line else end.line)
