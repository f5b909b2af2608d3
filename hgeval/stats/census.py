"""Surveys of a known, small population: of N regions n answered and x of those have it; what of all N?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from hgeval.errors import EstimateError
from hgeval.stats import estimate

Floats = NDArray[np.float64]

_TIE = 1e-10  # a chance that equals the tail exactly is out, whichever way its last digit was rounded


def shares(
    rows: pd.DataFrame, *, events: str = "events", n: str = "n", population: str = "population",
    level: float | str = 0.95, by: Sequence[str] = (), measure: str = "share",
) -> pd.DataFrame:
    """Share of a population of known size that has it, one input row an item: five rows of the frame each.

    rows: `events` have it, of `n` that answered, of `population` that were asked (counts; missing stays missing);
    `level`: a number, or the column that holds it; `by`: columns that name the item, kept as groups.
    `<measure>` with method hypergeometric (exact), hypergeometric_midp and nonresponse_bounds (all or none of the
    silent have it: low and high, no value); and `<measure>_total`, the same in numbers of the population, exact and
    by bounds. The standard error has the finite population correction; it is undefined for n below 2.
    Raises EstimateError where not 0 <= events <= n <= population. Test inversion, equal tails (Buonaccorsi 1987);
    Cochran 1977 section 3.2; Manski 1989. tests/reference/hypergeom_ci.csv.
    """
    estimate.need(rows, [events, n, population, *by, *([level] if isinstance(level, str) else [])])
    x, size, whole = (_floats(rows[name]) for name in (events, n, population))
    sure = _floats(rows[level]) if isinstance(level, str) else np.full(len(rows), level)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(size > 0, x / size, np.nan)
    common = {"n": size, "events": x, "level": sure, **{name: rows[name].to_numpy() for name in by}}
    exact, midp = hypergeometric(x, size, whole, sure), hypergeometric_midp(x, size, whole, sure)
    silent = nonresponse_bounds(x, size, whole)
    nobody = np.full(len(rows), np.nan)
    found = [
        (measure, "hypergeometric", value, exact, whole), (measure, "hypergeometric_midp", value, midp, whole),
        (measure, "nonresponse_bounds", nobody, silent, whole),
        (f"{measure}_total", "hypergeometric", value * whole, exact, np.ones(len(rows))),
        (f"{measure}_total", "nonresponse_bounds", nobody, silent, np.ones(len(rows))),
    ]
    se = finite_se(x, size, whole)
    parts = [
        pd.DataFrame({
            "measure": name, "method": method, "value": at, "low": ends[0] / unit, "high": ends[1] / unit,
            "se": nobody if method == "nonresponse_bounds" else se * whole / unit, **common,
        })
        for name, method, at, ends, unit in found
    ]
    return estimate.frame(pd.concat(parts, ignore_index=True), [name for name in by if name != "region"])


def hypergeometric(events: ArrayLike, n: ArrayLike, population: ArrayLike, level: ArrayLike = 0.95) -> tuple[Any, Any]:
    """How many of the population have it, at least and at most: exact, by test inversion with equal tails.

    Arrays that broadcast; counts in, counts out; its coverage is never below `level`, whatever the population.
    Nothing was answered (n = 0): from 0 to all. Missing where an input is. tests/reference/hypergeom_ci.csv.
    """
    return _inverted(events, n, population, level, own=1.0)


def hypergeometric_midp(
    events: ArrayLike, n: ArrayLike, population: ArrayLike, level: ArrayLike = 0.95
) -> tuple[Any, Any]:
    """As `hypergeometric`, with half the chance of the count itself: shorter, its coverage holds only on average."""
    return _inverted(events, n, population, level, own=0.5)


def finite_se(events: ArrayLike, n: ArrayLike, population: ArrayLike) -> Floats:
    """Standard error of the share with finite population correction (Cochran 1977, 3.8); undefined for n below 2."""
    x, size, whole = _checked(events, n, population)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = x / size
        found = np.sqrt((1 - size / whole) * p * (1 - p) / (size - 1))
    return np.where(size > 1, found, np.nan)


def nonresponse_bounds(events: ArrayLike, n: ArrayLike, population: ArrayLike) -> tuple[Floats, Floats]:
    """How many have it if none, or all, of those who did not answer have it (Manski 1989)."""
    x, size, whole = _checked(events, n, population)
    return x + 0 * whole, x + whole - size


def _inverted(
    events: ArrayLike, n: ArrayLike, population: ArrayLike, level: ArrayLike, own: float
) -> tuple[Floats, Floats]:
    x, size, whole = _checked(events, n, population)
    x, size, whole, sure = np.broadcast_arrays(x, size, whole, np.asarray(level, dtype="float64"))
    known = ~(np.isnan(x) | np.isnan(size) | np.isnan(whole))
    low, high = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    if known.any():
        x, size, whole, tail = x[known], size[known], whole[known], (1 - sure[known]) / 2
        low[known] = _least(x, size, whole, tail, own)
        # Who has it and who has it not are each other's mirror image.
        high[known] = whole - _least(size - x, size, whole, tail, own)
    return low, high


def _least(x: Floats, n: Floats, whole: Floats, tail: Floats, own: float) -> Floats:
    """Smallest total at which x or more (x itself for its `own` part) has a chance above the tail, by bisection."""
    low, high = x.copy(), whole - n + x  # the chance rises with the total, and at the highest it is above the tail
    while (low < high).any():
        middle = np.floor((low + high) / 2)
        enough = _upper_chance(x, n, middle, whole, own) > tail * (1 + _TIE)
        low, high = np.where(enough, low, np.minimum(middle + 1, high)), np.where(enough, middle, high)
    return low


def _upper_chance(x: Floats, n: Floats, total: Floats, whole: Floats, own: float) -> Floats:
    """P(X > x) plus the `own` part of P(X = x), of a hypergeometric count."""
    k = np.arange(n.max() + 1)[None, :]
    x, n, total, whole = (each[:, None] for each in (x, n, total, whole))
    possible = (k >= x) & (k <= np.minimum(n, total)) & (n - k <= whole - total)
    at = np.where(possible, k, np.maximum(0, n + total - whole))
    log = _log_choose(total, at) + _log_choose(whole - total, n - at) - _log_choose(whole, n)
    return np.asarray((np.where(possible, np.exp(log), 0) * np.where(k == x, own, 1)).sum(axis=1))


def _log_choose(n: Floats, k: Floats) -> Floats:
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))


def _checked(events: ArrayLike, n: ArrayLike, population: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x, size, whole = np.broadcast_arrays(*(np.atleast_1d(_floats(each)) for each in (events, n, population)))
    wrong = int(((x < 0) | (x > size) | (size > whole) | (x % 1 > 0) | (size % 1 > 0) | (whole % 1 > 0)).sum())
    if wrong:
        raise EstimateError(
            "Een volledige telling heeft gehele aantallen met 0 <= events <= n <= population. "
            f"In {wrong} rijen is dat niet zo. Controleer wie is gevraagd en wie heeft geantwoord."
        )
    return x, size, whole


def _floats(numbers: ArrayLike) -> Floats:
    if isinstance(numbers, pd.Series):
        return numbers.to_numpy(dtype="float64", na_value=np.nan)
    return np.asarray(numbers, dtype="float64")
