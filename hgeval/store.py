"""What was computed once: frames and pictures, kept under a name that says from what they were made.

A name is a digest of all that went in, so an entry is never out of date; what nobody asks for any more is swept away.
Entries hold numbers that nobody released, so they lie in a folder that only this user can enter, beside the data.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from hgeval.types import Record

FOLDER = ".hgeval"
_KEPT_DAYS = 7  # entries that were not asked for in all this time are swept away
_RECENT = 24 * 3600  # seconds in which asking again need not be written down


def key(*parts: object) -> str:
    """The name of what is made from these parts: text, numbers, and lists or mappings of those."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Store:
    """Entries in a folder of their own; only in memory where no folder is given or none can be written."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = _private(folder) if folder is not None else None
        self._frames: dict[str, pd.DataFrame] = {}

    def frame(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The frame of that name; made, once by all processes together, where it is not there yet."""
        if name not in self._frames:
            self._frames[name] = self._found(name, make)
        return self._frames[name].copy(deep=False)  # a change of the copy leaves the kept one alone

    def has(self, name: str) -> bool:
        return name in self._frames or (self.folder is not None and _path(self.folder, name).is_file())

    def picture(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The bytes of that name; made where they are not there, or are not what was kept."""
        path = _path(self.folder, name, ".png") if self.folder is not None else None
        data = _whole(path) if path is not None else None
        if data is None:
            data = make()
            if path is not None:
                whole = hashlib.sha256(data).digest() + data
                self._write(path, lambda target: target.write_bytes(whole))
        return data

    def note(self, name: str, said: Record) -> None:
        """Keep a small record."""
        if self.folder is not None:
            text = json.dumps(said, sort_keys=True)
            self._write(_path(self.folder, name, ".json"), lambda path: path.write_text(text, encoding="utf-8"))

    def noted(self, name: str) -> Record | None:
        """The record of that name, if there is one that can be read."""
        try:
            return json.loads(_path(self.folder, name, ".json").read_text(encoding="utf-8")) if self.folder else None
        except (OSError, ValueError):
            return None

    def notes(self) -> Iterator[tuple[str, Record]]:
        """Every record that can be read, with its name."""
        for path in sorted(self.folder.glob("*.json")) if self.folder else []:
            said = self.noted(path.stem)
            if said is not None:
                yield path.stem, said

    def drop(self, name: str) -> None:
        """Take away the frame and the record of that name."""
        self._frames.pop(name, None)
        for path in [_path(self.folder, name, suffix) for suffix in (".parquet", ".json")] if self.folder else []:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Take away what was not asked for in a week, and halves of what was never finished."""
        if self.folder is None:
            return
        oldest = time.time() - _KEPT_DAYS * 24 * 3600
        for path in self.folder.iterdir():
            with suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def _found(self, name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        if self.folder is None:
            return make()
        path = _path(self.folder, name)
        found = _kept(path)
        if found is not None:
            return found
        lock = _path(self.folder, name, ".lock")
        with FileLock(lock, mode=0o600):
            found = _kept(path)  # another process may just have made it
            if found is None:
                found = made = make()
                self._write(path, lambda target: _save(made, target))
            with suppress(OSError):
                lock.unlink(missing_ok=True)  # who waits for it finds the entry
        return found


    def _write(self, path: Path, save: Callable[[Path], object]) -> None:
        """Put it in place in one step; a store that cannot be written only costs time."""
        with suppress(OSError):
            number, half = tempfile.mkstemp(dir=self.folder, prefix="half-")
            os.close(number)
            try:
                save(Path(half))
                os.replace(half, path)
            except BaseException:
                os.unlink(half)
                raise


def _path(folder: Path, name: str, suffix: str = ".parquet") -> Path:
    return folder / f"{name}{suffix}"


def _private(folder: Path) -> Path | None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return folder if os.access(folder, os.W_OK) and not folder.is_symlink() else None
    except OSError:
        return None


def _kept(path: Path) -> pd.DataFrame | None:
    """The entry, if it is there and whole: every page carries a checksum."""
    try:
        if time.time() - path.stat().st_mtime > _RECENT:
            path.touch()
        return _read(path)
    except (OSError, pa.ArrowException):
        return None


def _save(frame: pd.DataFrame, path: Path) -> None:
    pq.write_table(pa.Table.from_pandas(frame, nthreads=1), path, compression="zstd", write_page_checksum=True)


def _read(path: Path) -> pd.DataFrame:
    """Read in one thread: reports are made beside each other, and a process that forks has no second one.

    `read_table` would start one even so, and a process that ends while it starts dies of it.
    """
    source = pq.ParquetFile(pa.BufferReader(path.read_bytes()), page_checksum_verification=True)
    table = source.read(use_threads=False, use_pandas_metadata=True)
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    # Parquet knows no whole seconds; the frame's own kinds stand beside it
    kinds = {each["name"]: each["numpy_type"] for each in table.schema.pandas_metadata["columns"]}
    dates = {name: kind for name, kind in kinds.items() if kind.startswith("datetime64")}
    return frame.astype(dates) if dates else frame


def _whole(path: Path) -> bytes | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data[32:] if hashlib.sha256(data[32:]).digest() == data[:32] else None
