"""locant finds the place in a codebase that a question or an issue is about.

    import locant

    index = locant.open("path/to/repository")
    index.search("where is the retry delay computed", limit=5)
    index.localize(issue_text)

    server = locant.connect("https://locant.example.org", key="lct_...")
    server.repository("service").search("where is the retry delay computed")

Everything heavy is imported on first use: `import locant` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from locant.facade import Index, open
    from locant.remote.client import connect

    __version__: str

__all__ = ["Index", "__version__", "connect", "open"]


def __getattr__(name: str) -> object:
    if name in ("Index", "open"):
        from locant import facade

        return getattr(facade, name)
    if name == "connect":
        from locant.remote.client import connect

        return connect
    if name == "__version__":
        from importlib.metadata import version

        return version("locant")
    raise AttributeError(f"module 'locant' has no attribute {name!r}")
