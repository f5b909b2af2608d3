"""The mean outcome had everyone had one intervention: from a model of who had it and a model of the outcome together.

Right if either of the two is. Every error is a sum of what each family adds to it, stacked over both models.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import special

from hgeval.stats import logistic
from hgeval.stats.logistic import Floats

Members = np.ndarray[Any, np.dtype[Any]]
_WHOLE = 1 - 1e-10  # of a leverage: such a family is its own model


class Mean(NamedTuple):
    """A mean outcome, and what each family adds to its error (n,)."""

    value: float
    influence: Floats


class Outcome(NamedTuple):
    """A model of the outcome, fitted to members. hoped (n,): expected as a member; steep (n,): its slope in the line.

    left (n,): what is left of a member's outcome, 0 of others; bread (p, p); prior (p,): each member's part of the
    penalty in the scores; leverage (n,): how far a member's outcome draws its own expectation, 0 of others.
    """

    hoped: Floats
    steep: Floats
    left: Floats
    bread: Floats
    prior: Floats
    leverage: Floats


def means(x: Floats, member: Members, y: Floats, score: logistic.Fit, penalty: Floats) -> dict[str, Mean]:
    """By method: aipw, the same with corrected errors, the same with scores taken as given, and regression_adjusted.

    x (n, p) with an intercept first; member (n,) who had it; score: the fitted model of that; penalty (p,) of both
    models. aipw_kauermann_carroll: a model lies closer to the families it was fitted to than to others, so that
    stacked errors are too small with some hundreds of members; each residual is divided by the root of 1 minus its
    leverage (Kauermann and Carroll 2001, as HC2 of MacKinnon and White 1985). NaN where a member is alone of its kind.
    Robins, Rotnitzky and Zhao 1994; tests/reference/ps_ipw_aipw.csv.
    """
    n, model = len(x), outcome_model(x, member, y, penalty)
    weight, e = member / score.chances, score.chances
    parts = model.hoped + weight * model.left
    value, plain = float(parts.mean()), float(model.hoped.mean())
    pull = score.bread @ (-(1 - e) * weight * model.left @ x)
    turn = model.bread @ ((model.steep * (1 - weight)) @ x)
    times, line = weight + member * (x @ turn), x @ pull  # how a residual of the outcome, and of the score, counts
    by_score = logistic.scores(score, x, member * 1.0, penalty) @ pull
    stacked = parts - value + (times - weight) * model.left - member * (model.prior @ turn) + by_score
    more = (_reduced(model.leverage) - 1) * times * model.left
    more = more + (_reduced(logistic.leverage(score, x)) - 1) * (member - e) * line
    way = model.bread @ (model.steep @ x)
    adjusted = model.hoped - plain + (x @ way) * model.left - member * (model.prior @ way)
    return {
        "aipw": Mean(value, stacked / n), "aipw_kauermann_carroll": Mean(value, (stacked + more) / n),
        "aipw_scores_known": Mean(value, (parts - value) / n * np.sqrt(n / (n - 1))),
        "regression_adjusted": Mean(plain, adjusted / n),
    }


def outcome_model(x: Floats, member: Members, y: Floats, penalty: Floats) -> Outcome:
    """A logit for an outcome of 0 and 1, else least squares; NaN where members say nothing on a kind of family."""
    (n, p), told, within = x.shape, y[member], x[member]
    none = Outcome(np.full(n, np.nan), np.zeros(n), np.zeros(n), np.zeros((p, p)), np.zeros(p), np.zeros(n))
    if len(told) and (told == told[0]).all():  # all the same: nothing to model, and a logit would separate
        return none._replace(hoped=np.full(n, told[0]))
    keep = logistic.independent(within, penalty)
    if keep.sum() < logistic.independent(x, penalty).sum():
        return none
    if np.isin(told, (0.0, 1.0)).all():
        model = logistic.fit(within, told, penalty=penalty)
        hoped, bread = special.expit(x @ model.coefficients), model.bread
        steep, prior = hoped * (1 - hoped), penalty * model.coefficients / len(told)
    else:
        hoped, bread, prior = _least_squares(within, told, x, penalty, keep)
        steep = np.ones(n)
    leverage = np.where(member, steep * ((x @ bread) * x).sum(axis=1), 0.0)
    return Outcome(hoped, steep, np.where(member, y - hoped, 0.0), bread, prior, leverage)


def _least_squares(
    within: Floats, told: Floats, x: Floats, penalty: Floats, keep: np.ndarray[Any, np.dtype[np.bool_]]
) -> tuple[Floats, Floats, Floats]:
    """Expected outcome, bread and prior; the penalty is in variances of the outcome."""
    size = np.sqrt((within**2).mean(axis=0))
    scale, prior = np.where(size > 0, size, 1.0)[keep], penalty[keep] * told.var()
    own, bread, pull = within[:, keep] / scale, np.zeros((len(keep),) * 2), np.zeros(len(keep))
    inside = np.linalg.inv(own.T @ own + np.diag(prior / scale**2))
    b = inside @ (own.T @ told)
    bread[np.ix_(keep, keep)], pull[keep] = inside / np.outer(scale, scale), prior * b / scale / len(told)
    return x[:, keep] / scale @ b, bread, pull


def _reduced(leverage: Floats) -> Floats:
    """One over the root of what is left beside the leverage."""
    return 1 / np.sqrt(np.where(leverage < _WHOLE, 1 - leverage, np.nan))
