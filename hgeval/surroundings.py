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

from hgeval import looks, paths

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = (".dist-info", ".egg-info")  # how the folders end that name what is installed
_found: dict[Path, tuple[str, str]] = {}  # by checkout: how its files look, and the digest of them


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
    parts = [(folder, path) for folder in folders() for path in looks.files(folder)]
    look, _ = looks.at(path for _, path in parts)
    if _found.get(paths.root(), ("", ""))[0] == look:
        return
    found = hashlib.sha256(str(sys.version_info[:3]).encode())
    for folder, path in parts:
        found.update(f"{Path(path).relative_to(folder).as_posix()}\0".encode() + Path(path).read_bytes())
    _found[paths.root()] = look, found.hexdigest()


def folders() -> tuple[Path, Path, Path]:
    """Where the program is: the package, its settings and its tables."""
    return _PACKAGE, paths.params_dir(), paths.reference_dir()


@cache
def packages() -> str:
    """sha256 over the names and versions of everything installed, as their folders tell them."""
    return hashlib.sha256("\n".join(sorted(map(os.path.basename, set(installed())))).encode()).hexdigest()


def installed() -> Iterator[str]:
    """The folders that name what is installed, with its version."""
    for place in sys.path:
        with suppress(OSError):  # a place that does not exist holds nothing
            yield from sorted(entry.path for entry in os.scandir(place or ".") if entry.name.endswith(_INSTALLED))
