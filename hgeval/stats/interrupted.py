"""Interrupted time series: one series of counts, and a moment from which something changed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from hgeval.errors import EstimateError
from hgeval.stats import estimate, glm, sandwich, terms
from hgeval.stats.terms import Design, Floats

LEVEL, BOTH = "level", "level_and_slope"
FEWEST_BEFORE = 24  # two years of months: with fewer, season and trend cannot be told apart


def segmented_counts(
    rows: pd.DataFrame, *, outcome: str, time: str, step: str, exposure: str | None = None, period: float = 12,
    harmonics: int = 2, lag: int = 3, fewest_before: int = FEWEST_BEFORE, level: float = 0.95,
) -> pd.DataFrame:
    """Segmented quasi-Poisson regression with season (Lopez Bernal 2017; Wagner 2002) of one count a moment.

    rows: one a moment, evenly spaced, in any order; step: 0 before the change, 1 from it on; exposure: what the
    count is out of. Two models, in the column `model`: level (a change of level) and level_and_slope (also of the
    slope, `slope_change` a unit of time from the change on). Rows: `coefficient` a term of log counts, with methods
    quasi_poisson (normal) and quasi_poisson_newey_west (Newey & West 1987, up to `lag` moments, normal);
    `rate_ratio` of the step, both methods; `dispersion`; `slope_change_test`, the F test of the slope. Missing where
    not determined. Raises EstimateError for fewer than `fewest_before` moments before the change, none after it, a
    moment twice or a gap, a count below 0 or an exposure of 0. Reference cases its, Gelderland-Zuid.
    """
    terms.need_level(level)
    series = _series(rows, [outcome, time, step, *([exposure] if exposure else [])], time, step, fewest_before)
    if (terms.numbers(series[outcome]) < 0).any():
        raise EstimateError(f"De kolom {outcome} telt, en is ergens kleiner dan 0. Controleer de tellingen.")
    columns = _columns(series, time, step, period, harmonics)
    offset = None if exposure is None else _log(series[exposure])
    fits = []
    for name in (LEVEL, BOTH):
        design = _design(terms.numbers(series[outcome]), columns, offset, slope=name == BOTH)
        fits.append((name, design, glm.fit(design, "poisson")))
    parts = [each for name, design, fit in fits for each in _model(name, design, fit, lag, level)]
    return terms.frame([*parts, _slope_test(fits)], groups=("model", "term"))


def segmented_linear(
    rows: pd.DataFrame, *, outcome: str, time: str, step: str, lag: int = 3, fewest_before: int = FEWEST_BEFORE,
    level: float = 0.95,
) -> pd.DataFrame:
    """Segmented linear regression of a series on time and a change of level (Wagner 2002).

    Rows: `coefficient` a term, method newey_west (Newey & West 1987, normal), in units of the outcome, and
    `durbin_watson` (1950), which is 2 without correlation over time. Raises EstimateError as `segmented_counts`.
    Reference case its.
    """
    terms.need_level(level)
    series = _series(rows, [outcome, time, step], time, step, fewest_before)
    columns = _columns(series, time, step, 1, 0)
    design = _design(terms.numbers(series[outcome]), columns, None, slope=False)
    coef = np.asarray(np.linalg.lstsq(design.x, design.y, rcond=None)[0], dtype="float64")
    residuals, ones = design.y - design.x @ coef, np.ones(design.n)
    problem = sandwich.Problem(design.x, ones, residuals, ones, design.starts)
    squares = float((residuals**2).sum())
    watson = float((np.diff(residuals) ** 2).sum()) / squares if squares > 0 else np.nan
    se = sandwich.errors(sandwich.newey_west(problem, lag))
    parts = [
        glm.table(design, coef, se, method="newey_west", level=level),
        terms.table("durbin_watson", [""], watson, method="durbin_watson", n=design.n),
    ]
    return terms.frame([part.assign(model=LEVEL) for part in parts], groups=("model", "term"))


def _series(rows: pd.DataFrame, used: list[str], time: str, step: str, fewest: int) -> pd.DataFrame:
    estimate.need(rows, used)
    series = rows[used].dropna().sort_values(time, kind="stable").reset_index(drop=True)
    if not series[step].isin([0, 1]).all():
        raise EstimateError(f"De kolom {step} heeft andere waarden dan 0 en 1. Geef 0 voor en 1 vanaf de verandering.")
    moments, after = terms.numbers(series[time]), terms.numbers(series[step])
    gaps = np.diff(moments)
    if len(gaps) and not np.allclose(gaps, gaps[0], rtol=1e-6) or (gaps <= 0).any():
        raise EstimateError(
            f"De kolom {time} heeft gaten of dubbele waarden. Verwacht: een rij per moment, op gelijke afstand. "
            "Vul de reeks aan, of kies een kortere."
        )
    if not after.any():
        raise EstimateError(f"De kolom {step} is nergens 1. Een verandering heeft waarden erna nodig.")
    before = int(np.argmax(after))
    if before < fewest:
        raise EstimateError(
            f"De reeks heeft {before} momenten voor de verandering. Verwacht: {fewest} of meer. Kies een langere reeks."
        )
    return series


def _columns(series: pd.DataFrame, time: str, step: str, period: float, harmonics: int) -> dict[str, Floats]:
    moments, after = terms.numbers(series[time]), terms.numbers(series[step])
    turn = 2 * np.pi * moments / period
    season = {
        f"{name}{number}": wave(number * turn)
        for number in range(1, harmonics + 1)
        for name, wave in (("sin", np.sin), ("cos", np.cos))
    }
    slope = np.maximum(moments - moments[np.argmax(after)], 0)
    return {terms.INTERCEPT: np.ones(len(moments)), "step": after, "time": moments, **season, "slope_change": slope}


def _design(y: Floats, columns: dict[str, Floats], offset: Floats | None, *, slope: bool) -> Design:
    names = tuple(name for name in columns if slope or name != "slope_change")
    x = np.column_stack([columns[name] for name in names])
    kept, n = terms.independent(x), len(y)
    added = np.zeros(n) if offset is None else offset
    return Design(y, x[:, kept], np.ones(n), added, np.arange(n), pd.RangeIndex(n), names, kept)


def _log(exposure: pd.Series) -> Floats:
    found = terms.numbers(exposure)
    if (found <= 0).any():
        raise EstimateError(f"De kolom {exposure.name} is ergens 0 of kleiner. Waarvan geteld wordt, is meer dan 0.")
    return np.log(found)


def _model(name: str, design: Design, fit: glm.Fit, lag: int, level: float) -> list[pd.DataFrame]:
    dispersion = fit.pearson(design)
    problem = sandwich.Problem(design.x, fit.working, fit.residuals, np.ones(design.n), design.starts)
    nothing = np.full((design.k, design.k), np.nan)
    found = {
        "quasi_poisson": sandwich.bread(design.x, fit.working) * dispersion,
        "quasi_poisson_newey_west": sandwich.newey_west(problem, lag) if fit.exists else nothing,
    }
    parts = [terms.table("dispersion", [""], dispersion, method="pearson", n=design.n)]
    for method, cov in found.items():
        rows = glm.table(design, fit.coef, sandwich.errors(cov), method=method, level=level)
        ratio = rows[rows["term"] == "step"].assign(measure="rate_ratio", se=np.nan)
        ratio[["value", "low", "high"]] = np.exp(ratio[["value", "low", "high"]])
        parts += [rows, ratio]
    return [part.assign(model=name) for part in parts]


def _slope_test(fits: list[tuple[str, Design, glm.Fit]]) -> pd.DataFrame:
    """F test of the slope change: what it takes off the deviance, over the dispersion with it."""
    (_, small, first), (name, large, second) = fits
    gain, left = large.k - small.k, large.n - large.k
    dispersion = second.pearson(large)
    f = (first.deviance - second.deviance) / gain / dispersion if gain > 0 and dispersion > 0 else np.nan
    p = float(special.fdtrc(gain, left, max(f, 0.0))) if f == f else np.nan
    row = terms.table("slope_change_test", ["slope_change"], f, method="f", n=large.n)
    return row.assign(model=name, statistic=f, p=p, df=float(left))
