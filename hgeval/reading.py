"""What a report read of a study, and a digest of what stood there: it is made again when that changes, and only then.

Read is: `study` (anything), `coverage`, `has <table>`, `table <table>`, or `<door> <function> <regions>`: what a door
of `disclosure` let through of a function's estimates, of some regions or of all of them (`*`). The last one changes
with what may be shown, and not with every row in the data.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from functools import partial
from typing import Protocol

import pandas as pd

from hgeval import doors, keepers, shared, store
from hgeval.doors import Door, Regions, Seen
from hgeval.errors import HgevalError
from hgeval.shared import Function, Shared

_EVERY = "*"
WHAT = re.compile(r"study|coverage|(?:has|table) [a-z_]+|(of_[a-z]+) ([a-z_]+)\.([a-z_]+) (\*|[A-Z0-9,]+)")
_DOORS = {door.__name__: door for door in keepers.DOORS.values()}
_begun: list[Reading] = []  # in this process, in order


class Reader(doors.Reader, Protocol):
    """The case that reads: what is shared, and a digest of the whole study."""

    @property
    def shared(self) -> Shared: ...
    @property
    def data(self) -> str: ...


class Reading:
    """What one case read so far, with its digest."""

    def __init__(self, case: Reader) -> None:
        self.case = case
        self.found: dict[str, str] = {}
        _begun.append(self)

    def saw(self, what: str) -> None:
        """Keep score that this was read."""
        if what not in self.found:
            self.found[what] = self.current(what)

    def once(self, function: Function, door: Door) -> tuple[pd.DataFrame, Seen]:
        """What a door lets through of a function's estimates, and how to tell which regions' rows were read."""
        if self.case.rule.audience != "public" or not shared.ours(function):
            return door(self.case.shared.estimate(function), self.case), partial(self.saw_tables, function)
        return self._released(function, door), partial(self._saw_rows, function, door)

    def current(self, what: str) -> str:
        """The digest of what stands there now; empty for what is no longer there or cannot be told."""
        asked = WHAT.fullmatch(what)
        kind, _, name = what.partition(" ")
        if asked is None:
            return ""
        if asked[1]:
            return self._rows(*asked.groups())
        tables = self.case.shared
        ways: dict[str, Callable[[], object]] = {
            "study": lambda: self.case.data, "has": lambda: tables.has(name),
            "table": lambda: (tables.digests or {}).get(name, ""),
            "coverage": lambda: sorted(tables.estimate(with_families)["region"]),
        }
        return store.key(ways[kind]())

    def _released(self, function: Function, door: Door) -> pd.DataFrame:
        return self.case.shared.kept(self._said(function, door), function, self._make(function, door))

    def _said(self, function: Function, door: Door) -> list[str]:
        return [door.__name__, self.case.rule.model_dump_json(), shared.name_of(function)]

    def _make(self, function: Function, door: Door) -> Callable[[], pd.DataFrame]:
        return lambda: door(self.case.shared.estimate(function), self.case)

    def _rows(self, door: str, module: str, name: str, regions: str) -> str:
        try:
            function = getattr(importlib.import_module(f"hgeval.{module}"), name)
            through = _DOORS[door]
            if not shared.reads(function):
                return ""
            given = self._said(function, through), function, self._make(function, through)
            found = self.case.shared.by_region(*given)
        except (ImportError, AttributeError, KeyError, TypeError, ValueError, HgevalError):
            return ""  # a function that is not there any more: whoever read it must read again
        asked = sorted(found) if regions == _EVERY else regions.split(",")
        return store.key([[region, found.get(region, "")] for region in asked])

    def _saw_rows(self, function: Function, door: Door, regions: Regions) -> None:
        if shared.reads(function):  # else it is the same in every study
            told = _EVERY if regions is None else ",".join(sorted(map(str, regions)))
            self.saw(f"{door.__name__} {shared.name_of(function)} {told}")

    def saw_tables(self, function: Callable[..., object], _: Regions = None) -> None:
        """Keep score that the tables were read that this function asks for."""
        for name in shared.reads(function):
            self.saw(f"table {name}")


def so_far() -> dict[str, str]:
    """What all cases of this process read, with a digest of each."""
    return {what: found for each in _begun for what, found in each.found.items()}


def with_families(families: pd.DataFrame) -> pd.DataFrame:
    """The regions that the study has families of."""
    return families[["region"]].drop_duplicates().sort_values("region", ignore_index=True)
