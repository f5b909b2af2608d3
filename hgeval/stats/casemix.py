"""Case mix: what would the country have made of the families of a region, and how does the region compare?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from hgeval import rates
from hgeval.errors import EstimateError
from hgeval.stats import estimate

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_ROUNDS = 50
_FAR = 15.0  # of the log odds: a class that has none or all is on its way to no end


class Model(NamedTuple):
    """Patterns of covariates: their chance of the event, and of every row the number of its pattern."""

    chance: Floats
    pattern: Codes
    method: str


def benchmark(
    rows: pd.DataFrame, *, event: str, region: str = "region", numbers: Sequence[str] = (),
    categories: Sequence[str] = (), level: float = 0.95,
) -> pd.DataFrame:
    """Observed over expected and the indirectly standardised share of each region, from ONE national logit.

    rows: one a family; `event` boolean (missing: does not count); covariates known before any help was given: an
    intervention is not case mix. A missing class is a class; a missing number has the mean and an indicator of its
    own. The model knows no region. Measures per region: `expected`, `ratio` (exact Poisson limits, statistic the z of
    observed against expected) and `share_standardised` (ratio times the national share). method: indirect_logit, or
    indirect_firth where a class has none or all of the events (Firth 1993, with the intercept set so that expected
    adds up to observed). No expected events: ratio undefined. A standardised share is the ratio in another unit: where
    the country's share is high it may exceed 1, and the ratio says more. Raises EstimateError for a column that is
    not there, or an infinite number.
    Breslow and Day 1987 chapter 2; DeLong et al. 1997. tests/reference/standardisation.csv.
    """
    estimate.need(rows, [event, region, *numbers, *categories])
    kept = rows[rows[event].notna() & rows[region].notna()]
    happened = kept[event].to_numpy(dtype="float64")
    model = fit(kept, happened, numbers=numbers, categories=categories)
    chance = model.chance[model.pattern]
    code, names = pd.factorize(kept[region].astype("str"), sort=True)
    size = np.bincount(code, minlength=len(names)).astype(float)
    observed, expected, variance = (
        np.bincount(code, each, len(names)).astype(float) for each in (happened, chance, chance * (1 - chance))
    )
    crude = float(happened.mean()) if len(kept) else np.nan
    return _indirect(np.asarray(names), size, observed, expected, variance, crude, model.method, level)


def standardised(
    rows: pd.DataFrame, *, region: str = "region", stratum: str = "stratum", events: str = "events", n: str = "n",
    level: float = 0.95,
) -> pd.DataFrame:
    """Both standardisations of a table of strata: what `benchmark` does without a model, and the direct as a check.

    rows: one a region and stratum, counts; strata may combine any classes. As `benchmark`, method indirect_strata;
    and `share_direct`: the region's own shares, weighed by the country's strata, by methods direct_fay_feuer (gamma
    limits) and direct_normal (se of a binomial). A region without families in a stratum has no direct share.
    Raises EstimateError for impossible counts. Fay and Feuer 1997. tests/reference/standardisation.csv.
    """
    estimate.need(rows, [region, stratum, events, n])
    if rows[[region, stratum, events, n]].isna().any().any():
        raise EstimateError("Elke rij heeft een regio, een stratum en aantallen. Maak van leeg een eigen stratum.")
    table = [
        rows.assign(**{name: rows[name].astype("float64")}).pivot_table(
            index=region, columns=stratum, values=name, aggfunc="sum", fill_value=0.0, observed=True
        )
        for name in (events, n)
    ]
    x, size = (each.to_numpy(dtype="float64") for each in table)
    if ((x < 0) | (x > size)).any():
        raise EstimateError(
            f"{events} is 0 of meer en niet groter dan {n}. Hier is dat niet zo. Controleer de telling per stratum."
        )
    names = table[0].index.astype("str").to_numpy(dtype=object)
    country = _quotient(x.sum(axis=0), size.sum(axis=0))
    there = np.nan_to_num(country)
    crude = float(x.sum() / size.sum()) if size.sum() > 0 else np.nan
    indirect = _indirect(
        names, size.sum(axis=1), x.sum(axis=1), size @ there, size @ (there * (1 - there)), crude,
        "indirect_strata", level,
    )
    return pd.concat([indirect, _direct(names, x, size, level)], ignore_index=True)


def fit(
    rows: pd.DataFrame, happened: Floats, *, numbers: Sequence[str] = (), categories: Sequence[str] = ()
) -> Model:
    """The national logit, on distinct patterns of covariates so that millions of rows take seconds.

    happened: 0 or 1 a row. Newton's method; where classes without or with only events drive the likelihood to no end,
    Firth's penalty. Collinear covariates change nothing in the chances.
    """
    pattern, first = _patterns(rows, [*numbers, *categories])
    x = _design(rows.iloc[first], rows, numbers, categories)
    n = np.bincount(pattern, minlength=len(first)).astype(float)
    y = np.bincount(pattern, happened, len(first)).astype(float)
    total = float(y.sum())
    if not 0 < total < n.sum():
        return Model(np.full(len(first), total / n.sum() if n.sum() else np.nan), pattern, "indirect_logit")
    chance = _newton(x, n, y, firth=False)
    if chance is not None:
        return Model(chance, pattern, "indirect_logit")
    chance = _newton(x, n, y, firth=True)
    if chance is None:
        raise EstimateError("Het landelijke model komt niet tot rust. Gebruik minder kenmerken of voeg klassen samen.")
    return Model(_recentred(chance, n, total), pattern, "indirect_firth")


def _newton(x: Floats, n: Floats, y: Floats, *, firth: bool) -> Floats | None:
    """Chance of each pattern at the highest (penalised) likelihood; None where it has no end or no rest is found."""
    beta = np.zeros(x.shape[1])
    beta[0] = special.logit(y.sum() / n.sum())
    for _ in range(10 * _ROUNDS if firth else _ROUNDS):
        chance = special.expit(x @ beta)
        weight = n * chance * (1 - chance)
        spread = np.linalg.pinv((x * weight[:, None]).T @ x, hermitian=True)
        pull = weight * ((x @ spread) * x).sum(axis=1) * (0.5 - chance) if firth else 0.0
        step = spread @ (x.T @ (y - n * chance + pull))
        beta = beta + step * min(1.0, 5 / max(float(np.abs(step).max()), 1e-300))
        if not firth and np.abs(x @ beta).max() > _FAR:
            return None
        if np.abs(x @ step).max() < 1e-11:
            return np.asarray(special.expit(x @ beta))
    return None


def _recentred(chance: Floats, n: Floats, total: float) -> Floats:
    """The same log odds moved by one number, so that expected adds up to observed (Puhr et al. 2017, FLIC)."""
    odds = special.logit(chance)
    move = 0.0
    for _ in range(_ROUNDS):
        now = special.expit(odds + move)
        move += (total - float(n @ now)) / float(n @ (now * (1 - now)))
    return np.asarray(special.expit(odds + move))


def _patterns(rows: pd.DataFrame, columns: Sequence[str]) -> tuple[Codes, Codes]:
    """Of every row the number of its pattern, and of every pattern its first row."""
    code = np.zeros(len(rows), dtype=np.int64)
    for name in columns:
        own, seen = pd.factorize(rows[name], use_na_sentinel=False)
        code, _ = pd.factorize(code * max(len(seen), 1) + own)
    count = int(code.max(initial=-1)) + 1
    first = np.zeros(count, dtype=np.int64)
    first[code[::-1]] = np.arange(len(rows) - 1, -1, -1)
    return code.astype(np.int64), first


def _design(
    patterns: pd.DataFrame, rows: pd.DataFrame, numbers: Sequence[str], categories: Sequence[str]
) -> Floats:
    """A column of ones, of each number at mean 0 and spread 1, and of each class but the first."""
    columns = [np.ones(len(patterns))]
    for name in numbers:
        every = rows[name].to_numpy(dtype="float64", na_value=np.nan)
        known = every[np.isfinite(every)]
        if np.isinf(every).any():
            raise EstimateError(f"{name} bevat een oneindig getal. Maak het leeg of vul het werkelijke getal in.")
        own = patterns[name].to_numpy(dtype="float64", na_value=np.nan)
        spread = float(known.std()) if len(known) else 0.0
        if spread > 0:
            columns.append(np.where(np.isnan(own), 0.0, (own - known.mean()) / spread))
        if np.isnan(own).any() and len(known):
            columns.append(np.isnan(own).astype(float))
    for name in categories:
        own, seen = pd.factorize(patterns[name], use_na_sentinel=False)
        columns += [(own == each).astype(float) for each in range(1, len(seen))]
    return np.column_stack(columns)


def _indirect(
    names: NDArray[Any], size: Floats, observed: Floats, expected: Floats, variance: Floats, crude: float,
    method: str, level: float,
) -> pd.DataFrame:
    ratio, z = _quotient(observed, expected), _quotient(observed - expected, np.sqrt(variance))
    low, high = (_quotient(each, expected) for each in rates.poisson_exact(observed, level))
    common = {"region": names, "n": size, "events": observed, "method": method}
    parts = [
        pd.DataFrame({"measure": "expected", "value": np.where(size > 0, expected, np.nan), **common}),
        pd.DataFrame({
            "measure": "ratio", "value": ratio, "low": low, "high": high, "level": level, "statistic": z,
            "p": 2 * special.ndtr(-np.abs(z)), **common,
        }),
        pd.DataFrame({
            "measure": "share_standardised", "value": ratio * crude, "low": low * crude, "high": high * crude,
            "level": level, **common,
        }),
    ]
    return estimate.frame(pd.concat(parts, ignore_index=True))


def _direct(names: NDArray[Any], x: Floats, size: Floats, level: float) -> pd.DataFrame:
    """Regions x strata to shares weighed by the country's strata; a stratum that nobody has weighs nothing."""
    some = size.sum(axis=0) > 0
    x, size = x[:, some], size[:, some]
    weight = size.sum(axis=0) / size.sum() if some.any() else np.zeros(0)
    own = _quotient(x, size)
    value, tail = own @ weight if some.any() else np.full(len(x), np.nan), (1 - level) / 2
    se = np.sqrt(_quotient(own * (1 - own), size) @ weight**2)
    half = special.ndtri(1 - tail) * se
    variance, most = _quotient(own, size) @ weight**2, _quotient(np.ones_like(size), size) * weight
    last = most.max(axis=1, initial=0.0)
    low = np.where(value == 0, 0.0, _gamma(tail, value, variance))
    high = _gamma(1 - tail, value + last, variance + last**2)
    common = {"measure": "share_direct", "region": names, "n": size.sum(axis=1), "events": x.sum(axis=1),
              "value": value, "level": level}
    parts = [
        pd.DataFrame({**common, "low": low, "high": high, "method": "direct_fay_feuer"}),
        pd.DataFrame({
            **common, "low": np.maximum(value - half, 0), "high": np.minimum(value + half, 1), "se": se,
            "method": "direct_normal",
        }),
    ]
    return estimate.frame(pd.concat(parts, ignore_index=True))


def _gamma(tail: float, mean: Floats, variance: Floats) -> Floats:
    """Quantile of the gamma distribution with this mean and variance."""
    shape = _quotient(mean**2, variance)
    return np.asarray(special.gammaincinv(shape, tail) * _quotient(variance, mean))


def _quotient(above: Floats, under: Floats) -> Floats:
    found = np.full(np.broadcast_shapes(above.shape, under.shape), np.nan)
    return np.asarray(np.divide(above, under, out=found, where=under > 0))
