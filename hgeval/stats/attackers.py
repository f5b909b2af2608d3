"""What an attacker can know: the least and the most that hidden numbers can be, given all that is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from hgeval.errors import EstimateError
from hgeval.stats import estimate

Floats = NDArray[np.float64]

_OPTIMAL, _NO_POINT, _NO_END, _UNKNOWN = 0, 2, 3, 4


def cell_bounds(
    cells: pd.DataFrame, *, relations: Sequence[Mapping[str, float]], cell: str = "cell", low: str = "low",
    high: str = "high", whole: bool = False, targets: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Least and most of every cell that is not known exactly: one row a cell, group `cell`, low and high its bounds.

    cells: one row a cell with what is known of it: `low` and `high` (missing: 0, and no end), equal where it is
    published exactly, apart where it was rounded. relations: of each, cell names with a factor, that sum to 0 (cells
    of a line +1, their total -1; a cell without a row is an error). whole: the cells are counts, so bounds are those
    of an integer programme (method integer_programme), never wider than the linear_programme. targets: only these.
    A cell without upper bound has a missing high. Raises EstimateError for an unknown cell, and where nothing agrees
    with all that is said to be known. Fischetti and Salazar 2001; Hundepool et al. 2012, chapter 4.
    tests/reference/sdc_bounds_2way.csv, sdc_bounds_3way.csv, sdc_bounds_rounded.csv.
    """
    estimate.need(cells, [cell, low, high])
    names = cells[cell].astype("str").tolist()
    at = {name: place for place, name in enumerate(names)}
    lowest = cells[low].to_numpy(dtype="float64", na_value=0.0)
    highest = cells[high].to_numpy(dtype="float64", na_value=np.inf)
    asked = [name for name, least, most in zip(names, lowest, highest, strict=True) if least < most]
    asked = asked if targets is None else [str(name) for name in targets]
    unknown = {name for relation in relations for name in relation} | set(asked)
    if unknown - set(at) or len(at) < len(names):
        raise EstimateError(
            "Elke cel heeft precies een rij. Een verband of vraag noemt een andere cel. Vul de rijen aan."
        )
    sums = np.zeros((len(relations), len(names)))
    for line, relation in enumerate(relations):
        for name, factor in relation.items():
            sums[line, at[name]] = factor
    goals = np.eye(len(names))[[at[name] for name in asked]]
    nothing = np.zeros(len(relations))
    least, most = extremes(goals, sums, nothing, nothing, lowest=lowest, highest=highest, whole=whole)
    method = "integer_programme" if whole else "linear_programme"
    return estimate.frame(
        pd.DataFrame({"measure": "cell_bounds", "cell": asked, "low": least, "high": most, "method": method}), ["cell"]
    )


def extremes(
    goals: Floats, sums: Floats, low: Floats, high: Floats, *, lowest: float | Floats = 0.0,
    highest: float | Floats = np.inf, whole: bool = False,
) -> tuple[Floats, Floats]:
    """Least and most of each goal, a combination of unknowns of which every row of `sums` lies from low to high.

    goals and sums: matrices with a column an unknown; lowest and highest bound the unknowns themselves; infinite
    where there is no end. Raises EstimateError where no unknowns agree with everything. As `cell_bounds`.
    """
    goals, sums = np.atleast_2d(goals), np.atleast_2d(sums)
    count = goals.shape[1]
    lowest, highest = np.broadcast_to(lowest, count).astype(float), np.broadcast_to(highest, count).astype(float)
    if whole:
        lowest, highest = np.ceil(lowest - 1e-9), np.floor(highest + 1e-9)
    if (lowest > highest).any() or (np.asarray(low) > np.asarray(high)).any():
        raise EstimateError(_DISAGREE)
    free = lowest < highest  # what is known exactly is taken out: a smaller programme, and no rounding of it
    known = sums[:, ~free] @ lowest[~free]
    lines = (sums[:, free] != 0).any(axis=1)
    left, right = (np.asarray(each, dtype=float) - known for each in (low, high))
    if (left[~lines] > 1e-9).any() or (right[~lines] < -1e-9).any():
        raise EstimateError(_DISAGREE)
    fixed = goals[:, ~free] @ lowest[~free]
    problem = _Programme(sums[lines][:, free], left[lines], right[lines], lowest[free], highest[free], whole)
    ends = [(problem.least(goal), -problem.least(-goal)) for goal in goals[:, free]]
    least, most = np.array(ends, dtype=float).reshape(len(goals), 2).T
    return least + fixed, most + fixed


_DISAGREE = (
    "Wat van de cellen bekend is, spreekt elkaar tegen: geen enkele tabel voldoet aan alle verbanden. "
    "Controleer de gepubliceerde getallen en de verbanden."
)


class _Programme:
    """One set of constraints, many goals."""

    def __init__(self, sums: Floats, low: Floats, high: Floats, lowest: Floats, highest: Floats, whole: bool) -> None:
        self.count, self.whole = sums.shape[1], whole
        self.constraints = LinearConstraint(sparse.csc_array(sums), low, high) if len(sums) and self.count else None
        self.bounds: Bounds = Bounds(lowest, highest)
        if self.count and self._solved(np.zeros(self.count)).status != _OPTIMAL:
            raise EstimateError(_DISAGREE)

    def least(self, goal: Floats) -> float:
        """The lowest value of the goal; minus infinity where there is none."""
        if not goal.any():
            return 0.0
        found = self._solved(goal)
        if found.status == _NO_END:
            return -np.inf
        if found.status != _OPTIMAL:
            raise EstimateError("De grenzen van een cel zijn niet te bepalen. Splits de tabel in kleinere delen.")
        return float(goal @ np.round(found.x)) if self.whole else float(found.fun)

    def _solved(self, goal: Floats) -> OptimizeResult:
        settings: dict[str, Any] = {
            "constraints": self.constraints, "bounds": self.bounds, "integrality": np.full(self.count, int(self.whole)),
        }
        found = milp(goal, options={"mip_rel_gap": 0.0}, **settings)
        if found.status in (_NO_POINT, _UNKNOWN):  # presolve may not tell "no point" from "no end"
            found = milp(goal, options={"mip_rel_gap": 0.0, "presolve": False}, **settings)
        return found
