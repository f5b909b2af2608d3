"""Counts as rates, and as observed over expected, with Poisson intervals that also hold at a count of none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate
from hgeval.stats.arrays import Floats, Limits

_SAME = 1 + 1e-7  # chances this close count as equal, as in R's poisson.test


def exact(events: Any, level: Any = 0.95) -> Limits:
    """Exact Poisson limits of a count (Garwood 1936); raises EstimateError. Reference case rates_smr."""
    x = arrays.counts(events)
    arrays.two_sided(level)
    return rates.poisson_exact(x, level)


def byar(events: Any, level: Any = 0.95) -> Limits:
    """Byar's approximate Poisson limits of a count (Breslow & Day 1987, p. 69). Reference case rates_smr."""
    x, z = arrays.counts(events), arrays.two_sided(level)
    some = np.where(x > 0, x, 1.0)
    low = some * np.maximum(1 - 1 / (9 * some) - z / (3 * np.sqrt(some)), 0) ** 3
    more = x + 1
    return np.where(x > 0, low, 0.0 * x), more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3


def midp(events: Any, level: Any = 0.95) -> Limits:
    """Mid-p Poisson limits of a count (Cohen & Yang 1994), also of a count of 0. Reference case rates_smr."""
    x, tail = arrays.counts(events), special.ndtr(-arrays.two_sided(level))
    widest_low, widest_high = exact(x, level)
    low = arrays.crossing(lambda m: _mid_tail(x, m) - tail, widest_low, x)
    high = arrays.crossing(lambda m: _mid_tail(x, m) - (1 - tail), x, widest_high)
    return low, high


METHODS: dict[str, Callable[[Any, Any], Limits]] = {"exact": exact, "byar": byar, "midp": midp}


def observed_expected(
    rows: pd.DataFrame, *, observed: str = "observed", expected: str = "expected", method: str = "exact",
    measure: str = "ratio", groups: Sequence[str] = (), level: Any = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Observed over expected (SMR) of each row, with limits by one of `METHODS` and an exact p for a ratio of 1.

    rows: one row a region and group; observed is a whole count, expected a number that is taken as known. Expecting
    nothing, the ratio is missing. Garwood 1936;
    Breslow & Day 1987. p sums the chances of all counts no likelier than the one observed; the exact limits
    split the chance in two tails, so near the border the two may differ. Raises EstimateError. Reference case
    rates_smr.
    """
    _known(method)
    seen, awaited = arrays.columns(rows, [observed, expected])
    x, base = arrays.counts(seen), arrays.counts(awaited)
    base = np.where(base > 0, base, np.nan)
    low, high = METHODS[method](x, level)
    cells = arrays.named(
        rows, groups, measure=measure, method=method, events=seen, value=x / base, low=low / base, high=high / base,
        level=level, p=chance(x, base),
    )  # fmt: skip
    return estimate.frame(cells, groups)


def rate(
    rows: pd.DataFrame, *, events: str = "events", exposure: str = "n", per: float = rates.PER, method: str = "exact",
    measure: str = "rate", groups: Sequence[str] = (), level: Any = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Events per `per` of the exposure (inhabitants, family-months), with limits by one of `METHODS`.

    rows: one row a region and group; no exposure gives a missing rate. n of the frame is the exposure, to the whole.
    Raises EstimateError. Reference case rates_smr.
    """
    _known(method)
    seen, exposed = arrays.columns(rows, [events, exposure])
    x, size = arrays.counts(seen), arrays.counts(exposed)
    scale = per / np.where(size > 0, size, np.nan)
    low, high = METHODS[method](x, level)
    cells = arrays.named(
        rows, groups, measure=measure, method=method, n=np.round(size), events=seen, value=x * scale, low=low * scale,
        high=high * scale, level=level,
    )  # fmt: skip
    return estimate.frame(cells, groups)


def chance(events: Any, expected: Any) -> Floats:
    """Two-sided exact p of each count: the chance of every count no likelier than it, where so many are expected."""
    x, mean = np.broadcast_arrays(arrays.counts(events), arrays.counts(expected))
    known = np.isfinite(x) & (mean > 0)
    x, mean = np.where(known, x, 1.0), np.where(known, mean, 1.0)
    limit = _log_chance(x, mean) + np.log(_SAME)
    over = x > mean
    # The other tail starts at the first count beyond the mean that is no likelier than the count found.
    above = _first(lambda y: _log_chance(y, mean) <= limit, np.ceil(mean), np.ceil(mean) + 2 * x + 100 + 20 * mean)
    below = np.floor(mean) - _first(
        lambda steps: (steps > np.floor(mean)) | (_log_chance(np.floor(mean) - steps, mean) <= limit),
        0 * mean, np.floor(mean) + 1,
    )  # fmt: skip
    low_end, high_end = np.where(over, below, x), np.where(over, x, above)
    p = np.where(low_end < 0, 0.0, special.pdtr(np.maximum(low_end, 0), mean)) + special.gammainc(high_end, mean)
    return np.where(known, np.where(x == mean, 1.0, np.minimum(p, 1.0)), np.nan)


def _first(holds: Callable[[Floats], Any], low: Floats, high: Floats) -> Floats:
    """First whole number from low to high for which it holds, where from there on it does."""
    while (low < high).any():
        middle = np.floor((low + high) / 2)
        found = holds(middle)
        low, high = np.where(found | (low >= high), low, middle + 1), np.where(found, np.minimum(middle, high), high)
    return high


def _log_chance(x: Floats, mean: Floats) -> Floats:
    x = np.maximum(x, 0)
    return np.asarray(special.xlogy(x, mean) - mean - special.gammaln(x + 1))


def _mid_tail(x: Floats, mean: Floats) -> Floats:
    """P(X > x) + P(X = x) / 2 of a Poisson count."""
    reached = np.where(x == 0, 1.0, special.gammainc(np.where(x == 0, 1.0, x), mean))
    return np.where(np.isnan(x), np.nan, (reached + special.gammainc(x + 1, mean)) / 2)


def _known(method: str) -> None:
    if method not in METHODS:
        raise EstimateError(f"Deze methode is er niet voor een aantal. Bekend zijn: {', '.join(METHODS)}.")
