"""Fine-Gray regression: how covariates move the share with a repeat report where something else can come first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special, stats

from hgeval.stats import estimate, logistic, risksets
from hgeval.stats.risksets import Floats, Whole


class Weighed(NamedTuple):
    """Families sorted by time, and one entry per event of the cause, at its time.

    x (n, p); kind (n,): 1 the event, 2 another, 0 not followed further; own (n,): one over the share not yet lost
    from sight just before a family's own time; first (n,): where the families of its time begin; who (events,): the
    family with the event; here (events,): where the families of its time begin; left (events,): that share then.
    """

    x: Floats
    kind: Whole
    own: Floats
    first: Whole
    who: Whole
    here: Whole
    left: Floats


def fine_gray(
    rows: pd.DataFrame, *, time: str, event: str, covariates: Sequence[str], cause: int = 1, causes: int = 2,
    level: float = 0.95,
) -> pd.DataFrame:
    """Log ratios of the subdistribution hazard of one kind of event, and the ratios themselves.

    rows: one a family; `time` from 0; `event` 0 (not followed further) or 1 to `causes`; covariates numbers or words.
    Families with another event stay in, with the weight of still being followed; the error counts that these weights
    are estimated. Group column `term`; ties by Breslow. Not determined where a covariate separates events. Raises
    EstimateError for a time below 0 or another event. Fine and Gray 1999; tests/reference/competing_risks.csv.
    """
    told = risksets.followed(rows, time=time, event=event, by=list(covariates), kinds=causes)
    model = logistic.design(told, covariates)
    kinds = told[event].to_numpy(dtype="int64")
    kind = np.select([kinds == cause, kinds == 0], [1, 0], 2)
    value, se = fit(model.x[:, 1:], told[time].to_numpy(), kind)
    z = special.ndtri((1 + level) / 2)
    ratio = np.where(se > 0, value / np.where(se > 0, se, 1.0), np.nan)
    terms = pd.DataFrame({"term": model.names[1:], "value": value, "low": value - z * se, "high": value + z * se})
    every = terms.assign(
        measure="log_subhazard", n=len(told), events=(kind == 1).sum(), level=level, method="fine_gray", se=se,
        statistic=ratio, p=2 * stats.norm.sf(np.abs(ratio)),
    )
    ratios = every.assign(measure="subhazard_ratio", **{name: np.exp(every[name]) for name in ("value", "low", "high")})
    return estimate.frame(pd.concat([every, ratios], ignore_index=True), ["term"])


def fit(x: Floats, time: Floats, kind: Whole) -> tuple[Floats, Floats]:
    """The lean core: coefficients and errors (p,) from x (n, p); NaN where there is no answer."""
    nothing = np.full(x.shape[1], np.nan)
    kept = logistic.independent(np.c_[np.ones(len(x)), x], np.zeros(x.shape[1] + 1))[1:]
    if not kept.any() or not (kind == 1).any():
        return nothing, nothing
    order = np.argsort(time, kind="stable")
    centred = x[order][:, kept] - x[:, kept].mean(axis=0)
    scale = np.sqrt((centred**2).mean(axis=0))
    told = _weighed(centred / scale, time[order], kind[order])
    found = _newton(told)
    if found is None:
        return nothing, nothing
    value, se = nothing.copy(), nothing.copy()
    value[kept], se[kept] = found / scale, _errors(told, found) / scale
    return value, se


def _weighed(x: Floats, time: Floats, kind: Whole) -> Weighed:
    new = np.r_[True, np.diff(time) > risksets.ENOUGH * np.abs(time[1:])]
    first = np.flatnonzero(new)[np.cumsum(new) - 1]
    followed = len(time) - first
    lost = np.bincount(first, weights=kind == 0, minlength=len(time))
    after = np.cumprod(1 - lost / np.maximum(len(time) - np.arange(len(time)), 1))
    share = np.r_[1.0, after][first]
    own = np.where((kind == 2) & (share > 0) & (followed > 0), 1 / np.where(share > 0, share, 1.0), 0.0)
    who = np.flatnonzero(kind == 1)
    return Weighed(x, kind, own, first, who, first[who], share[who])


def _sums(told: Weighed, weight: Floats) -> tuple[Floats, Floats]:
    """At each event: the weight of all who could still have it, and their mean of x."""
    every = np.c_[np.ones(len(weight)), told.x] * weight[:, None]
    staying = np.vstack([np.zeros(every.shape[1]), np.cumsum(every * told.own[:, None], axis=0)])
    ahead = np.vstack([np.cumsum(every[::-1], axis=0)[::-1], np.zeros(every.shape[1])])
    both = ahead[told.here] + told.left[:, None] * staying[told.here]
    return both[:, 0], both[:, 1:] / both[:, :1]


def _passed(told: Weighed, numbers: Floats) -> Floats:
    """For each family the sum over events (numbers: events, k) it could have had, with its weight at each of them."""
    upto, later = np.zeros((2, len(told.kind), numbers.shape[1]))
    np.add.at(upto, told.here, numbers)
    np.add.at(later, told.here, numbers * told.left[:, None])
    block = np.cumsum(upto, axis=0)[told.first]
    return np.asarray(block + told.own[:, None] * _after(told, later))


def _after(told: Weighed, numbers: Floats) -> Floats:
    """Sum of the numbers at times after each family's own."""
    return np.asarray(numbers.sum(axis=0) - np.cumsum(numbers, axis=0)[told.first])


def _height(told: Weighed, b: Floats) -> float:
    line = np.clip(told.x @ b, -300, 300)
    return float(line[told.who].sum() - np.log(_sums(told, np.exp(line))[0]).sum())


def _information(told: Weighed, weight: Floats, total: Floats, mean: Floats) -> Floats:
    passed = _passed(told, (1 / total)[:, None])[:, 0]
    return np.asarray((told.x * (weight * passed)[:, None]).T @ told.x - mean.T @ mean)


def _newton(told: Weighed) -> Floats | None:
    def slope(b: Floats) -> tuple[Floats, Floats]:
        weight = np.exp(np.clip(told.x @ b, -300, 300))
        total, mean = _sums(told, weight)
        return (told.x[told.who] - mean).sum(axis=0), _information(told, weight, total, mean)

    found = risksets.climb(told.x.shape[1], slope, lambda b: _height(told, b))
    return None if found is None else found[0]


def _errors(told: Weighed, b: Floats) -> Floats:
    weight = np.exp(np.clip(told.x @ b, -300, 300))
    total, mean = _sums(told, weight)
    passed = _passed(told, np.c_[np.ones(len(total)), mean] / total[:, None])
    direct = -weight[:, None] * (told.x * passed[:, :1] - passed[:, 1:])
    direct[told.who] += told.x[told.who] - mean
    bread = np.linalg.inv(_information(told, weight, total, mean))
    influence = (direct + _of_weights(told, weight, total, mean)) @ bread
    return logistic.root(np.diag(influence.T @ influence))


def _of_weights(told: Weighed, weight: Floats, total: Floats, mean: Floats) -> Floats:
    """What each family adds because it moved the estimated share that is lost from sight."""
    others = np.cumsum(np.c_[np.ones(len(weight)), told.x] * (weight * told.own)[:, None], axis=0)
    before = np.vstack([np.zeros(others.shape[1]), others])[told.first]
    coming = np.zeros((len(weight), 1 + told.x.shape[1]))
    np.add.at(coming, told.here, np.c_[np.ones(len(total)), mean] * (told.left / total)[:, None])
    later = _after(told, coming)
    pull = before[:, 1:] * later[:, :1] - before[:, :1] * later[:, 1:]
    followed = (len(weight) - told.first).astype("float64")
    lost = (told.kind == 0).astype("float64")
    own = pull * (lost / followed)[:, None]
    run = np.cumsum(pull * (lost / followed**2)[:, None], axis=0)
    last = np.r_[np.flatnonzero(np.diff(told.first))[np.newaxis].ravel(), len(lost) - 1]
    ends = last[np.searchsorted(last, np.arange(len(lost)))]
    return np.asarray(own - run[ends])
