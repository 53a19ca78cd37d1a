"""Where names stand in trees of any grammar: the name of a definition, the callee of a call, the module of an import.

Searches go down a few nodes only and never recurse.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

    from locant.indexer.syntax.longtail_table import LongtailRow

__all__ = ["callee_node", "definition_of_form", "module_node", "name_node"]

_NAME_TYPES = re.compile(r"(?:\w+_)?(?:identifier|symbol|name|word|variable|atom|ident|bareword|id|argument|sym_lit)")
_NAME_TEXT = re.compile(rb"[^\s(){}\[\],;=\"]+")
# Parts of a definition before its name, and its body, where other names stand.
_SKIPPED = re.compile(r"\w*(?:modifier|annotation|attribute|comment|visibility|type_parameter|keyword|block|body)\w*")
_NAME_FIELDS = ("name", "declarator", "pattern", "lhs", "left", "var")
_CALLEE_FIELDS = ("function", "name", "method", "callee", "target", "operator", "expr")
_ASSIGNMENTS = re.compile("bind|operator|assign")
_LABELS = re.compile("string_lit|identifier")
_MODULE_TYPES = re.compile(r"\w*(?:string|path|name|identifier|import|module|fqn|lit)\w*")
# A name is near the top of its definition; what is farther is a name of something else.
_MAX_NODES = 40
_MAX_DEPTH = 12

# First word of a list in the Lisps -> kind of what it defines.
_FORMS = {
    "function": "defun defn defn- defsubst cl-defun fn lambda* varfn deftest",
    "method": "defmethod defgeneric cl-defmethod cl-defgeneric defmulti",
    "macro": "defmacro defmacro- cl-defmacro define-syntax define-syntax-rule macro",
    "class": "defclass deftype define-class class",
    "struct": "defstruct cl-defstruct defrecord define-record-type struct define-struct",
    "protocol": "defprotocol definterface define-interface",
    "variable": "def defvar defvar-local defparameter defonce local var global define define* define/contract",
    "constant": "defconst defconstant defcustom",
    "module": "ns defpackage define-library module",
}
_FORM_KINDS = {word: kind for kind, words in _FORMS.items() for word in words.split()}
_IMPORT_FORMS = frozenset({"require", "import", "use", "load", "in-package"})


def name_node(node: Node, row: LongtailRow) -> Node | None:
    """The name of a definition: its field, else its first child that can be a name, else the first such below."""
    found = _find_name(node, row)
    while found is not None and found.named_child_count == 1:  # Nim's `add*` is a name with an export mark
        found = found.named_children[0]
    return found


def _find_name(node: Node, row: LongtailRow) -> Node | None:
    if node.type in row.assigned:
        return _assigned_name(node)
    if node.type in row.labelled:
        return _last_label(node)
    for field in _NAME_FIELDS:
        child = node.child_by_field_name(field)
        if child is not None:
            return child if _is_plain(child) else _first_name(child)
    direct = next((child for child in node.named_children if _is_name(child)), None)
    return direct or _first_name(node)


def _assigned_name(node: Node) -> Node | None:
    """`f` of `f <- function(x) x`: the definition has no name, what it is given to has."""
    parent = node.parent
    if parent is None or not _ASSIGNMENTS.search(parent.type) or parent.named_children[0] == node:
        return None
    first = parent.named_children[0]
    return first if _is_plain(first) else _first_name(first)


def _last_label(node: Node) -> Node | None:
    """`web` of `resource "aws" "web" { ... }`: the last word before the body."""
    labels = [child for child in node.named_children if _LABELS.fullmatch(child.type)]
    return labels[-1] if labels else None


def _is_name(node: Node) -> bool:
    return bool(_NAME_TYPES.fullmatch(node.type)) and _is_plain(node)


def _is_plain(node: Node) -> bool:
    """Whether the text is a name or path and nothing more."""
    return node.text is not None and _NAME_TEXT.fullmatch(node.text) is not None


def _first_name(node: Node) -> Node | None:
    """First name below a node, in reading order."""
    stack = list(reversed(node.named_children))
    for _ in range(_MAX_NODES):
        if not stack:
            return None
        below = stack.pop()
        if _is_name(below):
            return below
        named = below.child_by_field_name("name")
        if named is not None and _is_plain(named):
            return named
        if not _SKIPPED.fullmatch(below.type):
            stack.extend(reversed(below.named_children))
    return None


def callee_node(node: Node) -> Node | None:
    """The last component of what is called: `c` of `a.b.c(x)`."""
    fields = (node.child_by_field_name(field) for field in _CALLEE_FIELDS)
    callee = next((child for child in fields if child is not None), None)
    if callee is None:
        callee = node.named_children[0] if node.named_child_count else None
    for _ in range(_MAX_DEPTH):
        if callee is None or not callee.named_child_count:
            break
        callee = callee.named_children[-1]
    return callee if callee is not None and _is_name(callee) else None


def module_node(node: Node) -> Node | None:
    """What an import names: its first path, name or string."""
    stack = list(reversed(node.named_children))
    for _ in range(_MAX_NODES):
        if not stack:
            return None
        below = stack.pop()
        if _MODULE_TYPES.fullmatch(below.type) and below.text != below.type.encode():  # the keyword itself
            return below
        stack.extend(reversed(below.named_children))
    return None


def definition_of_form(node: Node) -> dict[str, list[Node]]:
    """A list of a Lisp: what its first word says, a definition, an import, else a call of it."""
    children = node.named_children[:3]
    if not children or not _is_name(children[0]):
        return {}
    head = (children[0].text or b"").decode("utf-8", "replace")
    if head in _IMPORT_FORMS and len(children) > 1:
        return {"import": [node], "import.module": [children[1]]}
    kind = _FORM_KINDS.get(head)
    if kind is None or len(children) == 1:
        return {"reference.call": [children[0]]}
    named = children[1]
    if not _is_name(named):  # `(define (f x) ...)`
        kind = "function" if kind == "variable" else kind
        inner = _first_name(named)
        return {f"definition.{kind}": [node], "name": [inner]} if inner is not None else {}
    return {f"definition.{kind}": [node], "name": [named]}
