"""Every error that locant raises on purpose.

    LocantError
    +-- RepositoryError        the path is not something that can be indexed
    |   +-- RemoteError        a remote repository cannot be had
    |       +-- RemoteRefusedError  its URL, host or address is not allowed
    +-- QueryError             the query, a filter or an argument makes no sense
    |   +-- NotFoundError      a path, symbol or line that was asked for does not exist
    +-- ConfigurationError     an agent's configuration file cannot be read or changed safely
    +-- ModelError             a learned model cannot be read or does not fit
    +-- EncoderError           an encoder cannot be loaded, or does not answer
    +-- LanguageModelError     a language model did not answer
    |   +-- BudgetError        the budget of an answer does not allow another call
    +-- ServerError            a locant server does not answer, or refuses
    +-- StoreError             the index cannot be read or written
        +-- StoreCorruptError  bytes on disk are not what was written: rebuild
        +-- StoreBusyError     another process is writing and did not finish in time
        +-- StoreReadOnlyError the cache folder cannot be written

Each message says what happened, names the offending value, and ends with what to do next.
"""

from __future__ import annotations

__all__ = [
    "BudgetError",
    "ConfigurationError",
    "EncoderError",
    "LanguageModelError",
    "LocantError",
    "ModelError",
    "NotFoundError",
    "QueryError",
    "RemoteError",
    "RemoteRefusedError",
    "RepositoryError",
    "ServerError",
    "StoreBusyError",
    "StoreCorruptError",
    "StoreError",
    "StoreReadOnlyError",
]


class LocantError(Exception):
    """Base of all errors that locant raises on purpose."""


class RepositoryError(LocantError):
    """The path is not a folder that can be walked and indexed."""


class RemoteError(RepositoryError):
    """A remote repository cannot be had: it does not answer, asks for credentials, is too large, or is broken."""


class RemoteRefusedError(RemoteError):
    """A remote repository that the rules of the server do not allow to be asked for."""


class QueryError(LocantError):
    """A query, filter or argument that cannot be answered as it stands."""


class NotFoundError(QueryError):
    """A path, symbol or line range that does not exist in the index."""


class ConfigurationError(LocantError):
    """A configuration file of a coding agent that is broken, busy, foreign or not writable."""


class ModelError(LocantError):
    """A file that should hold a learned model holds something else, or one for other features."""


class EncoderError(LocantError):
    """A model that turns text into vectors cannot be loaded, or a service that does it does not answer."""


class LanguageModelError(LocantError):
    """A language model did not answer. It never reaches who asked for places: they get the answer without a model.

    is_temporary: whether the same call may be answered later. retry_after: seconds that the service asks to wait.
    is_too_long: the question has more tokens than the model can read.
    """

    def __init__(
        self,
        message: str,
        *,
        is_temporary: bool = False,
        retry_after: float | None = None,
        is_too_long: bool = False,
    ) -> None:
        super().__init__(message)
        self.is_temporary = is_temporary
        self.retry_after = retry_after
        self.is_too_long = is_too_long


class BudgetError(LanguageModelError):
    """Tokens, money or time of an answer are spent, or the next call could take more than what is left."""


class ServerError(LocantError):
    """A locant server does not answer, refuses the caller, or answers with what cannot be understood."""


class StoreError(LocantError):
    """The index on disk cannot be read or written."""


class StoreCorruptError(StoreError):
    """Bytes in the index are not those that were written."""


class StoreBusyError(StoreError):
    """Another process holds the writer's lock and did not release it in time."""


class StoreReadOnlyError(StoreError):
    """The cache folder cannot be written, or the disk is full."""
