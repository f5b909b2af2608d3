"""Shares of regions as draws of one beta distribution: its maximum likelihood, and each region drawn to the middle."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import elementwise

from hgeval import rates
from hgeval.stats import arrays, estimate

Floats = NDArray[np.float64]

MOST = float(np.log(1e6))  # of alpha + beta, as a logarithm: from there on the regions do not differ measurably
_RANGE = (-15.0, float(np.log(1e-3))), (15.0, MOST)  # of the log odds of the mean and the logarithm of the size
_ROUNDS = 200


class _Fit(NamedTuple):
    """One fit a row: log odds of the mean, logarithm of alpha + beta, log-likelihood without the binomial constant."""

    mean: Floats
    size: Floats
    log_likelihood: Floats


def shrunken_shares(
    rows: pd.DataFrame, *, region: str = "region", events: str = "events", n: str = "n", seed: int,
    draws: int = 1000, level: float = 0.95, measure: str = "share_shrunken",
) -> pd.DataFrame:
    """Empirical-Bayes share per region under a beta-binomial, with an interval that knows its spread is estimated.

    rows: one a region, counts. Methods: eb_plugin, as if the beta distribution were known (too short where regions
    hardly differ), and eb_laird_louis: the mixture of posteriors over `draws` parametric bootstraps of the country,
    each fitted again (Laird and Louis 1987, type III), by adjusted density (Morris and Tang 2011), since a likelihood
    that often says "no spread at all" would cover 90%; `seed` makes it repeatable. Of the country: alpha, beta, mean,
    rho = 1/(alpha + beta + 1), log_likelihood. Regions that differ less than chance: rho is 0, alpha, beta and the
    plug-in interval are undefined. None or all have it, or fewer than two regions: nothing is determined.
    Raises EstimateError for impossible counts. tests/reference/betabinomial_eb.csv.
    """
    x, size = _counts(rows, region, events, n)
    known = (size > 0) & ~np.isnan(x)
    names = rows[region].astype("str").to_numpy()
    if known.sum() < 2 or x[known].sum() in (0, size[known].sum()):
        lone = [{"measure": measure, "region": each, "method": "eb_plugin"} for each in names]
        whole = ("alpha", "beta", "mean", "rho", "log_likelihood")
        return estimate.frame([*lone, *({"measure": each, "method": "ml"} for each in whole)])
    y, of = x[known], size[known]
    fit = _fitted(y[None, :], of, adjust=0)
    alpha, beta = (float(each[0]) for each in _parameters(fit))
    differ = bool(fit.size[0] < MOST - 1e-3)
    tails = ((1 - level) / 2, (1 + level) / 2)
    value = (x + alpha) / (size + alpha + beta) if differ else np.where(np.isnan(x), np.nan, special.expit(fit.mean[0]))
    plugin = [special.betaincinv(x + alpha, size - x + beta, tail) for tail in tails] if differ else [np.nan, np.nan]
    several = _bootstrapped(y, of, seed, draws)
    mixed = [_mixture_quantile(x, size, *several, tail) for tail in tails]
    common = {"measure": measure, "region": names, "n": size, "events": x, "value": value, "level": level}
    parts = [
        pd.DataFrame({**common, "low": low, "high": high, "method": method})
        for method, (low, high) in (("eb_plugin", plugin), ("eb_laird_louis", mixed))
    ]
    log_likelihood = float(fit.log_likelihood[0] + _log_choose(of, y).sum())
    return estimate.frame(pd.concat([*parts, _national(alpha, beta, differ, log_likelihood)], ignore_index=True))


def _national(alpha: float, beta: float, differ: bool, log_likelihood: float) -> pd.DataFrame:
    told: dict[str, Any] = {
        "alpha": alpha if differ else np.nan, "beta": beta if differ else np.nan, "mean": alpha / (alpha + beta),
        "rho": 1 / (alpha + beta + 1) if differ else 0.0, "log_likelihood": log_likelihood,
    }
    return pd.DataFrame({"measure": list(told), "value": list(told.values())}).assign(
        region=rates.NATIONAL, method="ml"
    )


def _parameters(fit: _Fit) -> tuple[Floats, Floats]:
    mean, size = special.expit(fit.mean), np.exp(fit.size)
    return size * mean, size * (1 - mean)


def _bootstrapped(y: Floats, n: Floats, seed: int, draws: int) -> tuple[Floats, Floats]:
    """alpha and beta of as many countries, each drawn from the one that was fitted and fitted itself."""
    random = np.random.default_rng(seed)
    alpha, beta = _parameters(_fitted(y[None, :], n, adjust=1))
    counts = random.binomial(n.astype("int64"), random.beta(alpha[0], beta[0], size=(draws, len(n))))
    return _parameters(_fitted(counts.astype("float64"), n, adjust=1))


def _fitted(y: Floats, n: Floats, *, adjust: float) -> _Fit:
    """Highest likelihood of every row of y at once: Newton steps, shortened where they do not rise.

    adjust: of the logarithm of the size that is taken off (1: density of Morris and Tang, never at "no spread").
    """
    mean = special.logit(np.clip(y.sum(axis=1) / n.sum(), 1e-6, 1 - 1e-6))
    at = np.column_stack([mean, np.full(len(y), np.log(20.0))])
    value, damping = _log_likelihood(at, y, n, adjust), np.full(len(y), 1e-3)
    going = np.ones(len(y), dtype=bool)
    for _ in range(_ROUNDS):
        here = np.flatnonzero(going)
        if not here.size:
            break
        ends = np.clip(at[here] + _step(at[here], y[here], n, damping[here], adjust), *_RANGE)
        reached = _log_likelihood(ends, y[here], n, adjust)
        rises = reached >= value[here] - 1e-12 * np.abs(value[here])
        moved = np.abs(ends - at[here]).max(axis=1)
        at[here[rises]], value[here[rises]] = ends[rises], reached[rises]
        damping[here] = np.where(rises, damping[here] / 10, damping[here] * 10)
        going[here] = ~(rises & (moved < 1e-10)) & (damping[here] < 1e12)
    return _Fit(at[:, 0], at[:, 1], value)


def _log_likelihood(at: Floats, y: Floats, n: Floats, adjust: float) -> Floats:
    mean, size = special.expit(at[:, :1]), np.exp(at[:, 1:])
    a, b = size * mean, size * (1 - mean)
    found = (special.betaln(y + a, n - y + b) - special.betaln(a, b)).sum(axis=1)
    return np.asarray(found - adjust * at[:, 1])


def _step(at: Floats, y: Floats, n: Floats, damping: Floats, adjust: float) -> Floats:
    """The Newton step uphill, of a curvature that is made negative where it is not."""
    slope, curve = _derivatives(at, y, n)
    slope[:, 1] -= adjust
    slope[(at[:, 1] >= MOST) & (slope[:, 1] > 0), 1] = 0  # there only the mean can still move
    steepness, directions = np.linalg.eigh(-curve)
    along = np.einsum("rji,rj->ri", directions, slope)
    found = np.einsum("rij,rj->ri", directions, along / (np.maximum(np.abs(steepness), 1e-9) + damping[:, None]))
    return np.asarray(np.clip(found, -2, 2))


def _derivatives(at: Floats, y: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Slope and curvature of the log-likelihood in the log odds of the mean and the logarithm of the size."""
    mean, size = special.expit(at[:, 0]), np.exp(at[:, 1])
    a, b, g = size * mean, size * (1 - mean), size * mean * (1 - mean)
    first = [_rise(special.digamma, count, each) for count, each in ((y, a), (n - y, b), (n, size))]
    second = [_rise(_trigamma, count, each) for count, each in ((y, a), (n - y, b), (n, size))]
    to_a, to_b = first[0] - first[2], first[1] - first[2]
    aa, bb, ab = second[0] - second[2], second[1] - second[2], -second[2]
    slope = np.column_stack([g * (to_a - to_b), a * to_a + b * to_b])
    curve = np.empty((len(at), 2, 2))
    curve[:, 0, 0] = g**2 * (aa - 2 * ab + bb) + g * (1 - 2 * mean) * (to_a - to_b)
    curve[:, 0, 1] = curve[:, 1, 0] = g * (a * aa + (b - a) * ab - b * bb) + g * (to_a - to_b)
    curve[:, 1, 1] = a**2 * aa + 2 * a * b * ab + b**2 * bb + slope[:, 1]
    return slope, curve


def _trigamma(x: Floats) -> Floats:
    return np.asarray(special.polygamma(1, x))


def _rise(function: Any, count: Floats, start: Floats) -> Floats:
    """Over the regions, what the function adds from start to start + count."""
    return np.asarray((function(start[:, None] + count) - function(start)[:, None]).sum(axis=1))


def _mixture_quantile(x: Floats, n: Floats, alpha: Floats, beta: Floats, tail: float) -> Floats:
    """Quantile of the mean of the posterior distributions under each pair of parameters, per region."""
    known = np.flatnonzero(~(np.isnan(x) | np.isnan(n)))

    def short(share: Floats, at: NDArray[np.int64]) -> Floats:
        a, b = x[at] + alpha[:, None], (n - x)[at] + beta[:, None]
        return np.asarray(special.betainc(a, b, share).mean(axis=0) - tail)

    found = np.full(len(x), np.nan)
    if known.size:
        ends = np.zeros(known.size), np.ones(known.size)
        found[known] = elementwise.find_root(short, ends, args=(known,)).x
    return found


def _log_choose(n: Floats, k: Floats) -> Floats:
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))


def _counts(rows: pd.DataFrame, region: str, events: str, n: str) -> tuple[Floats, Floats]:
    estimate.need(rows, [region])
    return arrays.of_whole(rows, events, n)
