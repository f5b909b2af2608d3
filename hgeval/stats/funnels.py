"""Funnels: each region's share or ratio against limits, for two questions.

More than chance? Exact limits, on the families that a sample of clustered families is worth (`deff`).
More than usual between regions? Limits widened by the overdispersion phi of all regions together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate

Floats = NDArray[np.float64]

LEVELS = (0.95, 0.998)
WINSORISED = 0.1  # of the z-scores at either end
CHANCE = ("binomial_deff", "poisson_deff")
USUAL = ("phi_consistent", "phi_consistent_log")


def _winsorised_variance(part: float) -> float:
    """Mean square of a standard normal number of which this part at either end is drawn in."""
    z = special.ndtri(1 - part)
    return float(1 - 2 * part - 2 * z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) + 2 * part * z**2)


CONSISTENCY = 1 / _winsorised_variance(WINSORISED)  # 1.473: without it phi is a third too small where nothing differs


class Spread(NamedTuple):
    """Overdispersion of z-scores with standard errors: phi as it is, winsorised and made consistent; tau2."""

    raw: float
    winsorised: float
    consistent: float
    tau2: float


def proportions(
    rows: pd.DataFrame, *, region: str = "region", events: str = "events", n: str = "n",
    target: float | None = None, deff: float = 1.0, measure: str = "share",
) -> pd.DataFrame:
    """Limits around the national share for every region, at 95% and 99.8%: `value` is the region's share.

    rows: one a region, counts. target: a share; otherwise that of all rows together. deff: design effect pooled over
    regions. Methods: binomial_exact (statistic z, p mid-p), binomial_deff, phi_winsorised, phi_consistent,
    tau2_linear and tau2_arcsine (additive, as the paper and as common software). Of all regions: target, phi, tau2.
    A region without families has no share and no limits. Raises EstimateError for impossible counts or deff.
    Spiegelhalter 2005 (Stat Med 24:1185), phi with consistency factor; tests/reference/funnel_proportion.csv.
    """
    x, size = _counts(rows, region, events, n)
    _positive(deff)
    known = (size > 0) & ~np.isnan(x)
    centre = float(target) if target is not None else _ratio(x[known].sum(), size[known].sum())
    value = np.divide(x, size, out=np.full(len(x), np.nan), where=known)
    with np.errstate(divide="ignore", invalid="ignore"):
        s0 = np.where(known, np.sqrt(centre * (1 - centre) / size), np.nan)
        z = np.where(s0 > 0, (value - centre) / s0, np.nan)
        angle, level_angle, s = np.arcsin(np.sqrt(value)), np.arcsin(np.sqrt(centre)), _half_root(size, known)
        linear, arcsine = spread(z, s0), spread((angle - level_angle) / s, s)
        added = np.sqrt(s0**2 + linear.tau2)
    exact = [_binomial(size, centre, level) for level in LEVELS]
    worth = [_binomial(size / deff, centre, level) for level in LEVELS]
    around = np.full(len(x), centre)
    found = [
        *_rows("binomial_exact", exact, statistic=z, p=binomial_midp(x, size, around)), *_rows("binomial_deff", worth),
        *_rows("phi_winsorised", _around(centre, s0 * _widening(linear.winsorised))),
        *_rows("phi_consistent", _around(centre, s0 * _widening(linear.consistent))),
        *_rows("tau2_linear", _around(centre, added), statistic=_quotient(value - centre, added)),
        *_rows("tau2_arcsine", _on_arcsine(level_angle, s, arcsine.tau2), statistic=_quotient(angle - level_angle, s)),
    ]
    own = {"region": _names(rows, region), "n": size, "events": x, "value": value}
    whole = ("target", "pooled" if target is None else "given", centre)
    return _frame(found, measure, own, [whole, *_told(linear, ""), *_told(arcsine, "_arcsine")])


def ratios(
    rows: pd.DataFrame, *, region: str = "region", observed: str = "observed", expected: str = "expected",
    deff: float = 1.0, measure: str = "ratio",
) -> pd.DataFrame:
    """Limits around 1 for every region's observed over expected, at 95% and 99.8%.

    rows: one a region; observed a count, expected a positive number. Methods: poisson_exact (statistic: z of the
    logarithm, none observed counted as a half), poisson_deff, tau2_log, phi_winsorised_log, phi_consistent_log.
    Nothing expected: no ratio and no limits. Raises EstimateError for negative numbers. Spiegelhalter 2005; additive
    on the logarithm as for hospital mortality (SHMI); tests/reference/funnel_smr.csv.
    """
    estimate.need(rows, [region, observed, expected])
    x, e = arrays.floats(rows[observed]), arrays.floats(rows[expected])
    _positive(deff)
    if ((x < 0) | (e < 0)).any():
        raise EstimateError(
            "Waargenomen en verwacht zijn 0 of meer. Een negatief getal gevonden. Controleer de telling."
        )
    known = (e > 0) & ~np.isnan(x)
    value = np.divide(x, e, out=np.full(len(x), np.nan), where=known)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = np.where(known, 1 / np.sqrt(e), np.nan)
        z = np.where(known, np.log(np.maximum(x, 0.5) / e) / s, np.nan)
    found = spread(z, s)
    exact = [_poisson(np.where(known, e, np.nan), level) for level in LEVELS]
    worth = [_poisson(np.where(known, e / deff, np.nan), level) for level in LEVELS]
    parts = [
        *_rows("poisson_exact", exact, statistic=z), *_rows("poisson_deff", worth),
        *_rows("tau2_log", _exponential(np.sqrt(s**2 + found.tau2))),
        *_rows("phi_winsorised_log", _exponential(s * _widening(found.winsorised))),
        *_rows("phi_consistent_log", _exponential(s * _widening(found.consistent))),
    ]
    own = {"region": _names(rows, region), "events": x, "value": value}
    return _frame(parts, measure, own, _told(found, "_log"))


def questions(limits: pd.DataFrame, *, level: float = 0.998) -> pd.DataFrame:
    """Both questions of every region: more_than_chance (pooled deff limits), more_than_usual (phi x 1.473 limits).

    limits: of `proportions` or `ratios`; missing where the region has no value or no limits. No rank, no verdict.
    """
    estimate.need(limits, ["region", "value", "low", "high", "level", "method"])
    asked = limits[limits["level"] == level]
    answers = {}
    for name, methods in (("more_than_chance", CHANCE), ("more_than_usual", USUAL)):
        rows = asked[asked["method"].isin(methods)]
        answers[name] = ((rows["value"] < rows["low"]) | (rows["value"] > rows["high"])).set_axis(rows["region"])
    return pd.DataFrame(answers).rename_axis("region").reset_index()


def binomial_limit(tail: float, n: ArrayLike, target: ArrayLike) -> Floats:
    """Binomial quantile as a share, interpolated between whole families so that the limit is smooth in n.

    n: families, also fractions of one (a design effect); target: shares. Of a target 0 or 1 it is the target itself;
    without families it is undefined. Spiegelhalter 2005, appendix A.1.1; tests/reference/funnel_proportion.csv.
    """
    n, target = np.broadcast_arrays(np.asarray(n, dtype="float64"), np.asarray(target, dtype="float64"))
    known = (n > 0) & (target > 0) & (target < 1)
    size, p = np.where(known, n, 1.0), np.where(known, target, 0.5)
    k = np.clip(np.ceil(np.asarray(special.bdtrik(tail, size, p))), 0, np.ceil(size))
    upto, below = _cumulative(k, size, p), _cumulative(k - 1, size, p)
    limit = np.clip((k - (upto - tail) / (upto - below)) / size, 0, 1)
    certain = (n > 0) & ((target == 0) | (target == 1))
    return np.select([known, certain], [limit, target], np.nan)


def poisson_limit(tail: float, expected: ArrayLike) -> Floats:
    """Poisson quantile over the number expected, interpolated; undefined where nothing is expected. As above."""
    e = np.asarray(expected, dtype="float64")
    known = e > 0
    mean = np.where(known, e, 1.0)
    k = np.maximum(np.ceil(np.asarray(special.pdtrik(tail, mean))), 0)
    upto, below = special.pdtr(k, mean), np.where(k > 0, special.pdtr(np.maximum(k - 1, 0), mean), 0.0)
    return np.where(known, np.maximum(k - (upto - tail) / (upto - below), 0) / mean, np.nan)


def binomial_midp(events: ArrayLike, n: ArrayLike, target: ArrayLike) -> Floats:
    """Two-sided mid-p of a count against a fixed share: twice the smaller tail, with half the count's own chance."""
    x, size, p = (np.asarray(each, dtype="float64") for each in (events, n, target))
    known = (size > 0) & ~np.isnan(x) & ~np.isnan(p)
    at, of, share = np.where(known, x, 0.0), np.where(known, size, 1.0), np.where(known, p, 0.5)
    low = (_cumulative(at - 1, of, share) + _cumulative(at, of, share)) / 2
    return np.where(known, 2 * np.minimum(low, 1 - low), np.nan)


def reach(level: float) -> float:
    """How many standard errors from the middle the limits of this level lie."""
    return float(special.ndtri((1 + level) / 2))


def spread(z: Floats, se: Floats) -> Spread:
    """phi and tau2 of the z-scores that are known; tau2 is undefined for a single one."""
    kept = ~np.isnan(z)
    known, weight, regions = z[kept], 1 / se[kept] ** 2, int(kept.sum())
    if not regions:
        return Spread(np.nan, np.nan, np.nan, np.nan)
    phi = float(np.mean(np.clip(known, *np.quantile(known, [WINSORISED, 1 - WINSORISED])) ** 2))
    tau2 = np.nan
    if regions > 1:
        tau2 = max(0.0, (regions * phi - (regions - 1)) / (weight.sum() - (weight**2).sum() / weight.sum()))
    return Spread(float(np.mean(known**2)), phi, phi * CONSISTENCY, float(tau2))


def _half_root(size: Floats, known: NDArray[np.bool_]) -> Floats:
    return np.where(known, 1 / (2 * np.sqrt(size)), np.nan)


def _widening(phi: float) -> float:
    return float(np.sqrt(np.maximum(1, phi)))  # regions that differ less than chance do not narrow the funnel


def _binomial(n: Floats, centre: float, level: float) -> tuple[Floats, Floats]:
    return binomial_limit((1 - level) / 2, n, centre), binomial_limit((1 + level) / 2, n, centre)


def _poisson(expected: Floats, level: float) -> tuple[Floats, Floats]:
    return poisson_limit((1 - level) / 2, expected), poisson_limit((1 + level) / 2, expected)


def _around(centre: float, se: Floats) -> list[tuple[Floats, Floats]]:
    half = [special.ndtri((1 + level) / 2) * se for level in LEVELS]
    return [(np.maximum(0, centre - each), np.minimum(1, centre + each)) for each in half]


def _exponential(se: Floats) -> list[tuple[Floats, Floats]]:
    half = [special.ndtri((1 + level) / 2) * se for level in LEVELS]
    return [(np.exp(-each), np.exp(each)) for each in half]


def _on_arcsine(centre: float, s: Floats, tau2: float) -> list[tuple[Floats, Floats]]:
    half = [special.ndtri((1 + level) / 2) * np.sqrt(s**2 + tau2) for level in LEVELS]
    # Beyond 0 and a right angle the square of the sine would fold back.
    ends = [(np.maximum(0, centre - each), np.minimum(np.pi / 2, centre + each)) for each in half]
    return [(np.sin(low) ** 2, np.sin(high) ** 2) for low, high in ends]


def _rows(method: str, limits: list[tuple[Floats, Floats]], **numbers: Floats) -> Iterator[pd.DataFrame]:
    for level, (low, high) in zip(LEVELS, limits, strict=True):
        yield pd.DataFrame({"method": method, "level": level, "low": low, "high": high, **numbers})


def _told(found: Spread, suffix: str) -> list[tuple[str, str, float]]:
    phis = [("raw", found.raw), ("winsorised", found.winsorised), ("consistent", found.consistent)]
    return [*(("phi", f"phi_{name}{suffix}", each) for name, each in phis), ("tau2", f"tau2{suffix}", found.tau2)]


def _frame(
    parts: list[pd.DataFrame], measure: str, own: dict[str, NDArray[Any]], whole: list[tuple[str, str, float]]
) -> pd.DataFrame:
    """The parts, each a row a region with its `own` numbers, and rows of the `whole` country."""
    beside = {name: np.tile(numbers, len(parts)) for name, numbers in own.items()}
    every = pd.concat(parts, ignore_index=True).assign(measure=measure, **beside)
    national = pd.DataFrame(whole, columns=["measure", "method", "value"]).assign(region=rates.NATIONAL)
    return estimate.frame(pd.concat([every, national], ignore_index=True))


def _cumulative(k: Floats, n: Floats, p: Floats) -> Floats:
    """P(X <= k) of a binomial count, as a regularised beta function; 0 below 0, 1 from n on."""
    inside = (k >= 0) & (k < n)
    at = np.where(inside, k, 0)
    return np.where(inside, special.betaincc(at + 1, np.where(inside, n - at, 1), p), np.where(k < 0, 0.0, 1.0))


def _counts(rows: pd.DataFrame, region: str, events: str, n: str) -> tuple[Floats, Floats]:
    estimate.need(rows, [region])
    return arrays.of_whole(rows, events, n)


def _positive(deff: float) -> None:
    if not deff > 0:
        raise EstimateError("Een ontwerpeffect (deff) is groter dan 0. Geef een positief getal, of laat deff weg.")


def _names(rows: pd.DataFrame, region: str) -> NDArray[Any]:
    return rows[region].astype("str").to_numpy()


def _ratio(above: float, under: float) -> float:
    return float(above / under) if under > 0 else np.nan


def _quotient(above: Floats, under: Floats) -> Floats:
    return np.asarray(np.divide(above, under, out=np.full(above.shape, np.nan), where=under > 0))
