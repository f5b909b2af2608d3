"""What may be exact beside hidden counts, decided over all tables together.

A reader of the exact tables also has the public ones, in which the same counts are rounded. Exact counts are let in
one by one, the most important first, as long as every small count keeps at least `WIDTH` possible values for someone
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
_NOTHING_FITS, _ANYTHING = 2, 10**9


def plan(linked: Linked, region: str, own: Settings, public: Settings) -> pd.DataFrame:
    """One row a cell: its counts in the region, and which of them may stand exactly (columns `PLAN`)."""
    known = knowledge(linked, region, own, public)
    allowed = _let_in(known, _exact_candidates(linked, known, own))
    rows = []
    for cell in linked.each():
        n, events = cell.n, cell.events if cell.events != NOTHING else cell.n
        rows.append((cell.measure, cell.cell, known.counts[n], known.counts[events], n in allowed, events in allowed))
    return pd.DataFrame(rows, columns=list(PLAN))


def together(plans: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Plans of tables that share only their total: a size, or a cell in several of them, is exact if it is in all."""
    every = pd.concat(plans, ignore_index=True)
    every["n_exact"] = every.groupby("n")["n_exact"].transform("all")
    flags = {"n_exact": "all", "events_exact": "all"}
    return every.groupby(list(PLAN[:4]), sort=False, as_index=False).agg(flags)


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

    def width(self, at: int, told: tuple[int, int] | None = None, *, whole: bool = True) -> int:
        """How many values a count may still have, once one (`told`: which, value) is known as well.

        A little too many unless `whole`; as many as needed where that value cannot be.
        """
        low, high = self.ends(at, told, whole=whole)
        return high - low + 1

    def ends(self, at: int, told: tuple[int, int] | None = None, *, whole: bool = True) -> tuple[int, int]:
        """The least and the most that a count may be."""
        low, high = self.low.copy(), self.high.copy()
        if told is not None:
            low[told[0]] = high[told[0]] = told[1]
        least, most = (self._least(sign * self.sums[at], low, high, whole) for sign in (1.0, -1.0))
        if least is None or most is None:
            return (0, _ANYTHING)
        return int(np.ceil(least - _SLACK)), int(np.floor(-most + _SLACK))

    def _least(self, weights: np.ndarray, low: np.ndarray, high: np.ndarray, whole: bool) -> float | None:
        """The least value of a sum, or None where no families fit."""
        found = milp(
            weights, constraints=LinearConstraint(self.sums, low, high), bounds=Bounds(0, np.inf),
            integrality=np.full(self.sums.shape[1], int(whole)),
        )
        if found.status == _NOTHING_FITS:
            return None
        if found.status != 0:
            raise DisclosureError("De controle van alle tabellen samen lukte niet. Gebruik het profiel cbs5.")
        return float(found.fun)


def knowledge(linked: Linked, region: str, own: Settings, public: Settings) -> Knowledge:
    """What the public tables tell, and that a count hidden under the own rule is small.

    The reader is taken to know which part of a hidden share is the small one, so he knows at least as much as any.
    """
    size = len(linked.sums)
    known = Knowledge(linked.sums.astype(float), linked.counts(region), np.zeros(size), np.full(size, np.inf))
    for cell, fewest in zip(linked.each(), hiding.fewest(linked.cells, public), strict=True):
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
    nearest = hiding.nearest(count, base)
    known.learn(at, nearest - base // 2, nearest + (base - 1) // 2)


def _exact_candidates(linked: Linked, known: Knowledge, own: Settings) -> list[int]:
    """The distinct counts that are not small themselves, in the order of the report."""
    found: dict[int, None] = {}
    for cell in linked.each():
        parts = [at for at in (cell.events, cell.rest) if at != NOTHING]
        hidden = any(0 < known.counts[at] < own.min_count for at in (cell.n, *parts))
        found |= dict.fromkeys([cell.n] if hidden or not parts else [cell.n, cell.events])
    return [at for at in found if at not in known.small]


def _let_in(known: Knowledge, candidates: Sequence[int]) -> set[int]:
    """The candidates that may be exact, the first ones first.

    A candidate is let in only if no value that it may have, for all a reader knows, would narrow a small count. Its own
    value plays no part, so that a refusal tells nothing (simulatable auditing: Kenthapadi, Mishra and Nissim 2005).
    """
    small = list(dict.fromkeys(known.small))
    needed = {at: min(WIDTH, known.width(at)) for at in small}
    for at in candidates:
        if all(_keeps(known, at, small, needed, whole=whole) for whole in (False, True)):
            known.learn(at, known.counts[at], known.counts[at])
    return {at for at in candidates if known.low[at] == known.high[at]}


def _keeps(known: Knowledge, at: int, small: list[int], needed: dict[int, int], *, whole: bool) -> bool:
    """Whether every small count stays wide enough, whichever value this one turns out to have."""
    low, high = known.ends(at, whole=whole)
    for value in range(low, high + 1):
        for other in list(small):
            if known.width(other, (at, value), whole=whole) < needed[other]:
                small.remove(other)
                small.insert(0, other)  # the one that fails now is likely to fail next
                return False
    return True
