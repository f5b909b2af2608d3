"""What all regions share is computed once: an estimate for every region at a time, by the function that gives it.

A function says by the names of its arguments what it needs: a table of the study, or `config`, `codes`, `regions`,
`year`, `kind`, `level`, `tables` (of the survey), `levels` and `wide` (of `cohort`). A notebook asks for the
function, and gets what was computed before from the same tables and settings by the same program.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import pandas as pd

from hgeval import cohort, load, params, store, surroundings
from hgeval.errors import EstimateError
from hgeval.prepared import Tables
from hgeval.rates import NATIONAL
from hgeval.schema import TABLES
from hgeval.schema_survey import SURVEY_TABLES
from hgeval.store import Store

Function = Callable[..., pd.DataFrame]  # gives estimates; what it needs, its arguments say
Parts = Sequence[object]  # what a kept thing is made from, as `store.key` takes it
_SURVEY = tuple(table.name for table in SURVEY_TABLES)
_OF_COHORT = ("families", "measurements")
_SETTINGS = {"config": (), "codes": (), "regions": (), "year": (), "kind": (), "level": ()}
# Which tables an argument is made from.
_FROM = _SETTINGS | {"tables": _SURVEY, "levels": _OF_COHORT, "wide": _OF_COHORT} | {name: (name,) for name in TABLES}


class Shared:
    """The estimates of one study. `digests` is of its tables, empty where they were not read from files."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], config: params.Study, regions: pd.DataFrame) -> None:
        self.tables, self.config, self.regions = tables, config, regions
        self.digests = tables.digests if isinstance(tables, Tables) else None
        self.store = tables.store if isinstance(tables, Tables) else Store(None)
        self._digests: dict[str, dict[str, str]] = {}

    def table(self, name: str) -> pd.DataFrame:
        """A table of the study; without rows where the study does not have it."""
        return self.tables[name] if name in self.tables else load.empty(name)

    def estimate(self, function: Function) -> pd.DataFrame:
        """What the function gives for all regions. Raises EstimateError where it asks for something unknown."""
        return self.kept([name_of(function)], function, lambda: function(**self._arguments(function)))

    def kept(self, parts: Parts, function: Function, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """The frame made from what this function reads, under a name that says what else went into it."""
        name = self._name(parts, function)
        return self.store.frame(name, make) if name else make()

    def _name(self, parts: Parts, function: Function) -> str:
        """What this is kept under; empty for what is not kept."""
        if not ours(function) or self.digests is None:
            return ""
        read = [[name, self.digests.get(name, "")] for name in reads(function)]
        return store.key("shared", surroundings.digest(), self._settings, read, parts)

    def derived(self, function: Function, frame: pd.DataFrame) -> pd.DataFrame:
        """What this function of hgeval makes of this frame, and of nothing else."""
        name = store.key("derived", surroundings.digest(), name_of(function), _said(frame))
        return self.store.frame(name, lambda: function(frame))

    def picture(self, parts: Parts, make: Callable[[], bytes]) -> bytes:
        """The picture made from these parts, and from nothing else."""
        return self.store.picture(store.key("picture", surroundings.digest(), parts), make)

    def by_region(self, parts: Parts, function: Function, make: Callable[[], pd.DataFrame]) -> dict[str, str]:
        """A digest of each region's rows of the frame that `kept` gives for the same."""
        name = self._name(parts, function)
        if not name:
            return _by_region(make())
        if name not in self._digests:
            said = self.store.noted(name)
            self._digests[name] = said or _by_region(self.kept(parts, function, make))
            if not said:
                self.store.note(name, self._digests[name])
        return self._digests[name]

    def has(self, name: str) -> bool:
        """Whether the study has this table; the table is not read."""
        return name in self.tables

    @property
    def codes(self) -> list[str]:
        """The codes of the regions, by their names from A to Z."""
        return list(self.regions.sort_values("name")["region"])

    @cached_property
    def levels(self) -> pd.DataFrame:
        return cohort.levels(self.table("families"), self.table("measurements"), self.config)

    @cached_property
    def wide(self) -> pd.DataFrame:
        return cohort.wide(self.levels, self.config)

    @cached_property
    def _settings(self) -> str:
        return store.key(self.config.model_dump_json(), list(self.regions["region"]), list(self.regions["name"]))

    def _arguments(self, function: Function) -> dict[str, object]:
        return {name: self._argument(name) for name in _asked(function)}

    def _argument(self, name: str) -> object:
        if name in TABLES:
            return self.table(name)
        if name == "tables":
            return {each: self.tables[each] for each in _SURVEY if each in self.tables}
        settings = {
            "year": self.config.division.year, "kind": self.config.division.kind, "level": self.config.level,
        }
        return settings[name] if name in settings else getattr(self, name)


def ours(function: Function) -> bool:
    """Whether this is a function of hgeval, of which the program's digest tells every change."""
    module = getattr(function, "__module__", "") or ""
    return module.startswith("hgeval.") and getattr(sys.modules.get(module), function.__name__, None) is function


def name_of(function: Function) -> str:
    """Its module and name, such as effects.stopped."""
    return f"{function.__module__.removeprefix('hgeval.')}.{function.__name__}"


def reads(function: Callable[..., object]) -> tuple[str, ...]:
    """The tables that it is computed from, in a fixed order."""
    return tuple(sorted({table for name in _asked(function) for table in _FROM[name]}))


def _by_region(frame: pd.DataFrame) -> dict[str, str]:
    """A digest of the rows of each region; of a frame without regions all rows, as the country's."""
    names = frame["region"] if "region" in frame else pd.Series(NATIONAL, index=frame.index)
    rows = frame.astype("object").itertuples(index=False, name=None)
    found: dict[str, list[str]] = {}
    for region, row in zip(names, rows, strict=True):
        found.setdefault(str(region), []).append(repr(row))
    head = repr(list(frame))
    return {name: hashlib.sha256("\n".join([head, *told]).encode()).hexdigest() for name, told in found.items()}


def _said(frame: pd.DataFrame) -> list[str]:
    """All that stands in a frame: names and kinds of its columns, and its rows."""
    rows = frame.astype("object").itertuples(index=False, name=None)
    return [repr([(name, str(kind)) for name, kind in frame.dtypes.items()]), *map(repr, rows)]


def _asked(function: Callable[..., object]) -> list[str]:
    """The names of the arguments that it is given. Raises EstimateError for one it needs that nobody knows."""
    given = inspect.signature(function).parameters.values()
    more = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    strange = [each.name for each in given if each.name not in _FROM and each.default is each.empty
               and each.kind not in more]
    if strange:
        raise EstimateError(
            f"De functie {function.__name__} vraagt om {strange[0]!r}, en dat is er niet. "
            f"Bekend zijn: {', '.join(_FROM)}."
        )
    return [each.name for each in given if each.name in _FROM]
