"""Pairs of families with the nearest propensity score: a check beside weighting, never instead of it.

Which of two equal families is taken is a matter of their order in the file, and the outcome moves with it: look at the
balance, not at the pairs (statistics of the pairs differ between tools by more than their own error).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special, stats

from hgeval.errors import EstimateError
from hgeval.stats import estimate, logistic
from hgeval.stats.logistic import Floats

SAME = 12  # decimals of a score; without it two equal families differ by rounding, and the machine draws the pairs
REACHES = ("both", "below")
Whole = np.ndarray[Any, np.dtype[Any]]


class Pairs(NamedTuple):
    """Row numbers of each pair: the one with the intervention, and the one without; and all scores."""

    treated: Whole
    control: Whole
    scores: Floats


def matched_difference(
    rows: pd.DataFrame, *, outcome: str, treatment: str, covariates: Sequence[str], caliper: float | None = None,
    reach: str = "both", level: float = 0.95,
) -> pd.DataFrame:
    """Difference in mean outcome within pairs, over the families with the intervention that found a partner.

    rows: one a family; `treatment` 1 or 0. caliper: farthest a partner may be, in standard deviations of the score
    within the groups; who finds none stays out. Error by pair (Abadie and Spiess 2022). Measures: difference (n: all
    in pairs), pairs. reach: see `match`. Raises EstimateError for another treatment
    or reach. Rubin 1973; tests/reference/matching.csv.
    """
    told, x, _ = _told(rows, treatment, covariates, [outcome])
    pairs = match(x, told[treatment].to_numpy() == 1, caliper=caliper, reach=reach)
    y = told[outcome].to_numpy(dtype="float64")
    apart = y[pairs.treated] - y[pairs.control]
    n = len(apart)
    value = float(apart.mean()) if n else np.nan
    left = np.r_[y[pairs.treated] - _mean(y[pairs.treated]), -(y[pairs.control] - _mean(y[pairs.control]))]
    summed = left[:n] + left[n:]
    # One cluster a pair, and two coefficients: the small-sample factors of a cluster-robust regression.
    factor = n / (n - 1) * (2 * n - 1) / (2 * n - 2) if n > 1 else np.nan
    se = float(np.sqrt(factor * (summed**2).sum()) / n) if n > 1 else np.nan
    z = special.ndtri((1 + level) / 2)
    ratio = value / se if se > 0 else np.nan
    row = {
        "measure": "difference", "n": 2 * n, "value": value, "se": se, "low": value - z * se, "high": value + z * se,
        "level": level, "statistic": ratio, "p": 2 * stats.norm.sf(abs(ratio)),
    }
    pairs_row = {"measure": "pairs", "n": len(told), "value": n}
    return estimate.frame(pd.DataFrame([row, pairs_row]).assign(method=_name(caliper)))


def matched_balance(
    rows: pd.DataFrame, *, treatment: str, covariates: Sequence[str], caliper: float | None = None,
    reach: str = "both",
) -> pd.DataFrame:
    """Standardised mean difference of the score and of each covariate, before and after pairing.

    In standard deviations of the families with the intervention before pairing (Stuart 2010). Group column `term`;
    measures smd_before and smd_after. Above 0.1 the groups are not alike. tests/reference/matching.csv. Errors as
    `matched_difference`.
    """
    told, x, names = _told(rows, treatment, covariates, [])
    member = told[treatment].to_numpy() == 1
    pairs = match(x, member, caliper=caliper, reach=reach)
    columns = np.c_[pairs.scores, x[:, 1:]]
    scale = _spread(columns[member])
    every = {
        "smd_before": (columns[member], columns[~member], len(told)),
        "smd_after": (columns[pairs.treated], columns[pairs.control], 2 * len(pairs.treated)),
    }
    found = [
        pd.DataFrame({"measure": measure, "term": ["distance", *names[1:]], "n": n, "value": _apart(one, none, scale)})
        for measure, (one, none, n) in every.items()
    ]
    return estimate.frame(pd.concat(found, ignore_index=True).assign(method=_name(caliper)), ["term"])


def match(
    x: Floats, member: np.ndarray[Any, np.dtype[np.bool_]], *, caliper: float | None = None, reach: str = "both"
) -> Pairs:
    """The lean core: highest score first, each with the nearest family without the intervention that is still free.

    reach: `both`, or `below`: the nearest with a lower or equal score, one with a higher score only where there is
    no such. That is what the tool of the reference case does, and no rule to prefer.
    x (n, p) with an intercept first. Of equal ones that which stands closest when all are sorted by score and then by
    their order in the file. No pairs under separation.
    """
    if reach not in REACHES:
        raise EstimateError(f"reach moet {' of '.join(REACHES)} zijn. Kies een van die twee.")
    score = np.round(logistic.fit(x, member * 1.0).chances, SAME)
    nobody: Whole = np.empty(0, dtype="int64")
    treated, free = np.flatnonzero(member), np.flatnonzero(~member)
    if np.isnan(score).any() or min(len(treated), len(free)) < 2:
        return Pairs(nobody, nobody, score)
    spread = np.sqrt((score[treated].var(ddof=1) + score[free].var(ddof=1)) / 2)
    most = np.inf if caliper is None else caliper * spread
    found, place = [], np.empty(len(score), dtype="int64")
    place[np.argsort(score, kind="stable")] = np.arange(len(score))
    for each in treated[np.argsort(-score[treated], kind="stable")]:
        if not len(free):
            break
        away = np.abs(score[free] - score[each])
        if reach == "below" and (score[free] <= score[each]).any():
            away = np.where(score[free] <= score[each], away, np.inf)
        nearest = int(np.lexsort((np.abs(place[free] - place[each]), away))[0])
        if away[nearest] <= most:
            found.append((each, free[nearest]))
            free = np.delete(free, nearest)
    pairs = np.array(sorted(found), dtype="int64").reshape(-1, 2)
    return Pairs(pairs[:, 0], pairs[:, 1], score)


def _told(
    rows: pd.DataFrame, treatment: str, covariates: Sequence[str], beside: Sequence[str]
) -> tuple[pd.DataFrame, Floats, list[str]]:
    columns = list(dict.fromkeys([treatment, *covariates, *beside]))
    estimate.need(rows, columns)
    told = rows[columns].dropna().reset_index(drop=True)
    if not told[treatment].isin([0, 1]).all():
        raise EstimateError(f"De kolom {treatment} mag alleen 0 en 1 zijn. Er staan andere waarden in. Herstel die.")
    design = logistic.design(told, covariates)
    return told, design.x, design.names


def _name(caliper: float | None) -> str:
    return "nearest_neighbour" if caliper is None else "nearest_neighbour_caliper"


def _mean(numbers: Floats) -> float:
    return float(numbers.mean()) if len(numbers) else np.nan


def _spread(columns: Floats) -> Floats:
    """Standard deviation of each column; of a yes or no that of its share, without the n - 1."""
    if len(columns) < 2:
        return np.full(columns.shape[1], np.nan)
    yes = np.isin(columns, (0.0, 1.0)).all(axis=0)
    return np.asarray(np.where(yes, columns.std(axis=0), columns.std(axis=0, ddof=1)))


def _apart(one: Floats, none: Floats, scale: Floats) -> Floats:
    if not len(one) or not len(none):
        return np.full(len(scale), np.nan)
    return np.where(scale > 0, (one.mean(axis=0) - none.mean(axis=0)) / np.where(scale > 0, scale, 1.0), np.nan)
