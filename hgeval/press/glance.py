"""Nothing changed? Then say so at once: a look at every file's size and times, without loading a library.

After a build that left nothing to do, the folder of reports holds one digest of what all files that went in look like
from outside, one of what came out, and the words that were said. It names no file of the study and no number.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from hgeval import looks, paths, surroundings

FILE = ".hgeval-stand.json"
_HERE = "{out}"  # in the words: a folder of reports may be given away, and says nothing of the machine
_BUSY = ".hgeval-bouw"  # another build is at work there


def said(study: str, out: Path, asked: Iterable[object]) -> str:
    """What the last build of this said, if since then nothing that went in or came out changed; else nothing."""
    out = Path(os.path.abspath(out))
    try:
        stand = json.loads((out / FILE).read_bytes())
        home = paths.study_dir(study)
        if (out / _BUSY).exists() or stand["asked"] != _asked((str(home), *asked)):
            return ""
        going_in, coming_out = looks.at(_going_in(home))[0], looks.at(_in(out, stand["files"]))[0]
        return stand["said"].replace(_HERE, str(out)) if (going_in, coming_out) == (stand["in"], stand["out"]) else ""
    except Exception:  # whatever is wrong, the build itself finds it and tells it
        return ""


def before(study: Path) -> str:
    """How all that goes in looks before it is read; nothing where a file changed only just now: not to be trusted."""
    try:
        going_in, newest = looks.at(_going_in(study))
    except OSError:
        return ""
    return going_in if looks.sure(newest) else ""


def keep(out: Path, asked: Iterable[object], going_in: str, files: Iterable[str], words: str) -> None:
    """Write down how things stand after a build in which nothing failed. going_in: what `before` saw."""
    names = sorted(files)
    with suppress(OSError):
        stand = {
            "asked": _asked(asked), "in": going_in, "out": looks.at(_in(out, names))[0],
            "files": names, "said": words.replace(str(out), _HERE),
        }
        half = out / f"{FILE}.half"
        half.write_text(json.dumps(stand, ensure_ascii=False), encoding="utf-8")
        os.replace(half, out / FILE)


def forget(out: Path) -> None:
    """From here on the folder is changing."""
    with suppress(OSError):
        (out / FILE).unlink(missing_ok=True)


def _in(out: Path, names: Iterable[str]) -> Iterator[str]:
    """Text, since to make six thousand paths takes longer than to look at the files."""
    return (f"{out}/{name}" for name in names)


def _asked(asked: Iterable[object]) -> str:
    return hashlib.sha256(repr([*asked, sys.version, sys.prefix]).encode()).hexdigest()


def _going_in(study: Path) -> Iterator[str]:
    """The study, the notebooks, the program and its tables; the packages by the folders that name their versions."""
    for folder in (study, paths.notebooks_dir(), *surroundings.folders()):
        yield from looks.files(folder)
    yield from surroundings.installed()
