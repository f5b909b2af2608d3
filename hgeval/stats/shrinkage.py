"""Regions as one distribution: random-effects pooling, its prediction interval, and each region drawn to the middle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate

Floats = NDArray[np.float64]


def logits(rows: pd.DataFrame, *, region: str = "region", events: str = "events", n: str = "n") -> pd.DataFrame:
    """Log odds and their variance per region: columns region, value, variance; no families gives missing.

    A half is added to both counts only where one of them is 0. Raises EstimateError unless 0 <= events <= n.
    tests/reference/meta_shrinkage.csv.
    """
    x, size = _counts(rows, region, events, n)
    known = (size > 0) & ~np.isnan(x)
    add = np.where((x == 0) | (x == size), 0.5, 0.0)
    yes, no = np.where(known, x + add, np.nan), np.where(known, size - x + add, np.nan)
    return pd.DataFrame({"region": rows[region].to_numpy(), "value": np.log(yes / no), "variance": 1 / yes + 1 / no})


def random_effects(
    rows: pd.DataFrame, *, region: str = "region", value: str = "value", variance: str = "variance",
    method: str = "reml", level: float = 0.95, measure: str = "pooled",
) -> pd.DataFrame:
    """Mean and spread of the regions' true values, what a new region may be, and each region drawn to the mean.

    rows: one a region, an estimate on an unbounded scale (such as a log odds) and its variance; a region without
    both is left out of the pooling. method: dl, he, sj, pm, ml or reml (tau2 of eb equals that of pm).
    Rows: `<measure>` by method <method> (normal) and <method>_hksj (t, Hartung-Knapp 2001, Sidik-Jonkman 2002);
    `prediction` by both; `tau2` (with Q-profile limits, Viechtbauer 2007), `q`, `i2` (percent), `h2`; `blup` a
    region. One region alone: no tau2, and nothing that needs it. Raises EstimateError for a method it does not know
    or a variance that is not positive. Viechtbauer 2005; tests/reference/meta_shrinkage.csv.
    """
    estimate.need(rows, [region, value, variance])
    if method not in TAU2:
        raise EstimateError(f"Onbekende methode. Bekend zijn: {', '.join(sorted(TAU2))}. Kies een van deze.")
    y, v = arrays.floats(rows[value]), arrays.floats(rows[variance])
    if (v <= 0).any():
        raise EstimateError(
            "Elke variantie is groter dan 0. Een variantie van 0 of minder gevonden. Controleer de tabel."
        )
    known = ~(np.isnan(y) | np.isnan(v))
    names = rows[region].astype("str").to_numpy()
    if known.sum() < 2:
        lone = [{"measure": measure, "method": method}, {"measure": "tau2", "method": method}]
        return estimate.frame([*lone, *({"measure": "blup", "region": each, "method": method} for each in names)])
    found = _pooled(y[known], v[known], TAU2[method](y[known], v[known]), method, level, measure)
    mean, se, tau2 = found[0]["value"], found[0]["se"], found[4]["value"]
    pull = tau2 / (tau2 + v)
    blup, blup_se = pull * y + (1 - pull) * mean, np.sqrt(pull * v + ((1 - pull) * se) ** 2)
    half = special.ndtri((1 + level) / 2) * blup_se
    drawn = pd.DataFrame({
        "measure": "blup", "region": names, "value": blup, "low": blup - half, "high": blup + half, "se": blup_se,
        "level": level, "method": method,
    })
    return estimate.frame(pd.concat([pd.DataFrame(found).assign(region=rates.NATIONAL), drawn], ignore_index=True))


def _pooled(y: Floats, v: Floats, tau2: float, method: str, level: float, measure: str) -> list[dict[str, Any]]:
    count, w = len(y), 1 / (v + tau2)
    mean, se = _mean(y, w), float(np.sqrt(1 / w.sum()))
    hksj = se * float(np.sqrt((w * (y - mean) ** 2).sum() / (count - 1)))
    z, t = float(special.ndtri((1 + level) / 2)), float(special.stdtrit(count - 1, (1 + level) / 2))
    q, typical = _q(y, v, 0.0), (count - 1) / (_c(1 / v))
    low, high = _q_profile(y, v, level)

    def around(name: str, way: str, half: float, **more: float) -> dict[str, Any]:
        ends = {"low": mean - half, "high": mean + half, "level": level}
        return {"measure": name, "method": way, "value": mean, **ends, **more}

    def number(name: str, at: float, **more: float) -> dict[str, Any]:
        return {"measure": name, "method": method, "value": at, **more}

    return [
        around(measure, method, z * se, se=se, n=count),
        around(measure, f"{method}_hksj", t * hksj, se=hksj, df=count - 1, n=count),
        around("prediction", method, z * float(np.sqrt(se**2 + tau2))),
        around("prediction", f"{method}_hksj", t * float(np.sqrt(hksj**2 + tau2)), df=count - 1),
        number("tau2", tau2, low=low, high=high, level=level),
        number("q", q, statistic=q, df=count - 1, p=float(special.chdtrc(count - 1, q))),
        number("i2", 100 * tau2 / (tau2 + typical)), number("h2", tau2 / typical + 1),
    ]


def _mean(y: Floats, w: Floats) -> float:
    return float((w * y).sum() / w.sum())


def _c(w: Floats) -> float:
    return float(w.sum() - (w**2).sum() / w.sum())


def _q(y: Floats, v: Floats, tau2: float) -> float:
    w = 1 / (v + tau2)
    return float((w * (y - _mean(y, w)) ** 2).sum())


def _dersimonian_laird(y: Floats, v: Floats) -> float:
    return max(0.0, (_q(y, v, 0.0) - (len(y) - 1)) / _c(1 / v))


def _hedges(y: Floats, v: Floats) -> float:
    return max(0.0, float(np.var(y, ddof=1) - v.mean()))


def _sidik_jonkman(y: Floats, v: Floats) -> float:
    if np.ptp(y) == 0:
        return 0.0
    start = float(np.var(y))
    return start * _q(y, v, start) / (len(y) - 1)


def _paule_mandel(y: Floats, v: Floats) -> float:
    return _tau2_at(y, v, len(y) - 1)


def _tau2_at(y: Floats, v: Floats, target: float) -> float:
    """tau2 at which the generalised Q is the target; 0 where it is lower already."""
    if _q(y, v, 0.0) <= target:
        return 0.0
    top = 1.0
    while _q(y, v, top) > target:
        top *= 4
    return float(optimize.brentq(lambda tau2: _q(y, v, tau2) - target, 0.0, top, xtol=1e-14, rtol=1e-14))


def _q_profile(y: Floats, v: Floats, level: float) -> tuple[float, float]:
    """Limits of tau2; undefined where the regions differ less than any tau2 explains."""
    lower, upper = (float(special.chdtri(len(y) - 1, (1 - side) / 2)) for side in (level, -level))
    if _q(y, v, 0.0) < upper:
        return np.nan, np.nan
    return _tau2_at(y, v, lower), _tau2_at(y, v, upper)


def _likely(restricted: bool) -> Callable[[Floats, Floats], float]:
    """tau2 of the highest (restricted) likelihood: the best of a grid and of 0, then its root of the score nearby."""

    def score(tau2: float, y: Floats, v: Floats) -> float:
        w = 1 / (v + tau2)
        lost = (w**2).sum() / w.sum() if restricted else 0.0
        return float((w**2 * (y - _mean(y, w)) ** 2).sum() - w.sum() + lost)

    def log_likelihood(tau2: Floats, y: Floats, v: Floats) -> Floats:
        w = 1 / (v + tau2[:, None])
        mean = (w * y).sum(axis=1) / w.sum(axis=1)
        loss = (w * (y - mean[:, None]) ** 2).sum(axis=1) - np.log(w).sum(axis=1)
        return np.asarray(-(loss + np.log(w.sum(axis=1))) if restricted else -loss)

    def found(y: Floats, v: Floats) -> float:
        top = 10 * (float(np.var(y)) + float(v.max()))
        grid = np.concatenate([[0.0], np.geomspace(1e-8 * top, top, 400)])
        best = int(log_likelihood(grid, y, v).argmax())
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
        if score(low, y, v) <= 0 or score(high, y, v) >= 0:
            return float(grid[best])
        return float(optimize.brentq(score, low, high, args=(y, v), xtol=1e-14, rtol=1e-14))

    return found


TAU2: Mapping[str, Callable[[Floats, Floats], float]] = {
    "dl": _dersimonian_laird, "he": _hedges, "sj": _sidik_jonkman, "pm": _paule_mandel, "eb": _paule_mandel,
    "ml": _likely(restricted=False), "reml": _likely(restricted=True),
}


def _counts(rows: pd.DataFrame, region: str, events: str, n: str) -> tuple[Floats, Floats]:
    estimate.need(rows, [region])
    return arrays.of_whole(rows, events, n)
