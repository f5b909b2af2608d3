"""Intervals of one share, for all regions at once, and of a share of families that hang together in clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import arrays, design, estimate
from hgeval.stats.arrays import Floats, Limits


def wilson(events: Any, n: Any, level: Any = 0.95) -> Limits:
    """Score interval of Wilson (1927), as shares; raises EstimateError. Reference cases prop_ci, wilson."""
    x, size = arrays.part(events, n)
    arrays.two_sided(level)
    return rates.wilson(x, size, level)


def wilson_cc(events: Any, n: Any, level: Any = 0.95) -> Limits:
    """Score interval with continuity correction (Newcombe 1998, method 4). Reference case prop_ci.

    Not what R's prop.test(correct = TRUE) gives: there the correction shrinks near half.
    """
    x, size = arrays.part(events, n)
    z = arrays.two_sided(level)
    return _cc_low(x, size, z), 1 - _cc_low(size - x, size, z)


def midp(events: Any, n: Any, level: Any = 0.95) -> Limits:
    """Mid-p interval: half of the chance of the outcome itself counts as extreme (Lancaster 1961). Case prop_ci."""
    x, size = arrays.part(events, n)
    tail = special.ndtr(-arrays.two_sided(level))
    low = arrays.crossing(lambda p: _mid_tail(x, size, p) - tail, 0.0 * x, 1 + 0.0 * x)
    high = arrays.crossing(lambda p: _mid_tail(x, size, p) - (1 - tail), 0.0 * x, 1 + 0.0 * x)
    return np.where(x == 0, 0.0, low), np.where(x == size, 1.0, high)


def jeffreys(events: Any, n: Any, level: Any = 0.95) -> Limits:
    """Jeffreys interval that starts at 0 for none and ends at 1 for all (Brown, Cai & DasGupta 2001). Case prop_ci."""
    x, size = arrays.part(events, n)
    low, high = jeffreys_raw(x, size, level)
    return np.where(x == 0, 0.0, low), np.where(x == size, 1.0, high)


def jeffreys_raw(events: Any, n: Any, level: Any = 0.95) -> Limits:
    """Equal-tailed Jeffreys interval, also at none and all: it then leaves out the share found. Case prop_ci."""
    x, size = arrays.part(events, n)
    tail = special.ndtr(-arrays.two_sided(level))
    a, b = x + 0.5, size - x + 0.5
    return np.asarray(special.betaincinv(a, b, tail)), np.asarray(special.betainccinv(a, b, tail))


def clopper_pearson(events: Any, n: Any, level: Any = 0.95) -> Limits:
    """Exact interval (Clopper & Pearson 1934): never covers less than it says, mostly more. Reference case prop_ci."""
    x, size = arrays.part(events, n)
    tail = special.ndtr(-arrays.two_sided(level))
    none, every = x == 0, x == size
    low = special.betaincinv(np.where(none, 1.0, x), size - x + 1, tail)
    high = special.betainccinv(x + 1, np.where(every, 1.0, size - x), tail)
    return np.where(none, 0.0, low), np.where(every, 1.0, high)


def agresti_coull(events: Any, n: Any, level: Any = 0.95) -> Limits:
    """Interval of Agresti & Coull (1998), not cut off: it may end under 0 or over 1. Reference case prop_ci."""
    x, size = arrays.part(events, n)
    z = arrays.two_sided(level)
    return _simple((x + z**2 / 2) / (size + z**2), size + z**2, z)


def wald(events: Any, n: Any, level: Any = 0.95) -> Limits:
    """The simple interval, for showing that it falls short: .876 coverage at n = 10. Reference case prop_ci."""
    x, size = arrays.part(events, n)
    return _simple(x / size, size, arrays.two_sided(level))


def wilson_deff(events: Any, n: Any, deff: Any, level: Any = 0.95) -> Limits:
    """Wilson interval of n families that say as much as n / deff independent ones (Kish 1965; Korn & Graubard 1998).

    deff: design effect, one or one a row; under 1 counts as 1, since clusters are no reason for a narrower interval.
    Its coverage is simulated in tests/test_coverage.py.
    """
    x, size = arrays.part(events, n)
    effect = np.maximum(arrays.floats(deff), 1.0)
    return wilson(x / effect, size / effect, level)


METHODS: dict[str, Callable[[Any, Any, Any], Limits]] = {
    "wilson": wilson, "wilson_cc": wilson_cc, "midp": midp, "jeffreys": jeffreys, "jeffreys_raw": jeffreys_raw,
    "clopper_pearson": clopper_pearson, "agresti_coull": agresti_coull, "wald": wald,
}  # fmt: skip


def share(
    rows: pd.DataFrame, *, events: str = "events", n: str = "n", measure: str = "share", method: str = "wilson",
    groups: Sequence[str] = (), level: Any = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Share of each row of counts, with its interval by one of `METHODS`, as an estimate frame (shares of 1).

    rows: one row a region and group, with the counts `events` and `n`; none at all gives a missing share.
    Brown, Cai & DasGupta 2001 compare the methods.
    Raises EstimateError for an unknown method, a lacking column, or a part over its whole. Reference case prop_ci.
    """
    if method not in METHODS:
        raise EstimateError(f"Deze methode is er niet voor een aandeel. Bekend zijn: {', '.join(METHODS)}.")
    found, whole = arrays.columns(rows, [events, n])
    x, size = arrays.part(found, whole)
    low, high = METHODS[method](x, size, level)
    p = x / size
    cells = arrays.named(
        rows, groups, measure=measure, method=method, n=whole, events=found, value=p, low=low, high=high, level=level,
        se=np.sqrt(p * (1 - p) / size),
    )  # fmt: skip
    return estimate.frame(cells, groups)


def clustered(
    rows: pd.DataFrame, *, flag: str, cluster: str, region: str = "region", groups: Sequence[str] = (),
    measure: str = "share", level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Share with the flag per region and for the country, with Wilson limits at the design effect of all regions.

    rows: one row a family; a missing flag is not in n, a missing cluster is a cluster of its own. The design effect
    is pooled over the regions (per group), because that of one region is too uncertain: naive limits cover .86, limits
    by region .92, these .945. It stands beside the shares as a row with measure `deff`; where it cannot be determined
    (nowhere two clusters, nowhere a share between 0 and 1) the limits are missing. Raises EstimateError.
    """
    totals = design.totals(rows, flag=flag, cluster=cluster, region=region, groups=groups)
    pooled = design.pooled(totals, groups)
    country = totals.groupby(list(groups), as_index=False, observed=True)[["n", "events"]].sum() if groups else (
        totals[["n", "events"]].sum().to_frame().T
    )
    every = pd.concat([totals, country.assign(region=rates.NATIONAL)], ignore_index=True)
    every["deff"] = every.merge(pooled, on=list(groups), how="left")["deff"] if groups else pooled["deff"].iloc[0]
    x, size = arrays.part(every["events"], every["n"])
    p, effect = x / size, arrays.floats(every["deff"])
    low, high = wilson_deff(x, size, effect, level)
    cells = arrays.named(
        every, groups, measure=measure, method="wilson_deff", n=every["n"], events=every["events"], value=p, low=low,
        high=high, level=level, se=np.sqrt(np.maximum(effect, 1.0) * p * (1 - p) / size),
    )  # fmt: skip
    beside = pooled.assign(measure="deff", method="linearised_pooled", region=rates.NATIONAL, value=pooled["deff"])
    return estimate.frame(pd.concat([cells, beside.drop(columns=["deff", "icc"])], ignore_index=True), groups)


def _cc_low(x: Floats, n: Floats, z: Floats) -> Floats:
    """Lower limit with continuity correction; the upper one is that of the families without the flag, from 1."""
    p = x / n
    inside = np.maximum(z**2 - 2 - 1 / n + 4 * p * (n - x + 1), 0.0)
    low = (2 * x + z**2 - 1 - z * np.sqrt(inside)) / (2 * (n + z**2))
    return np.where(x == 0, 0.0, np.maximum(low, 0.0))


def _mid_tail(x: Floats, n: Floats, p: Floats) -> Floats:
    """P(X > x) + P(X = x) / 2 of a binomial count."""
    reached = np.where(x == 0, 1.0, special.betainc(np.where(x == 0, 1.0, x), n - x + 1, p))
    passed = np.where(x == n, 0.0, special.betainc(x + 1, np.where(x == n, 1.0, n - x), p))
    return np.where(np.isnan(x), np.nan, (reached + passed) / 2)


def _simple(p: Floats, n: Floats, z: Floats) -> Limits:
    half = z * np.sqrt(p * (1 - p) / n)
    return p - half, p + half
