"""A host of git repositories on this machine: git's own `http-backend` behind Python's HTTP server, with bad manners on
request."""

from __future__ import annotations

import base64
import os
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from locant.server.remotes.remotes import Remotes
from locant.server.remotes.types import RemoteRules

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def run_git(folder: Path, *arguments: str, data: str | None = None) -> str:
    """Run git in a folder, as a user without configuration who trusts what is asked."""
    settings = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *settings, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        check=True,
        text=True,
        input=data,
    )
    return done.stdout.strip()


@dataclass
class GitHost:
    """Serves the bare repositories below a folder by HTTP.

    `manners` maps a path's beginning to a function that answers instead of git; `token` is asked for where it is set;
    `is_old` is a host that speaks the first version of git's protocol.
    """

    folder: Path
    port: int = 0
    token: str | None = None
    is_old: bool = False
    manners: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, name: str, host: str = "127.0.0.1") -> str:
        """Address of a repository."""
        return f"http://{host}:{self.port}/{name}"

    def create(self, name: str, files: dict[str, str]) -> Path:
        """A repository with one commit; its working tree, from which `push` publishes more."""
        work = self.folder / "work" / name
        work.mkdir(parents=True)
        run_git(work, "init", "--quiet")
        self.commit(work, files)
        bare = self.folder / name
        run_git(self.folder, "clone", "--quiet", "--bare", str(work), str(bare))
        run_git(work, "remote", "add", "origin", str(bare))
        for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
            run_git(bare, "config", setting, "true")
        return work

    def commit(self, work: Path, files: dict[str, str], message: str = "change") -> str:
        """Commit files in a working tree."""
        for path, text in files.items():
            target = work / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        run_git(work, "add", "--all")
        run_git(work, "commit", "--quiet", "--allow-empty", "--message", message)
        return run_git(work, "rev-parse", "HEAD")

    def push(self, work: Path, files: dict[str, str], branch: str = "main") -> str:
        """Commit and publish."""
        commit = self.commit(work, files)
        run_git(work, "push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")
        return commit


class _Handler(BaseHTTPRequestHandler):
    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride] - it is what made the handler
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host = self.server.git_host
        host.requests.append((self.path, dict(self.headers)))
        for prefix, answer in host.manners.items():
            if self.path.startswith(prefix):
                self.close_connection = True
                answer(self)
                return
        if host.token is not None and self.headers.get("Authorization") != f"Basic {host.token}":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._backend()

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _backend(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        variables = {
            "GIT_PROJECT_ROOT": str(self.server.git_host.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": "" if self.server.git_host.is_old else self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, env={**ENVIRONMENT, **variables}, capture_output=True, check=False
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
        status = next((value for name, value in headers if name == "Status"), "200 OK")
        self.send_response(int(status.split()[0]))
        for name, value in headers:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    git_host: GitHost

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up in the middle are part of the tests."""


@pytest.fixture
def secure(listening: _Server, tmp_path: Path) -> Callable[[str], Path]:
    """Make the host speak TLS under a name, with a certificate that it signed itself; the file of that."""

    def make(name: str) -> Path:
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
        about = ("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-days", "2")
        command = ["openssl", "req", "-x509", *curve, "-nodes", *about, "-out", str(certificate)]
        subprocess.run(command, check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        return certificate

    return make


@pytest.fixture
def host(listening: _Server) -> GitHost:
    """A host that listens on loopback."""
    return listening.git_host


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[_Server]:
    """Its server."""
    folder = tmp_path / "host"
    folder.mkdir()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.git_host = GitHost(folder, server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def rules(host: GitHost) -> RemoteRules:
    """The host is allowed, by its address."""
    return RemoteRules(schemes=("http", "file"), private_hosts=(f"127.0.0.1:{host.port}",), file_roots=(host.folder,))


@pytest.fixture
def remotes(tmp_path: Path, rules: RemoteRules) -> Remotes:
    """The clones of a server that allows the host."""
    return Remotes(tmp_path / "clones", rules)


@pytest.fixture(scope="session")
def git() -> Callable[..., str]:
    """Run git in a folder, as a user without configuration."""
    return run_git


@pytest.fixture(scope="session")
def basic() -> Callable[[str, str], str]:
    """What a header of basic authentication holds."""
    return lambda user, token: base64.b64encode(f"{user}:{token}".encode()).decode()
