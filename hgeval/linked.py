"""Tables of the same families, seen together: each count is a sum over the same kinds of families.

A kind is a set of families that stand in exactly the same cells of all tables. What one table tells of a kind, every
other table that holds it tells too; so small counts can only be guarded in all tables at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple

import numpy as np
import pandas as pd

from hgeval.rates import SHARES, Units

NOTHING = -1  # no such count in this cell
_PARTS = 3  # of a share: n, events and the rest
_CELLS = ("measure", "cell", "method", "n", "events", "rest")


class Cell(NamedTuple):
    """One row of `Linked.cells`."""

    measure: str
    cell: str
    method: str
    n: int
    events: int
    rest: int


@dataclass(frozen=True)
class Linked:
    """The cells of all tables as sums over kinds.

    cells: one row a cell, with `measure`, `cell` (see `cell_names`), `method`, and for each of n, events and rest
    (n without events) the row of `sums` that counts it, or `NOTHING`.
    sums: distinct counts x kinds, true where the kind is counted. sizes: per region, how many of each kind there are.
    """

    cells: pd.DataFrame
    sums: np.ndarray
    sizes: dict[str, np.ndarray]

    def each(self) -> Iterator[Cell]:
        """The cells one by one."""
        return starmap(Cell, self.cells[list(Cell._fields)].itertuples(index=False, name=None))

    def counts(self, region: str) -> np.ndarray:
        """Every distinct count in this region; a region without units counts 0."""
        found: np.ndarray = self.sums @ self.sizes.get(region, np.zeros(self.sums.shape[1], dtype="int64"))
        return found


def cell_names(frame: pd.DataFrame, groups: Sequence[str]) -> pd.Series:
    """The groups of each row as one name, whatever the order of the columns: direction=gestopt|wave=T2."""
    parts = [name + "=" + frame[name].astype("str") for name in sorted(groups)]
    found = parts[0] if parts else pd.Series("", index=frame.index, dtype="str")
    for part in parts[1:]:
        found = found.str.cat(part, sep="|")
    return found


def link(units: Iterable[Units]) -> Linked:
    """The kinds that occur anywhere in the study, so also those that this or that region happens not to have."""
    every = [each for each in units if len(each.rows)]
    if not every:
        return Linked(pd.DataFrame(columns=list(_CELLS)), np.empty((0, 0)), {})
    regions = pd.concat([each.rows[["unit", "region"]] for each in every]).drop_duplicates("unit").set_index("unit")
    found = [cell for each in every for cell in _cells(each, regions.index)]
    member = np.array([part for *_, parts in found for part in parts])
    kinds, of_unit = np.unique(member, axis=1, return_inverse=True)
    sums, rows = np.unique(kinds, axis=0, return_inverse=True)
    place = iter(rows.ravel())
    cells = []
    for *name, parts in found:
        counted = [next(place) for _ in parts]
        cells.append([*name, *counted, *[NOTHING] * (_PARTS - len(counted))])
    sizes = {
        region: np.bincount(of_unit.ravel()[regions["region"] == region], minlength=kinds.shape[1])
        for region in sorted(regions["region"].unique())
    }
    return Linked(pd.DataFrame(cells, columns=list(_CELLS)), sums, sizes)


def _cells(units: Units, everyone: pd.Index) -> Iterator[tuple[str, str, str, list[np.ndarray]]]:
    """Each cell of one measure with who is in n and, for a share, in events and in the rest."""
    names = cell_names(units.rows, units.by)
    place = everyone.get_indexer(pd.Index(units.rows["unit"]))
    for name, rows in units.rows.groupby(names):
        at = place[units.rows.index.get_indexer(rows.index)]
        known, flagged = np.zeros(len(everyone), dtype=bool), np.zeros(len(everyone), dtype=bool)
        known[at] = rows["flag"].notna()
        flagged[at] = rows["flag"].fillna(False).astype(bool)
        parts = [known, flagged, known & ~flagged] if units.method in SHARES else [flagged]
        yield units.measure, name, units.method, parts
