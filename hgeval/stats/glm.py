"""Generalised linear models by statsmodels, and the question that it leaves: is there an estimate at all?"""

from __future__ import annotations

import warnings
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from hgeval.stats import terms
from hgeval.stats.terms import Design, Floats

Family = Literal["logit", "poisson", "gamma", "negative_binomial"]
_STILL = 1e-4  # most that the last Newton step may move a linear predictor; under separation it is about 1


class Fit(NamedTuple):
    """coef: (k,), missing where no estimate exists; mu: fitted means; working: weights of the information X'WX.

    residuals: working residuals, so that working * residuals * x are the scores; score: with the design's weights.
    """

    coef: Floats
    mu: Floats
    working: Floats
    residuals: Floats
    deviance: float
    loglik: float
    exists: bool

    def pearson(self, design: Design) -> float:
        """Sum of squared Pearson residuals, divided by n - k; missing where that is 0."""
        left = design.n - design.k
        return float((self.working * self.residuals**2).sum() / left) if left > 0 else np.nan


def fit(design: Design, family: Family, *, alpha: float = 1.0) -> Fit:
    """Maximum likelihood of a logit, or of a log-linear Poisson, gamma or negative binomial (NB2, given alpha) model.

    Where the likelihood has no maximum (separation; a group without events) all of coef is missing and `exists` false.
    """
    import statsmodels.api as sm  # not at the top: it takes seconds

    known = {"logit": lambda: sm.families.Binomial(), "poisson": lambda: sm.families.Poisson(),
             "gamma": lambda: sm.families.Gamma(sm.families.links.Log()),
             "negative_binomial": lambda: sm.families.NegativeBinomial(alpha=alpha)}  # fmt: skip
    kind = known[family]()
    model = sm.GLM(design.y, design.x, family=kind, offset=design.offset, var_weights=design.weights)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # separation is looked for below
        try:
            first = np.asarray(model.fit(maxiter=60, tol=1e-10, rtol=1e-12).params, dtype="float64")
        except (ValueError, np.linalg.LinAlgError):
            first = np.full(design.k, np.nan)
        step = _step(design, kind, first)
        exists = bool(np.abs(design.x @ step).max(initial=0.0) < _STILL)  # false also where a step is missing
        coef = first + step if exists else np.full(design.k, np.nan)
        mu, working, residuals = _parts(design, kind, coef)
        deviance = float(kind.deviance(design.y, mu, var_weights=design.weights)) if exists else np.nan
        loglik = float(kind.loglike(design.y, mu, var_weights=design.weights, scale=1.0)) if exists else np.nan
    return Fit(coef, mu, working, residuals, deviance, loglik, exists)


def table(
    design: Design, coef: Floats, se: Floats, *, method: str, level: float, df: float | Floats = np.inf
) -> pd.DataFrame:
    """Coefficients of this design as rows, one a term."""
    freedom = design.spread(np.broadcast_to(np.asarray(df, dtype="float64"), coef.shape))
    return terms.table("coefficient", design.names, design.spread(coef), method=method, n=design.n,
                       se=design.spread(se), df=freedom, level=level)  # fmt: skip


def _step(design: Design, kind: object, coef: Floats) -> Floats:
    """The Newton step from here (Fisher scoring)."""
    if not np.isfinite(coef).all():
        return np.full(coef.shape, np.nan)
    _, working, residuals = _parts(design, kind, coef)
    root = np.sqrt(working)
    if not np.isfinite(root).all() or not np.isfinite(residuals * root).all():
        return np.full(coef.shape, np.nan)
    return np.asarray(np.linalg.lstsq(root[:, None] * design.x, root * residuals, rcond=None)[0], dtype="float64")


def _parts(design: Design, kind: object, coef: Floats) -> tuple[Floats, Floats, Floats]:
    mu = np.asarray(kind.link.inverse(design.x @ coef + design.offset), dtype="float64")  # type: ignore[attr-defined]
    slope = 1 / kind.link.deriv(mu)  # type: ignore[attr-defined]
    working = design.weights * slope**2 / kind.variance(mu)  # type: ignore[attr-defined]
    return mu, working, (design.y - mu) / slope
