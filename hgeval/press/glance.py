"""Nothing changed? Then say so at once: a look at every file's size and times, without loading a library.

After a build that left nothing to do, the folder of reports holds one digest of what all files that went in look like
from outside, one of what came out, and the words that were said. It names no file of the study and no number.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from hgeval import paths

FILE = ".hgeval-stand.json"
_BUSY = ".hgeval-bouw"  # another build is at work there
_SURE_AFTER = 2_000_000_000  # nanoseconds: a file changed twice within a tick of the clock looks unchanged
_INSTALLED = (".dist-info", ".egg-info")


def said(study: str, out: Path, asked: Iterable[object]) -> str:
    """What the last build of this said, if since then nothing that went in or came out changed; else nothing."""
    out = Path(os.path.abspath(out))
    try:
        stand = json.loads((out / FILE).read_bytes())
        home = paths.study_dir(study)
        if (out / _BUSY).exists() or stand["asked"] != _asked((str(home), *asked)):
            return ""
        if stand["in"] != _look(_going_in(home))[0] or stand["out"] != _look(out / name for name in stand["files"])[0]:
            return ""
        return stand["said"]
    except Exception:  # whatever is wrong, the build itself finds it and tells it
        return ""


def before(study: Path) -> str:
    """How all that goes in looks before it is read; nothing where a file changed only just now: not to be trusted."""
    try:
        going_in, newest = _look(_going_in(study))
    except OSError:
        return ""
    return going_in if newest + _SURE_AFTER < time.time_ns() else ""


def keep(out: Path, asked: Iterable[object], going_in: str, files: Iterable[str], words: str) -> None:
    """Write down how things stand after a build in which nothing failed. going_in: what `before` saw."""
    names = sorted(files)
    with suppress(OSError):
        stand = {"asked": _asked(asked), "in": going_in, "out": _look(out / name for name in names)[0]}
        half = out / f"{FILE}.half"
        half.write_text(json.dumps(stand | {"files": names, "said": words}, ensure_ascii=False), encoding="utf-8")
        os.replace(half, out / FILE)


def forget(out: Path) -> None:
    """From here on the folder is changing."""
    with suppress(OSError):
        (out / FILE).unlink(missing_ok=True)


def _asked(asked: Iterable[object]) -> str:
    return hashlib.sha256(repr([*asked, sys.version, sys.prefix]).encode()).hexdigest()


def _look(files: Iterable[str | Path]) -> tuple[str, int]:
    """One digest of how all these files look from outside, and when the newest of them changed. Raises OSError."""
    found, newest = hashlib.sha256(), 0
    for path in files:
        seen = os.stat(path)
        found.update(f"{path}\0{seen.st_size}\0{seen.st_mtime_ns}\0{seen.st_ctime_ns}\0{seen.st_ino}\n".encode())
        newest = max(newest, seen.st_mtime_ns, seen.st_ctime_ns)
    return found.hexdigest(), newest


def _going_in(study: Path) -> Iterator[str]:
    """The study, the notebooks, the program and its tables; the packages by the folders that name their versions."""
    for folder in (study, paths.notebooks_dir(), paths.params_dir(), paths.reference_dir(), Path(__file__).parents[1]):
        yield from _files(os.fspath(folder))
    for place in sys.path:
        with suppress(OSError):
            yield from sorted(entry.path for entry in os.scandir(place) if entry.name.endswith(_INSTALLED))


def _files(folder: str) -> Iterator[str]:
    """Every file in it, in a fixed order; what is hidden, and byte-code, does not count."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue
            if entry.is_dir():
                yield from _files(entry.path)
            else:
                yield entry.path
