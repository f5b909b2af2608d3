"""A score of the same families twice: mean change and its size, signed ranks, and regression to the mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from hgeval.stats import arrays, estimate
from hgeval.stats.arrays import Floats

EXACT_UPTO = 400  # pairs; beyond it the exact chance of ranks costs seconds and equals the normal one
_DIGITS = 12  # differences alike to so many digits are tied: 1.9 - 0.7 and 1.3 - 0.1 are both 1.2


def hedges(df: Any) -> Floats:
    """Exact factor that takes the bias out of a standardised mean (Hedges 1981); missing under 2 df.

    df: degrees of freedom, any shape. Reference case paired_continuous.
    """
    m = np.where(arrays.floats(df) > 1, arrays.floats(df), np.nan)
    return np.asarray(np.exp(special.gammaln(m / 2) - special.gammaln((m - 1) / 2)) / np.sqrt(m / 2))


def means(
    rows: pd.DataFrame, *, first: str, second: str, groups: Sequence[str] = (), level: float = 0.95
) -> pd.DataFrame:
    """Mean change (second minus first) per region, and its size, as an estimate frame.

    rows: one row a family, a pair with one missing is left out; without a column region all are the country. Measures:
    change (paired t, in points of the score), d_z (mean over the SD of the change), d_av (over the mean of both SDs),
    smcc (d_z without bias, Gibbons et al. 1993), smcr (over the SD of the first, without bias, Becker 1988),
    correlation, and reliable_difference, the SD of the change of one family by measurement error alone (Jacobson &
    Truax 1991). smcc and smcr have normal limits.
    Missing for one family or no spread. Raises EstimateError. Reference case paired_continuous.
    """
    told = _moments(rows, first, second, groups)
    n, mean, sd1, sd2, sd, r = (told.pop(name).to_numpy() for name in ("n", "mean", "sd1", "sd2", "sd", "r"))
    some = np.where(n > 0, n, np.nan)
    se, df = sd / np.sqrt(some), some - 1
    bias = hedges(df)
    smcc, smcr = bias * mean / sd, bias * mean / sd1
    t, z = mean / se, arrays.two_sided(level)[0]
    reach = special.stdtrit(np.where(df > 0, df, np.nan), (1 + level) / 2)
    chance = 2 * special.stdtr(np.where(df > 0, df, np.nan), -np.abs(t))
    cells: list[dict[str, Any]] = [
        {"measure": "change", "method": "paired_t", "value": mean, "se": se, "df": df, "statistic": t, "p": chance,
         "low": mean - reach * se, "high": mean + reach * se},
        {"measure": "d_z", "method": "cohen_d_z", "value": mean / sd},
        {"measure": "d_av", "method": "cohen_d_av", "value": mean / ((sd1 + sd2) / 2)},
        {"measure": "smcc", "method": "hedges_exact", **_around(smcc, np.sqrt(1 / some + smcc**2 / (2 * some)), z)},
        {"measure": "smcr", "method": "hedges_exact",
         **_around(smcr, np.sqrt(2 * (1 - r) / some + smcr**2 / (2 * some)), z)},
        {"measure": "correlation", "method": "pearson", "value": r},
        {"measure": "reliable_difference", "method": "jacobson_truax", "value": sd1 * np.sqrt(2 * (1 - r))},
    ]  # fmt: skip
    ranged = {"change", "smcc", "smcr"}
    parts = [told.assign(n=n, level=level if each["measure"] in ranged else np.nan, **each) for each in cells]
    return estimate.frame(pd.concat(parts, ignore_index=True), groups)


def signed_ranks(
    rows: pd.DataFrame, *, first: str, second: str, groups: Sequence[str] = (), measure: str = "same_score"
) -> pd.DataFrame:
    """Does the score go up as often and as far as down: signed ranks per region (Wilcoxon 1945; zeros as Pratt 1959).

    rows as in `means`. Methods: wilcoxon_pratt (normal, statistic z, above 0 where scores rise), wilcoxon_pratt_exact
    and wilcoxon_exact (families without change left out). The exact chance is over all 2^n signs of the ranks found,
    ties and all; missing beyond `EXACT_UPTO` changed families. Missing where nobody changed. Raises EstimateError.
    Reference case paired_continuous.
    """
    found, keys = _pairs(rows, first, second, groups)
    told = []
    for names, each in _split(found, keys):
        change = _rounded((each["second"] - each["first"]).to_numpy())
        changed, place = change != 0, stats.rankdata(np.abs(change))
        ranks, signs = place[changed], np.sign(change[changed])
        z = arrays.divide((signs * ranks).sum(), np.sqrt((ranks**2).sum()))
        cells = {**names, "measure": measure, "n": len(change), "events": int(changed.sum())}
        told += [
            cells | {"method": "wilcoxon_pratt", "statistic": z, "p": 2 * special.ndtr(-np.abs(z))},
            cells | {"method": "wilcoxon_pratt_exact", "p": _exact(ranks, signs)},
            cells | {"method": "wilcoxon_exact", "p": _exact(stats.rankdata(np.abs(change[changed])), signs)},
        ]
    return estimate.frame(told, groups)


def expected_regression(
    rows: pd.DataFrame, *, mean: str = "mu", sd: str = "sd", correlation: str = "rho", cut: str = "cut",
    groups: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """How far the mean falls by itself in families chosen for a first score above the cut (Barnett et al. 2005).

    rows: one row a population, with its mean, sd, correlation between two measurements, and cut, in points of the
    score, normally distributed. Measures: regression_to_mean (subtract it from the fall found) and mean_selected.
    Missing where the sd is not above 0 or the correlation not within -1 and 1. Raises EstimateError. Reference case
    regression_to_mean.
    """
    centre, spread, r, limit = arrays.columns(rows, [mean, sd, correlation, cut])
    spread, r = np.where(spread > 0, spread, np.nan), np.where(np.abs(r) <= 1, r, np.nan)
    z = (limit - centre) / spread
    above = np.exp(-(z**2) / 2 - special.log_ndtr(-z)) / np.sqrt(2 * np.pi)
    found = [("regression_to_mean", spread * (1 - r) * above), ("mean_selected", centre + spread * above)]
    parts = [arrays.named(rows, groups, measure=name, method="barnett", value=value) for name, value in found]
    return estimate.frame(pd.concat(parts, ignore_index=True), groups)


def ancova(
    rows: pd.DataFrame, *, first: str, second: str, group: str | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Second score given the first, by least squares: a comparison of groups that regression to the mean leaves alone.

    rows: one row a family. Group column `term`: mean (second score at the mean first score, of the first group by
    name), slope (of the first score; 1 is no regression to the mean) and each other group, against the first. In points
    of the score, with t limits. Missing where the first score or a group has no spread. Raises EstimateError. Vickers &
    Altman (2001). Hand-worked in tests/test_stats_change.py.
    """
    estimate.need(rows, [first, second, *([group] if group else [])])
    whole = rows[[first, second, *([group] if group else [])]].dropna()
    x, y = arrays.floats(whole[first]), arrays.floats(whole[second])
    names = sorted(whole[group].unique())[1:] if group else []
    others = [whole[group] == name for name in names]
    design = np.column_stack([np.ones(len(x)), x - (x.mean() if len(x) else 0.0), *others])
    cells = {"term": ["mean", "slope", *(f"{group}={name}" for name in names)], "measure": "second_score",
             "method": "ancova", "n": len(x), "level": level}  # fmt: skip
    told = pd.DataFrame(cells)
    if len(x) <= design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        return estimate.frame(told, ["term"])
    from statsmodels.regression.linear_model import OLS

    fit = OLS(y, design.astype("float64")).fit()
    limits = fit.conf_int(1 - level)
    return estimate.frame(told.assign(
        value=fit.params, se=fit.bse, df=fit.df_resid, statistic=arrays.divide(fit.params, fit.bse), p=fit.pvalues,
        low=limits[:, 0], high=limits[:, 1],
    ), ["term"])  # fmt: skip


def _pairs(rows: pd.DataFrame, first: str, second: str, groups: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Whole pairs as columns first and second beside their region and groups."""
    x, y = arrays.columns(rows, [first, second])
    estimate.need(rows, groups)
    keys = [name for name in ("region", *groups) if name in rows]
    found = rows[keys].reset_index(drop=True).assign(first=x, second=y)
    return found[np.isfinite(x + y)], keys


def _split(found: pd.DataFrame, keys: list[str]) -> list[tuple[dict[str, Any], pd.DataFrame]]:
    if not keys:
        return [({}, found)]
    return [(dict(zip(keys, each, strict=True)), part) for each, part in found.groupby(keys, observed=True)]


def _moments(rows: pd.DataFrame, first: str, second: str, groups: Sequence[str]) -> pd.DataFrame:
    """n, mean change, both SDs, the SD of the change and the correlation, one row a region and group."""
    found, keys = _pairs(rows, first, second, groups)
    home = found.groupby(keys, observed=True) if keys else found.assign(every=0).groupby("every")
    place, names = np.asarray(home.ngroup()), home.size().reset_index()[keys]
    size = max(len(names), 0 if keys else 1)
    x, y = found["first"].to_numpy(), found["second"].to_numpy()
    n = np.bincount(place, minlength=size).astype("float64")

    def average(numbers: Floats) -> Floats:
        return arrays.divide(np.bincount(place, numbers, minlength=size), n)

    def spread(one: Floats, other: Floats) -> Floats:
        centred = (one - average(one)[place]) * (other - average(other)[place])
        return arrays.divide(np.bincount(place, centred, minlength=size), np.where(n > 1, n - 1, np.nan))

    change = _rounded(y - x)
    sd1, sd2, sd = (_not_noise(np.sqrt(spread(each, each)), each) for each in (x, y, change))
    r = np.clip(spread(x, y) / (sd1 * sd2), -1, 1)
    cells = {"n": n, "mean": average(change), "sd1": sd1, "sd2": sd2, "sd": sd, "r": r}
    return names.assign(**cells) if keys else pd.DataFrame(cells)


def _rounded(change: Floats) -> Floats:
    largest = np.abs(change).max(initial=0.0)
    return change if largest == 0 else np.round(change, _DIGITS - 1 - int(np.floor(np.log10(largest))))


def _not_noise(sd: Floats, numbers: Floats) -> Floats:
    """The spread, missing where it is none, or only what the machine rounds off of numbers that are alike."""
    return np.where(sd > 10.0**-_DIGITS * np.abs(numbers).max(initial=0.0), sd, np.nan)


def _around(value: Floats, se: Floats, z: float) -> dict[str, Floats]:
    return {"value": value, "se": se, "low": value - z * se, "high": value + z * se}


def _exact(ranks: Floats, signs: Floats) -> float:
    """Chance, over all signs, of a sum of ranks as far from the middle as this one or farther."""
    if not 0 < len(ranks) <= EXACT_UPTO:
        return float("nan")
    steps = np.round(2 * ranks).astype("int64")  # tied ranks lie halfway
    total = int(steps.sum())
    chances = np.zeros(total + 1)
    chances[0] = 1.0
    for step in steps:
        chances[step:] = (chances[step:] + chances[: total + 1 - step]) / 2
        chances[:step] /= 2
    up = int(steps[signs > 0].sum())
    return float(min(1.0, 2 * chances[max(up, total - up) :].sum()))
