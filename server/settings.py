"""What a server can be told: one schema, read from a TOML file, the environment and flags, the later ones winning.

docs/server.md has the table of it, which a test compares with this class. A value that makes no sense is refused with
its name, and so is a name that nobody knows.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from locant.errors import ConfigurationError

__all__ = ["PREFIX", "Settings", "load_settings", "settings_table"]

PREFIX = "LOCANT_SERVER_"

MEGABYTE = 1_000_000


def _state_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_state_dir("locant", appauthor=False)) / "server"


_PLACES = {
    "git_credentials": re.compile(r"\S+\s+\S+\s+(?:env|file|ssh):\S.*"),
    "webhook_secrets": re.compile(r"(?:env|file):\S.*"),
}
"""Settings that say where secrets are; what somebody wrote there by mistake is never shown."""


class Settings(BaseSettings):
    """All settings of a server."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", validate_default=True, frozen=True)

    # -- where it is ---------------------------------------------------------------------------------------------

    host: str = Field(default="127.0.0.1", description="Address to listen on; without keys only a loopback address.")
    port: int = Field(default=8320, ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    processes: int = Field(default=1, ge=1, le=64, description="Processes that answer, all on the same port.")
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Names that clients may call the server by, besides loopback names and `host`; `*` is any.",
    )
    state_dir: Path = Field(
        default_factory=_state_folder, description="Folder for the store, indexes, clones and the audit log."
    )

    # -- repositories --------------------------------------------------------------------------------------------

    allowed_roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="Folders in which repositories may be added by path; none: no repository can be."
    )
    open_indexes: int = Field(
        default=32, ge=1, description="Indexes that one process keeps open; the least used is let go."
    )
    check_seconds: float = Field(
        default=1.0, ge=0, le=3_600, description="Seconds for which a comparison of an index with its tree is trusted."
    )

    # -- questions -----------------------------------------------------------------------------------------------

    query_threads: int = Field(
        default=4, ge=1, le=64, description="Questions that one process answers at the same time."
    )
    query_backlog: int = Field(
        default=128, ge=0, description="Questions that may wait for a thread; more are told to come back."
    )
    query_seconds: float = Field(default=30.0, gt=0, description="Seconds after which a question is given up.")
    across_seconds: float = Field(
        default=10.0, gt=0, description="Seconds in which several repositories are asked; the late ones are named."
    )
    max_body_bytes: int = Field(default=4 * MEGABYTE, ge=1_000, description="Bytes of a request body at most.")
    body_seconds: float = Field(default=20.0, gt=0, description="Seconds in which a request has to be read in.")

    mcp_tools: Literal["default", "all"] = Field(
        default="default", description="Tools that are offered by MCP: the few that agents use best, or all."
    )

    # -- remote repositories -------------------------------------------------------------------------------------

    git_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Hosts of repositories that may be added by URL: `name`, `name:port`, `*.name`, or `*` for all.",
    )
    git_private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Hosts that are allowed although their addresses are private or loopback ones."
    )
    git_schemes: Annotated[tuple[Literal["https", "ssh", "http", "file"], ...], NoDecode] = Field(
        default=("https", "ssh"), description="Schemes of URLs: https, ssh, http, file."
    )
    git_file_roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="Folders below which file URLs may point."
    )
    git_credentials: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Where tokens are: `HOST USER env:NAME`, `HOST USER file:PATH`, `HOST USER ssh:PATH`."
    )
    git_known_hosts: Path | None = Field(default=None, description="File of host keys; ssh is refused without it.")
    git_ca_file: Path | None = Field(default=None, description="Certificates that sign those of the hosts.")
    git_history: bool = Field(default=True, description="Fetch all commits; signals of history need them.")
    git_seconds: float = Field(default=1_800.0, gt=0, description="Seconds of one git command at most.")
    git_max_mb: int = Field(default=8_000, ge=1, description="Size of a clone with its trees at most, in MB.")
    git_max_files: int = Field(default=500_000, ge=1, description="Files of one tree at most.")
    fetch_minutes: float = Field(default=0.0, ge=0, description="Minutes between two fetches of each branch; 0: never.")
    webhook_secrets: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Where secrets of webhooks are, `env:NAME` or `file:PATH`; none: webhooks are off."
    )

    # -- callers -------------------------------------------------------------------------------------------------

    requests_per_minute: int = Field(default=12_000, ge=0, description="Requests of one key in a minute; 0: no limit.")
    concurrent_requests: int = Field(
        default=64, ge=0, description="Requests of one key at the same time, divided among processes; 0: no limit."
    )
    max_answer_bytes: int = Field(default=32 * MEGABYTE, ge=10_000, description="Bytes of an answer at most.")
    audit: bool = Field(default=True, description="Note who asked what of which repository, in audit.jsonl.")
    audit_questions: bool = Field(default=False, description="Note the texts of questions, too.")

    # -- jobs ----------------------------------------------------------------------------------------------------

    job_workers: int = Field(
        default=1, ge=1, le=64, description="Jobs that run at the same time, each in its own process."
    )
    job_parsers: int = Field(default=1, ge=1, le=64, description="Processes that parse, for each job.")
    job_memory_mb: int = Field(
        default=4_096, ge=64, description="Memory of a job with its processes, in MB; more ends it."
    )
    job_seconds: float = Field(default=3_600.0, gt=0, description="Seconds of a job; more ends it.")
    job_retries: int = Field(
        default=1, ge=0, le=10, description="How often a job is tried again whose process was killed."
    )
    job_niceness: int = Field(
        default=19, ge=0, le=19, description="How far jobs give way to questions: 19 most, 0 not at all."
    )
    job_history: int = Field(default=1_000, ge=0, description="Ended jobs that are remembered.")

    # -- what it says ------------------------------------------------------------------------------------------

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="Least weight of what is logged as JSON on stderr; info: also each request."
    )

    # -- the end -------------------------------------------------------------------------------------------------

    shutdown_seconds: float = Field(
        default=20.0, ge=0, description="Seconds that questions get to finish when the server ends."
    )

    @field_validator(
        *("hosts", "allowed_roots", "git_hosts", "git_private_hosts", "git_schemes", "git_file_roots"),
        *("git_credentials", "webhook_secrets"),
        mode="before",
    )
    @classmethod
    def _listed(cls, value: Any) -> Any:  # noqa: ANN401 - as it was given
        """A list, or text with `,` between its items as the environment and flags give it."""
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("allowed_roots", "git_file_roots")
    @classmethod
    def _real(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        """Where the folders really are: links are followed once, now."""
        return tuple(Path(os.path.realpath(path.expanduser())) for path in value)

    @field_validator("git_credentials", "webhook_secrets")
    @classmethod
    def _places(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Where a secret is, never the secret: settings are written to files and handed from process to process."""
        form = _PLACES[str(info.field_name)]
        if not all(form.fullmatch(text) for text in value):
            raise ValueError("an item names no place where a secret is; see its description in docs/server.md")
        return value

    @field_validator("state_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def cache_dir(self) -> Path:
        """Where indexes are."""
        return self.state_dir / "indexes"

    @property
    def database(self) -> Path:
        """The store."""
        return self.state_dir / "locant.sqlite"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, then the environment; the file is given as defaults by `load_settings`."""
        return init_settings, env_settings


def load_settings(file: Path | None = None, flags: Mapping[str, Any] | None = None) -> Settings:
    """Settings from a TOML file, the environment and flags; each overrides those before it.

    Raises:
        ConfigurationError: a file that cannot be read, a name that is no setting, or a value that makes no sense.

    """
    _refuse_unknown_variables()
    given = dict(_from_file(file)) if file is not None else {}
    origin = dict.fromkeys(given, f"{file}")
    variables = {name.upper() for name in os.environ}
    for name in Settings.model_fields:
        if f"{PREFIX}{name.upper()}" in variables:
            given.pop(name, None)
            origin[name] = f"{PREFIX}{name.upper()}"
    for name, value in (flags or {}).items():
        given[name] = value
        origin[name] = f"--{name.replace('_', '-')}"
    try:
        return Settings(**given)
    except ValidationError as error:
        raise ConfigurationError("; ".join(_problem(one, origin) for one in error.errors())) from error


def _problem(error: Any, origin: Mapping[str, str]) -> str:  # noqa: ANN401 - a dict of the library
    name = str(error["loc"][0]) if error["loc"] else "settings"
    where = f" (from {origin[name]})" if name in origin else ""
    if error["type"] == "extra_forbidden":
        return f"there is no setting {name!r}{where}; docs/server.md lists all"
    said = str(error["msg"]).removeprefix("Value error, ")
    value = "wrong" if name in _PLACES else repr(error["input"])
    return f"setting {name!r}{where} is {value}: {said[0].lower()}{said[1:]}"


OF_CLIENTS = frozenset({f"{PREFIX}URL", f"{PREFIX}KEY"})
"""Variables of the same prefix that say to clients which server is asked, with which key."""


def _refuse_unknown_variables() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | OF_CLIENTS
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise ConfigurationError(
                f"the environment has {name}, and there is no such setting; docs/server.md lists all"
            )


def _from_file(file: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read the settings in {str(file)!r}: {error.strerror}") from error
    except ValueError as error:
        raise ConfigurationError(f"the settings in {str(file)!r} are no TOML: {error}") from error


def settings_table() -> str:
    """The table of docs/server.md."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "in the user's state folder" if field.default_factory else _shown(field.default)
        rows.append(f"| `{name}` | {default} | {field.description} |")
    return "\n".join(rows)


def _shown(value: object) -> str:
    if value in ((), "", None):
        return "none"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else f"{value}"


if __name__ == "__main__":
    sys.stdout.write(f"{settings_table()}\n")
