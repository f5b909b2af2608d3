"""How files look from outside: size, times and number tell that they did not change, without reading them.

Loads nothing but Python's own, since the command that finds nothing to do is as quick as this.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

SURE_AFTER = 2_000_000_000  # nanoseconds: a file changed twice within a tick of the clock looks unchanged
_BYTE_CODE = "__pycache__"


def files(folder: str | Path) -> Iterator[str]:
    """Every file in it, in a fixed order; what is hidden, and byte-code, does not count. Raises OSError."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith(".") or entry.name == _BYTE_CODE:
                continue
            if entry.is_dir():
                yield from files(entry.path)
            elif entry.is_file():
                yield entry.path


def at(paths: Iterable[str | Path]) -> tuple[str, int]:
    """One digest of how all these look, and when the newest of them changed. Raises OSError."""
    found, newest = hashlib.sha256(), 0
    for path in paths:
        seen = os.stat(path)
        found.update(f"{path}\0{seen.st_size}\0{seen.st_mtime_ns}\0{seen.st_ctime_ns}\0{seen.st_ino}\n".encode())
        newest = max(newest, seen.st_mtime_ns, seen.st_ctime_ns)
    return found.hexdigest(), newest


def sure(newest: int) -> bool:
    """Whether files of which the newest changed then can be known by their looks."""
    return newest + SURE_AFTER < time.time_ns()


def digest(path: str | Path) -> str:
    """sha256 of the bytes of a file. Raises OSError."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
