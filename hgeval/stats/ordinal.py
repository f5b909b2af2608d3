"""Answers in order (Likert): do two groups answer alike, and what goes with a higher answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from hgeval.errors import EstimateError
from hgeval.stats import arrays, estimate
from hgeval.stats.arrays import Floats

EXACT_UPTO = 150  # answers; beyond it the exact chance costs seconds and equals the normal one
_FLAT = 1e-10  # bend of the likelihood a row, in units of the spread of a term, under which it has no top
_STEPS = 60  # Newton steps; a likelihood without a top keeps climbing


def two_samples(rows: pd.DataFrame, *, score: str, group: str, level: float = 0.95) -> pd.DataFrame:
    """Do two groups answer alike (Wilcoxon 1945; Mann & Whitney 1947), with ties, and how often is the first higher.

    rows: one row an answer; a missing answer or group is left out; the first group is the first by name. Measures:
    same_answers by mann_whitney (statistic W, pairs in which the first is higher, ties for half), with continuity
    correction, exact over all divisions of the answers found (up to `EXACT_UPTO`), and kruskal_wallis;
    prob_superiority and cliffs_delta (Cliff 1993), with limits by Brunner & Munzel (2000), cut off at what is possible.
    Missing where a group or any difference lacks. Raises EstimateError for more than two groups. Reference case
    two_sample_ordinal.
    """
    whole, values, names = _answers(rows, score, group)
    one, other = (values[np.asarray(whole[group] == name)] for name in names)
    cells: dict[str, Any] = {"n": len(values)}
    superior: dict[str, Any] = {"measure": "prob_superiority", "method": "brunner_munzel", "level": level}
    delta: dict[str, Any] = {"measure": "cliffs_delta", "method": "brunner_munzel", "level": level}
    methods = ("mann_whitney", "mann_whitney_cc", "mann_whitney_exact", "kruskal_wallis")
    tests: dict[str, dict[str, Any]] = {each: {"measure": "same_answers", "method": each} for each in methods}
    if len(one) and len(other):
        pairs = len(one) * len(other)
        w = float(stats.rankdata(values)[np.asarray(whole[group] == names[0])].sum() - len(one) * (len(one) + 1) / 2)
        low, high = _superiority_limits(one, other, level)
        superior |= {"value": w / pairs, "low": low, "high": high}
        delta |= {"value": 2 * w / pairs - 1, "low": 2 * low - 1, "high": 2 * high - 1}
        if len(np.unique(values)) > 1:
            for method, corrected in (("mann_whitney", False), ("mann_whitney_cc", True)):
                found = stats.mannwhitneyu(one, other, use_continuity=corrected, method="asymptotic")
                tests[method] |= {"statistic": w, "p": found.pvalue}
            tests["mann_whitney_exact"] |= {"statistic": w, "p": _exact(one, other)}
            ranked = stats.kruskal(one, other)
            tests["kruskal_wallis"] |= {"statistic": ranked.statistic, "df": 1, "p": ranked.pvalue}
    return estimate.frame([cells | each for each in (superior, delta, *tests.values())])


def proportional_odds(
    rows: pd.DataFrame, *, outcome: str, terms: Sequence[str], weight: str | None = None, level: float = 0.95
) -> pd.DataFrame:
    """What goes with a higher answer: cumulative logit model by maximum likelihood (McCullagh 1980).

    rows: one row an answer, or a kind of answer with its `weight` (a count); incomplete rows are left out. outcome:
    ordered by value, or by its categories. terms: a number enters as it is, a text or category as one term a class
    against the first. Group column `term`; measures log_odds_ratio (above 0: higher answers, a term is named
    "kind=mild"), threshold ("1|2") and loglik, with standard errors and normal limits. Missing where the likelihood has
    no top: a class that splits the answers, terms that repeat each other, one answer only. Raises EstimateError.
    Reference case ordinal_logit.
    """
    whole, place, answers, counts = _model_rows(rows, outcome, terms, weight)
    names, design = _design(whole, terms)
    thresholds = [f"{low}|{high}" for low, high in zip(answers[:-1], answers[1:], strict=True)]
    told = pd.DataFrame({"term": [*names, *thresholds, pd.NA], "method": "proportional_odds"}).astype({"term": "str"})
    told["measure"] = ["log_odds_ratio"] * len(names) + ["threshold"] * len(thresholds) + ["loglik"]
    told["n"], told["level"] = counts.sum(), [level] * (len(told) - 1) + [np.nan]
    fit = _climb(place, design, counts, len(thresholds)) if thresholds else None
    if fit is None:
        return estimate.frame(told, ["term"])
    order = [*range(len(thresholds), len(thresholds) + len(names)), *range(len(thresholds))]
    value, se = (np.append(numbers[order], np.nan) for numbers in fit[:2])
    z, half = value / se, arrays.two_sided(level)[0] * se
    told = told.assign(se=se, statistic=z, p=2 * special.ndtr(-np.abs(z)), low=value - half, high=value + half)
    value[-1] = fit[2]
    return estimate.frame(told.assign(value=value), ["term"])


def _answers(rows: pd.DataFrame, score: str, group: str) -> tuple[pd.DataFrame, Floats, list[Any]]:
    estimate.need(rows, [score, group])
    whole = rows[rows[score].notna() & rows[group].notna()]
    ordered = isinstance(rows[score].dtype, pd.CategoricalDtype)
    values = arrays.floats(whole[score].cat.codes if ordered else whole[score])
    names = sorted(whole[group].unique())
    if len(names) > 2:
        raise EstimateError(f"Er zijn {len(names)} groepen; deze vergelijking is van twee. Kies er twee.")
    return whole, values, [*names, None, None][:2]


def _superiority_limits(one: Floats, other: Floats, level: float) -> tuple[float, float]:
    """Limits of the chance that the first is higher; missing where the placements do not vary."""
    if min(len(one), len(other)) < 2:
        return np.nan, np.nan
    from statsmodels.stats.nonparametric import rank_compare_2indep

    both = stats.rankdata(np.concatenate([one, other]))
    placed = both[: len(one)] - stats.rankdata(one), both[len(one) :] - stats.rankdata(other)
    if all(np.ptp(each) == 0 for each in placed):
        return np.nan, np.nan
    low, high = rank_compare_2indep(one, other).conf_int(alpha=1 - level)
    return max(float(low), 0.0), min(float(high), 1.0)


def _exact(one: Floats, other: Floats) -> float:
    """Chance, over all divisions, of a rank sum as far from its mean as this one or farther."""
    if len(one) + len(other) > EXACT_UPTO:
        return np.nan
    fewer, more = (one, other) if len(one) <= len(other) else (other, one)
    steps = np.round(2 * stats.rankdata(np.concatenate([fewer, more]))).astype("int64")  # tied ranks lie halfway
    found, size = int(steps[: len(fewer)].sum()), len(fewer)
    most = int(np.sort(steps)[-size:].sum())
    ways = np.zeros((size + 1, most + 1))
    ways[0, 0] = 1.0
    for step in steps:
        ways[1:, step:] += ways[:-1, : most + 1 - step].copy()
    away = np.abs(np.arange(most + 1) - size * steps.sum() / len(steps))
    return float(ways[size, away >= away[found] - 1e-9].sum() / ways[size].sum())


def _model_rows(
    rows: pd.DataFrame, outcome: str, terms: Sequence[str], weight: str | None
) -> tuple[pd.DataFrame, Any, list[Any], Floats]:
    """Complete rows that count, the place of each answer, the answers in order, and the counts."""
    used = [outcome, *terms, *([weight] if weight else [])]
    estimate.need(rows, used)
    whole = rows[used].dropna()
    counts = arrays.counts(whole[weight]) if weight else np.ones(len(whole))
    whole, counts = whole[counts > 0], counts[counts > 0]
    seen = _in_order(whole[outcome])
    return whole, pd.Index(seen, dtype="object").get_indexer(whole[outcome].astype("object")), seen, counts


def _in_order(found: pd.Series) -> list[Any]:
    """The classes that occur, by category or by value."""
    if isinstance(found.dtype, pd.CategoricalDtype):
        return [each for each in found.cat.categories if (found == each).any()]
    return sorted(found.unique())


def _design(whole: pd.DataFrame, terms: Sequence[str]) -> tuple[list[str], Floats]:
    names: list[str] = []
    columns: list[Floats] = []
    for term in terms:
        found = whole[term]
        if pd.api.types.is_numeric_dtype(found.dtype) and not pd.api.types.is_bool_dtype(found.dtype):
            names, columns = [*names, term], [*columns, arrays.floats(found)]
            continue
        classes = _in_order(found)
        names += [f"{term}={each}" for each in classes[1:]]
        columns += [np.asarray(found == each, dtype="float64") for each in classes[1:]]
    return names, np.column_stack(columns) if columns else np.zeros((len(whole), 0))


def _climb(place: Any, design: Floats, counts: Floats, thresholds: int) -> tuple[Floats, Floats, float] | None:
    """Estimates (thresholds, then terms), standard errors and log-likelihood by Newton steps; None without a top."""
    full = np.column_stack([np.ones(len(design)), design])
    if np.linalg.matrix_rank(full) < full.shape[1]:
        return None
    most = counts.sum() * np.append(np.ones(thresholds), np.var(design, axis=0))
    upto = np.cumsum(np.bincount(place, counts, minlength=thresholds + 1))[:-1] / counts.sum()
    at = np.concatenate([special.logit(upto), np.zeros(design.shape[1])])
    likely, slope, bend = _likelihood(at, place, design, counts, thresholds)
    for _ in range(_STEPS):
        if (-np.diag(bend) < _FLAT * most).any():
            return None
        step = np.linalg.solve(bend, -slope)
        tried = _likelihood(at + step, place, design, counts, thresholds)
        while tried[0] < likely - 1e-12 * abs(likely):
            step = step / 2
            tried = _likelihood(at + step, place, design, counts, thresholds)
        at, (likely, slope, bend) = at + step, tried
        if np.abs(step).max() < 1e-9:
            return at, np.sqrt(np.diag(np.linalg.inv(-bend))), likely
    return None


def _likelihood(
    at: Floats, place: Any, design: Floats, counts: Floats, thresholds: int
) -> tuple[float, Floats, Floats]:
    """Log-likelihood, its slope and its bend; minus infinity where the thresholds are out of order."""
    away = design @ at[thresholds:]
    parts = []
    for which, end in ((place, thresholds), (place - 1, -1)):  # the threshold above the answer, and the one below
        inside = which != end
        mark = np.where(inside, which, 0)
        cumulative = np.where(inside, special.expit(at[mark] - away), 1.0 if end == thresholds else 0.0)
        chosen = np.column_stack([np.eye(thresholds)[mark], -design]) * inside[:, None]
        parts.append((cumulative, cumulative * (1 - cumulative), chosen))
    (upper, rise, above), (lower, fall, below) = parts
    chance = upper - lower
    if (chance <= 0).any():
        return -np.inf, np.zeros(len(at)), -np.eye(len(at))
    score = (above * rise[:, None] - below * fall[:, None]) / chance[:, None]
    curve, dent = (counts * part * (1 - 2 * at_end) / chance for part, at_end in ((rise, upper), (fall, lower)))
    bend = above.T @ (above * curve[:, None]) - below.T @ (below * dent[:, None]) - score.T @ (score * counts[:, None])
    return float(counts @ np.log(chance)), score.T @ counts, bend
