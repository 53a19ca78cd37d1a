"""Records of remote repositories: what a URL says, what is allowed, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "DEFAULT_PORTS",
    "Checkout",
    "Credential",
    "Endpoint",
    "GitLimits",
    "GitUrl",
    "Push",
    "RemoteRules",
    "Wanted",
]

DEFAULT_PORTS = {"https": 443, "http": 80, "ssh": 22, "file": 0}
"""The schemes that there are."""


@dataclass(frozen=True, slots=True)
class GitUrl:
    """A URL that passed the grammar; says nothing of whether it is allowed.

    Attributes:
        scheme: https, http, ssh or file.
        host: in lower case, an IPv6 address without brackets; empty for file.
        port: as written, or the scheme's own; 0 for file.
        path: begins with a slash.
        user: of ssh only.

    """

    scheme: str
    host: str
    port: int
    path: str
    user: str = ""

    @property
    def text(self) -> str:
        """The URL in the one way that we write it: two spellings of an address share a clone."""
        if self.scheme == "file":
            return f"file://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        user = f"{self.user}@" if self.user else ""
        return f"{self.scheme}://{user}{host}{port}{self.path}"


@dataclass(frozen=True, slots=True)
class RemoteRules:
    """Which remote repositories may be asked for; by default none.

    Attributes:
        schemes: of https, ssh, file and http.
        hosts: `name` (the scheme's port), `name:port`, `*.name` (any depth below it), or `*` (every public host).
        private_hosts: hosts that are allowed although their addresses are private or loopback ones.
        file_roots: folders below which file URLs may point.
        ssh_known_hosts: file of host keys; without it ssh is refused, since a host could not be told from another.
        ca_file: certificates that sign those of the hosts, where the system's do not.

    """

    schemes: tuple[str, ...] = ("https",)
    hosts: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()
    file_roots: tuple[Path, ...] = ()
    ssh_known_hosts: Path | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """Where the token or key of one host is found; never the token itself.

    Attributes:
        host: `name` (the scheme's port) or `name:port`.
        user: sent with the token; GitHub takes `x-access-token`, GitLab `oauth2`, Gitea any.
        token_env: name of an environment variable.
        token_file: file with the token; read each time, so that it can be replaced.
        ssh_key_file: private key for ssh.

    """

    host: str
    user: str = "x-access-token"
    token_env: str | None = None
    token_file: Path | None = None
    ssh_key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A URL that is allowed, and the addresses of its host that were checked: git connects to no others."""

    url: GitUrl
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GitLimits:
    """What one clone or fetch may cost.

    Attributes:
        seconds: for each git command.
        max_bytes: of all of a clone on disk: objects and the trees that are checked out.
        max_files: in one tree.
        max_memory: bytes of address space of each of git's processes.

    """

    seconds: float = 1800.0
    max_bytes: int = 8 * 2**30
    max_files: int = 500_000
    max_memory: int = 4 * 2**30


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to have of a remote repository.

    Attributes:
        url: as given; checked each time, since rules and DNS change.
        branch: None is the remote's own default.
        revision: a tag or a full commit id, which then stays; excludes a branch.
        submodules: whether to check these out too, under the same rules.
        history: whether commits are wanted (the signals of history need them), or the newest alone.

    """

    url: str
    branch: str | None = None
    revision: str | None = None
    submodules: bool = False
    history: bool = True


@dataclass(frozen=True, slots=True)
class Checkout:
    """A tree that is ready to be indexed.

    Attributes:
        path: folder of the tree.
        commit: that is checked out.
        branch: its name, also where the default was asked for; None for a revision.
        left_out: submodules that were refused or could not be had, with the reason.

    """

    path: Path
    commit: str
    branch: str | None
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Push:
    """What a webhook tells: something changed.

    Attributes:
        urls: of the repository, each way that its host writes it.
        branch: that moved; None when it was a tag or no push at all.
        default_branch: of the repository.
        commit: where the branch points now.

    """

    urls: tuple[str, ...]
    branch: str | None
    default_branch: str | None = None
    commit: str | None = None
