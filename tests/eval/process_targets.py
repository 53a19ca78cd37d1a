"""What tests have done in processes of their own: in a module apart, as these start in a fresh interpreter."""

from __future__ import annotations

import os
import threading

from locant.eval.errors import DatasetError


def task(item: str) -> str:
    if item == "die":
        os._exit(7)
    if item == "hang":
        threading.Event().wait()
    if item == "fail":
        raise DatasetError("said why")
    return item.upper()
