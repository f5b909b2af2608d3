"""Families asked at several waves: the share as a whole over time, whatever links the answers of one family."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from hgeval.errors import EstimateError
from hgeval.stats import glm, sandwich, terms
from hgeval.stats.terms import Design, Floats

STRUCTURES = ("independence", "exchangeable")
_ROUNDS = 200
_STILL = 1e-10  # most that the last round may move a linear predictor


class _State(NamedTuple):
    """At some coefficients: scores (G, k) and information (G, k, k) of each cluster, alpha and scale."""

    scores: Floats
    information: Floats
    alpha: float
    scale: float


def gee_logit(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], cluster: str,
    structure: Literal["independence", "exchangeable"] = "exchangeable", weights: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Logistic GEE (Liang & Zeger 1986) in log odds: a row a `term` and method, then alpha, scale and clusters.

    rows: one a family and wave, in any order. Methods: gee_robust (normal), and gee_mancl_derouen, the small-sample
    correction of Mancl & DeRouen (2001) with t of G - k degrees, to be used under 40 clusters. alpha, the correlation
    within a cluster, and scale are the moments without a correction for degrees of freedom, as geepack has them
    (statsmodels divides by less, and is .2 to .5% off). Weights, where waves lack, may differ within a family only
    under independence. Missing where there is no estimate (separation, one cluster). Raises EstimateError for an
    outcome other than 0 and 1, an unknown structure, or such weights. Reference case gee_logit.
    """
    terms.need_level(level)
    if structure not in STRUCTURES:
        raise EstimateError(f"Onbekende structuur. Bekend zijn: {', '.join(STRUCTURES)}.")
    design = terms.build(rows, outcome=outcome, covariates=covariates, cluster=cluster, weights=weights)
    terms.need_binary(design, outcome)
    if structure == "exchangeable" and (design.weights != design.weights[design.starts][design.codes]).any():
        raise EstimateError("Gewichten verschillen binnen een cluster. Kies dan voor structure: independence.")
    clusters = len(design.starts)
    coef, state = _fit(design, structure == "exchangeable")
    return terms.frame([
        glm.table(design, coef, _errors(state, reduced=False), method="gee_robust", level=level),
        glm.table(design, coef, _errors(state, reduced=True), method="gee_mancl_derouen", level=level,
                  df=clusters - design.k),
        terms.table("alpha", [""], state.alpha, method=structure, n=design.n),
        terms.table("scale", [""], state.scale, method="pearson", n=design.n),
        terms.table("clusters", [""], clusters, method="count", n=design.n),
    ])  # fmt: skip


def _fit(design: Design, correlated: bool) -> tuple[Floats, _State]:
    """The coefficients at which the scores add up to nothing, and the state there."""
    coef = glm.fit(design, "logit").coef
    clusters, k = len(design.starts), design.k
    if np.isfinite(coef).all() and clusters > 1:
        for _ in range(_ROUNDS):
            state = _state(design, coef, correlated)
            whole = state.information.sum(axis=0)
            if not np.isfinite(whole).all() or np.linalg.cond(whole) > 1 / np.finfo(float).eps:
                break
            step = np.linalg.solve(whole, state.scores.sum(axis=0))
            if np.abs(design.x @ step).max() < _STILL:
                return coef, state
            coef = coef + step
    return np.full(k, np.nan), _State(np.full((clusters, k), np.nan), np.full((clusters, k, k), np.nan), np.nan, np.nan)


def _state(design: Design, coef: Floats, correlated: bool) -> _State:
    """R is (1 - alpha) I + alpha J within, its inverse I - c J over 1 - alpha, c = alpha / (1 + alpha (m - 1))."""
    starts, share = design.starts, design.weights[design.starts]
    within = np.ones(design.n)
    if not correlated:
        share, within = np.ones(len(starts)), np.sqrt(design.weights)
    mu = 1 / (1 + np.exp(-np.clip(design.x @ coef, -30, 30)))
    root = np.sqrt(mu * (1 - mu))
    x, residuals = (root * within)[:, None] * design.x, (design.y - mu) / root * within
    sizes = np.diff(np.append(starts, design.n))
    sums, total = np.add.reduceat(x, starts, axis=0), np.add.reduceat(residuals, starts)
    scale = float((share[design.codes] * residuals**2).sum() / design.weights.sum())
    pairs = float((share * sizes * (sizes - 1)).sum())
    products = float((share * (total**2 - np.add.reduceat(residuals**2, starts))).sum())
    alpha = products / pairs / scale if correlated and pairs > 0 else 0.0
    lowest = 1 + alpha * (sizes.max() - 1)
    if correlated and not (alpha < 1 and lowest > 0):  # no correlation of so many can be that low
        return _State(sums * np.nan, np.full((len(starts), *[design.k] * 2), np.nan), np.nan, np.nan)
    shift = alpha / (1 + alpha * (sizes - 1))
    factor = share / (1 - alpha)
    plain = np.add.reduceat(x * residuals[:, None], starts, axis=0)
    products_of = np.stack([np.add.reduceat(x * column[:, None], starts, axis=0) for column in x.T], axis=1)
    scores = factor[:, None] * (plain - (shift * total)[:, None] * sums)
    information = products_of - shift[:, None, None] * sums[:, :, None] * sums[:, None, :]
    return _State(scores, factor[:, None, None] * information, alpha if correlated else np.nan, scale)


def _errors(state: _State, *, reduced: bool) -> Floats:
    """Robust standard errors; reduced: each cluster's residuals first divided by I minus its leverage."""
    whole = state.information.sum(axis=0)
    if not np.isfinite(whole).all():
        return np.full(len(whole), np.nan)
    inside, scores = np.linalg.inv(whole), state.scores
    if reduced:
        left = np.eye(len(whole)) - state.information @ inside
        if (np.linalg.cond(left) > 1e12).any():  # one cluster holds all there is to know of a term
            return np.full(len(whole), np.nan)
        scores = np.asarray(np.linalg.solve(left, scores[:, :, None])[:, :, 0], dtype="float64")
    half = scores @ inside
    return sandwich.errors(half.T @ half)
