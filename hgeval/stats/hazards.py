"""Cox regression of the time to a repeat report: hazard ratios, whether they stay the same over time, concordance.

Ties by Efron (the default) or Breslow. Own Newton: the robust standard errors of the library are off where times tie.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import special, stats

from hgeval.errors import EstimateError
from hgeval.stats import estimate, logistic, risksets
from hgeval.stats.risksets import Floats, Whole

TIES = ("efron", "breslow")


class Moments(NamedTuple):
    """Families from the last time to the first, and one entry per event in that order.

    x (n, p); upto (events,): the last family still followed then; begin: the first family of that time's ties;
    part: which share of the tied events' weight has left (0 with Breslow); who (events,): the family with the event.
    """

    x: Floats
    time: Floats
    had: Floats
    upto: Whole
    begin: Whole
    part: Floats
    who: Whole
    order: Whole


class Cox(NamedTuple):
    """coefficients (p,), bread (p, p), heights: log likelihood at 0 and at the coefficients, and the moments."""

    coefficients: Floats
    bread: Floats
    heights: tuple[float, float]
    moments: Moments


def cox(
    rows: pd.DataFrame, *, time: str, event: str, covariates: Sequence[str], cluster: str | None = None,
    ties: str = "efron", level: float = 0.95,
) -> pd.DataFrame:
    """Hazard ratios on the log scale, each with a model-based and a robust standard error.

    rows: one a family; `time` from 0, `event` 1 or 0, covariates numbers or words; families of one `cluster` (such
    as a worker) belong together, without it each stands alone. Group column `term`. Measures: log_hazard (methods
    cox_efron and cox_efron_robust), hazard_ratio (limits from the robust error), log_likelihood (terms none and
    model), concordance. Not determined where a covariate separates events, or follows from others. Raises
    EstimateError for a time below 0, another event, unknown ties. Cox 1972; Efron 1977; Lin and Wei 1989;
    tests/reference/cox.csv.
    """
    told, x, names = _told(rows, time, event, covariates, cluster)
    model = fit(x, told[time].to_numpy(), told[event].to_numpy(), ties=ties)
    held = None if cluster is None else told[cluster].to_numpy()
    robust = logistic.root(np.diag(_clustered(model, np.arange(len(told)) if held is None else held)))
    plain, z = logistic.root(np.diag(model.bread)), special.ndtri((1 + level) / 2)
    terms = pd.DataFrame({"term": names, "n": len(told), "events": told[event].sum(), "value": model.coefficients})
    parts = [_terms(terms, se, z, level, f"cox_{ties}{kind}") for se, kind in ((plain, ""), (robust, "_robust"))]
    limits = {name: np.exp(parts[1][name]) for name in ("value", "low", "high")}
    ratio = parts[1].assign(measure="hazard_ratio", **limits)
    whole = pd.DataFrame({"measure": "log_likelihood", "term": ["none", "model"], "value": model.heights})
    score = x @ np.nan_to_num(model.coefficients)
    order = risksets.concordance(told[time].to_numpy(), told[event].to_numpy(), score)
    order = order if np.isfinite(model.heights[1]) else np.nan
    last = pd.DataFrame({"measure": ["concordance"], "term": ["model"], "value": [order]})
    rest = pd.concat([whole, last]).assign(n=len(told), events=told[event].sum(), method=f"cox_{ties}")
    return estimate.frame(pd.concat([*parts, ratio, rest], ignore_index=True), ["term"])


def proportionality(
    rows: pd.DataFrame, *, time: str, event: str, covariates: Sequence[str], ties: str = "efron"
) -> pd.DataFrame:
    """Whether each hazard ratio stays the same over time: score test against a trend in 1 - Kaplan-Meier.

    One row a term and one for all together (`GLOBAL`): statistic, df, p. The test of survival 3 (Therneau 2020), not
    the approximation of Grambsch and Therneau 1994. tests/reference/cox.csv. Errors as `cox`.
    """
    told, x, names = _told(rows, time, event, covariates, None)
    model = fit(x, told[time].to_numpy(), told[event].to_numpy(), ties=ties)
    kept, p = np.flatnonzero(np.isfinite(model.coefficients)), len(names)
    chi, df = np.full(p + 1, np.nan), np.r_[np.ones(p), float(len(kept))]
    if len(kept):
        trend = _trend(model.moments)
        slope = (_residuals(model) * trend[:, None]).sum(axis=0)
        blocks = [_information(model.moments, np.nan_to_num(model.coefficients), trend**power) for power in (0, 1, 2)]
        for place, chosen in [*((int(each), np.array([each])) for each in kept), (p, kept)]:
            chi[place] = _score(slope, blocks, kept, chosen)
    known = np.isfinite(chi)
    tests = pd.DataFrame({"term": [*names, "GLOBAL"], "statistic": chi, "df": np.where(known, df, np.nan)})
    return estimate.frame(
        tests.assign(
            measure="proportional_hazards", n=len(told), events=told[event].sum(), method="score_km",
            p=np.where(known, stats.chi2.sf(np.where(known, chi, 0.0), df), np.nan),
        ),
        ["term"],
    )


def fit(x: Floats, time: Floats, event: Floats, *, ties: str = "efron") -> Cox:
    """The lean core of `cox`: x (n, p), time (n,), event (n,) of 0 and 1; NaN where there is no answer."""
    if ties not in TIES:
        raise EstimateError(f"ties moet {' of '.join(TIES)} zijn. Kies een van die twee.")
    moments = _moments(x, time, event, ties)
    kept = logistic.independent(np.c_[np.ones(len(x)), _scaled(x)], np.zeros(x.shape[1] + 1))[1:]
    found = _newton(moments._replace(x=moments.x[:, kept])) if kept.any() and len(moments.who) else None
    p = x.shape[1]
    coefficients, bread = np.full(p, np.nan), np.full((p, p), np.nan)
    none = _height(moments, np.zeros(p)) if len(moments.who) else np.nan
    if found is None:
        return Cox(coefficients, bread, (none, np.nan), moments)
    coefficients[kept], bread[np.ix_(kept, kept)] = found
    return Cox(coefficients, bread, (none, _height(moments, np.nan_to_num(coefficients))), moments)


def influences(model: Cox) -> Floats:
    """How much each family (in the order given) moves each coefficient: the dfbeta residuals (n, p)."""
    moments, b = model.moments, np.nan_to_num(model.coefficients)
    weight, total, mean = _means(moments, b)
    residual = np.zeros_like(moments.x)
    np.add.at(residual, moments.who, moments.x[moments.who] - _of_ties(moments, mean))
    share, drift = 1 / total, mean / total[:, None]
    passed = _passed(moments, share, share * moments.part)
    moved = _passed(moments, drift, drift * moments.part[:, None])
    residual -= weight[:, None] * (moments.x * passed[:, None] - moved)
    found = np.empty_like(residual)
    found[moments.order] = residual @ np.nan_to_num(model.bread)
    found[:, np.isnan(model.coefficients)] = np.nan
    return found


def _told(
    rows: pd.DataFrame, time: str, event: str, covariates: Sequence[str], cluster: str | None
) -> tuple[pd.DataFrame, Floats, list[str]]:
    beside = [*covariates, *([] if cluster is None or cluster in covariates else [cluster])]
    told = risksets.followed(rows, time=time, event=event, by=beside)
    model = logistic.design(told, covariates)
    return told, model.x[:, 1:], model.names[1:]


def _clustered(model: Cox, clusters: Any) -> Floats:
    codes, count = logistic.coded(clusters)
    summed = logistic.sums(influences(model), codes, count)
    return np.asarray(summed.T @ summed) if count > 1 else np.full(model.bread.shape, np.nan)


def _terms(terms: pd.DataFrame, se: Floats, z: float, level: float, method: str) -> pd.DataFrame:
    known = se > 0
    ratio = np.where(known, terms["value"] / np.where(known, se, 1.0), np.nan)
    return terms.assign(
        measure="log_hazard", se=se, low=terms["value"] - z * se, high=terms["value"] + z * se, level=level,
        method=method, statistic=ratio, p=2 * stats.norm.sf(np.abs(ratio)),
    )


def _scaled(x: Floats) -> Floats:
    lengths = np.sqrt((x**2).mean(axis=0))
    return x / np.where(lengths > 0, lengths, 1.0)


def _moments(x: Floats, time: Floats, event: Floats, ties: str) -> Moments:
    order = np.lexsort((event, -time))
    at, had = time[order], event[order]
    new = np.r_[True, np.diff(at) < -risksets.ENOUGH * np.abs(at[:-1])][: len(at)]
    block = np.cumsum(new) - 1
    last = np.r_[np.flatnonzero(new)[1:] - 1, len(at) - 1]
    who = np.flatnonzero(had == 1)
    tied = np.bincount(block[who], minlength=len(last))
    begin = (last - tied + 1)[block[who]]
    part = (who - begin) / tied[block[who]] if ties == "efron" else np.zeros(len(who))
    centred = x[order] - x.mean(axis=0) if len(x) else x[order]
    return Moments(centred, at, had, last[block[who]], begin, part, who, order)


def _means(moments: Moments, b: Floats) -> tuple[Floats, Floats, Floats]:
    """Weight of each family (n,), and at each event the sum of weights and the mean of x among those followed."""
    weight = np.exp(np.clip(moments.x @ b, -300, 300))
    ties = moments.part[:, None]
    cut = [_ran(weight[:, None] * numbers, moments, ties) for numbers in (np.ones((len(weight), 1)), moments.x)]
    return weight, cut[0][:, 0], cut[1] / cut[0]


def _ran(numbers: Floats, moments: Moments, ties: Floats) -> Floats:
    run = np.vstack([np.zeros(numbers.shape[1]), np.cumsum(numbers, axis=0)])
    return np.asarray(run[moments.upto + 1] - ties * (run[moments.upto + 1] - run[moments.begin]))


def _of_ties(moments: Moments, mean: Floats) -> Floats:
    """Each event's mean of x averaged over the events of the same time."""
    codes, count = logistic.coded(moments.upto)
    return np.asarray((logistic.sums(mean, codes, count) / np.bincount(codes, minlength=count)[:, None])[codes])


def _passed(moments: Moments, numbers: Floats, tied: Floats) -> Floats:
    """For each family the sum of the events' numbers while it was followed, less its part in the ties it is one of."""
    shape = (len(moments.x), *numbers.shape[1:])
    ends, own = np.zeros(shape), np.zeros(shape)
    np.add.at(ends, moments.upto, numbers)
    np.add.at(own, moments.upto, tied)
    lasting = np.cumsum(ends[::-1], axis=0)[::-1]
    lasting[moments.who] -= own[moments.upto]
    return lasting


def _information(moments: Moments, b: Floats, times: Floats) -> Floats:
    weight, total, mean = _means(moments, b)
    share = times / total
    passed = _passed(moments, share, share * moments.part)
    squares = (moments.x * (weight * passed)[:, None]).T @ moments.x
    return np.asarray(squares - (mean * times[:, None]).T @ mean)


def _height(moments: Moments, b: Floats) -> float:
    _, total, _ = _means(moments, b)
    return float((moments.x @ b)[moments.who].sum() - np.log(total).sum())


def _newton(moments: Moments) -> tuple[Floats, Floats] | None:
    scale = np.sqrt((moments.x**2).mean(axis=0))
    scaled = moments._replace(x=moments.x / scale)
    ones = np.ones(len(moments.who))

    def slope(b: Floats) -> tuple[Floats, Floats]:
        _, _, mean = _means(scaled, b)
        return (scaled.x[scaled.who] - mean).sum(axis=0), _information(scaled, b, ones)

    found = risksets.climb(len(scale), slope, lambda b: _height(scaled, b))
    return None if found is None else (found[0] / scale, np.linalg.inv(found[1]) / np.outer(scale, scale))


def _residuals(model: Cox) -> Floats:
    """Schoenfeld residuals (events, p): x of who had the event less the mean of those followed."""
    _, _, mean = _means(model.moments, np.nan_to_num(model.coefficients))
    return np.asarray(model.moments.x[model.moments.who] - mean)


def _trend(moments: Moments) -> Floats:
    """1 - Kaplan-Meier just before each event, less its mean."""
    table = risksets.steps(moments.time, moments.had.astype("int64"), np.zeros(len(moments.time), dtype="int64"))
    share = risksets.survival(table.at_risk, table.events[:, 0], table.group)
    gone = 1 - risksets.before(table.group, share, 1.0)
    found = gone[risksets.last_upto(table, np.zeros(len(moments.who), dtype="int64"), moments.time[moments.who])]
    return np.asarray(found - found.mean())


def _score(slope: Floats, blocks: list[Floats], kept: Whole, chosen: Whole) -> float:
    plain, mixed, trend = (block[np.ix_(left, right)] for block, left, right in (
        (blocks[0], kept, kept), (blocks[1], kept, chosen), (blocks[2], chosen, chosen)
    ))
    left = trend - mixed.T @ np.linalg.solve(plain, mixed)
    if np.linalg.cond(left) > 1e12:
        return np.nan
    return float(slope[chosen] @ np.linalg.solve(left, slope[chosen]))
