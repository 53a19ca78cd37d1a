"""The fixed set of reasons why a file is not in the index, each with a sentence for people.

Reasons are stored in the index and printed in JSON, so a word is never renamed once released.
"""

from __future__ import annotations

from types import MappingProxyType

__all__ = [
    "BAD_NAME",
    "BINARY",
    "GENERATED",
    "IGNORED_BY_LOCANTIGNORE",
    "LFS_POINTER",
    "MINIFIED",
    "OVERSIZED",
    "PARSER_FAILED",
    "PRUNED_FOLDER",
    "REASONS",
    "SECRET_CONTENT",
    "SECRET_NAME",
    "SPECIAL_FILE",
    "SUBMODULE_ABSENT",
    "SYMLINK",
    "UNREADABLE",
    "VANISHED",
    "explain_reason",
]

BAD_NAME = "bad_name"
BINARY = "binary"
GENERATED = "generated"
IGNORED_BY_LOCANTIGNORE = "ignored_by_locantignore"
LFS_POINTER = "lfs_pointer"
MINIFIED = "minified"
OVERSIZED = "oversized"
PARSER_FAILED = "parser_failed"
PRUNED_FOLDER = "pruned_folder"
SECRET_CONTENT = "secret_content"  # noqa: S105 - the name of a reason
SECRET_NAME = "secret_name"  # noqa: S105 - the name of a reason
SPECIAL_FILE = "special_file"
SUBMODULE_ABSENT = "submodule_absent"
SYMLINK = "symlink"
UNREADABLE = "unreadable"
VANISHED = "vanished"

REASONS = MappingProxyType(
    {
        BAD_NAME: "The path is longer than the system can open.",
        BINARY: "The content is not text.",
        GENERATED: "A tool writes this file; the place to change is its source. Index it with include_generated.",
        IGNORED_BY_LOCANTIGNORE: "A rule in a .locantignore file leaves it out.",
        LFS_POINTER: "Only the Git LFS pointer is here; `git lfs pull` brings the content.",
        MINIFIED: "Minified code has no lines to point at.",
        OVERSIZED: "The file is larger than the size limit; raise max_file_bytes to index it.",
        PARSER_FAILED: "The parser crashed or ran out of time on this file.",
        PRUNED_FOLDER: "A folder of dependencies or caches; `!folder/` in .locantignore brings it in.",
        SECRET_CONTENT: "It holds a key or token in a file that is data, so all of it is left out.",
        SECRET_NAME: "Files of this name hold secrets; `!name` in .locantignore brings it in.",
        SPECIAL_FILE: "A pipe, socket or device, which is never opened.",
        SUBMODULE_ABSENT: "The submodule is not checked out; `git submodule update --init` brings it.",
        SYMLINK: "Links are not followed; a target inside the folder is indexed under its own path.",
        UNREADABLE: "The system refused to read it; check its permissions.",
        VANISHED: "It was removed while the index was being made.",
    }
)


def explain_reason(reason: str) -> str:
    """Sentence for people; an unknown word (from a newer index) explains itself."""
    return REASONS.get(reason, reason)
