"""A study that was checked before is not checked again: its typed frames are kept beside it, by what stands in them.

The files are known by their content. Whether a file changed since is told by its size, times and number, where those
are old enough to be sure; else it is read again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd

from hgeval import load, looks, params, paths, store, surroundings
from hgeval.errors import StudyError
from hgeval.store import Store

_last: dict[Path, tuple[str, Study]] = {}


class Tables(Mapping[str, pd.DataFrame]):
    """The typed frames of a study by name, each read when it is first asked for.

    digests: by table, of the file that it was read from; a table that the study lacks is absent.
    """

    def __init__(self, digests: Mapping[str, str], names: Mapping[str, str], kept: Store) -> None:
        self.digests, self.store, self._names = dict(digests), kept, dict(names)

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.store.frame(self._names[table], self._gone)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, table: object) -> bool:
        return table in self._names  # without reading it

    @staticmethod
    def _gone() -> pd.DataFrame:
        raise StudyError(
            "De bewaarde tabellen van deze studie zijn er niet meer: intussen is de studie of hgeval veranderd. Begin "
            f"opnieuw; in JupyterLab: herstart de kernel. Helpt dat niet, gooi dan de map {store.FOLDER} in de "
            "studiemap weg."
        )


@dataclass(frozen=True)
class Study:
    """A checked study: its settings, its tables, and a digest of all that was read."""

    config: params.Study
    tables: Tables = field(repr=False)
    digest: str


def study(folder: str | Path) -> Study:
    """The study in a folder, checked now or before. Raises StudyError or ParameterError, as `load.study` does."""
    home = paths.study_dir(folder)
    files, kept = list(looks.files(home)), Store(_place(home))
    look, newest = looks.at(files)
    seen, sure = store.key("seen", surroundings.digest(), look), looks.sure(newest)
    if home in _last and _last[home][0] == seen:
        return _last[home][1]
    content = (kept.noted(seen) or {}).get("content", "") if sure else ""
    content = content or _content(home, files)
    found = _known(home, content, kept) or _checked(home, content, kept)
    if sure:
        kept.note(seen, {"content": content})
        _last[home] = seen, found
    return found


def _place(home: Path) -> Path:
    return home / store.FOLDER


def _content(home: Path, files: list[str]) -> str:
    """A name for what stands in these files."""
    return store.key("content", surroundings.digest(), [[os.path.relpath(path, home), looks.digest(path)]
                                                        for path in files])


def _known(home: Path, content: str, kept: Store) -> Study | None:
    """The study as it was checked, if all of it is still there."""
    said = kept.noted(content)
    if said is None or not all(kept.has(name) for name in said["names"].values()):
        return None
    return Study(params.study(home), Tables(said["digests"], said["names"], kept), said["digest"])


def _checked(home: Path, content: str, kept: Store) -> Study:
    loaded = load.study(home)
    names = {table: store.key("table", content, table) for table in loaded.tables}
    for table, name in names.items():
        kept.frame(name, partial(loaded.tables.__getitem__, table))
    kept.note(content, {"names": names, "digests": loaded.files, "digest": loaded.digest})
    _forget_others(content, kept)
    return Study(loaded.config, Tables(loaded.files, names, kept), loaded.digest)


def _forget_others(content: str, kept: Store) -> None:
    """What was taken out of a study must not stay behind in a copy of how it was."""
    for name, said in list(kept.notes()):
        if "digest" in said and name != content:
            for table in said["names"].values():
                kept.drop(table)
            kept.drop(name)
