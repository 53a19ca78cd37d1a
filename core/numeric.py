"""Names of array types, for annotations alone.

Importing numpy.typing costs as much as a third of a warm query from the shell, and only type checkers need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[Any]
    Mask = npt.NDArray[np.bool_]
    Singles = npt.NDArray[np.float32]
else:
    Floats = Ints = Mask = Singles = Any

__all__ = ["Floats", "Ints", "Mask", "Singles"]
