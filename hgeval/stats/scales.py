"""Scales: how consistent their items are (alpha, omega) and how reliable raters of the same persons (ICC)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from hgeval.stats import estimate

Floats = NDArray[np.float64]

LEAST_UNIQUE = 0.005  # of an item's variance that is its own; at this edge the one-factor solution is improper


def alpha(rows: pd.DataFrame, *, items: Sequence[str], level: float = 0.95) -> pd.DataFrame:
    """Cronbach's alpha with its exact interval, standardised alpha, and what each item adds.

    rows: one a person; who left an item open does not count. Measures: alpha (methods cronbach, with Feldt's limits,
    and standardised), and per `item` alpha_if_dropped and item_rest_r. Undefined for fewer than two items or persons,
    or a sum without spread; the limits also where alpha is not below 1. An item without spread has no correlation,
    and the scale then no standardised alpha. Cronbach 1951; Feldt 1965. tests/reference/alpha_omega.csv.
    """
    scores = estimate.complete(rows, items).to_numpy()
    persons, count = scores.shape
    spread = _covariance(scores)
    value = _alpha(spread)
    low, high = _feldt(value, persons, count, level)
    found: list[dict[str, Any]] = [
        {"measure": "alpha", "method": "cronbach", "value": value, "low": low, "high": high, "level": level},
        {"measure": "alpha", "method": "standardised", "value": _alpha(_correlations(spread))},
    ]
    for at, name in enumerate(items):
        rest = np.delete(np.delete(spread, at, axis=0), at, axis=1)
        found.append({"measure": "alpha_if_dropped", "method": "cronbach", "item": name, "value": _alpha(rest)})
    for at, name in enumerate(items):
        others = np.delete(spread[at], at).sum()
        rest = np.delete(np.delete(spread, at, axis=0), at, axis=1).sum()
        together = spread[at, at] * rest
        value_r = others / np.sqrt(together) if together > 0 else np.nan
        found.append({"measure": "item_rest_r", "method": "pearson", "item": name, "value": value_r})
    return estimate.frame([{"item": None, "n": persons, **each} for each in found], ["item"])


def omega(rows: pd.DataFrame, *, items: Sequence[str]) -> pd.DataFrame:
    """Omega total: the part of the sum score's variance that one common factor explains, by maximum likelihood.

    Measures: omega (method ml_one_factor; and ml_one_factor_standardised, of the items at equal spread) and `loading`
    per `item` (in its own unit, of the covariance over n). Undefined for fewer than three items, for as few persons
    as items, an item without spread, and an improper solution, where an item seems wholly explained (Heywood): under
    30 persons that is common. McDonald 1999; Joreskog 1967. tests/reference/alpha_omega.csv.
    """
    scores = estimate.complete(rows, items).to_numpy()
    persons, count = scores.shape
    spread = _covariance(scores)
    loadings = _one_factor(_correlations(spread)) if count > 2 and persons > count else None
    if loadings is None:
        loadings = np.full(count, np.nan)
    scale = np.sqrt(np.diag(spread) * (persons - 1) / persons) if persons else np.full(count, np.nan)
    own, unique = loadings * scale, (1 - loadings**2) * scale**2
    found: list[dict[str, Any]] = [
        {"measure": "omega", "method": "ml_one_factor", "value": own.sum() ** 2 / (own.sum() ** 2 + unique.sum())},
        {"measure": "omega", "method": "ml_one_factor_standardised",
         "value": loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())},
        *({"measure": "loading", "method": "ml_one_factor", "item": name, "value": each}
          for name, each in zip(items, own, strict=True)),
    ]
    return estimate.frame([{"item": None, "n": persons, **each} for each in found], ["item"])


def icc(rows: pd.DataFrame, *, raters: Sequence[str], level: float = 0.95) -> pd.DataFrame:
    """Intraclass correlations of Shrout and Fleiss 1979: one measure `icc`, six methods.

    rows: one a person that every one of `raters` judged; others do not count. Methods icc1, icc2, icc3 (one rater:
    any, of a sample, these) and icc1k, icc2k, icc3k (their mean), with limits, F as statistic, its df and p.
    Undefined for fewer than two persons or raters, or where nothing varies; F and limits also where raters agree
    wholly. McGraw and Wong 1996. tests/reference/icc.csv.
    """
    scores = estimate.complete(rows, raters).to_numpy()
    n, k = scores.shape
    if n < 2 or k < 2 or not np.ptp(scores) > 0:
        return estimate.frame([{"measure": "icc", "method": each, "n": n} for each in _ICC])
    squares = between, within, _, error = _mean_squares(scores)
    value, ends = _icc_values(squares, n, k), _icc_limits(squares, n, k, (1 + level) / 2)
    found = []
    for method in _ICC:
        under, df = (within, n * (k - 1)) if method.startswith("icc1") else (error, (n - 1) * (k - 1))
        f = _ratio(between, under)
        found.append({
            "measure": "icc", "method": method, "n": n, "value": value[method], "low": ends[method][0],
            "high": ends[method][1], "level": level, "statistic": f, "df": n - 1,
            "p": float(special.fdtrc(n - 1, df, f)),
        })
    return estimate.frame(found)


_ICC = ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")


_Squares = tuple[float, float, float, float]


def _icc_values(squares: _Squares, n: int, k: int) -> dict[str, float]:
    between, within, judges, error = squares
    return {
        "icc1": _ratio(between - within, between + (k - 1) * within),
        "icc2": _ratio(between - error, between + (k - 1) * error + k * (judges - error) / n),
        "icc3": _ratio(between - error, between + (k - 1) * error),
        "icc1k": _ratio(between - within, between),
        "icc2k": _ratio(between - error, between + (judges - error) / n),
        "icc3k": _ratio(between - error, between),
    }


def _icc_limits(squares: _Squares, n: int, k: int, tail: float) -> dict[str, tuple[float, float]]:
    between, within, judges, error = squares
    one = _limits(between, within, n - 1, n * (k - 1), tail)
    three = _limits(between, error, n - 1, (n - 1) * (k - 1), tail)
    two = _two_limits(between, judges, error, n, k, tail)

    def both(ends: tuple[float, float], change: Callable[[float], float]) -> tuple[float, float]:
        return change(ends[0]), change(ends[1])

    return {
        "icc1": both(one, lambda f: (f - 1) / (f + k - 1)), "icc1k": both(one, lambda f: 1 - 1 / f),
        "icc2": two, "icc2k": both(two, lambda each: k * each / (1 + (k - 1) * each)),
        "icc3": both(three, lambda f: (f - 1) / (f + k - 1)), "icc3k": both(three, lambda f: 1 - 1 / f),
    }


def _mean_squares(scores: Floats) -> _Squares:
    """Between persons, within persons, between raters, and what neither explains."""
    n, k = scores.shape
    grand, persons, raters = scores.mean(), scores.mean(axis=1), scores.mean(axis=0)
    rest = scores - persons[:, None] - raters[None, :] + grand
    squares = np.array([
        k * ((persons - grand) ** 2).sum(), ((scores - persons[:, None]) ** 2).sum(),
        n * ((raters - grand) ** 2).sum(), (rest**2).sum(),
    ])
    squares[squares <= 1e-24 * ((scores - grand) ** 2).sum()] = 0  # the rounding of a mean is no difference
    between, within, judges, error = squares / [n - 1, n * (k - 1), k - 1, (n - 1) * (k - 1)]
    return float(between), float(within), float(judges), float(error)


def _limits(above: float, under: float, df1: int, df2: int, tail: float) -> tuple[float, float]:
    """Limits of the ratio of the true mean squares."""
    f = _ratio(above, under)
    if not f > 0:
        return np.nan, np.nan
    return float(f / special.fdtri(df1, df2, tail)), float(f * special.fdtri(df2, df1, tail))


def _two_limits(between: float, judges: float, error: float, n: int, k: int, tail: float) -> tuple[float, float]:
    """Limits of ICC(2,1), with Satterthwaite's degrees of freedom (Shrout and Fleiss 1979, p. 424)."""
    value = _ratio(between - error, between + (k - 1) * error + k * (judges - error) / n)
    if not error > 0 or np.isnan(value):
        return np.nan, np.nan
    fj = judges / error
    rest = n * (1 + (k - 1) * value) - k * value
    under = (n - 1) * k**2 * value**2 * fj**2 + rest**2
    df = (k - 1) * (n - 1) * (k * value * fj + rest) ** 2 / under if under > 0 else np.nan
    if not df > 0:
        return np.nan, np.nan
    upper, lower = float(special.fdtri(n - 1, df, tail)), float(special.fdtri(df, n - 1, tail))
    common = k * judges + (k * n - k - n) * error
    return (
        n * (between - upper * error) / (upper * common + n * between),
        n * (lower * between - error) / (common + n * lower * between),
    )


def _covariance(scores: Floats) -> Floats:
    persons, count = scores.shape
    if persons < 2:
        return np.full((count, count), np.nan)
    found = np.atleast_2d(np.cov(scores, rowvar=False))
    flat = np.ptp(scores, axis=0) == 0
    found[flat, :] = found[:, flat] = 0  # not the rounding of a mean
    return np.asarray(found)


def _correlations(spread: Floats) -> Floats:
    sd = np.sqrt(np.diag(spread))
    outer = np.outer(sd, sd)
    return np.asarray(np.divide(spread, outer, out=np.full(spread.shape, np.nan), where=outer > 0))


def _alpha(spread: Floats) -> float:
    count, total = len(spread), float(spread.sum())
    if count < 2 or not total > 1e-12 * float(np.trace(spread)):
        return np.nan
    return count / (count - 1) * (1 - float(np.trace(spread)) / total)


def _feldt(value: float, persons: int, count: int, level: float) -> tuple[float, float]:
    if not value < 1 - 1e-12 or persons < 2:
        return np.nan, np.nan
    df1, df2 = persons - 1, (persons - 1) * (count - 1)
    tails = (1 + level) / 2, (1 - level) / 2
    low, high = (1 - (1 - value) * float(special.fdtri(df1, df2, tail)) for tail in tails)
    return low, high


def _one_factor(correlations: Floats) -> Floats | None:
    """Standardised loadings of one factor by maximum likelihood, mostly positive; None where there is no proper one."""
    count = len(correlations)
    if np.isnan(correlations).any() or np.linalg.eigvalsh(correlations)[0] < 1e-10:
        return None

    def loss(log_unique: Floats) -> tuple[float, Floats]:
        unique = np.exp(log_unique)
        root = np.sqrt(unique)
        sizes, directions = np.linalg.eigh(correlations / np.outer(root, root))
        rest = sizes[:-1]
        loading = root * directions[:, -1] * np.sqrt(max(sizes[-1] - 1, 0.0))
        slope = (loading**2 + unique - np.diag(correlations)) / unique
        return float((rest - np.log(rest) - 1).sum()), np.asarray(slope)

    start = np.log(np.clip((1 - 0.5 / count) / np.diag(np.linalg.inv(correlations)), LEAST_UNIQUE, 1))
    edges = [(np.log(LEAST_UNIQUE), 0.0)] * count
    options: Any = {"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-10}
    best = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=edges, options=options)
    unique = np.exp(best.x)
    if (unique <= LEAST_UNIQUE * (1 + 1e-6)).any():
        return None
    root = np.sqrt(unique)
    sizes, directions = np.linalg.eigh(correlations / np.outer(root, root))
    found = root * directions[:, -1] * np.sqrt(max(sizes[-1] - 1, 0.0))
    return np.asarray(found if found.sum() >= 0 else -found)


def _ratio(above: float, under: float) -> float:
    return above / under if under > 0 else np.nan
