"""What may be exact beside hidden counts, decided over all tables together.

A reader of the exact tables also has the public ones, in which the same counts are rounded. Exact counts are let in
one by one, in the order of the report, as long as every small count keeps at least `WIDTH` possible values for someone
who adds, subtracts and compares all tables with an integer program (the audit of Fischetti and Salazar 2001); a count
that is not let in stands as in public, and that is the second hidden cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from hgeval import hiding
from hgeval.disclosure_rule import Settings
from hgeval.errors import DisclosureError
from hgeval.linked import NOTHING, Linked

WIDTH = 5  # a small count must stay unknown within at least this many values
PLAN = ("measure", "cell", "n", "events", "n_exact", "events_exact")
_SLACK = 1e-6  # of the solver


def plan(linked: Linked, region: str, own: Settings, public: Settings) -> pd.DataFrame:
    """One row a cell: its counts in the region, and which of them may stand exactly (columns `PLAN`)."""
    known = knowledge(linked, region, own, public)
    allowed = _let_in(known, _exact_candidates(linked, known, own))
    rows = []
    for cell in linked.cells.itertuples():
        n, events = cell.n, cell.events if cell.events != NOTHING else cell.n
        rows.append((cell.measure, cell.cell, known.counts[n], known.counts[events], n in allowed, events in allowed))
    return pd.DataFrame(rows, columns=list(PLAN))


@dataclass
class Knowledge:
    """What a reader knows of each distinct count: an interval, and which of them are small and must stay unknown."""

    sums: np.ndarray
    counts: np.ndarray
    low: np.ndarray
    high: np.ndarray
    small: list[int] = field(default_factory=list)

    def learn(self, at: int, low: float, high: float = np.inf) -> None:
        self.low[at], self.high[at] = max(self.low[at], low), min(self.high[at], high)

    def width(self, at: int, exact: Sequence[int] = (), *, whole: bool = True) -> int:
        """How many values a count may still have, once `exact` are known; a little too many unless `whole`."""
        low, high = self.low.copy(), self.high.copy()
        low[list(exact)] = high[list(exact)] = self.counts[list(exact)]
        ends = [sign * self._least(sign * self.sums[at], low, high, whole) for sign in (1.0, -1.0)]
        return int(np.floor(ends[1] + _SLACK) - np.ceil(ends[0] - _SLACK)) + 1

    def _least(self, weights: np.ndarray, low: np.ndarray, high: np.ndarray, whole: bool) -> float:
        found = milp(
            weights, constraints=LinearConstraint(self.sums, low, high), bounds=Bounds(0, np.inf),
            integrality=np.full(self.sums.shape[1], int(whole)),
        )
        if found.status != 0:
            raise DisclosureError("De controle van alle tabellen samen lukte niet. Gebruik het profiel cbs5.")
        return found.fun


def knowledge(linked: Linked, region: str, own: Settings, public: Settings) -> Knowledge:
    """What the public tables tell, and that a count hidden under the own rule is small.

    The reader is taken to know which part of a hidden share is the small one, so he knows at least as much as any.
    """
    size = len(linked.sums)
    known = Knowledge(linked.sums.astype(float), linked.counts(region), np.zeros(size), np.full(size, np.inf))
    for cell, fewest in zip(linked.cells.itertuples(), hiding.fewest(linked.cells, public), strict=True):
        few = known.counts[cell.n] < fewest
        if known.counts[cell.n]:
            known.learn(cell.n, *((0, fewest - 1) if few else (fewest,)))  # that the row is hidden tells as much
        _learn_size(known, cell.n, own, public, alone=cell.events == NOTHING)
        if cell.events != NOTHING:
            _learn_parts(known, (cell.events, cell.rest), own, public, few=few)
    return known


def _learn_size(known: Knowledge, at: int, own: Settings, public: Settings, *, alone: bool) -> None:
    count = known.counts[at]
    if 0 < count < own.min_count:
        known.small.append(at)
    if count == 0 and not (alone and public.hide_zero):
        known.learn(at, 0, 0)
    else:
        _learn_public(known, at, own, public)


def _learn_parts(known: Knowledge, parts: tuple[int, int], own: Settings, public: Settings, *, few: bool) -> None:
    """A share shows its events, or nothing where one of the two parts is small; the rest is never printed itself."""
    known.small += [at for at in parts if 0 < known.counts[at] < own.min_count]
    hidden = few or any(known.counts[at] < public.min_count for at in parts)
    for at in parts:
        if known.counts[at] < public.min_count:
            _learn_public(known, at, own, public)
        elif not hidden:
            known.learn(at, public.min_count)
    if not hidden:
        _learn_public(known, parts[0], own, public)


def _learn_public(known: Knowledge, at: int, own: Settings, public: Settings) -> None:
    """The interval of a rounded count, or of a hidden one."""
    count, base = int(known.counts[at]), public.rounding
    if count < public.min_count:
        known.learn(at, 1 if 0 < count < own.min_count else 0, public.min_count - 1)
        return
    nearest = (2 * count + base) // (2 * base) * base
    known.learn(at, nearest - base // 2, nearest + (base - 1) // 2)


def _exact_candidates(linked: Linked, known: Knowledge, own: Settings) -> list[int]:
    """The distinct counts that are not small themselves, in the order of the report."""
    found: dict[int, None] = {}
    for cell in linked.cells.itertuples():
        parts = [at for at in (cell.events, cell.rest) if at != NOTHING]
        hidden = any(0 < known.counts[at] < own.min_count for at in (cell.n, *parts))
        found |= dict.fromkeys([cell.n] if hidden or not parts else [cell.n, cell.events])
    return [at for at in found if at not in known.small]


def _let_in(known: Knowledge, candidates: Sequence[int]) -> set[int]:
    """As many of the candidates as leave every small count wide enough, the first ones first."""
    small = list(dict.fromkeys(known.small))
    needed = {at: min(WIDTH, known.width(at)) for at in small}

    def narrow(exact: Sequence[int], *, whole: bool) -> bool:
        for at in list(small):
            if known.width(at, exact, whole=whole) < needed[at]:
                small.remove(at)
                small.insert(0, at)  # the one that fails now is likely to fail next
                return True
        return False

    def let_in(before: list[int], asked: Sequence[int]) -> list[int]:
        if not asked or not narrow([*before, *asked], whole=False):
            return [*before, *asked]
        if len(asked) == 1:
            return before
        half = len(asked) // 2
        return let_in(let_in(before, asked[:half]), asked[half:])

    allowed = let_in([], candidates)
    while narrow(allowed, whole=True):  # parts of a family allow a little more than whole families do
        allowed.pop()
    return set(allowed)
