"""Errors of the evaluation, below the product's one base.

    LocantError
    +-- EvaluationError
        +-- DatasetError       a row or a file that cannot be read as a dataset
        +-- MirrorError        the repository, the commit or its tree cannot be had
        +-- SystemFailedError  a system crashed, hung, or answered garbage
        +-- RunFileError       a run file that cannot be read or continued

Each message says what happened, names the offending value, and ends with what to do next.
"""

from __future__ import annotations

from locant.errors import LocantError

__all__ = ["DatasetError", "EvaluationError", "MirrorError", "RunFileError", "SystemFailedError"]


class EvaluationError(LocantError):
    """Base of all errors of the evaluation."""


class DatasetError(EvaluationError):
    """A row, or a whole file, that does not follow the format it claims."""


class MirrorError(EvaluationError):
    """A repository or commit that is not there, or a tree that cannot be checked out."""


class SystemFailedError(EvaluationError):
    """A system that was asked for a ranking and gave none."""


class RunFileError(EvaluationError):
    """A run file that is damaged or belongs to something else."""
