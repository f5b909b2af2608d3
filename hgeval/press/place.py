"""The output folder: one build at a time, and a report's files move in together or not at all."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from hgeval.errors import ReportError

_LOCK, _HOLDER, _STAGING = ".hgeval.lock", ".hgeval-bouw.json", ".hgeval-bouw"


@contextmanager
def claimed(out: Path) -> Iterator[Path]:
    """The output folder, claimed for this build; yields a private folder inside it for what is not ready.

    Raises ReportError where the folder cannot be used, or another build holds it.
    """
    _usable(out)
    lock = FileLock(out / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        said = _holder(out)
        raise ReportError(f"een andere bouw gebruikt de map {out.name!r} al{said}. Wacht tot die klaar is.") from None
    except OSError as fault:
        raise _unwritable(out, fault) from None
    staging = out / _STAGING
    try:
        _prepare(out, staging)
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        with suppress(OSError):
            (out / _HOLDER).unlink(missing_ok=True)
        lock.release()


def _usable(out: Path) -> None:
    if out.is_symlink():
        raise ReportError(f"de map {out.name!r} is een verwijzing (symlink). Geef met --out de map zelf.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise _unwritable(out, fault) from None


def _unwritable(out: Path, fault: OSError) -> ReportError:
    return ReportError(f"kan niet schrijven in de map {out.name!r} ({fault.strerror}). Kies met --out een andere map.")


def _prepare(out: Path, staging: Path) -> None:
    """A leftover of a build that was killed goes away; the holder's number helps who finds the folder locked."""
    try:
        if staging.is_symlink():
            staging.unlink()
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=0o700)
        said = {"proces": os.getpid(), "machine": socket.gethostname()}
        (out / _HOLDER).write_text(json.dumps(said), encoding="utf-8")
    except OSError as fault:
        raise _unwritable(out, fault) from None


def _holder(out: Path) -> str:
    try:
        said = json.loads((out / _HOLDER).read_text(encoding="utf-8"))
        return f" (proces {int(said['proces'])} op {str(said['machine'])[:60]})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def move(staged: Path, out: Path, names: Iterable[str]) -> None:
    """Move a report's files into place: all of them, or the old ones stay. Raises ReportError if not."""
    kept, done = staged / "vorige", []
    try:
        targets = {name: _target(out, name) for name in names}  # all of them before the first is touched
        for name, target in targets.items():
            _keep(target, kept / name)
            done.append(name)
            os.replace(staged / name, target)
    except OSError as fault:
        for name in done:
            _restore(kept / name, out / name)
        why = fault.strerror
        raise ReportError(f"kan het rapport niet op zijn plaats zetten ({why}). Het vorige blijft staan.") from None


def _target(out: Path, name: str) -> Path:
    """The path of a file of ours inside the output folder; a link on the way would lead out of it."""
    target = out / name
    for part in [target, *target.parents]:
        if part == out:
            break
        if part.is_symlink():
            raise ReportError(f"{part.name!r} in de map met rapporten is een verwijzing (symlink). Haal die weg.")
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _keep(target: Path, copy: Path) -> None:
    if target.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(target, copy)
        except OSError:  # a file system without hard links
            shutil.copy2(target, copy)


def _restore(copy: Path, target: Path) -> None:
    with suppress(OSError):
        if copy.exists():
            os.replace(copy, target)
        else:
            target.unlink(missing_ok=True)


def write(staging: Path, out: Path, name: str, text: str) -> None:
    """Replace one file of the output folder by this text, at once. Raises ReportError if that fails."""
    try:
        staged = staging / "los" / name
        staged.parent.mkdir(parents=True, exist_ok=True)
        staged.write_text(text, encoding="utf-8", newline="\n")
        os.replace(staged, _target(out, name))
    except OSError as fault:
        raise _unwritable(out, fault) from None


def remove(out: Path, names: Iterable[str]) -> None:
    """Take away files of reports that are no longer made."""
    for name in names:
        with suppress(OSError):
            _target(out, name).unlink(missing_ok=True)
