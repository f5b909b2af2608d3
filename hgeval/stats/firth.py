"""Logistic regression with Firth's penalty: it has an answer where a covariate separates the outcomes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import optimize, special

from hgeval.stats import glm, sandwich, terms
from hgeval.stats.terms import Design, Floats

_ROUNDS = 300
_STILL, _NEAR = 1e-10, 1e-6  # most that a last round may move a linear predictor: for coefficients, for a height
_FAR = 60  # standard errors: a limit beyond this has no end


def logit(
    rows: pd.DataFrame, *, outcome: str, covariates: Sequence[str], level: float = 0.95
) -> pd.DataFrame:
    """Penalised logistic regression (Firth 1993; Heinze & Schemper 2002) in log odds: a row a `term` and method.

    Methods: firth_wald (se from the information, normal) and firth_profile, the limits and test of the penalised
    likelihood (statistic is chi-squared with 1 degree), to be preferred: under separation the likelihood is skew.
    Then `log_likelihood`, penalised. A term that follows from others is missing. Raises EstimateError for an outcome
    other than 0 and 1. Reference cases firth, firth_endometrial.
    """
    terms.need_level(level)
    design = terms.build(rows, outcome=outcome, covariates=covariates)
    terms.need_binary(design, outcome)
    coef = _climb(design, np.zeros(design.k), None)
    top, se = _height(design, coef), _errors(design, coef)
    wald = glm.table(design, coef, se, method="firth_wald", level=level)
    rows_of = glm.table(design, coef, se, method="firth_profile", level=level)
    limits = np.array([_limits(design, coef, se, top, each, level) for each in range(design.k)])
    chi2 = np.array([2 * (top - _height(design, _climb(design, coef, (each, 0.0)))) for each in range(design.k)])
    chi2 = np.maximum(chi2, 0.0)
    profile = rows_of.assign(low=design.spread(limits[:, 0]), high=design.spread(limits[:, 1]), se=np.nan,
                             statistic=design.spread(chi2), p=design.spread(special.chdtrc(1, chi2)))  # fmt: skip
    return terms.frame([wald, profile, terms.table("log_likelihood", [""], top, method="firth", n=design.n)])


def _parts(design: Design, coef: Floats) -> tuple[Floats, Floats]:
    """Fitted chances, and the root T of the inverse information (T T')."""
    p = np.asarray(special.expit(design.x @ coef))
    return p, sandwich.inverse_root(design.x, p * (1 - p))


def _errors(design: Design, coef: Floats) -> Floats:
    root = _parts(design, coef)[1]
    return sandwich.errors(root @ root.T)


def _height(design: Design, coef: Floats) -> float:
    """Log likelihood plus half the log determinant of the information (Jeffreys prior)."""
    linear = design.x @ coef
    root = _parts(design, coef)[1]
    diagonal = np.abs(np.diag(root))
    if not (diagonal > 0).all():  # also false where missing
        return np.nan
    return float((design.y * linear - np.logaddexp(0, linear)).sum() - np.log(diagonal).sum())


def _climb(design: Design, start: Floats, held: tuple[int, float] | None, still: float = _STILL) -> Floats:
    """The highest point of the penalised likelihood, one coefficient held where that is asked."""
    coef, free = start.copy(), np.ones(design.k, dtype=bool)
    if held is not None:
        coef[held[0]], free[held[0]] = held[1], False
    if not free.any():
        return coef
    height = _height(design, coef)
    for _ in range(_ROUNDS):
        p, root = _parts(design, coef)
        if not np.isfinite(root).all():
            return np.full(design.k, np.nan)
        leverage = p * (1 - p) * ((design.x @ root) ** 2).sum(axis=1)
        score = design.x.T @ (design.y - p + leverage * (0.5 - p))
        weighted = np.sqrt(p * (1 - p))[:, None] * design.x[:, free]
        move = np.zeros(design.k)
        inside = sandwich.inverse_root(weighted, np.ones(design.n))
        move[free] = inside @ (inside.T @ score[free])
        longest = float(np.abs(design.x @ move).max())
        move = move * min(1.0, 5 / longest) if longest > 0 else move
        for _ in range(20):
            there = _height(design, coef + move)
            if there >= height - 1e-12 * abs(height):
                break
            move = move / 2
        else:
            break  # as high as rounding lets it come
        coef, height = coef + move, there
        if longest < still:
            break
    return coef


def _limits(
    design: Design, coef: Floats, se: Floats, top: float, term: int, level: float
) -> tuple[float, float]:
    """Where the profile of the penalised likelihood has fallen by half a chi-squared quantile, on both sides."""
    if not np.isfinite(top):
        return np.nan, np.nan
    fall = float(special.ndtri((1 + level) / 2)) ** 2 / 2

    def left(value: float) -> float:
        return _height(design, _climb(design, coef, (term, value), _NEAR)) - top + fall

    found = []
    for side in (-1, 1):
        width = float(se[term])
        end = coef[term] + side * width
        while abs(end - coef[term]) <= _FAR * width and left(end) > 0:
            end += end - coef[term]
        known = abs(end - coef[term]) <= _FAR * width and left(end) <= 0  # false also where missing
        found.append(optimize.brentq(left, coef[term], end, xtol=1e-10 * width) if known else np.nan)
    return float(found[0]), float(found[1])
