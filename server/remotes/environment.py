"""The environment in which git runs: made from nothing, so that no file and no variable of this machine steers it.

All settings go in as variables (`GIT_CONFIG_COUNT`), not as arguments: git hands them on to the programs that it starts
itself, and they show up in no list of processes.
"""

from __future__ import annotations

import base64
import os
import shlex
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

from locant.errors import RemoteError
from locant.server.remotes.types import DEFAULT_PORTS, Credential, Endpoint, GitUrl, RemoteRules

__all__ = ["git_environment", "token_of"]

NOWHERE = "/nonexistent"
"""A home without .gitconfig, .netrc and .ssh."""

VARIABLES = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_ASKPASS": "false",
    "SSH_ASKPASS": "false",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    # What is missing is asked for by name, once: left to git, a host that never sends it makes git start git for ever.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ADVICE": "0",
    "HOME": NOWHERE,
    "XDG_CONFIG_HOME": NOWHERE,
    "LC_ALL": "C",
}

SETTINGS: tuple[tuple[str, str], ...] = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.attributesFile", os.devnull),
    ("core.excludesFile", os.devnull),
    ("core.symlinks", "false"),  # a link of a repository is a small file with the target's name: it leads nowhere
    ("core.protectHFS", "true"),
    ("core.protectNTFS", "true"),
    ("core.autocrlf", "false"),
    ("core.packedGitWindowSize", "32m"),  # by default as much as there is, which leaves no room under a limit
    ("core.packedGitLimit", "512m"),
    ("pack.windowMemory", "256m"),
    ("core.gitProxy", ""),
    ("credential.helper", ""),
    ("diff.external", ""),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("advice.detachedHead", "false"),
    ("fetch.unpackLimit", "1"),  # always one pack: a limit on a file's size then is one on the answer's
    ("fetch.recurseSubmodules", "false"),
    ("submodule.recurse", "false"),
    ("fetch.fsckObjects", "true"),
    ("fetch.fsck.badTimezone", "ignore"),  # the four that well-known repositories have in their past
    ("fetch.fsck.missingSpaceBeforeDate", "ignore"),
    ("fetch.fsck.missingSpaceBeforeEmail", "ignore"),
    ("fetch.fsck.zeroPaddedFilemode", "ignore"),
    ("transfer.bundleURI", "false"),
    ("protocol.allow", "never"),
    ("http.followRedirects", "false"),  # also keeps a server of plain files from naming another one to fetch from
    ("http.proxy", ""),
    ("http.emptyAuth", "false"),
    ("http.lowSpeedLimit", "1000"),  # bytes a second; a server that stalls ends here and not at the time limit
    ("http.lowSpeedTime", "60"),
    ("http.sslVerify", "true"),
)

MAX_TOKEN = 4096
SSH_OPTIONS = (
    *("BatchMode=yes", "StrictHostKeyChecking=yes", "IdentityAgent=none", "IdentitiesOnly=yes", "ProxyCommand=none"),
    *("PermitLocalCommand=no", "ClearAllForwardings=yes", "ForwardAgent=no", "UpdateHostKeys=no", "ConnectTimeout=30"),
    *("ControlMaster=no", "ControlPath=none", "CanonicalizeHostname=no", "GlobalKnownHostsFile=/dev/null"),
)


def git_environment(
    rules: RemoteRules, endpoint: Endpoint | None = None, credentials: Sequence[Credential] = ()
) -> dict[str, str]:
    """Variables for one git command.

    Args:
        rules: for certificates and host keys.
        endpoint: what may be asked; without it git reaches nothing at all.
        credentials: of which the host's is used.

    Raises:
        RemoteError: a token cannot be read, or must not be sent there.

    """
    variables = {"PATH": os.environ.get("PATH", os.defpath), **VARIABLES, "GIT_ALLOW_PROTOCOL": "none"}
    settings = list(SETTINGS)
    if endpoint is not None:
        url = endpoint.url
        credential = next((row for row in credentials if _is_for(row, url)), None)
        variables["GIT_ALLOW_PROTOCOL"] = url.scheme
        settings.append((f"protocol.{url.scheme}.allow", "always"))
        if url.scheme in ("https", "http"):
            settings += _http_settings(rules, endpoint, credential)
        elif url.scheme == "ssh":
            variables |= {"GIT_SSH_COMMAND": _ssh_command(rules, endpoint, credential), "GIT_SSH_VARIANT": "ssh"}
    return variables | _numbered(settings)


def token_of(credential: Credential) -> str | None:
    """The token as it is now; None where the credential is an ssh key.

    Raises:
        RemoteError: it cannot be read or is no token; the message never shows it.

    """
    if credential.token_env is not None:
        text, source = os.environ.get(credential.token_env), f"the variable {credential.token_env}"
    elif credential.token_file is not None:
        text, source = _read(credential.token_file), f"the file {credential.token_file}"
    else:
        return None
    token = (text or "").strip()
    if not token or len(token) > MAX_TOKEN or not (token.isascii() and token.isprintable()) or " " in token:
        raise RemoteError(f"{source} holds no token for {credential.host!r}: one line of printable ASCII is needed")
    return token


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _is_for(credential: Credential, url: GitUrl) -> bool:
    shown = f"[{url.host}]" if ":" in url.host else url.host
    if credential.host.lower() == f"{shown}:{url.port}":
        return True
    return url.port == DEFAULT_PORTS[url.scheme] and credential.host.lower() in (url.host, shown)


def _http_settings(rules: RemoteRules, endpoint: Endpoint, credential: Credential | None) -> list[tuple[str, str]]:
    url = endpoint.url
    found: list[tuple[str, str]] = []
    if endpoint.addresses and endpoint.addresses != (url.host,):
        # The name keeps the addresses that were checked: what DNS answers a moment later counts for nothing.
        addresses = ",".join(f"[{text}]" if ":" in text else text for text in endpoint.addresses)
        found.append(("http.curloptResolve", f"{url.host}:{url.port}:{addresses}"))
    if rules.ca_file is not None:
        found.append(("http.sslCAInfo", str(rules.ca_file)))
    token = token_of(credential) if credential is not None else None
    if credential is not None and token is not None:
        if url.scheme == "http" and not all(ip_address(text).is_loopback for text in endpoint.addresses):
            raise RemoteError(f"the token for {url.host!r} is not sent over plain http; use an https URL")
        pair = base64.b64encode(f"{credential.user}:{token}".encode()).decode()
        place = GitUrl(url.scheme, url.host, url.port, "/").text
        found.append((f"http.{place}.extraHeader", f"Authorization: Basic {pair}"))
    return found


def _ssh_command(rules: RemoteRules, endpoint: Endpoint, credential: Credential | None) -> str:
    """Ssh without the files of this machine; it connects to the checked address and looks for the name's key."""
    options = [*SSH_OPTIONS, f"UserKnownHostsFile={rules.ssh_known_hosts}"]
    if endpoint.addresses:
        alias = endpoint.url.host if endpoint.url.port == 22 else f"[{endpoint.url.host}]:{endpoint.url.port}"
        options += [f"HostName={endpoint.addresses[0]}", f"HostKeyAlias={alias}", "CheckHostIP=no"]
    if credential is not None and credential.ssh_key_file is not None:
        options.append(f"IdentityFile={credential.ssh_key_file}")
    else:
        options.append("PubkeyAuthentication=no")
    return shlex.join(["ssh", "-F", "none", "-a", "-x", *(part for option in options for part in ("-o", option))])


def _numbered(settings: Sequence[tuple[str, str]]) -> dict[str, str]:
    numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings):
        numbered |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return numbered
