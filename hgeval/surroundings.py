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


_found: dict[Path, tuple[list, str]] = {}  # by checkout: how its files look from outside, and their digest


def digest() -> str:
    """One digest of the program and what is installed beside it."""
    return hashlib.sha256(f"{program()}:{packages()}".encode()).hexdigest()


def program() -> str:
    """sha256 over the files of the package, of `params/` and of `data/reference/`, as `look_again` found them."""
    if paths.root() not in _found:
        look_again()
    return _found[paths.root()][1]


def look_again() -> None:
    """Read the files again if one of them changed since the last look."""
    looks = [[str(path), *_look(path)] for _, path in _files()]
    if _found.get(paths.root(), ([], ""))[0] == looks:
        return
    found = hashlib.sha256(str(sys.version_info[:3]).encode())
    for folder, path in _files():
        found.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    _found[paths.root()] = looks, found.hexdigest()


def _look(path: Path) -> list[int]:
    seen = path.stat()
    return [seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino]


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
