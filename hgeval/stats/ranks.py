"""Sets of places that a region may have: only to show that an order of regions is chance. No report prints a rank."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from hgeval.errors import EstimateError
from hgeval.stats import estimate

Floats = NDArray[np.float64]


def rank_sets(
    rows: pd.DataFrame, *, region: str = "region", value: str = "value", se: str = "se", seed: int,
    draws: int = 10_000, level: float = 0.95, measure: str = "rank",
) -> pd.DataFrame:
    """Marginal confidence set of each region's place (1 is the highest), by simulation: low and high are places.

    ONLY to show that a rank means nothing: with a hundred families a region, a set spans most of the places.
    rows: one a region, independent estimates and their standard errors; without both a region takes no part. The
    critical value of a region is the quantile of its largest standardised difference with any other, of `draws`
    normal samples with this `seed`. Raises EstimateError for a standard error that is not positive.
    Mogstad, Romano, Shaikh and Wilhelm 2024 (Review of Economic Studies 91:476), one step;
    hand-worked in tests/test_stats_ranks.py.
    """
    names, y, s, known = _known(rows, region, value, se)
    noise = np.random.default_rng(seed).normal(size=(draws, int(known.sum()))) * s[known]
    critical = np.full(len(y), np.nan)
    for own, at in enumerate(np.flatnonzero(known)):
        apart = np.abs(noise - noise[:, [own]]) / np.hypot(s[known], s[at])
        critical[at] = np.quantile(apart.max(axis=1), level)
    with np.errstate(invalid="ignore"):
        surely = np.abs(_differences(y, s)) > critical[:, None]
    return _frame(names, y, surely, known, level, measure, "mogstad_simulated")


def rank_sets_holm(
    rows: pd.DataFrame, *, region: str = "region", value: str = "value", se: str = "se",
    level: float = 0.95, measure: str = "rank",
) -> pd.DataFrame:
    """As `rank_sets`, without chance: pairwise normal tests of a region with each other, Holm-adjusted per region."""
    names, y, s, known = _known(rows, region, value, se)
    p = np.asarray(2 * special.ndtr(-np.abs(_differences(y, s))))
    np.fill_diagonal(p, np.nan)  # sorted last: no region is compared with itself
    order = np.argsort(p, axis=1)
    compared = (~np.isnan(p)).sum(axis=1)[:, None]
    still = np.take_along_axis(p, order, axis=1) * np.maximum(compared - np.arange(len(y)), 1) <= 1 - level
    surely = np.empty(p.shape, dtype=bool)
    np.put_along_axis(surely, order, np.logical_and.accumulate(still, axis=1), axis=1)
    return _frame(names, y, surely, known, level, measure, "mogstad_holm")


def _differences(y: Floats, s: Floats) -> Floats:
    return np.asarray((y[:, None] - y[None, :]) / np.hypot(s[:, None], s[None, :]))


def _frame(
    names: NDArray[np.object_], y: Floats, surely: NDArray[np.bool_], known: NDArray[np.bool_], level: float,
    measure: str, method: str,
) -> pd.DataFrame:
    above = (surely & (y[None, :] > y[:, None])).sum(axis=1)
    below = (surely & (y[None, :] < y[:, None])).sum(axis=1)
    numbers = {
        "value": 1 + (y[None, :] > y[:, None]).sum(axis=1), "low": 1 + above, "high": int(known.sum()) - below,
    }
    shown = {name: np.where(known, each, np.nan) for name, each in numbers.items()}
    return estimate.frame(
        pd.DataFrame({"measure": measure, "region": names, **shown, "level": level, "method": method})
    )


def _known(
    rows: pd.DataFrame, region: str, value: str, se: str
) -> tuple[NDArray[np.object_], Floats, Floats, NDArray[np.bool_]]:
    estimate.need(rows, [region, value, se])
    y, s = (rows[name].to_numpy(dtype="float64", na_value=np.nan) for name in (value, se))
    if (s <= 0).any():
        raise EstimateError(
            "Elke standaardfout is groter dan 0. Een andere gevonden. Laat regio's zonder spreiding weg."
        )
    known = ~(np.isnan(y) | np.isnan(s))
    names = rows[region].astype("str").to_numpy(dtype=object)
    return names, np.where(known, y, np.nan), np.where(known, s, np.nan), known
