"""One logistic model, lean enough to fit thousands of times, and what an estimator on top of it needs of it.

A sum of influences is how far an estimate lies from the truth: row i holds what family i adds to that. Every standard
error that counts the uncertainty of several models at once ("stacked", Stefanski and Boos 2002) is a spread of such
sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from hgeval.errors import EstimateError
from hgeval.stats import estimate

Floats = np.ndarray[Any, np.dtype[Any]]
STEPS, DONE, DEPENDENT = 60, 1e-11, 1e-13
INTERCEPT = "(Intercept)"


class Fit(NamedTuple):
    """coefficients (p,), 0 where `kept` is False; chances (m,); bread (p, p), the inverse of the information.

    All of it NaN where the model has no answer: a group in which all or none have the event (separation).
    """

    coefficients: Floats
    chances: Floats
    bread: Floats
    kept: np.ndarray[Any, np.dtype[np.bool_]]


class Design(NamedTuple):
    """x (n, p) with an intercept first, the names of its columns, and the penalty of each."""

    x: Floats
    names: list[str]
    penalty: Floats


def design(
    rows: pd.DataFrame, covariates: Sequence[str], *, penalised: Sequence[str] = (), ridge: float = 1.0
) -> Design:
    """Columns of a model: numbers as they are, a column of words as one column for each word but the first.

    Of a penalised column every word has its column. Raises EstimateError for a column that lacks or is not filled.
    """
    estimate.need(rows, [*covariates, *penalised])
    gaps = [name for name in [*covariates, *penalised] if rows[name].isna().any()]
    if gaps:
        raise EstimateError(f"De kolom {', '.join(gaps)} is niet overal gevuld. Vul haar overal in, of laat haar weg.")
    names, columns, penalty = [INTERCEPT], [np.ones((len(rows), 1))], [0.0]
    for name in [*covariates, *penalised]:
        held = name in penalised
        words, numbers = _columns(rows[name], every=held)
        names += [name if word is None else f"{name}={word}" for word in words]
        columns.append(numbers)
        penalty += [ridge if held else 0.0] * len(words)
    return Design(np.hstack(columns), names, np.array(penalty))


def fit(x: Floats, events: Floats, trials: Floats | None = None, *, penalty: Floats | None = None) -> Fit:
    """Maximum likelihood, or the mode under a normal prior with precision `penalty`, by Newton's method.

    x (m, p); events (m,) of trials (m,), one each where not given. A column that follows from those before it is
    left out. tests/reference/gcomputation.csv.
    """
    sizes = np.ones(len(x)) if trials is None else trials
    held = np.zeros(x.shape[1]) if penalty is None else penalty
    spread = np.sqrt(sizes @ x**2 / max(sizes.sum(), 1.0))
    scale = np.where((held > 0) | (spread == 0), 1.0, spread)
    scaled = x / scale
    kept = independent(scaled, held)
    found = _newton(scaled[:, kept], events, sizes, held[kept]) if kept.any() and np.isfinite(events).all() else None
    if found is None:
        wide = np.full((x.shape[1], x.shape[1]), np.nan)
        return Fit(np.full(x.shape[1], np.nan), np.full(len(x), np.nan), wide, kept)
    coefficients, bread = np.zeros(x.shape[1]), np.zeros((x.shape[1], x.shape[1]))
    coefficients[kept] = found[0] / scale[kept]
    bread[np.ix_(kept, kept)] = found[1] / np.outer(scale[kept], scale[kept])
    return Fit(coefficients, special.expit(x @ coefficients), bread, kept)


def scores(model: Fit, x: Floats, events: Floats, penalty: Floats | None = None) -> Floats:
    """What each row adds to the slope of the likelihood (n, p); with a penalty, its part of that too. Sums to 0."""
    plain = x * (events - model.chances)[:, None]
    return np.asarray(plain if penalty is None else plain - penalty * model.coefficients / len(x))


def leverage(model: Fit, x: Floats) -> Floats:
    """How far each row (one trial) draws its own chance, (n,): the diagonal of the hat matrix (Pregibon 1981)."""
    return np.asarray(model.chances * (1 - model.chances) * ((x @ model.bread) * x).sum(axis=1), dtype="float64")


def independent(x: Floats, penalty: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which columns do not follow from those before them (a penalised column never does)."""
    left = np.asarray(x.T @ x + np.diag(penalty))
    whole, found = np.diag(left).copy(), np.zeros(x.shape[1], dtype="bool")
    for each in range(x.shape[1]):
        found[each] = left[each, each] > DEPENDENT * whole[each]
        if found[each]:
            left = left - np.outer(left[:, each], left[each] / left[each, each])
    return found


def spread(influence: Floats, clusters: np.ndarray[Any, Any] | None = None) -> Floats:
    """Covariance (k, k) of k estimates from their influences (n, k); by cluster with factor G/(G-1) (Liang-Zeger 1986).

    Not determined (NaN) for one cluster.
    """
    if clusters is None:
        return np.asarray(influence.T @ influence, dtype="float64")
    codes, count = coded(clusters)
    if count < 2:
        return np.full((influence.shape[1],) * 2, np.nan)
    summed = sums(influence, codes, count)
    return np.asarray(summed.T @ summed * (count / (count - 1)), dtype="float64")


def coded(labels: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, np.dtype[np.int64]], int]:
    """Whole numbers from 0 for labels, and how many there are."""
    codes, known = pd.factorize(np.asarray(labels))
    return codes, len(known)


def sums(numbers: Floats, codes: np.ndarray[Any, np.dtype[np.int64]], count: int) -> Floats:
    """Sums of the columns (n, k) per code: (count, k)."""
    parts = [np.bincount(codes, weights=column, minlength=count) for column in numbers.T]
    return np.stack(parts, axis=1) if parts else np.zeros((count, 0))


def root(variance: Floats) -> Floats:
    """Standard errors of variances; what is below 0 by rounding is 0, what is not known stays so."""
    return np.sqrt(np.maximum(variance, 0.0))


def _newton(x: Floats, events: Floats, sizes: Floats, held: Floats) -> tuple[Floats, Floats] | None:
    at = np.zeros(x.shape[1])
    height = _height(x, events, sizes, held, at)
    for _ in range(STEPS):
        chances = special.expit(x @ at)
        information = (x * (sizes * chances * (1 - chances))[:, None]).T @ x + np.diag(held)
        try:
            step = np.linalg.solve(information, x.T @ (events - sizes * chances) - held * at)
        except np.linalg.LinAlgError:
            return None
        small = np.abs(step).max(initial=0.0) <= DONE * (1 + np.abs(at).max(initial=0.0))
        if small:
            return at + step, np.asarray(np.linalg.inv(information))
        reach, before = 1.0, height
        while (height := _height(x, events, sizes, held, at + reach * step)) < before - 1e-9 and reach > 1e-4:
            reach /= 2
        at = at + reach * step
        if np.abs(step).max(initial=0.0) > 1e6 or not np.isfinite(height):
            return None
    return None


def _height(x: Floats, events: Floats, sizes: Floats, held: Floats, at: Floats) -> float:
    line = x @ at
    return float(events @ line - sizes @ np.logaddexp(0, line) - held @ at**2 / 2)


def _columns(column: pd.Series, *, every: bool) -> tuple[list[Any], Floats]:
    wordy = not pd.api.types.is_numeric_dtype(column.dtype)
    if not wordy and not every:
        return [None], column.to_numpy(dtype="float64")[:, None]
    coded_words = column.cat.remove_unused_categories() if isinstance(column.dtype, pd.CategoricalDtype) else (
        column.astype("category")
    )
    words = list(coded_words.cat.categories)[0 if every else 1:]
    codes = coded_words.cat.codes.to_numpy()
    return words, (codes[:, None] == np.arange(0 if every else 1, len(words) + (not every))).astype("float64")
