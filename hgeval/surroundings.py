"""With what a number was computed: one digest over the package, its settings and tables, and all that is installed.

It holds no path and no time, so that two machines with the same program say the same.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from hgeval import paths

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = (".dist-info", ".egg-info")
_BYTE_CODE = "__pycache__"


@cache
def digest() -> str:
    """One digest of the program and what is installed beside it; looked up once in a process."""
    return hashlib.sha256(f"{program()}:{packages()}".encode()).hexdigest()


@cache
def program() -> str:
    """sha256 over the files of the package, of `params/` and of `data/reference/`."""
    found = hashlib.sha256(str(sys.version_info[:3]).encode())
    for folder, path in _files():
        found.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return found.hexdigest()


@cache
def packages() -> str:
    """sha256 over the names and versions of everything installed, as their folders tell them."""
    found = set()
    for place in sys.path:
        with suppress(OSError):  # a place that does not exist holds nothing
            found |= {name for name in os.listdir(place or ".") if name.endswith(_INSTALLED)}
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()


def _files() -> Iterator[tuple[Path, Path]]:
    for folder in (_PACKAGE, paths.params_dir(), paths.reference_dir()):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and _BYTE_CODE not in path.parts:
                yield folder, path
